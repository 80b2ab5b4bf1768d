"""The product as a user meets it: its commands, and what they leave behind."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLIENT_ID = "planted-client-id-90210"


def kiosk(*words: str, env: dict[str, str] | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """One command of the product, as a user gives it."""
    command = [sys.executable, "-m", "kiosk", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout, check=False)


@dataclass(frozen=True)
class Rehearsed:
    folder: Path
    code: int
    printed: str
    report: dict[str, Any]
    events: list[dict[str, Any]]


@dataclass(frozen=True)
class RunningService:
    """`console`: its address. `house_db`: where its accounts are."""

    endpoint: str
    port: int
    log: Path
    console: str
    house_db: Path
