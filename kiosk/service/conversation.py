"""One conversation: what the visitor says becomes turns, turns become responses, and a visitor who cuts in is heard."""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import time
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.websockets import WebSocketDisconnect

from kiosk.core.leaves import leaves
from kiosk.service.agent import Agent
from kiosk.service.ear import Ear
from kiosk.service.engines import Answer, Turn
from kiosk.service.limits import AudioBudget, Refused
from kiosk.service.live import Live
from kiosk.service.mouth import Mouth
from kiosk.service.store.record import Record
from kiosk.service.takeover import Takeover
from kiosk.service.tts import AUTO, AUTO_ORDER
from kiosk.wire.canonical import (
    Audio,
    Command,
    Context,
    End,
    Event,
    Feedback,
    Interrupt,
    Mute,
    Ping,
    Playback,
    Pong,
    Rate,
    Ready,
    SpeechEnd,
    SpeechStart,
    Start,
    Text,
    Thinking,
    ToolResult,
    Transcript,
)
from kiosk.wire.dialect import Dialect

if TYPE_CHECKING:
    from kiosk.service.server import Pipe

log = logging.getLogger(__name__)

ACCEPTS = (
    *("speech_start", "speech_end", "interrupt", "playback", "text"),
    *("rate", "mute", "feedback", "tool_result", "context", "ping"),
)
GRACE_S = 30.0
LONGEST_TEXT = 500

Result = TypeVar("Result")


class Conversation:
    """State of one conversation; it can outlive its socket by `GRACE_S` and be taken up on another (`attach`).

    Everything runs on the loop. `manner` is the house's at its beginning; a person may answer in the agent's place.
    """

    def __init__(
        self, agent: Agent, dialect: Dialect, session_id: str, pipe: Pipe, *, record: Record, live: Live
    ) -> None:
        self.session_id = session_id
        self.resume_token = secrets.token_urlsafe(18)
        self.lost = False
        self._agent = agent
        self._dialect = dialect
        self._pipe = pipe
        self._record = record
        self._history: list[Turn] = []
        self.manner = agent.manners.current()
        self._wording = agent.style(self.manner).wording(self.manner.language)
        self._live = live
        self._held = live.begin(record.id, session_id, self.manner)
        self._takeover = self._held.takeover = Takeover(
            self, record, self._wording, due_s=agent.settings.person_due_s, send=self._send
        )
        self._answered = 0  # answers that the agent has given
        self._unanswered: int | None = None  # the turn that a person has still to answer
        self._rate = 1.0
        self._muted = False
        self._lines = itertools.count(1)
        self._numbers = itertools.count(1)  # of responses
        self._lost_at = 0.0

    def attach(self, pipe: Pipe) -> None:
        """The client came back over another socket: what was said is known, what was being said is not repeated."""
        self.lost = False
        self._pipe = pipe

    def _fresh(self, tasks: asyncio.TaskGroup) -> None:
        """Ear and mouth for a new socket."""
        self._tasks = tasks
        self._mouth = Mouth(
            self._agent,
            self.manner,
            next_number=partial(next, self._numbers),
            rate=self._rate,
            send=self._send,
            record=self._record,
            spawn=self._spawn,
        )
        self._ear = Ear(
            self._agent, self.manner.language, self, send=self._send, record=self._record, spawn=self._spawn
        )

    def over(self) -> None:
        """It has ended, or its link has not come back in time."""
        self._live.end(self._held, self._record.how)

    def grace_over(self, now: float) -> bool:
        return self.lost and now - self._lost_at >= GRACE_S

    # --- the socket's life ----------------------------------------------------------------------------------------

    async def run(self, start: Start) -> None:
        """Until the client says goodbye. Raises `Refused` for a limit, WebSocketDisconnect when the link is lost."""
        settings = self._agent.settings
        self._budget = AudioBudget(time.monotonic(), self._dialect.up.rate)
        await self._send(self._ready())
        self._lost_at, self.lost = time.monotonic(), True  # until it is known to have ended well
        self._begin_record(start)
        try:
            async with asyncio.timeout(settings.longest_s), asyncio.TaskGroup() as tasks:
                self._fresh(tasks)
                await self._takeover.attach(self._spawn)
                greeting = self._agent.greeting(self.manner)
                if start.resume_token is None and greeting:
                    self._reply(Answer(greeting, "greeting", 1.0))
                await self._serve()
                self._ear.close()
                self._mouth.close()
                self._takeover.detach()
        except TimeoutError:
            self.lost = False
            refused = Refused(4010, "the conversation has lasted as long as it may")
            self._record.broke_off(refused)
            raise refused from None
        except BaseExceptionGroup as group:
            ending = next((e for e in leaves(group) if isinstance(e, Refused | WebSocketDisconnect)), None)
            self._record.broke_off(ending or next(leaves(group)))
            if ending is None:
                raise
            self.lost = isinstance(ending, WebSocketDisconnect)
            raise ending from None
        finally:
            self._lost_at = time.monotonic()
            self._takeover.detach()
            self._record.ended()
            if self.lost:
                self._held.link(up=False)
            else:
                self.over()

    def _begin_record(self, start: Start) -> None:
        agent = self._agent
        if start.resume_token is not None:
            self._record.resumed()
            self._held.link(up=True)
            return
        self._held.device = start.device_id
        engines = {"recogniser": agent.recogniser.name, "speech": self.manner.engine, "answers": agent.answers.name}
        self._record.began(start.device_id, self.manner.language, engines)
        if agent.settings.tts == AUTO and agent.speech.name != AUTO_ORDER[0]:
            self._record.event("engine_fallback", agent.speech.name)

    def _ready(self) -> Ready:
        settings = self._agent.settings
        return Ready(
            session_id=self.session_id,
            conversation_id=self.session_id,
            accepts=ACCEPTS,
            input_rate=self._dialect.up.rate,
            output_rate=self._dialect.down.rate,
            idle_s=settings.idle_s,
            max_s=settings.longest_s,
            resume_token=self.resume_token,
            resume_grace_s=GRACE_S,
            agent_name="local",
            language=self.manner.language,
            languages=(self.manner.language,),
            voice=self.manner.voice,
        )

    async def _serve(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._agent.settings.idle_s):
                    commands = await self._pipe.receive()
            except TimeoutError:
                raise Refused(4031, "nothing was heard for too long") from None
            for command in commands:
                if isinstance(command, End):
                    self.lost = False
                    self._record.goodbye(command.reason)
                    return
                await self._take(command)

    # --- commands -------------------------------------------------------------------------------------------------

    async def _take(self, command: Command) -> None:
        match command:
            case Audio():
                await self._hear(command.pcm)
            case SpeechStart():
                await self._mouth.hush()
                await self._ear.press()
            case SpeechEnd(discard=True):
                await self._ear.discard()
            case SpeechEnd():
                await self._ear.release()
            case Interrupt():
                await self._mouth.cut(command.response_id, command.played_ms)
                self._held.cut(command.response_id)
            case Playback(state="finished" | "flushed"):
                self._mouth.heard(command.response_id, command.played_ms)
                self._held.heard()
            case Text():
                await self._read(command)
            case Mute():
                self._muted = command.muted
                self._ear.deafen()
            case Rate():
                self._rate = self._mouth.rate = min(1.3, max(0.7, command.speed))
            case Ping():
                await self._send(Pong(command.id, command.now_ms))
            case Feedback():
                log.info("conversation %s: feedback %d", self.session_id, command.score)
                self._record.rated(command.score, command.item_id, command.comment)
            case Context(page="reprompt" | "checking"):
                self._record.event("reprompt", command.page or "")
            case ToolResult():
                log.info("conversation %s: %s: %s", self.session_id, command.call_id, command.result)
            case _:
                log.debug("not used here: %s", type(command).__name__)

    async def _hear(self, pcm: bytes) -> None:
        if not self._budget.take(len(pcm), time.monotonic()):
            raise Refused(4029, "audio comes faster than real time", retry_after_ms=2000)
        if not self._muted:
            await self._ear.hear(pcm)

    async def _read(self, command: Text) -> None:
        """Typed, touched, or a correction of what was heard: a turn without a voice."""
        text = command.text.strip()[:LONGEST_TEXT]
        if not text:
            return
        await self._mouth.hush()
        line = command.corrects or self.next_line()
        turn = self._record.typed(line, text, self.manner.language, correction=command.corrects is not None)
        await self._send(Transcript("user", text, item_id=line, final=True))
        await self.understood(text, turn)

    # --- what the ear tells ---------------------------------------------------------------------------------------

    async def began(self) -> None:
        await self._mouth.hush()

    async def understood(self, text: str, turn: int) -> None:
        """A question, spoken or typed. `turn`: its number in the record."""
        self._history.append(Turn("user", text))
        self._unanswered = turn
        if self._takeover.held():
            self._takeover.heard()
            return
        asked = time.monotonic()
        await self._send(Thinking())
        answer = await self._agent.answer(text, tuple(self._history[:-1]), self.manner.language)
        if self._takeover.held():  # meanwhile
            return
        self._unanswered = None
        log.info("conversation %s: answered from %s, match %.2f", self.session_id, answer.source, answer.score)
        self._reply(answer, turn, (time.monotonic() - asked) * 1000)

    async def unheard(self, turn: int) -> None:
        if not self._takeover.held():
            self._mouth.say(Answer(self._agent.sorry(self.manner), "sorry", 1.0), turn)

    def next_line(self) -> str:
        return f"u{next(self._lines)}"

    # --- what is said ---------------------------------------------------------------------------------------------

    def _reply(self, answer: Answer, turn: int | None = None, answer_ms: float | None = None) -> None:
        """In the words of the style. The history has the answer alone: what comes next is sought by its words."""
        self._history.append(Turn("agent", answer.text))
        said = replace(answer, text=self._wording.of(answer, self._answered))
        self._answered += answer.source != "greeting"
        self._mouth.say(said, turn, answer_ms)

    async def hush(self) -> None:
        await self._mouth.hush("takeover")

    def say(self, answer: Answer, *, speaker: str = "") -> None:
        """For a person, or about one."""
        self._history.append(Turn("agent", answer.text))
        turn, self._unanswered = (self._unanswered, None) if speaker else (None, self._unanswered)
        self._mouth.say(answer, turn, speaker=speaker)

    # --- tasks ----------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, Result], name: str) -> asyncio.Task[Result]:
        return self._tasks.create_task(work, name=f"{self.session_id[:8]} {name}")

    async def _send(self, event: Event) -> None:
        await self._pipe.send(event)
        self._held.saw(event)
