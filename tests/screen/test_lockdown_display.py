"""The window on a real X display with a window manager: what is done to it from outside, and how soon it is back."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from outside import Outside

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.programs import Event, Program
from kiosk.rehearsal.xserver import find_xorg

HAS_DISPLAY = find_xorg() is not None and shutil.which("matchbox-window-manager") is not None

pytestmark = [
    pytest.mark.rig,
    pytest.mark.skipif(not HAS_DISPLAY, reason="install the packages of the set `display`"),
]

LOCKED = str(Path(__file__).with_name("locked.py"))
BACK_S = 1.0


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(1024, 600) as screen:
        yield screen


@pytest.fixture
async def window(display: Display, tmp_path: Path) -> AsyncIterator[Program]:
    async with Program("window", [sys.executable, LOCKED], display.env(), tmp_path) as program:
        assert await program.wait_for(stands, within_s=20), program.log_file.read_text()
        yield program


@pytest.fixture
def outside(display: Display) -> Iterator[Outside]:
    with Outside(display.name) as client:
        yield client


def stands(event: Event) -> bool:
    return event["event"] == "window" and bool(event["visible"] and event["active"] and event["fills"])


@pytest.mark.parametrize("loss", ["iconify", "unmap", pytest.param("shrink", marks=pytest.mark.slow)])
async def test_whatever_is_done_to_it_it_is_back_within_a_second(window: Program, outside: Outside, loss: str) -> None:
    since = len(window.events)
    getattr(outside, loss)(window.events[-1]["id"])
    gone = await window.wait_for(lambda e: not stands(e), since=since, within_s=5)
    if gone is None:
        assert loss == "shrink", "a window manager may refuse that for us"
        return
    back = await window.wait_for(stands, since=window.events.index(gone), within_s=5)
    assert back is not None, window.log_file.read_text()
    assert back["t"] - gone["t"] < BACK_S
    told = await window.wait_for(lambda e: e.get("repairs") == 1, since=since, within_s=2)
    assert told is not None


async def test_another_window_does_not_stay_in_front(window: Program, display: Display, tmp_path: Path) -> None:
    since = len(window.events)
    async with Program("other", [sys.executable, LOCKED, "other"], display.env(), tmp_path) as other:
        assert await other.wait_for(lambda e: bool(e["active"]), within_s=20)
        gone = await window.wait_for(lambda e: not stands(e), since=since, within_s=5)
        assert gone is not None
        back = await window.wait_for(stands, since=window.events.index(gone), within_s=5)
        assert back is not None
        assert back["t"] - gone["t"] < BACK_S


async def test_the_systems_wish_to_close_it_is_refused(window: Program, outside: Outside) -> None:
    id = window.events[-1]["id"]
    outside.close(id)
    for keys in (("Alt", "F4"), ("Control", "q"), ("Escape",), ("Super",)):
        outside.type(*keys)
    assert await window.ended(within_s=1.0) is None
    assert not [e for e in window.events if e["event"] == "closed"]
    assert stands(window.events[-1])
    assert window.events[-1]["calls"] == 0
    assert "wanted to close" in window.log_file.read_text()


async def test_a_finger_knocks_at_the_corner(window: Program, display: Display) -> None:
    began = time.monotonic()
    for _ in range(7):
        display.touch.tap(12, 12)
    pad = await window.wait_for(lambda e: e.get("stage") == "pin", within_s=5)
    assert pad is not None
    assert time.monotonic() - began < 4
