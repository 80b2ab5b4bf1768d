"""The visitor's voice in one conversation: partial words for the screen, and whole turns for whoever answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from kiosk.service.agent import Agent
from kiosk.service.engines import EngineLost, Recognition, Samples
from kiosk.service.patience import patience_ms
from kiosk.service.response import Send
from kiosk.service.store.record import Record
from kiosk.service.stt import DecodeObsolete, DecodeWanted, SpeechBegan, SpeechEvent, SpeechStream, TurnEnded
from kiosk.wire.canonical import Transcript, UserSpeechStarted, UserSpeechStopped

log = logging.getLogger(__name__)

GUESS_DUE_S = 0.15  # a guess is made that long before a pause can end the turn

Result = TypeVar("Result")


class Spawn(Protocol):
    """Begins a task that lives no longer than the conversation's socket."""

    def __call__(self, work: Coroutine[Any, Any, Result], name: str) -> asyncio.Task[Result]: ...


class Owner(Protocol):
    """The conversation that the ear belongs to."""

    async def began(self) -> None:
        """The visitor speaks: whoever is speaking falls silent."""

    async def unheard(self, turn: int) -> None:
        """The recogniser failed over a turn: the visitor has spoken and nobody knows what was said."""

    async def understood(self, text: str, turn: int) -> None:
        """A whole turn; `turn` is its number in the record."""

    def next_line(self) -> str:
        """A name for a line of the visitor, `u1` and on."""


class Ear:
    """
    agent     recognises
    language  that is understood, two letters
    owner     is told what was understood
    send      one event to the client
    record    keeps the turns

    On the loop; one for each socket of a conversation.
    """

    def __init__(self, agent: Agent, language: str, owner: Owner, *, send: Send, record: Record, spawn: Spawn) -> None:
        self._agent = agent
        self._language = language
        self._send = send
        self._record = record
        self._spawn = spawn
        self._owner = owner
        self._stream: SpeechStream = agent.listen()
        self._speaking = False  # the visitor, as far as the stream knows
        self._line = ""  # of the turn that is open, or was last
        self._carry = ""  # what was said before a pause that turned out not to be the end
        self._decodes: dict[int, asyncio.Task[Recognition | None]] = {}

    async def hear(self, pcm: bytes) -> None:
        """16-bit little-endian mono at 16 kHz."""
        await self._heed(self._stream.feed(pcm))

    async def press(self) -> None:
        """The talk button is down."""
        await self._heed(self._stream.press())

    async def release(self) -> None:
        """The talk button is up, or the kiosk heard the end itself."""
        await self._heed(self._stream.commit())

    async def discard(self) -> None:
        """The finger slid off the talk button: what was said is not recognised, and the line it began is empty."""
        began, self._speaking = self._speaking, False
        self._stream.reset()
        self.close()
        if began:
            self._record.event("discarded")
            await self._send(Transcript("user", "", item_id=self._line, final=True))

    def deafen(self) -> None:
        """The microphone was muted, or is heard again: nothing from before counts."""
        self._stream.reset()

    def close(self) -> None:
        """Nothing that is being recognised is wanted any more."""
        for guess in self._decodes.values():
            guess.cancel()
        self._decodes.clear()

    async def _heed(self, events: list[SpeechEvent]) -> None:
        for event in events:
            match event:
                case SpeechBegan():
                    self._speaking = True
                    self._line = self._owner.next_line()
                    await self._send(UserSpeechStarted(event.at_ms))
                    await self._owner.began()
                case DecodeWanted():
                    self._decode(event)
                case DecodeObsolete():
                    guess = self._decodes.pop(event.id, None)
                    if guess is not None:
                        guess.cancel()
                case TurnEnded():
                    self._speaking = False
                    waited_ms = max(0, self._stream.now_ms - event.end_ms)
                    self._spawn(self._end_turn(event, self._line, waited_ms), "turn")

    def _decode(self, wanted: DecodeWanted) -> None:
        """A partial is shown when it is done; a speculative final waits for the stream to make up its mind."""
        due_in_s = GUESS_DUE_S if wanted.final else None
        task = self._spawn(self._recognise(wanted.audio, final=wanted.final, due_in_s=due_in_s), "decode")
        self._decodes[wanted.id] = task
        if wanted.final:
            self._spawn(self._judge(wanted.id, task), "judge")
        else:
            self._spawn(self._show_partial(wanted.id, task, self._line), "partial")

    async def _judge(self, id: int, task: asyncio.Task[Recognition | None]) -> None:
        """What was said so far, and how it sounded, says how long the pause may last."""
        found = await task
        settings = self._agent.settings
        patience = settings.end_of_turn_ms
        if found is not None:
            patience = patience_ms(found, settings.end_of_turn_ms, settings.thinking_ms)
        await self._heed(self._stream.judge(id, patience))

    async def _recognise(self, audio: Samples, *, final: bool, due_in_s: float | None = None) -> Recognition | None:
        """None: not worth waiting for, or the recogniser is lost. `due_in_s`: it is a guess, in a pause."""
        try:
            return await self._agent.recognise(
                audio, final=final, language=self._language, due_in_s=due_in_s or 0.0, guess=due_in_s is not None
            )
        except EngineLost:
            if final:
                log.exception("conversation %s: a turn is lost", self._record.session_id)
                self._record.event("engine_fallback", "recogniser")
            return None

    async def _show_partial(self, id: int, task: asyncio.Task[Recognition | None], line: str) -> None:
        found = await task
        self._decodes.pop(id, None)
        self._stream.finished(id)
        if found is not None and self._stream.accepts(id):
            await self._send(Transcript("user", self._with_carry(found.text), item_id=line))

    async def _end_turn(self, ended: TurnEnded, line: str, waited_ms: int) -> None:
        await self._send(UserSpeechStopped(ended.end_ms))
        task = self._decodes.pop(ended.decode_id, None)
        if task is None:
            task = self._spawn(self._recognise(ended.audio, final=True), "decode")
        began = time.monotonic()
        found = await task
        text = self._stream.keep(found, ended) if found is not None else ""
        took_ms = (time.monotonic() - began) * 1000
        log.info(
            "conversation %s: turn of %d ms recognised %.0f ms after its end, %d words",
            self._record.session_id,
            ended.end_ms - ended.start_ms,
            took_ms,
            len(text.split()),
        )
        turn = self._record.spoke(line, text, found, ended, endpoint_ms=waited_ms, recognise_ms=took_ms)
        text = self._with_carry(text)
        final = Transcript(
            "user", text, item_id=line, final=True, start_ms=ended.start_ms, end_ms=ended.end_ms,
            language=self._language,
        )  # fmt: skip
        await self._send(final)
        if text and self._speaking:
            self._carry = text  # the visitor was only thinking: both halves make one question
        elif text:
            self._carry = ""
            await self._owner.understood(text, turn)
        elif found is None:
            await self._owner.unheard(turn)

    def _with_carry(self, text: str) -> str:
        return f"{self._carry} {text}".strip()
