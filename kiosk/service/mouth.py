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
        self._response: Response | None = None
        self._task: asyncio.Task[None] | None = None

    def say(self, answer: Answer, turn: int | None = None, answer_ms: float | None = None) -> None:
        """After what is being said. `turn`: the one it answers, in the record; `answer_ms`: how long that took."""
        response = Response(self._agent, self._manner, self._next_number(), answer, self._send, rate=self.rate)
        self._record.answered(response, turn, answer_ms)
        before, self._response = self._task, response
        self._task = self._spawn(self._speak(response, before), "response")

    async def _speak(self, response: Response, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        await response.run()
        self._record.said(response)
        if response.answer.action == "end":
            self._record.goodbye("completed")
            await self._send(Ended("completed"))

    async def hush(self) -> None:
        """The visitor has the word: whatever is being said, or about to be, stops."""
        response, task = self._response, self._task
        if response is None or task is None or not response.sounding:
            return
        await self._send(Flush("response", response.id, "barge_in"))
        await response.cut(task, None)
        self._record.said(response)

    async def cut(self, response_id: str, played_ms: int) -> None:
        """The client has silenced it already and says how much was heard."""
        self._record.heard(response_id, played_ms)
        response, task = self._response, self._task
        if response is None or task is None or response.id != response_id:
            return
        if response.sounding:
            await response.cut(task, played_ms)
            self._record.said(response)
        response.heard_ms = played_ms

    def heard(self, response_id: str, played_ms: int) -> None:
        """The client reports that it has played it to its end, or has dropped it."""
        self._record.heard(response_id, played_ms)
        if self._response is not None and self._response.id == response_id:
            self._response.heard_ms = played_ms

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
