"""One conversation: what the visitor says becomes turns, turns become responses, and a visitor who cuts in is heard."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.websockets import WebSocketDisconnect

from kiosk.core.leaves import leaves
from kiosk.service.agent import Agent
from kiosk.service.engines import Answer, Recognition, Turn
from kiosk.service.limits import AudioBudget, Refused
from kiosk.service.response import Response
from kiosk.service.store.record import Record
from kiosk.service.stt import DecodeObsolete, DecodeWanted, SpeechBegan, SpeechEvent, SpeechStream, TurnEnded
from kiosk.service.tts import AUTO, AUTO_ORDER
from kiosk.wire.canonical import (
    Audio,
    Command,
    End,
    Ended,
    Feedback,
    Flush,
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
    Transcript,
    UserSpeechStarted,
    UserSpeechStopped,
)
from kiosk.wire.dialect import Dialect

if TYPE_CHECKING:
    from kiosk.service.server import Pipe

log = logging.getLogger(__name__)

ACCEPTS = ("speech_start", "speech_end", "interrupt", "playback", "text", "rate", "mute", "feedback", "ping")
GRACE_S = 30.0
LONGEST_TEXT = 500

Result = TypeVar("Result")


class Conversation:
    """State of one conversation; it can outlive its socket by `GRACE_S` and be taken up on another (`attach`).

    Everything runs on the loop; engines work in the agent's threads. At most one response is under way.
    """

    def __init__(self, agent: Agent, dialect: Dialect, session_id: str, pipe: Pipe, record: Record) -> None:
        self.session_id = session_id
        self.resume_token = secrets.token_urlsafe(18)
        self.lost = False
        self._agent = agent
        self._dialect = dialect
        self._pipe = pipe
        self._record = record
        self._history: list[Turn] = []
        self._speed = agent.settings.speed
        self._muted = False
        self._numbers = {"u": 0, "r": 0}
        self._lost_at = 0.0
        self._fresh(pipe)

    def attach(self, pipe: Pipe) -> None:
        """The client came back over another socket: what was said is known, what was being said is not repeated."""
        self.lost = False
        self._fresh(pipe)

    def _fresh(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._stream: SpeechStream = self._agent.listen()
        self._speaking = False  # the visitor, as far as the stream knows
        self._carry = ""  # what was said before a pause that turned out not to be the end
        self._decodes: dict[int, asyncio.Task[Recognition | None]] = {}
        self._response: Response | None = None
        self._response_task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    def grace_over(self, now: float) -> bool:
        return now - self._lost_at > GRACE_S

    # --- the socket's life ----------------------------------------------------------------------------------------

    async def run(self, start: Start) -> None:
        """Until the client says goodbye. Raises `Refused` for a limit, WebSocketDisconnect when the link is lost."""
        settings = self._agent.settings
        self._budget = AudioBudget(time.monotonic(), self._dialect.up.rate)
        await self._pipe.send(self._ready())
        self._lost_at, self.lost = time.monotonic(), True  # until it is known to have ended well
        self._begin_record(start)
        try:
            async with asyncio.timeout(settings.longest_s), asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                if start.resume_token is None and settings.greeting:
                    self._respond(Answer(settings.greeting, "greeting", 1.0))
                await self._serve()
                self._stop_everything()
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
            self._record.ended()

    def _begin_record(self, start: Start) -> None:
        agent = self._agent
        if start.resume_token is not None:
            self._record.resumed()
            return
        engines = {"recogniser": agent.recogniser.name, "speech": agent.speech.name, "answers": agent.answers.name}
        self._record.began(start.device_id, agent.settings.language, engines)
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
            language=settings.language,
            languages=(settings.language,),
            voice=settings.voice,
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

    def _stop_everything(self) -> None:
        for task in (*self._decodes.values(), self._response_task):
            if task is not None:
                task.cancel()

    # --- commands -------------------------------------------------------------------------------------------------

    async def _take(self, command: Command) -> None:
        match command:
            case Audio():
                await self._hear(command.pcm)
            case SpeechStart():
                await self._cut_in()
                await self._heed(self._stream.press())
            case SpeechEnd(discard=True):
                await self._drop()
            case SpeechEnd():
                await self._heed(self._stream.commit())
            case Interrupt():
                await self._cut(command.response_id, command.played_ms)
            case Playback(state="finished" | "flushed"):
                self._record.heard(command.response_id, command.played_ms)
                if self._response is not None and self._response.id == command.response_id:
                    self._response.heard_ms = command.played_ms
            case Text():
                await self._read(command)
            case Mute():
                self._muted = command.muted
                self._stream.reset()
            case Rate():
                self._speed = min(1.3, max(0.7, command.speed))
            case Ping():
                await self._pipe.send(Pong(command.id, command.now_ms))
            case Feedback():
                log.info("conversation %s: feedback %d", self.session_id, command.score)
                self._record.rated(command.score, command.item_id, command.comment)
            case _:
                log.debug("not used here: %s", type(command).__name__)

    async def _hear(self, pcm: bytes) -> None:
        if not self._budget.take(len(pcm), time.monotonic()):
            raise Refused(4029, "audio comes faster than real time", retry_after_ms=2000)
        if not self._muted:
            await self._heed(self._stream.feed(pcm))

    async def _read(self, command: Text) -> None:
        """Typed, touched, or a correction of what was heard: a turn without a voice."""
        text = command.text.strip()[:LONGEST_TEXT]
        if not text:
            return
        await self._cut_in()
        item = command.corrects or self._next("u")
        turn = self._record.typed(item, text, self._agent.settings.language, correction=command.corrects is not None)
        await self._pipe.send(Transcript("user", text, item_id=item, final=True))
        await self._answer(text, turn)

    async def _drop(self) -> None:
        """The finger slid off the talk button: what was said is not recognised, and the line it began is empty."""
        began, self._speaking = self._speaking, False
        self._stream.reset()
        for guess in self._decodes.values():
            guess.cancel()
        self._decodes.clear()
        if began:
            self._record.event("discarded")
            await self._pipe.send(Transcript("user", "", item_id=f"u{self._numbers['u']}", final=True))

    # --- the visitor's speech -------------------------------------------------------------------------------------

    async def _heed(self, events: list[SpeechEvent]) -> None:
        for event in events:
            match event:
                case SpeechBegan():
                    self._speaking = True
                    self._next("u")
                    await self._pipe.send(UserSpeechStarted(event.at_ms))
                    await self._cut_in()
                case DecodeWanted():
                    self._decode(event)
                case DecodeObsolete():
                    guess = self._decodes.pop(event.id, None)
                    if guess is not None:
                        guess.cancel()
                case TurnEnded():
                    self._speaking = False
                    waited_ms = max(0, self._stream.now_ms - event.end_ms)
                    self._spawn(self._end_turn(event, f"u{self._numbers['u']}", waited_ms), "turn")

    def _decode(self, wanted: DecodeWanted) -> None:
        """A partial is shown when it is done; a speculative final waits for the stream to make up its mind."""
        item = f"u{self._numbers['u']}"
        task = self._spawn(self._agent.recognise(wanted.audio, final=wanted.final), "decode")
        self._decodes[wanted.id] = task
        if not wanted.final:
            self._spawn(self._show_partial(wanted.id, task, item), "partial")

    async def _show_partial(self, id: int, task: asyncio.Task[Recognition | None], item: str) -> None:
        found = await task
        self._decodes.pop(id, None)
        self._stream.finished(id)
        if found is not None and self._stream.accepts(id):
            await self._pipe.send(Transcript("user", self._with_carry(found.text), item_id=item))

    async def _end_turn(self, ended: TurnEnded, item: str, waited_ms: int) -> None:
        await self._pipe.send(UserSpeechStopped(ended.end_ms))
        task = self._decodes.pop(ended.decode_id, None)
        if task is None:
            task = self._spawn(self._agent.recognise(ended.audio, final=True), "decode")
        began = time.monotonic()
        found = await task
        text = self._stream.keep(found, ended) if found is not None else ""
        took_ms = (time.monotonic() - began) * 1000
        log.info(
            "conversation %s: turn of %d ms recognised %.0f ms after its end, %d words",
            self.session_id,
            ended.end_ms - ended.start_ms,
            took_ms,
            len(text.split()),
        )
        turn = self._record.spoke(item, text, found, ended, endpoint_ms=waited_ms, recognise_ms=took_ms)
        text = self._with_carry(text)
        final = Transcript(
            "user", text, item_id=item, final=True, start_ms=ended.start_ms, end_ms=ended.end_ms,
            language=self._agent.settings.language,
        )  # fmt: skip
        await self._pipe.send(final)
        if text and self._speaking:
            self._carry = text  # the visitor was only thinking: both halves make one question
        elif text:
            self._carry = ""
            await self._answer(text, turn)

    def _with_carry(self, text: str) -> str:
        return f"{self._carry} {text}".strip()

    # --- the agent's response -------------------------------------------------------------------------------------

    async def _answer(self, question: str, turn: int) -> None:
        """`turn`: its number in the record."""
        asked = time.monotonic()
        await self._pipe.send(Thinking())
        answer = await self._agent.answer(question, tuple(self._history))
        self._history.append(Turn("user", question))
        log.info("conversation %s: answered from %s, match %.2f", self.session_id, answer.source, answer.score)
        self._respond(answer, turn, (time.monotonic() - asked) * 1000)

    def _respond(self, answer: Answer, turn: int | None = None, answer_ms: float | None = None) -> None:
        self._history.append(Turn("agent", answer.text))
        number = int(self._next("r")[1:])
        response = Response(self._agent, number, answer, self._pipe.send, self._speed)
        self._record.answered(response, turn, answer_ms)
        before, self._response = self._response_task, response
        self._response_task = self._spawn(self._speak(response, before), "response")

    async def _speak(self, response: Response, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        await response.run()
        self._record.said(response)
        if response.answer.action == "end":
            self._record.goodbye("completed")
            await self._pipe.send(Ended("completed"))

    async def _cut_in(self) -> None:
        """The visitor has the word: whatever is being said, or about to be, stops."""
        response, task = self._response, self._response_task
        if response is None or task is None or not response.sounding:
            return
        await self._pipe.send(Flush("response", response.id, "barge_in"))
        await response.cut(task, None)
        self._record.said(response)

    async def _cut(self, response_id: str, played_ms: int) -> None:
        """The client has silenced it already and says how much was heard."""
        self._record.heard(response_id, played_ms)
        response, task = self._response, self._response_task
        if response is None or task is None or response.id != response_id:
            return
        if response.sounding:
            await response.cut(task, played_ms)
            self._record.said(response)
        response.heard_ms = played_ms

    # --- tasks ----------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, Result], name: str) -> asyncio.Task[Result]:
        return self._tasks.create_task(work, name=f"{self.session_id[:8]} {name}")

    def _next(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{kind}{self._numbers[kind]}"
