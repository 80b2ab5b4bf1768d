"""One kiosk at a time, with real processes and a real lock file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app.instance import NAME, only_instance
from kiosk.core.fault import ExitCode, Fault

HOLD = """
import sys
from kiosk.app.instance import only_instance
with only_instance():
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def other(state: Path) -> Iterator[subprocess.Popen[str]]:
    """Another kiosk that runs already."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_start_names_the_first_and_leaves_it_alone(other: subprocess.Popen[str]) -> None:
    with pytest.raises(Fault) as fault, only_instance():
        pytest.fail("it was let in")
    assert fault.value.code is ExitCode.ALREADY_RUNNING
    assert f"process {other.pid} " in fault.value.sentence
    assert other.poll() is None


def test_the_lock_of_a_killed_kiosk_is_taken_over(other: subprocess.Popen[str], state: Path) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert list(state.rglob(NAME)), "it left its lock behind"
    with only_instance():
        pass


def test_after_a_clean_end_nothing_is_left(state: Path) -> None:
    with only_instance():
        assert list(state.rglob(NAME))
    assert not list(state.rglob(NAME))


def test_a_state_folder_that_cannot_be_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(Fault, match="state folder"), only_instance():
        pass


def test_the_command_ends_with_a_code_of_its_own(other: subprocess.Popen[str]) -> None:
    env = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "EXEI_VOICE_ENDPOINT": "ws://127.0.0.1:9/x",
        "EXEI_VOICE_CLIENT_ID": "planted-client-1",
    }
    command = [sys.executable, "-m", "kiosk", "run", "--windowed"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 32
    assert done.stderr.count("\n") == 1, done.stderr
    assert f"process {other.pid} " in done.stderr
    assert other.poll() is None
