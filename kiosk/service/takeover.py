"""A person of the house answers in the agent's place: takes a live conversation, types, and hands it back.

Everything on the loop. The visitor is told aloud and on the screen when the person comes and when they go; what the
person types is spoken in the agent's voice and shown under the person's name.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.ear import Spawn
from kiosk.service.engines import Answer
from kiosk.service.response import Send
from kiosk.service.store.record import Record
from kiosk.service.styles import Wording
from kiosk.wire.canonical import Handover, Thinking

log = logging.getLogger(__name__)

SOURCE = "person:"
"""What a person said has this and the name as its source in the record."""

LONGEST_TEXT = 1000
AWAY_S = 15.0  # after the person's page was closed: long enough to load it again
WRITES_EVERY_S = 4.0  # how often the visitor is told that an answer is being written


class Voice(Protocol):
    """What the conversation says for the person and about them."""

    async def hush(self) -> None:
        """The agent falls silent in the middle of its sentence."""

    def say(self, answer: Answer, *, speaker: str = "") -> None:
        """After what is being said. `speaker`: the person whose words these are."""


class Takeover:
    """
    wording  the phrases that the visitor hears
    due_s    silence of both sides after which the person counts as gone
    send     one event to the client

    One for each conversation; at most one person has it. Whatever a person asks that cannot be raises `Fault`.

    holder  who has it, as the house knows them; empty: the agent answers
    name    as the visitor is told
    """

    def __init__(self, voice: Voice, record: Record, wording: Wording, *, due_s: float, send: Send) -> None:
        self.holder = ""
        self.name = ""
        self._voice = voice
        self._record = record
        self._wording = wording
        self._due_s = due_s
        self._send = send
        self._spawn: Spawn | None = None  # none without a link
        self._watching: asyncio.Task[None] | None = None
        self._sign = asyncio.Event()  # of life, of either side
        self._told_at = 0.0
        self._desks: dict[str, int] = {}  # pages that somebody has open on this conversation; 0: had

    def held(self) -> bool:
        return bool(self.holder)

    async def attach(self, spawn: Spawn) -> None:
        """The conversation has a link, or has it again: a client that came back knows of no person."""
        self._spawn = spawn
        if self.holder:
            await self._send(Handover("person", self.name))
            self._watch(spawn)

    def detach(self) -> None:
        """The link is gone. The person keeps the conversation, as long as it can come back."""
        self._spawn = None
        if self._watching is not None:
            self._watching.cancel()

    async def begin(self, holder: str, name: str) -> None:
        """What the agent is saying is cut: the visitor is to hear that a person answers now."""
        spawn = self._link()
        if self.holder:
            raise _fault(f"{self.name} has this conversation", "wait until it is handed back, or ask them")
        self.holder, self.name = holder, name
        self._record.event("taken_over", holder)
        await self._voice.hush()
        await self._send(Handover("person", name))
        self._phrase(self._wording.person_comes, "taken_over")
        self._watch(spawn)

    async def write(self, holder: str) -> None:
        """The person is typing: the visitor sees that somebody is at it."""
        self._held_by(holder)
        self._sign.set()
        if time.monotonic() - self._told_at >= WRITES_EVERY_S:
            self._told_at = time.monotonic()
            await self._send(Thinking())

    async def say(self, holder: str, text: str) -> None:
        """Spoken and shown, after what was said before."""
        self._held_by(holder)
        text = " ".join(text.split())
        if not text:
            raise _fault("there is nothing to say", "write a sentence")
        if len(text) > LONGEST_TEXT:
            raise _fault("that is too long to be listened to", f"say it in {LONGEST_TEXT} characters")
        self._sign.set()
        self._told_at = 0.0
        self._voice.say(Answer(text, f"{SOURCE}{holder}", 1.0, cacheable=False), speaker=self.name)

    async def end(self, holder: str) -> None:
        """The person hands it back."""
        self._held_by(holder)
        await self._back("handed_back", self._wording.person_goes)

    @contextmanager
    def desk(self, somebody: str) -> Iterator[None]:
        """They have a page open. A person who closes it has gone sooner than one who is only silent."""
        self._desks[somebody] = self._desks.get(somebody, 0) + 1
        try:
            yield
        finally:
            self._desks[somebody] -= 1
            if somebody == self.holder:
                self._sign.set()

    def heard(self) -> None:
        """The visitor said something: the person has the time again to answer it."""
        self._sign.set()

    def _watch(self, spawn: Spawn) -> None:
        self._watching = spawn(self._until_gone(), "takeover")

    async def _until_gone(self) -> None:
        with suppress(TimeoutError):
            while True:
                self._sign.clear()
                left = self._desks.get(self.holder) == 0
                async with asyncio.timeout(min(AWAY_S, self._due_s) if left else self._due_s):
                    await self._sign.wait()
        self._watching = None
        await self._back("person_left", self._wording.person_left)

    async def _back(self, how: str, phrase: str) -> None:
        if self._watching is not None:
            self._watching.cancel()
        name, holder = self.name, self.holder
        self.name = self.holder = ""
        self._record.event(how, holder)
        log.info("conversation %s: %s", self._record.session_id, how)
        await self._send(Handover("agent", name, active=False))
        self._phrase(phrase, how, name)

    def _phrase(self, phrase: str, source: str, name: str = "") -> None:
        """In the agent's own words. Nothing is said in a language that no style has words in."""
        if phrase:
            text = phrase.replace("{name}", name or self.name)
            self._voice.say(Answer(text, source, 1.0, cacheable=False))

    def _link(self) -> Spawn:
        if self._spawn is None:
            raise _fault("the visitor's link is gone", "wait for a moment: it may come back")
        return self._spawn

    def _held_by(self, holder: str) -> None:
        if self.holder != holder:
            raise _fault(
                f"{self.name} has this conversation" if self.holder else "nobody has taken this conversation",
                "take it first",
            )
        self._link()


def _fault(what: str, remedy: str) -> Fault:
    return Fault(what, where="the conversation", remedy=remedy, code=ExitCode.USAGE)
