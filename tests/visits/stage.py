"""Everything around one visitor on a display: real window, X server, fingers, sound; and what a test wants to know."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from product import CLIENT_ID

from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.hand import Hand
from kiosk.rehearsal.performance import Performance
from kiosk.rehearsal.programs import Event, Program, phase_of
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.screens import Screens
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from kiosk.rehearsal.steps import Step, Tap, Touch, Wait
from kiosk.rehearsal.visitor import Line, prepare
from kiosk.settings.pin import StaffPin

SOON_S = 25.0
LONGEST_S = 90.0
STAFF_PIN = "274961"
RUN = (sys.executable, "-m", "kiosk", "run", "--stdio")


def credentials(folder: Path, endpoint: str, client_id: str = CLIENT_ID) -> Path:
    file = folder / "credentials.toml"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(f'endpoint = "{endpoint}"\nclient_id = "{client_id}"\n')
    return file


@dataclass
class Visitor:
    """Does steps, and fails the test with what went wrong; reads the kiosk's events since the last step's beginning."""

    program: Program
    performance: Performance
    hand: Hand
    screens: Screens
    troubles: list[str] = field(default_factory=list)

    async def do(self, *steps: Step) -> None:
        for step in steps:
            problem = await self.performance.do(step)
            assert problem is None, f"{step}: {problem}"

    async def tap(self, *controls: str) -> None:
        for control in controls:
            await self.do(Tap(control))

    async def begin(self) -> None:
        """Touches the first screen and hears the greeting out."""
        await self.do(Touch("touch"), Wait("agent_done", SOON_S))

    async def sees(self, *phases: str, since: int | None = None) -> None:
        """Each phase in its turn, or it stands there already."""
        for phase in phases:
            if since is None and self.phase == phase:
                continue
            start = self.now if since is None else since
            found = await self.program.wait_for(lambda e, p=phase: phase_of(e) == p, since=start, within_s=SOON_S)
            assert found is not None, f"never {phase}; it was {self.phases}"

    async def hears(self, name: str, *, since: int, within_s: float = SOON_S, **fields: Any) -> Event:
        def wanted(event: Event) -> bool:
            return event["event"] == name and all(event.get(key) == value for key, value in fields.items())

        found = await self.program.wait_for(wanted, since=since, within_s=within_s)
        assert found is not None, f"no {name} {fields}; the last were {self.program.events[-5:]}"
        return found

    async def answered(self, *, since: int) -> str:
        """What the agent said, once it was heard to its end."""
        await self.hears("playback_ended", since=since, fate="finished")
        said = [e["text"] for e in self.since(since, "transcript") if e["role"] == "agent"]
        return str(said[-1]).lower()

    async def looks(self, name: str) -> None:
        await self.screens.look(name)

    @property
    def now(self) -> int:
        """Events told so far: what follows is newer."""
        return len(self.program.events)

    @property
    def phases(self) -> list[str]:
        return [phase for event in self.program.events if (phase := phase_of(event))]

    @property
    def phase(self) -> str:
        return self.phases[-1] if self.phases else ""

    def since(self, number: int, name: str) -> list[Event]:
        return [event for event in self.program.events[number:] if event["event"] == name]

    @property
    def log(self) -> str:
        return self.program.log_file.read_text(errors="replace")


@dataclass
class Stage:
    """One display, one sound server with its room; kiosks come and go on it, one at a time."""

    display: Display
    sound: SoundServer
    room: Room
    lines: Mapping[str, Line]

    @asynccontextmanager
    async def kiosk(
        self,
        folder: Path,
        endpoint: str,
        program: Iterable[str] = RUN,
        *,
        enrolled: Path | None = None,
        longest_s: float = LONGEST_S,
        **settings: str,
    ) -> AsyncIterator[Visitor]:
        """A kiosk on the first screen. Ends with it: told to quit, its log without a word of Qt.

        enrolled   file with the key of one that has been enrolled with a gateway, which knows the endpoint
        """
        env = self.sound.env(KIOSK_SOUND__MICROPHONE=MICROPHONE, KIOSK_SOUND__LOUDSPEAKER=LOUDSPEAKER)
        pin = StaffPin(self.sound.root / "staff-pin.json")
        if not pin.chosen:
            pin.choose(STAFF_PIN)
        env.update(KIOSK_STAFF__PIN_FILE=str(pin.file), PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring")
        env.update(settings)
        words = [*program, "--credentials", str(enrolled or credentials(folder, endpoint))]
        async with asyncio.timeout(longest_s), Program("kiosk", words, self.display.env(env), folder) as kiosk:
            troubles: list[str] = []
            screens = Screens(self.display, kiosk, folder / "screens", troubles.append)
            hand = Hand(self.display.touch, kiosk)
            performance = Performance(kiosk, self.room, self.lines, hand=hand, sound=self.sound, look=screens.look)
            visitor = Visitor(kiosk, performance, hand, screens, troubles)
            following = asyncio.create_task(screens.follow())
            try:
                await visitor.sees("attract")
                await screens.caught_up(within_s=10)
                yield visitor
                await kiosk.order("quit")
                assert await kiosk.ended(within_s=10) == 0, visitor.log
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following
        assert troubles == []
        assert "qml" not in visitor.log.lower(), visitor.log


def spoken(texts: list[str]) -> dict[str, Line]:
    """Lines of the visitor's voice; made once for the machine."""
    return asyncio.run(prepare(texts, rate=48000, dbfs=-24, say=own_program("say")))


def words_in(path: Path, phrase: str) -> bool:
    """Whether a file holds a phrase, however Qt or Python would write it."""
    data = path.read_bytes()
    return any(phrase.encode(code) in data for code in ("utf-8", "utf-16-le", "utf-32-le"))
