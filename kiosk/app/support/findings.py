"""Every check's finding in a support bundle, made in a process of its own: a check that hangs, or a sound library that
ends the process, costs what it was about to find and nothing more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.app.checks.finding import State

WITHIN_S = 150.0
"""For all checks together; on a healthy machine they take 5 to 15 s."""
LAST_WORDS = 20  # lines of what the child says of itself


def findings(site_file: Path | None, credentials_file: Path | None, *, within_s: float = WITHIN_S) -> str:
    """As JSON. `ended` is how the child did: code 0, or why what follows its last finding is missing."""
    program = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), "examine"]
    for option, file in (("--site", site_file), ("--credentials", credentials_file)):
        program += [] if file is None else [option, str(file)]
    return collect(program, within_s)


def collect(program: Sequence[str], within_s: float) -> str:
    # With the whole environment: it is this program again, and tries the credentials that may stand there.
    child = subprocess.Popen(
        program, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(within_s, end)
    timer.start()
    try:
        printed, complained = child.communicate()
    finally:
        timer.cancel()
        timer.join()
    found, begun = _read(printed.decode("utf-8", "replace").splitlines())
    ended = f"not within {within_s:.0f} s" if late.is_set() else f"with code {child.returncode}"
    if begun:
        found.append(
            {"name": begun, "state": State.FAIL.value, "sentence": f"This check never ended: it ended {ended}."}
        )
    words = complained.decode("utf-8", "replace").splitlines()[-LAST_WORDS:]
    return json.dumps({"ended": ended, "checks": found, "said": words}, indent=2, ensure_ascii=False)


def _read(lines: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
    """The findings, and the check that was begun last and found nothing."""
    found: list[dict[str, Any]] = []
    begun = ""
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:  # cut off in its middle
            continue
        if "begins" in told:
            begun = str(told["begins"])
        else:
            found.append(told)
            begun = ""
    return found, begun
