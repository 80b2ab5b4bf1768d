"""The private display, with a real Qt Quick window on it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest
from displays import needs_display

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.programs import Event, Program
from kiosk.rehearsal.touch import MOST_FINGERS, TouchScreen
from kiosk.rehearsal.xserver import touch_socket

FACE = [sys.executable, str(Path(__file__).with_name("face.py"))]
SIZES = [(1080, 1920), (1920, 1080), (1024, 600)]
SOON_S = 20.0


def left_of(number: str) -> list[str]:
    """Lock and socket of a display."""
    paths = (f"/tmp/.X{number[1:]}-lock", f"/tmp/.X11-unix/X{number[1:]}")
    return [path for path in paths if os.path.exists(path)]


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(1024, 600) as screen:
        yield screen


@pytest.fixture
async def face(display: Display, tmp_path: Path) -> AsyncIterator[Program]:
    async with Program("face", FACE, display.env(), tmp_path) as program:
        await shown(program, 1024, 600)
        yield program


async def shown(face: Program, width: int, height: int) -> None:
    def whole(event: Event) -> bool:
        place = [event.get(key) for key in ("x", "y", "width", "height", "full_screen")]
        return event["event"] == "window" and place == [0, 0, width, height, True]

    assert await face.wait_for(whole, within_s=SOON_S)
    painted = len(face.events)
    await face.order("colour", colour="#102030")
    assert await face.wait_for(lambda e: e.get("colour") == "#102030", since=painted, within_s=SOON_S)


async def touches(face: Program, *, until: str) -> list[Event]:
    assert await face.wait_for(lambda e: e.get("kind") == until, within_s=SOON_S)
    return [event for event in face.events if event["event"] == "touch"]


# --- without an X server ------------------------------------------------------------------------------------------


def test_missing_packages_are_named_with_their_apt_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match=r"apt-get install .*matchbox-window-manager x11-apps x11-utils") as caught:
        Display(1080, 1920).start()
    assert caught.value.code is ExitCode.MISSING_PACKAGE
    with pytest.raises(Fault, match=r"apt-get install .*xvfb"):
        Display(1080, 1920, with_touch=False).start()


@pytest.mark.parametrize("size", [(0, 600), (1024, -1), (100_000, 600)])
def test_an_impossible_size_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Fault, match="cannot be made") as caught:
        Display(*size)
    assert caught.value.code is ExitCode.USAGE


# --- the display --------------------------------------------------------------------------------------------------


@needs_display
@pytest.mark.parametrize("with_touch", [True, False])
def test_it_leaves_no_process_no_lock_and_no_file_behind(with_touch: bool) -> None:
    with Display(1080, 1920, with_touch=with_touch) as display:
        family = psutil.Process().children(recursive=True)
        assert {process.name() for process in family} >= {"matchbox-window-manager", "Xorg" if with_touch else "Xvfb"}
        name, root = display.name, display.root
        assert left_of(name)
        assert display.pixels().shape == (1920, 1080, 3)
    assert [process for process in family if process.is_running()] == []
    assert left_of(name) == []
    assert not root.exists()


@needs_display
def test_a_crashed_server_leaves_nothing_either_and_is_told() -> None:
    with Display(1024, 600) as display:
        name = display.name
        os.kill(display.pid, signal.SIGKILL)
        with pytest.raises(Fault, match=r"(?i)touch screen does not answer"):
            display.touch.tap(1, 1)
        with pytest.raises(Fault, match=r"(?i)no picture of the display") as caught:
            display.pixels()
        assert caught.value.code is ExitCode.NO_DEVICE
    assert left_of(name) == []


@needs_display
def test_it_ends_with_the_program_that_started_it() -> None:
    script = (
        "from kiosk.rehearsal.display import Display\n"
        "with Display(1024, 600) as display: print(display.name, display.root, flush=True); input()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder.stdin, holder.stdout:
        name, root = holder.stdout.readline().split()
        family = psutil.Process(holder.pid).children(recursive=True)
        assert len(family) == 2
        holder.kill()
        holder.wait()
    _, alive = psutil.wait_procs(family, timeout=SOON_S)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    assert left_of(name) == []
    for file in Path(root).iterdir():  # a killed program cannot clear up its folder
        file.unlink()
    Path(root).rmdir()


@needs_display
def test_two_stand_side_by_side(display: Display) -> None:
    with Display(1080, 1920) as other:
        assert other.name != display.name
        assert other.pixels().shape == (1920, 1080, 3)
        assert display.pixels().shape == (600, 1024, 3)


@needs_display
def test_its_environment_hides_the_users_desktop(display: Display, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "XAUTHORITY", "QT_SCALE_FACTOR", "QT_QPA_PLATFORMTHEME", "XDG_SESSION_TYPE"):
        monkeypatch.setenv(name, "3")
    env = display.env(EXTRA="1")
    assert "3" not in {env.get(name) for name in ("WAYLAND_DISPLAY", "XAUTHORITY", "QT_SCALE_FACTOR")}
    assert not {"QT_QPA_PLATFORMTHEME", "XDG_SESSION_TYPE"} & env.keys()
    assert (env["DISPLAY"], env["QT_QPA_PLATFORM"], env["EXTRA"]) == (display.name, "xcb", "1")
    assert display.env({"HOME": "/nowhere"})["HOME"] == "/nowhere"


@needs_display
@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_window_fills_it_and_a_screenshot_shows_its_colour(width: int, height: int, tmp_path: Path) -> None:
    with Display(width, height) as display:
        async with Program("face", FACE, display.env(), tmp_path) as face:
            await shown(face, width, height)
            await face.order("colour", colour="#c04080")
            deadline = time.monotonic() + SOON_S
            # The window's own word comes before the server has drawn.
            while (display.screenshot(tmp_path / "face.png") == (0xC0, 0x40, 0x80)).all(2).sum() != width * height - 16:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
    assert (tmp_path / "face.png").read_bytes().startswith(b"\x89PNG")


# --- the touch screen ---------------------------------------------------------------------------------------------


@needs_display
async def test_a_tap_is_touch_to_one_control_and_a_click_to_another(display: Display, face: Program) -> None:
    display.touch.tap(123, 456)
    down, up = await touches(face, until="release")
    assert (down["kind"], up["kind"]) == ("press", "release")
    for event in (down, up):
        ((x, y),) = event["points"].values()
        assert (x, y) == pytest.approx((123, 456), abs=0.1)
    display.touch.tap(1023, 599)  # the last pixel
    click = await face.wait_for(lambda e: e["event"] == "click", within_s=SOON_S)
    assert click
    assert (click["x"], click["y"]) == pytest.approx((1023, 599), abs=0.1)
    assert len([event for event in face.events if event["event"] == "click"]) == 1


@needs_display
async def test_a_finger_that_is_held_is_down_until_it_is_released(display: Display, face: Program) -> None:
    finger = display.touch.hold(50, 60)
    assert [event["kind"] for event in await touches(face, until="press")] == ["press"]
    assert await face.wait_for(lambda e: e.get("kind") == "release", within_s=0.3) is None
    finger.release()
    finger.release()
    assert [event["kind"] for event in await touches(face, until="release")] == ["press", "release"]


@needs_display
async def test_a_slide_begins_here_moves_and_ends_there(display: Display, face: Program) -> None:
    display.touch.slide(100, 100, 700, 500, seconds=0.2)  # off the left half, and over the button
    events = await touches(face, until="release")
    places = [next(iter(event["points"].values())) for event in events]
    assert places[0] == pytest.approx((100, 100), abs=0.1)
    assert places[-1] == pytest.approx((700, 500), abs=0.1)
    assert len(places) >= 4
    assert places == sorted(places)
    assert not [event for event in face.events if event["event"] == "click"]


@needs_display
async def test_two_fingers_are_two(display: Display, face: Program) -> None:
    with display.touch.hold(100, 100), display.touch.hold(400, 500) as second:
        second.move(300, 500, seconds=0.05)
        both = await face.wait_for(lambda e: e.get("kind") == "move" and len(e["points"]) == 2, within_s=SOON_S)
        assert both
        assert len({tuple(place) for place in both["points"].values()}) == 2
    await face.wait_for(lambda e: e.get("kind") == "release", within_s=SOON_S)
    pressed = {number for e in face.events if e.get("kind") == "press" for number in e["points"]}
    assert len(pressed) == 2


@needs_display
async def test_ten_fingers_and_no_eleventh(display: Display, face: Program) -> None:
    fingers = [display.touch.hold(20 + 40 * number, 300) for number in range(MOST_FINGERS)]
    with pytest.raises(ValueError, match="fingers are down"):
        display.touch.hold(10, 10)
    for finger in fingers:
        finger.release()
    display.touch.tap(480, 300)
    last = await face.wait_for(
        lambda e: e.get("kind") == "release" and next(iter(e["points"].values()))[0] > 470, within_s=SOON_S
    )
    assert last
    pressed = {number for e in face.events if e.get("kind") == "press" for number in e["points"]}
    assert len(pressed) == MOST_FINGERS + 1


@needs_display
def test_a_touch_beside_the_display_is_refused_and_takes_no_finger(display: Display) -> None:
    for _ in range(MOST_FINGERS + 1):
        with pytest.raises(ValueError, match="not on a display"):
            display.touch.hold(1024, 10)
    display.touch.tap(1, 1)


@needs_display
def test_a_second_hand_on_the_touch_screen_does_not_hang(display: Display) -> None:
    with pytest.raises(Fault, match="no second one"):
        TouchScreen(touch_socket(display.root), 1024, 600, answer_s=0.3)
    display.touch.tap(1, 1)


@needs_display
def test_a_display_without_touch_says_what_would_bring_one() -> None:
    with Display(1024, 600, with_touch=False) as display:
        assert not display.has_touch
        with pytest.raises(Fault, match="xserver-xorg-video-dummy"):
            _ = display.touch
