"""Every module can be imported on a system that has nothing of POSIX's own.

That system is made here by taking away what Windows and macOS do not have; it shows that nothing is missed at the
import, not that the program runs there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import importlib, os, pkgutil, signal, socket, sys
import kiosk

names = [m.name for m in pkgutil.walk_packages(kiosk.__path__, "kiosk.") if not m.name.endswith("__main__")]
for name in names:  # once as it is, so that other people's packages are loaded as on this system
    importlib.import_module(name)

platform, planted = sys.argv[1:]
for name in ("pulsectl", "uvloop") if platform == "darwin" else (
    *("pulsectl", "uvloop", "fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "readline"),
):
    sys.modules[name] = None
gone = {
    os: "sched_setscheduler SCHED_RR sched_param sched_getaffinity",
    **({} if platform == "darwin" else {signal: "SIGKILL SIGHUP SIGSTOP SIGCONT SIGUSR1 SIGALRM", socket: "AF_UNIX"}),
}
if platform == "win32":
    gone[os] += " getuid geteuid getgid getegid chown killpg setsid getpgid nice fork mkfifo O_NONBLOCK uname"
for module, attributes in gone.items():
    for attribute in attributes.split():
        delattr(module, attribute)
sys.platform = platform

for name in [name for name in sys.modules if name.partition(".")[0] == "kiosk"]:
    del sys.modules[name]
if planted:
    sys.path.insert(0, planted)
    names = ["bad"]
missed = []
for name in names:
    try:
        importlib.import_module(name)
    except (ImportError, AttributeError) as error:
        missed.append(f"{name}: {error}")
if not planted:
    from kiosk.cli import parser
    from kiosk.settings import places
    parser().parse_args(["run", "--headless"])
    assert ("Library" in str(places.cache())) == (platform == "darwin"), places.cache()
print(len(names), *missed, sep="\\n")
"""


def imported(platform: str, planted: Path | str = "") -> list[str]:
    """How many modules, then one line for each that could not be imported."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, platform, str(planted)],
        cwd=ROOT,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=290,  # a machine that others use, too
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("platform", ["win32", pytest.param("darwin", marks=pytest.mark.slow)])
def test_every_module_is_imported(platform: str) -> None:
    count, *missed = imported(platform)
    assert missed == []
    assert int(count) > 300


@pytest.mark.slow
@pytest.mark.parametrize("line", ["import fcntl", "import os\nMINE = os.getuid()", "import signal\nK = signal.SIGKILL"])
def test_one_that_needs_posix_would_be_noticed(line: str, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(line + "\n", "utf-8")
    assert len(imported("win32", tmp_path)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_types_hold_for_that_system(platform: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout
