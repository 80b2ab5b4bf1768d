"""The scripts around the installed kiosk, each run as it is with a stand-in for what it calls."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode

DEBIAN = Path(__file__).resolve().parents[2] / "packaging" / "debian"
FILES = DEBIAN / "exei-voice-kiosk" / "files"
LIB = FILES / "usr/lib/exei-voice-kiosk"
UNITS = sorted(DEBIAN.glob("*/files/usr/lib/systemd/system/*.service"))

pytestmark = pytest.mark.skipif(not shutil.which("sh"), reason="the scripts are for a POSIX shell")


class Stage:
    """A folder with stand-ins on the PATH, which write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.run_folder = folder / "run"
        (folder / "bin").mkdir()
        self.run_folder.mkdir()

    def stand_in(self, name: str, script: str = "") -> None:
        file = self.folder / "bin" / name
        file.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.calls}"\n{script}\n', "utf-8")
        file.chmod(0o755)

    def script(self, source: Path, replaced: dict[str, str]) -> Path:
        """A copy of ours in which the places of an installed system are places in here."""
        text = source.read_text("utf-8")
        for old, new in replaced.items():
            text = text.replace(old, new)
        file = self.folder / source.name
        file.write_text(text, "utf-8")
        file.chmod(0o755)
        return file

    def run(self, *command: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [str(word) for word in command],
            env={"PATH": path, "RUNTIME_DIRECTORY": str(self.run_folder), **environ},
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )

    def called(self) -> list[str]:
        return self.calls.read_text("utf-8").splitlines() if self.calls.exists() else []


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


# --- what follows from an exit code


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").replace("\\\n", "").splitlines():
        if match := re.match(r"(\w+)=(.*)", line):
            found.setdefault(match[1], []).append(match[2].strip())
    return found


FOLLOWS = {
    ExitCode.STAFF_LEFT: ["systemctl --no-block start getty@tty1.service"],
    ExitCode.RESTART_MACHINE: ["systemctl --no-block reboot"],
    ExitCode.ROLL_BACK: ["systemctl --no-block start exei-voice-kiosk-roll-back.service"],
    ExitCode.CRASH: [],
    ExitCode.USAGE: [],
    ExitCode.RESTART_PROGRAM: [],
    ExitCode.MACHINE: [],
}


@pytest.mark.parametrize("code", list(ExitCode))
def test_each_exit_code_has_its_consequence(stage: Stage, code: ExitCode) -> None:
    stage.stand_in("systemctl")
    stage.stand_in("sleep")
    done = stage.run(LIB / "ended", EXIT_CODE="exited", EXIT_STATUS=str(int(code)))
    assert done.returncode == 0, done.stderr
    assert stage.called() == FOLLOWS.get(code, ["sleep 30"])  # a fault that a person can mend: slowly


def test_the_unit_starts_again_after_every_code_but_those_that_lead_elsewhere() -> None:
    unit = settings(FILES / "usr/lib/systemd/system/exei-voice-kiosk.service")
    assert unit["Restart"] == ["always"]
    assert {int(code) for code in unit["RestartPreventExitStatus"][0].split()} == {
        *(code for code, calls in FOLLOWS.items() if calls),
        ExitCode.MACHINE,  # safe mode itself does not stay up: the unit fails, and that has a screen of its own
    }
    assert unit["OnFailure"] == ["exei-voice-kiosk-failed.service"]


@pytest.mark.parametrize(("how", "status"), [("killed", "TERM"), ("killed", "ABRT"), ("dumped", "SEGV")])
def test_a_session_that_was_killed_only_starts_again(stage: Stage, how: str, status: str) -> None:
    stage.stand_in("systemctl")
    stage.run(LIB / "ended", EXIT_CODE=how, EXIT_STATUS=status)
    assert stage.called() == []


def test_nobody_gets_a_login_because_somebody_stopped_the_unit(stage: Stage) -> None:
    """A program that is told to stop ends with 0, as when staff leave."""
    stage.stand_in("systemctl")
    (stage.run_folder / "stopping").touch()
    stage.run(LIB / "ended", EXIT_CODE="exited", EXIT_STATUS="0")
    assert stage.called() == []


# --- the session


def session(stage: Stage, program: str, cage: str = '[ "$1 $2" = "-d --" ] && shift 2\n"$@"\nexit 0') -> Path:
    """`cage` ends with 0 whatever its child ended with, as Debian's 0.1.4 does."""
    stage.stand_in("cage", cage)
    kiosk = stage.folder / "opt" / "kiosk"
    kiosk.parent.mkdir()
    kiosk.write_text(f"#!/bin/sh\n{program}\n", "utf-8")
    kiosk.chmod(0o755)
    return stage.script(LIB / "session", {"/opt/exei-voice-kiosk": str(kiosk.parent)})


@pytest.mark.parametrize("code", [0, 1, 10, 11, 12, 21])
def test_a_session_ends_with_the_program_s_own_code(stage: Stage, code: int) -> None:
    assert stage.run(session(stage, f"exit {code}")).returncode == code


def test_a_program_that_was_killed_is_no_success(stage: Stage) -> None:
    assert stage.run(session(stage, "kill -KILL $$")).returncode == 128 + 9


@pytest.mark.parametrize(("ended", "code"), [("exit 3", 3), ("exit 0", 1)])
def test_a_compositor_that_never_gets_to_the_program_is_no_success(stage: Stage, ended: str, code: int) -> None:
    assert stage.run(session(stage, "exit 0", cage=ended)).returncode == code


DRAWS_BY_PROCESSOR = '[ "${WLR_RENDERER:-}" = pixman ] || kill -SEGV $$\nshift 2\n"$@"'


def test_where_no_graphics_processor_draws_the_processor_does(stage: Stage) -> None:
    told = stage.folder / "told"
    assert (
        stage.run(session(stage, f"echo $WLR_RENDERER >>'{told}'; exit 10", cage=DRAWS_BY_PROCESSOR)).returncode == 10
    )
    assert told.read_text("utf-8") == "pixman\n"


@pytest.mark.parametrize(("knows", "loaded"), [("", True), ("# wlr_seat_touch_notify_frame", False)])
def test_a_compositor_that_never_ends_a_touch_is_taught_to(stage: Stage, knows: str, loaded: bool) -> None:
    """And one that names the function has no need of it."""
    told = stage.folder / "told"
    script = session(stage, "exit 0", cage=f'echo "[${{LD_PRELOAD:-}}]" >"{told}" {knows}\nshift 2\n"$@"')
    assert stage.run(script).returncode == 0
    assert told.read_text("utf-8") == (f"[{stage.folder}/touch-frames.so]\n" if loaded else "[]\n")


def test_a_program_that_was_started_is_not_started_twice(stage: Stage) -> None:
    told = stage.folder / "told"
    assert stage.run(session(stage, f"echo once >>'{told}'; exit 21")).returncode == 21
    assert told.read_text("utf-8") == "once\n"


def test_a_renderer_that_was_chosen_is_the_only_one_tried(stage: Stage) -> None:
    script = session(stage, "exit 0", cage=DRAWS_BY_PROCESSOR)
    assert stage.run(script, WLR_RENDERER="gles2").returncode == 128 + 11


def test_a_session_of_before_leaves_no_code_behind(stage: Stage) -> None:
    (stage.run_folder / "code").write_text("0\n", "utf-8")
    (stage.run_folder / "stopping").touch()
    assert stage.run(session(stage, "exit 0", cage="exit 1")).returncode == 1
    assert not (stage.run_folder / "stopping").exists()


def test_the_program_is_unattended_on_wayland_and_finds_no_x(stage: Stage) -> None:
    tell = f'echo "$* $QT_QPA_PLATFORM ${{DISPLAY-none}} ${{WLR_XWAYLAND-none}}" >"{stage.folder}/told"'
    stage.run(session(stage, tell), DISPLAY=":0")
    assert (stage.folder / "told").read_text("utf-8") == "run --unattended wayland none none\n"


def test_stopping_ends_the_program_first_and_waits_for_the_session(stage: Stage) -> None:
    ready = stage.folder / "ready"
    os.mkfifo(ready)
    script = session(stage, f"trap 'exit 0' TERM\necho up >'{ready}'\nwhile :; do sleep 0.02; done")
    environ = {"PATH": f"{stage.folder / 'bin'}:{os.environ['PATH']}", "RUNTIME_DIRECTORY": str(stage.run_folder)}
    with subprocess.Popen([script], env=environ) as running:
        ready.read_text("utf-8")
        # Our zombie would look alive to whoever waits for it: it is waited for here meanwhile.
        with subprocess.Popen([script, "stop"], env={**environ, "MAINPID": str(running.pid)}) as stopping:
            assert running.wait(20) == 0
            assert stopping.wait(20) == 0
    assert (stage.run_folder / "stopping").exists()


def test_stopping_what_has_ended_by_itself_leaves_no_mark(stage: Stage) -> None:
    assert stage.run(session(stage, "exit 0")).returncode == 0
    assert stage.run(stage.folder / "session", "stop").returncode == 0
    assert not (stage.run_folder / "stopping").exists()


# --- units and scripts as they stand


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_names_of_ours_is_installed(unit: Path) -> None:
    installed = {
        f"/{file.relative_to(root)}".removesuffix(".in") for root in DEBIAN.glob("*/files") for file in root.rglob("*")
    }
    named = set(re.findall(r"/usr/lib/exei-voice-kiosk/[\w.]+", unit.read_text("utf-8")))
    assert named <= installed


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_that_starts_again_does_so_with_a_pause_or_a_limit(unit: Path) -> None:
    found = settings(unit)
    if "Restart" in found:
        assert float(found["RestartSec"][0]) >= 1
        assert "StartLimitIntervalSec" in found


def test_a_credential_that_is_not_there_does_not_keep_the_kiosk_from_starting() -> None:
    """systemd refuses to start a unit whose credential has a path that is not there; one that has none is left out."""
    from kiosk.wire.credentials import UNIT_NAMES

    unit = settings(FILES / "usr/lib/systemd/system/exei-voice-kiosk.service")
    assert unit["LoadCredentialEncrypted"] == list(UNIT_NAMES)


@pytest.mark.parametrize("script", sorted(DEBIAN.glob("*/p*")), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_a_maintainer_script_stops_at_its_first_error_and_parses(script: Path) -> None:
    text = script.read_text("utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "\nset -e\n" in text
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
