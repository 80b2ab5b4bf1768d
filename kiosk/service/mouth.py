"""What is said in one conversation: responses, one after the other, until each is sent or cut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kiosk.service.agent import Agent
from kiosk.service.ear import Spawn
from kiosk.service.engines import Answer
from kiosk.service.manner import Manner
from kiosk.service.response import Response, Send
from kiosk.service.store.record import Record
from kiosk.wire.canonical import Ended, Flush


class Mouth:
    """
    agent        speaks, in `manner`
    send         one event to the client
    record       keeps the responses
    next_number  of a response, from 1
    rate         the visitor's own wish, which may change: 1.0 is as the house has it

    On the loop; one for each socket of a conversation. At most one response is under way.
    """

    def __init__(
        self,
        agent: Agent,
        manner: Manner,
        *,
        send: Send,
        record: Record,
        spawn: Spawn,
        next_number: Callable[[], int],
        rate: float,
    ) -> None:
        self.rate = rate
        self._agent = agent
        self._manner = manner
        self._send = send
        self._record = record
        self._spawn = spawn
        self._next_number = next_number
        self._said: list[tuple[Response, asyncio.Task[None]]] = []  # that may still be heard, in their order

    def say(
        self, answer: Answer, turn: int | None = None, answer_ms: float | None = None, *, speaker: str = ""
    ) -> None:
        """After what is being said.

        turn       the one it answers, in the record
        answer_ms  how long that took
        speaker    the person whose words these are; empty for the agent's own
        """
        number = self._next_number()
        response = Response(
            self._agent, self._manner, number, answer, self._send, rate=self.rate, speaker=speaker or None
        )
        self._record.answered(response, turn, answer_ms)
        self._said = [(said, task) for said, task in self._said if said.sounding]
        before = self._said[-1][1] if self._said else None
        self._said.append((response, self._spawn(self._speak(response, before), "response")))

    async def _speak(self, response: Response, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        await response.run()
        self._record.said(response)
        if response.answer.action == "end":
            self._record.goodbye("completed")
            await self._send(Ended("completed"))

    async def hush(self, reason: str = "barge_in") -> None:
        """The visitor, or somebody else, has the word: what is being said, and what was to follow it, stops."""
        for response, task in self._sounding():
            if response.begun:
                await self._send(Flush("response", response.id, reason))
            await self._stop(response, task, None)

    async def cut(self, response_id: str, played_ms: int) -> None:
        """The client has silenced it already and says how much was heard. What was to follow it is not said either."""
        self._record.heard(response_id, played_ms)
        if not any(response.id == response_id for response, _ in self._said):
            return
        for response, task in self._sounding():
            await self._stop(response, task, played_ms if response.id == response_id else 0)
        self._note(response_id, played_ms)

    def _sounding(self) -> list[tuple[Response, asyncio.Task[None]]]:
        """The last first, so that none begins because the one before it has ended."""
        return [(response, task) for response, task in reversed(self._said) if response.sounding]

    async def _stop(self, response: Response, task: asyncio.Task[None], played_ms: int | None) -> None:
        await response.cut(task, played_ms)
        self._record.said(response)

    def heard(self, response_id: str, played_ms: int) -> None:
        """The client reports that it has played it to its end, or has dropped it."""
        self._record.heard(response_id, played_ms)
        self._note(response_id, played_ms)

    def _note(self, response_id: str, played_ms: int) -> None:
        for response, _ in self._said:
            if response.id == response_id:
                response.heard_ms = played_ms

    def close(self) -> None:
        for _, task in self._said:
            task.cancel()
