"""One response of the agent: its words and its sound, clause by clause, until it is sent or cut."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from kiosk.core.transcript import Clause
from kiosk.service.agent import Agent
from kiosk.service.engines import WIRE_RATE, Answer, EngineLost, Wording
from kiosk.service.manner import Manner
from kiosk.wire.canonical import (
    AgentAudio,
    AgentAudioEnd,
    Event,
    ResponseDone,
    ResponseStarted,
    Show,
    ToolCall,
    Transcript,
)

log = logging.getLogger(__name__)

FRAME_BYTES = WIRE_RATE * 2 // 10  # 100 ms
LEAD_S = 8.0
"""Audio is sent this far ahead of its playing: enough for any network, little to throw away at an interruption."""
REPORT_SLACK_S = 2.0

Send = Callable[[Event], Awaitable[None]]


@dataclass(slots=True)
class Progress:
    """How far a response has come. `sent_ms` of audio so far; `first_at` when its first frame was sent.

    voiceless   the voice failed, and the words were sent without it
    instead_of  what failed to word the answer, and why
    """

    sent_ms: float = 0.0
    first_at: float | None = None
    complete: bool = False
    cut: bool = False
    voiceless: bool = False
    instead_of: str = ""


class Response:
    """
    agent   speaks, in the `manner` of the conversation
    answer  what to say
    send    sends one event to the client
    rate    the visitor's own speed, a factor
    speaker the person whose words these are; None for the agent's own

    `run()` is a task of its own; `cut()` stops it from the conversation's task. `sounding` says whether the client may
    still be playing it: until it reports the end, or until the audio must be over. `clauses`: those that were sent.
    """

    def __init__(
        self,
        agent: Agent,
        manner: Manner,
        number: int,
        answer: Answer,
        send: Send,
        *,
        rate: float,
        speaker: str | None = None,
    ) -> None:
        self.id = f"r{number}"
        self.item_id = f"a{number}"
        self.answer = answer
        self.progress = Progress()
        self.clauses: list[Clause] = []
        self.heard_ms: int | None = None
        self.asked_at = time.monotonic()
        self._agent = agent
        self._send = send
        self._manner = manner
        self._rate = rate
        self._speaker = speaker
        self._done = False
        self.begun = False  # the client knows of it

    async def run(self) -> None:
        """A voice that fails, or that there is not, leaves the words, which the client shows.

        Raises WebSocketDisconnect when the client is gone.
        """
        self.begun = True
        await self._send(ResponseStarted(self.id))
        for beside in self._beside():
            await self._send(beside)
        try:
            if not self._manner.voiceless:
                await self._speak()
        except EngineLost:
            log.exception("a response is shown and not spoken")
            self.progress.voiceless = True
        await self._send(AgentAudioEnd(self.id))
        await self._send(self._words(self.answer.text, None, None))
        self.progress.complete = True
        await self._finish("completed")

    async def _speak(self) -> None:
        told: list[str] = []
        async with aclosing(self._agent.worded(self.answer)) as wordings:
            async for wording in wordings:
                self.progress.instead_of = wording.instead_of or self.progress.instead_of
                if wording.text:
                    await self._speak_one(wording, " ".join(told))
                    told.append(wording.text)
                    self.answer = replace(self.answer, text=" ".join(told))

    async def _speak_one(self, wording: Wording, said: str) -> None:
        """One part of the answer, behind what was `said` of it."""
        speech = self._agent.speak(wording.text, self._manner, self._rate, cacheable=wording.cacheable)
        async for piece in speech:
            start_ms = round(self.progress.sent_ms)
            # Without the pause behind it: a client that spreads the words over it lights the last ones 300 ms late.
            end_ms = start_ms + round(len(piece.pcm) / 2 / WIRE_RATE * 1000 - piece.pause_ms)
            said = f"{said} {piece.text}".strip()
            self.clauses.append(Clause(piece.text, start_ms, end_ms))
            await self._send(self._words(said, start_ms, end_ms))
            await self._send_audio(piece.pcm)

    def _beside(self) -> Iterator[Event]:
        """What the client shows, or does, with the answer."""
        answer = self.answer
        if answer.choices:
            yield Show("choices", {"choices": list(answer.choices)})
        if answer.card is not None:
            yield Show("card", {"title": answer.card.title, "lines": list(answer.card.lines)})
        if answer.code:
            yield Show("qr", {"text": answer.code})
        if answer.action == "person":
            yield ToolCall(f"person-{self.id}", "call_person", {})

    def _words(self, text: str, start_ms: int | None, end_ms: int | None) -> Transcript:
        return Transcript(
            "agent",
            text,
            item_id=self.item_id,
            response_id=self.id,
            final=start_ms is None,
            mode="replace",
            start_ms=start_ms,
            end_ms=end_ms,
            language=self._manner.language,
            speaker=self._speaker,
        )

    async def _send_audio(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), FRAME_BYTES):
            frame = pcm[at : at + FRAME_BYTES]
            await self._hold_lead()
            if self.progress.first_at is None:
                self.progress.first_at = time.monotonic()
            await self._send(AgentAudio(frame, WIRE_RATE, self.id))
            self.progress.sent_ms += len(frame) / 2 / WIRE_RATE * 1000

    async def _hold_lead(self) -> None:
        if self.progress.first_at is not None:
            ahead = self.progress.sent_ms / 1000 - (time.monotonic() - self.progress.first_at)
            if ahead > LEAD_S:
                await asyncio.sleep(ahead - LEAD_S)

    @property
    def sounding(self) -> bool:
        if self.heard_ms is not None or self.progress.cut:
            return False
        if not self.progress.complete or self.progress.first_at is None:
            return not self._done
        return time.monotonic() < self.progress.first_at + self.progress.sent_ms / 1000 + REPORT_SLACK_S

    async def cut(self, task: asyncio.Task[None], played_ms: int | None) -> None:
        """Stop making and sending. `played_ms` is what the client says was heard; None when it has not said yet."""
        self.progress.cut = True
        self.heard_ms = played_ms
        task.cancel()
        await self._finish("interrupted")

    async def _finish(self, status: str) -> None:
        if not self._done:
            self._done = True
            if not self.begun:
                return
            await self._send(ResponseDone(self.id, status))
