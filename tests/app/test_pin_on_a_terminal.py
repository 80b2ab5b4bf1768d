"""`kiosk pin`, for whoever forgot it: on a real terminal, with nothing of it on the screen."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.settings.pin import StaffPin

PIN = "830571"


def typed(lines: list[str], env: dict[str, str]) -> tuple[int, str]:
    """Exit code, and what stood on the terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "pin"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True)
    os.close(theirs)
    shown = ""
    for line in lines:
        while ": " not in shown.rpartition("\n")[2]:
            shown += os.read(ours, 1000).decode()
        shown += "\n"
        os.write(ours, f"{line}\n".encode())
    try:
        while data := os.read(ours, 1000):
            shown += data.decode()
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    return process.wait(20), shown


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "KIOSK_STAFF__PIN_FILE": str(tmp_path / "pin.json")}


def test_a_forgotten_pin_is_chosen_anew(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pin.json").write_text("damaged")
    code, shown = typed([PIN, PIN], env)
    assert code == 0, shown
    assert PIN not in shown
    assert StaffPin(tmp_path / "pin.json").check(PIN).ok


@pytest.mark.parametrize(("lines", "said"), [(["1234", "1234"], "too easy"), ([PIN, "830572"], "not the same")])
def test_what_cannot_be_a_pin_changes_nothing(env: dict[str, str], tmp_path: Path, lines: list[str], said: str) -> None:
    code, shown = typed(lines, env)
    assert code == 2
    assert said in shown
    assert not (tmp_path / "pin.json").exists()
