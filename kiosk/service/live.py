"""The conversations that are held now: who, since when, what is going on, and the last lines. In memory only, so that a
house that keeps nothing can still see what is live, and forgotten with the conversation.

Everything on the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiosk.service.manner import Manner
from kiosk.wire.canonical import (
    Event,
    Flush,
    Handover,
    ResponseDone,
    ResponseStarted,
    Thinking,
    Transcript,
    UserSpeechStarted,
    UserSpeechStopped,
)

if TYPE_CHECKING:
    from kiosk.service.takeover import Takeover

LINES = 60  # the last ones of a conversation


@dataclass(slots=True)
class Line:
    """What one side said. `who`: visitor, agent or person (then `name`). `cut`: it was not said to its end."""

    item: str
    who: str
    text: str = field(repr=False)
    name: str = ""
    final: bool = False
    cut: bool = False


class Held:
    """One conversation that is held.

    id         of its record in the store
    phase      listening, hearing (the visitor speaks), thinking, speaking, lost (the link is, for now) or ended
    person     who of the house answers; empty: the agent
    ended      how, as the record has it; empty while it is held
    takeover   how a person takes it
    """

    def __init__(self, id: str, session_id: str, manner: Manner, changed: Changed) -> None:
        self.id = id
        self.session_id = session_id
        self.manner = manner
        self.device = ""
        self.began_at = datetime.now(UTC)
        self.phase = "listening"
        self.person = ""
        self.ended = ""
        self.lines: deque[Line] = deque(maxlen=LINES)
        self.takeover: Takeover
        self._items: dict[str, str] = {}  # of the responses
        self._changed = changed

    def saw(self, event: Event) -> None:
        """What the service has just told the client."""
        match event:
            case UserSpeechStarted():
                self.phase = "hearing"
            case UserSpeechStopped():
                self.phase = "listening"
            case Thinking():
                self.phase = "thinking"
            case ResponseStarted():
                self.phase = "speaking"
            case ResponseDone(status="interrupted") | Flush():
                self.cut(event.response_id or "")
            case Transcript():
                self._words(event)
            case Handover():
                self.person = (event.name or "") if event.active else ""
            case _:
                return
        self._changed.tell()

    def cut(self, response_id: str) -> None:
        """It was not heard to its end."""
        self.phase = "listening"
        for line in self.lines:
            line.cut = line.cut or line.item == self._items.get(response_id, "")
        self._changed.tell()

    def heard(self) -> None:
        """The client has played out what it was sent."""
        if self.phase == "speaking":
            self.phase = "listening"
            self._changed.tell()

    def link(self, *, up: bool) -> None:
        self.phase = "listening" if up else "lost"
        self._changed.tell()

    def _words(self, event: Transcript) -> None:
        who = "visitor" if event.role == "user" else "person" if event.speaker else "agent"
        line = next((line for line in reversed(self.lines) if line.item == event.item_id), None)
        if line is None:
            line = Line(event.item_id, who, event.text, event.speaker or "")
            self.lines.append(line)
        line.text, line.final = event.text, event.final
        if event.response_id:
            self._items[event.response_id] = event.item_id


class Changed:
    """Wakes whoever waits for something new. `version` grows with each change."""

    def __init__(self) -> None:
        self.version = 0
        self._event = asyncio.Event()

    def tell(self) -> None:
        self.version += 1
        self._event.set()
        self._event = asyncio.Event()

    async def after(self, version: int) -> int:
        """The version, as soon as it is another than this."""
        while self.version == version:
            await self._event.wait()
        return self.version


class Live:
    """All conversations that are held, by the ID of their record."""

    def __init__(self) -> None:
        self.changed = Changed()
        self._held: dict[str, Held] = {}

    def begin(self, id: str, session_id: str, manner: Manner) -> Held:
        held = self._held[id] = Held(id, session_id, manner, self.changed)
        self.changed.tell()
        return held

    def end(self, held: Held, how: str) -> None:
        """It is over, and what was said in it is known here no more."""
        held.ended, held.phase = how or "unknown", "ended"
        self._held.pop(held.id, None)
        self.changed.tell()

    def all(self) -> list[Held]:
        """The newest first. Any thread."""
        return sorted(self._held.values(), key=lambda held: held.began_at, reverse=True)

    def find(self, id: str) -> Held | None:
        return self._held.get(id)
