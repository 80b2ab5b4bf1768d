"""Whether the local agent is installed: it comes in a package of its own, because a kiosk may talk with another."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault

AGENT_PACKAGE = "exei-voice-kiosk-service"


def has_agent() -> bool:
    """Whether the local agent's engines are there."""
    frozen = getattr(sys, "_MEIPASS", None)
    # The modules of a frozen program are all in its one archive, whatever folders were left out.
    return (Path(frozen) / "ctranslate2").is_dir() if frozen else find_spec("ctranslate2") is not None


def how_to_install_agent() -> str:
    """An imperative clause."""
    if getattr(sys, "frozen", False):
        return f"install the package {AGENT_PACKAGE} of the same version"
    return "start the program with `packaging/run --profile service`, which installs it"


def require_agent(command: str) -> None:
    """Raises `Fault` (MISSING_PACKAGE) where `kiosk COMMAND` would miss the agent."""
    if not has_agent():
        raise Fault(
            "the local agent is not installed",
            where=f"kiosk {command}",
            remedy=how_to_install_agent(),
            code=ExitCode.MISSING_PACKAGE,
        )
