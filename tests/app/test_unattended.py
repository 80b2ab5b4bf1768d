"""The real program below a supervisor: it is fed, it is killed when it hangs, it stops trying when it only crashes."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from supervised import SOON_S, Unit
from test_staff_by_finger import Kiosk as Finger

from kiosk.rehearsal.children import tethered
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from kiosk.rehearsal.xserver import find_xorg
from kiosk.settings.pin import StaffPin

HAS_DISPLAY = find_xorg() is not None and shutil.which("matchbox-window-manager") is not None
HAS_SOUND = all(shutil.which(program) for program in ("pulseaudio", "pactl", "parec"))
PIN = "274961"
WATCHDOG_S = 3.0
OPEN = "open for visitors"
OUT = "out of order: "
STILL_S = 12.0  # after which nothing moves on the first screen
CAGE = ("unshare", "-U", "--map-user=1000", "--map-group=1000", "cage", "-d", "--")
in_cage = pytest.mark.skipif(shutil.which("cage") is None or os.geteuid() != 0, reason="apt-get install cage; as root")


def session(env: dict[str, str], folder: Path, backend: str) -> dict[str, str]:
    """The environment of a program in `CAGE`, which draws nowhere (`headless`) or in a window (`x11`)."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    wlroots = {"WLR_BACKENDS": backend, "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
    return env | wlroots | {"WLR_XWAYLAND": "/bin/true", "XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": "wayland"}


def touch_frames(folder: Path) -> Path:
    """What the installed session loads into cage."""
    source, made = Path(__file__).parents[2] / "packaging" / "debian" / "touch_frames.c", folder / "touch-frames.so"
    subprocess.run(["cc", "-shared", "-fPIC", source, "-o", made, "-ldl"], check=True)
    return made


@pytest.fixture
def env() -> dict[str, str]:
    return {
        **os.environ,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "QT_QPA_PLATFORM": "offscreen",
        "EXEI_VOICE_ENDPOINT": "ws://127.0.0.1:9/nobody",
        "EXEI_VOICE_CLIENT_ID": "planted-client-1",
        "KIOSK_SOUND__BACKEND": "wav",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a kiosk whose staff have a PIN."""
    assert StaffPin(tmp_path / "state" / "exei-voice-kiosk" / "staff-pin.json").choose(PIN).ok
    (tmp_path / "config" / "exei-voice-kiosk").mkdir(parents=True)
    return tmp_path


async def test_a_slip_in_the_settings_is_on_the_glass_until_it_is_mended(env: dict[str, str], folder: Path) -> None:
    unit = Unit(env, folder, watchdog_s=WATCHDOG_S)
    unit.site.write_text('[site]\nlanguage = "de"\n[visit]\nsilence_s = 1200\n')
    async with unit:
        run = await unit.stands(0, OUT + "The setting visit.silence_s should be less than or equal to")
        assert run.senders == {run.program.pid}
        await unit.phase("out_of_order")
        unit.site.write_text('[site]\nlanguage = "de"\n[visit]\nsilence_s = 12\n')
        await unit.stands(1, OPEN)
        await unit.phase("attract")
        assert run.code == 10
        unit.signal(signal.SIGTERM)
        await unit.until(lambda: unit.run.code is not None)
        assert unit.run.code == 0
        assert unit.run.heard[-1] == "STOPPING=1"
    assert unit.ledger() == {"running": None, "crashes": [], "trial": False, "rolled_back": ""}
    assert not [run for run in unit.runs if run.killed or "Traceback" in run.log]


@pytest.mark.slow
async def test_a_program_that_is_stopped_is_killed_and_comes_back(env: dict[str, str], folder: Path) -> None:
    async with Unit(env, folder, watchdog_s=WATCHDOG_S) as unit:
        run = await unit.stands(0, OPEN)
        await unit.until(lambda: run.feeds >= 8)
        unit.signal(signal.SIGSTOP)
        stopped = time.monotonic()
        await unit.stands(1, OPEN)
        assert time.monotonic() - stopped < WATCHDOG_S + 10
        assert (run.killed, run.code) == (True, -signal.SIGABRT)
        assert "Fatal Python error: Aborted" in run.log
        assert 'File "' in run.log
        assert len(unit.ledger()["crashes"]) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="one thread is held by ptrace")
async def test_a_window_that_hangs_is_killed_with_every_stack_in_the_log(env: dict[str, str], folder: Path) -> None:
    """Only its main thread stands still; sound and all the others go on."""
    async with Unit(env, folder, watchdog_s=WATCHDOG_S) as unit:
        run = await unit.stands(0, OPEN)
        command = tethered([sys.executable, str(Path(__file__).with_name("hold_thread.py")), str(run.program.pid)])
        holder = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        await unit.until(lambda: run.code is not None)
        await holder.wait()
        assert (run.killed, run.code) == (True, -signal.SIGABRT)
        stacks = run.log.partition("Fatal Python error: Aborted")[2]
        assert "audio control" in stacks or "portstream" in stacks or "_listen_on" in stacks
        assert "kiosk/app/unattended.py" in stacks
        await unit.stands(1, OPEN)


@pytest.mark.slow
async def test_who_is_told_to_end_has_not_crashed_in_any_moment(env: dict[str, str], folder: Path) -> None:
    for number, after_s in enumerate((0.2, 0.5, 0.8, 1.1, 1.4, 2.0, 3.0)):
        place = folder / f"unit{number}"
        place.mkdir()
        (place / "state").symlink_to(folder / "state")
        async with Unit(env, place, watchdog_s=WATCHDOG_S) as unit:
            await unit.until(lambda unit=unit: unit.runs)  # type: ignore[misc]
            assert await unit.run.program.ended(within_s=after_s) is None
            unit.signal(signal.SIGTERM)
            await unit.until(lambda unit=unit: unit.run.code is not None)  # type: ignore[misc]
            assert unit.run.code in {0, -signal.SIGTERM}, "as it began, or in order"
            if unit.run.heard:
                assert unit.run.code == 0
            if (unit.state / "crashes.json").exists():
                assert unit.ledger() == {"running": None, "crashes": [], "trial": False, "rolled_back": ""}


@pytest.mark.slow
@pytest.mark.rig
@pytest.mark.skipif(not HAS_SOUND, reason="apt-get install pulseaudio pulseaudio-utils libasound2-plugins")
async def test_a_sound_server_that_hangs_is_no_reason_to_end_the_kiosk(env: dict[str, str], folder: Path) -> None:
    """For half a minute, ten times the supervisor's patience; and nobody touches it when it comes back."""
    with SoundServer() as sound, Room(sound, folder / "room") as room:
        room.noise(-60.0)
        site = sound.env(KIOSK_SOUND__MICROPHONE=MICROPHONE, KIOSK_SOUND__LOUDSPEAKER=LOUDSPEAKER)
        site |= {"KIOSK_SOUND__BACKEND": "portaudio", "QT_QPA_PLATFORM": "offscreen"}
        async with Unit({**env, **site}, folder, watchdog_s=WATCHDOG_S) as unit:
            run = await unit.stands(0, OPEN)
            sound.freeze()
            try:
                assert await run.program.wait_for(
                    lambda e: e["event"] == "note" and e["note"] == "no_microphone", within_s=SOON_S
                )
                feeds = run.feeds
                assert await run.program.ended(within_s=10 * WATCHDOG_S) is None, run.log
                assert run.feeds - feeds > 30
            finally:
                sound.thaw()
            assert await run.program.wait_for(
                lambda e: e["event"] == "note_gone" and e["note"] == "no_microphone", within_s=SOON_S
            )
            assert not run.killed
            assert not [said for said in run.heard if "not in order" in said]


@pytest.mark.slow
@in_cage
async def test_a_compositor_that_hangs_is_killed_with_the_kiosk(env: dict[str, str], folder: Path) -> None:
    """Qt takes it for one whose outputs are off, and the kiosk runs on behind a frozen glass."""
    env = {name: value for name, value in env.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    async with Unit(session(env, folder, "headless"), folder, watchdog_s=WATCHDOG_S, around=CAGE) as unit:
        run = await unit.stands(0, OPEN)
        unit.signal(signal.SIGSTOP)
        stopped = time.monotonic()
        await unit.until(lambda: run.heard[-1].startswith("STATUS=not in order: compositor:"))
        await unit.stands(1, OPEN)
        assert time.monotonic() - stopped < 9 + WATCHDOG_S + 10


@pytest.mark.slow
@in_cage
@pytest.mark.skipif(not HAS_DISPLAY, reason="install the packages of the set `display`")
async def test_a_first_screen_that_stands_still_is_seen(env: dict[str, str], folder: Path) -> None:
    """Cage on a glass answers only a frame in which something has changed. After one that it left unanswered Qt took
    the window for hidden, and it was put back every five seconds."""
    with Display(1080, 1920) as display:
        async with Unit(session(display.env(env), folder, "x11"), folder, watchdog_s=WATCHDOG_S, around=CAGE) as unit:
            run = await unit.stands(0, OPEN)
            enough = STILL_S / WATCHDOG_S * 4 + 12
            await unit.until(lambda: run.killed or run.feeds >= enough, within_s=2 * STILL_S + 30)
            assert not run.killed
            assert "the window was hidden" not in run.log


@pytest.mark.slow
@in_cage
@pytest.mark.skipif(not HAS_DISPLAY or shutil.which("cc") is None, reason="packages of the sets `display` and `build`")
async def test_fingers_are_felt_in_the_session(env: dict[str, str], folder: Path) -> None:
    """Debian 12's cage ends no touch, and Qt crashed at the first one. Staff come in as in the installed kiosk."""
    around = (*CAGE[:-3], "env", f"LD_PRELOAD={touch_frames(folder)}", *CAGE[-3:])
    with Display(1080, 1920) as display:
        async with Unit(session(display.env(env), folder, "x11"), folder, watchdog_s=WATCHDOG_S, around=around) as unit:
            run = await unit.stands(0, OPEN)
            staff = Finger(run.program, display)
            await staff.knock()
            await staff.type(PIN)
            await unit.phase("staff")
            assert run.code is None


@pytest.mark.slow
@pytest.mark.skipif(not HAS_DISPLAY, reason="install the packages of the set `display`")
async def test_four_crashes_lead_to_the_out_of_order_screen_and_staff_out_of_it(
    env: dict[str, str], folder: Path
) -> None:
    with Display(1080, 1920) as display:
        del env["QT_QPA_PLATFORM"]
        async with Unit(display.env(env), folder, watchdog_s=WATCHDOG_S) as unit:
            for crash in range(4):
                await unit.stands(crash, OPEN)
                unit.signal(signal.SIGKILL)
            run = await unit.stands(4, OUT + "The program crashed 4 times within ten minutes")
            await unit.phase("out_of_order")
            feeds = run.feeds
            await unit.until(lambda: run.feeds >= feeds + 8)
            display.screenshot(folder / "out-of-order.png")
            staff = Finger(run.program, display)
            await staff.knock()
            await staff.type(PIN)
            await unit.phase("staff")
            await staff.tap("staff-machine")
            await staff.tap("staff-back")
            assert run.code is None, "asked once is not meant"
            await staff.knock()
            await staff.type(PIN)
            await staff.controls(lambda there: "staff-restart" in there)
            display.screenshot(folder / "out-of-order-staff.png")
            await staff.tap("staff-restart")
            await unit.until(lambda: run.code is not None)
            assert run.code == 10
            await unit.stands(5, OPEN)
            unit.signal(signal.SIGKILL)
            await unit.stands(6, OUT)  # it was a trial: one crash is enough
            assert not [run for run in unit.runs if run.killed]
