"""The whole program on a display of its own: staff set it up, get in and leave with real fingers."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.programs import Event, Program
from kiosk.rehearsal.xserver import find_xorg
from kiosk.settings.pin import StaffPin

HAS_DISPLAY = find_xorg() is not None and shutil.which("matchbox-window-manager") is not None
PIN = "274961"
SOON_S = 30.0

pytestmark = [
    pytest.mark.rig,
    pytest.mark.skipif(not HAS_DISPLAY, reason="install the packages of the set `display`"),
]


class Kiosk:
    """`kiosk run` in the middle of a lobby, and a finger."""

    def __init__(self, program: Program, display: Display) -> None:
        self.program, self._display = program, display

    async def phase(self, wanted: str, *, since: int = 0) -> None:
        seen = await self.program.wait_for(
            lambda e: e["event"] in {"phase", "snapshot"} and e["phase"] == wanted, since=since, within_s=SOON_S
        )
        assert seen, self.program.log_file.read_text()

    async def controls(self, there: Callable[[Event], bool]) -> Event:
        """As soon as they are as wished."""
        for _ in range(200):
            since = len(self.program.events)
            await self.program.order("where")
            told = await self.program.wait_for(lambda e: e["event"] == "controls", since=since, within_s=SOON_S)
            assert told
            if there(told["controls"]):
                return told["controls"]  # type: ignore[no-any-return]
            await asyncio.sleep(0.05)
        raise AssertionError(f"not on the screen: {told['controls']}")

    async def tap(self, name: str) -> None:
        controls = await self.controls(lambda c: name in c)
        await asyncio.to_thread(self._display.touch.tap, *controls[name])

    async def type(self, pin: str) -> None:
        for digit in pin:
            await self.tap(f"pin-{digit}")
        await self.tap("pin-enter")

    async def drawn(self) -> None:
        """Before its first frame a window takes no finger."""
        assert await self.program.wait_for(lambda e: e.get("name") == "first_frame", within_s=SOON_S)

    async def knock(self) -> None:
        await self.drawn()
        for _ in range(7):
            await asyncio.to_thread(self._display.touch.tap, 12, 12)


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with Display(1080, 1920) as screen:
        yield screen


@pytest.fixture
def env(display: Display, tmp_path: Path) -> dict[str, str]:
    return display.env(
        {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        HOME=str(tmp_path),
        XDG_STATE_HOME=str(tmp_path / "state"),
        XDG_CONFIG_HOME=str(tmp_path / "config"),
        EXEI_VOICE_ENDPOINT="ws://127.0.0.1:9/nobody",
        EXEI_VOICE_CLIENT_ID="planted-client-1",
        KIOSK_SOUND__BACKEND="wav",
    )


@pytest.fixture
async def start(display: Display, env: dict[str, str], tmp_path: Path) -> AsyncIterator[Callable[[], Program]]:
    started: list[Program] = []

    def program() -> Program:
        folder = tmp_path / f"run{len(started)}"
        folder.mkdir()
        started.append(Program("kiosk", [sys.executable, "-m", "kiosk", "run", "--stdio"], env, folder))
        return started[-1]

    yield program
    for one in started:
        await one.stop()


async def test_first_start_then_in_and_out(start: Callable[[], Program], display: Display, tmp_path: Path) -> None:
    async with start() as program:
        kiosk = Kiosk(program, display)
        await kiosk.phase("setup")
        await kiosk.controls(lambda c: "pin-5" in c)
        await asyncio.to_thread(display.touch.tap, 540, 100)
        await kiosk.type(PIN)
        await kiosk.type(PIN)
        await kiosk.phase("attract")
        assert not [e for e in program.events if e.get("phase") == "connecting"], "nobody was let in before"
        assert StaffPin(tmp_path / "state" / "exei-voice-kiosk" / "staff-pin.json").chosen
        await kiosk.knock()
        await kiosk.type("999111")
        await kiosk.type(PIN)
        await kiosk.phase("staff")
        await kiosk.tap("staff-leave")
        assert await program.ended(within_s=SOON_S) == 0, program.log_file.read_text()
    said = "".join(file.read_text() for file in tmp_path.rglob("kiosk.log"))
    said += "".join(file.read_text() for file in tmp_path.rglob("*.jsonl"))
    assert PIN not in said
    assert "999111" not in said
    assert "Traceback" not in said
    async with start() as program:
        kiosk = Kiosk(program, display)
        await kiosk.phase("attract")
        assert json.dumps([e for e in program.events if e.get("phase") == "setup"]) == "[]"
        await kiosk.knock()
        await kiosk.type(PIN)
        await kiosk.tap("staff-restart")
        assert await program.ended(within_s=SOON_S) == 10, program.log_file.read_text()


async def test_a_polite_end_in_any_moment_is_clean(start: Callable[[], Program], display: Display) -> None:
    async with start() as program:
        await Kiosk(program, display).phase("setup")
        assert program._process is not None
        program._process.send_signal(signal.SIGTERM)
        assert await program.ended(within_s=5) == 0
        assert "Traceback" not in program.log_file.read_text()
