"""One connection of the link, from its opening message to its end. Everything here runs on the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Closed,
    Command,
    End,
    Error,
    Event,
    Flush,
    Handover,
    Ready,
    ResponseDone,
    ResponseStarted,
    Start,
    Text,
    Transcript,
    Warning_,
)
from kiosk.wire.closing import closed as closed_as
from kiosk.wire.closing import closed_by_code, refused
from kiosk.wire.codec import Codec, Frame
from kiosk.wire.handshake import CLOSE_S
from kiosk.wire.kinds import kind_of
from kiosk.wire.refusals import no_voice_socket
from kiosk.wire.uplink import Uplink

TICK_S = 0.1
GOODBYE_S = 1.0  # for the peer to answer an `End` by closing
BREATH_S = 0.008  # of work, then the loop's others have a turn: a burst of audio held the screen for 35 ms at a time
BURST_S = 0.1  # audio after a gap this long is a new burst, for the probe

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hooks:
    """Where a conversation's news go; see `Link`. `secrets` must not stand in a message of the peer."""

    on_event: Callable[[Event], None]
    on_audio: Callable[[str, bytes, int], None]
    probe: Callable[[str, float], None]
    monotonic: Callable[[], float]
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Conversation:
    """Reads, writes and watches one standing socket.

    At debug level the log tells which kinds of message went over it and when, in the canonical names: never a field of
    one, nor a provider's own words for it, which may hold anything.
    """

    def __init__(
        self, socket: ClientConnection, codec: Codec, uplink: Uplink, hooks: Hooks, *, answer_due_s: float
    ) -> None:
        self._socket = socket
        self._codec = codec
        self._dialect = codec.dialect
        self._uplink = uplink
        self._hooks = hooks
        self._answer_due_s = answer_due_s
        self.wake = asyncio.Event()  # something waits in the uplink
        self.audio_frames = 0
        self.last_rx = 0.0
        self._peer_left = asyncio.Event()
        self._verdict: Closed | None = None  # why this side gave up
        self._leaving = False
        self._opened_at = self._last_tx = 0.0
        self._last_audio_tx = -BURST_S
        self._due_since: float | None = None
        self._with_person = False  # who types an answer takes the time it takes
        self._probed_response: str | None = None

    async def hold(self, start: Start) -> Closed:
        """Until the socket is gone. Returns why; telling it is left to the link."""
        self._opened_at = self._mark("connected")
        self._tell(self._codec.opened(self._opened_at))
        with suppress(ConnectionClosed):
            await self._write(start)
        async with asyncio.TaskGroup() as tasks:
            beside = (tasks.create_task(self._send_all()), tasks.create_task(self._watch()))
            await self._read_all()
            self._peer_left.set()
            for task in beside:
                task.cancel()
        return self._why()

    async def say_goodbye(self, reason: str) -> None:
        """`End`, a moment for the peer to close, then close. About 3 s at most, whatever the peer does."""
        self._leaving = True
        with suppress(ConnectionClosed, TimeoutError):
            await asyncio.wait_for(self._write(End(reason)), GOODBYE_S)
            await asyncio.wait_for(self._peer_left.wait(), GOODBYE_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._socket.close(), CLOSE_S)

    def expect_answer(self) -> None:
        if not self._with_person:
            self._due_since = self._hooks.monotonic()

    def give_up(self, verdict: Closed) -> None:
        """End it from this side, without a word: there is nobody to say it to."""
        if self._verdict is None:
            self._verdict = verdict
            self._socket.transport.abort()

    @property
    def latency_s(self) -> float:
        return self._socket.latency

    # --- reading ------------------------------------------------------------------------------------------------

    async def _read_all(self) -> None:
        busy_s = 0.0
        with suppress(ConnectionClosed):
            while self._verdict is None:
                if busy_s > BREATH_S:  # frames that wait already are given without giving way to anybody
                    busy_s = 0.0
                    await asyncio.sleep(0)
                frame = await self._socket.recv()
                self.last_rx = self._hooks.monotonic()
                found = self._codec.read(frame, self.last_rx)
                self._tell([event for event in found if isinstance(event, Event)])
                for reply in self._codec.take_replies():
                    await self._put(reply)
                busy_s += self._hooks.monotonic() - self.last_rx

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, AgentAudio):
                self._hear(event)
                continue
            log.debug("read %s", kind_of(type(event)))
            match event:
                case Ready():
                    if (misfit := self._misfit(event)) is not None:
                        self.give_up(misfit)
                        return
                    self._mark("ready_read")
                    self.wake.set()
                case Flush():
                    self._mark("flush_read")
                case ResponseStarted():
                    self._mark("response_started_read")
                    self._due_since = None
                case ResponseDone():
                    self._mark("response_done_read")
                case Transcript(role="user", final=True) if event.text.strip():
                    self.expect_answer()
                case Handover():
                    self._with_person = event.active
                    self._due_since = None
                case Error() | Warning_():
                    event = replace(event, message=self._without_secrets(event.message))  # noqa: PLW2901
            self._hooks.on_event(event)

    def _hear(self, audio: AgentAudio) -> None:
        name = audio.response_id or ""
        if name != self._probed_response:
            self._probed_response = name
            log.debug("read agent_audio, the first of a response")
            self._mark("first_audio_read")
        self._due_since = None
        self._hooks.on_audio(name, audio.pcm, audio.rate)

    def _misfit(self, ready: Ready) -> Closed | None:
        up, down = self._dialect.up, self._dialect.down
        if (ready.input_encoding, ready.input_rate) != (up.encoding, up.rate):
            wants = f"{ready.input_encoding} at {ready.input_rate} Hz"
            what = f"the agent wants audio as {wants[:60]}, and the dialect sends {up.encoding} at {up.rate} Hz"
        elif ready.output_encoding != down.encoding or ready.output_rate < 1:
            what = f"the agent sends audio as {ready.output_encoding[:40]}, and the dialect reads {down.encoding}"
        else:
            return None
        fault = Fault(
            what,
            where=f"dialect {self._dialect.name}",
            remedy="set encoding and rate in [up] and [down] of the dialect to what the agent speaks",
            code=ExitCode.AUDIO_FORMAT,
        )
        return refused(fault, retryable=False, code=1003)

    def _without_secrets(self, message: str) -> str:
        for secret in self._hooks.secrets:
            message = message.replace(secret, "(hidden)")
        return message

    # --- writing ------------------------------------------------------------------------------------------------

    async def _send_all(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self.wake.wait()
                self.wake.clear()
                while self._codec.ready and (command := self._uplink.take()) is not None:
                    await self._write(command)

    async def _write(self, command: Command) -> None:
        frames = self._codec.write(command)
        for frame in frames:
            await self._put(frame)
        if not frames:
            return
        if isinstance(command, Audio):
            self.audio_frames += 1
            if self._last_tx - self._last_audio_tx >= BURST_S:
                self._hooks.probe("audio_sent", self._last_tx)
                log.debug("sent audio, the first after a pause")
            self._last_audio_tx = self._last_tx
        else:
            kind = kind_of(type(command))
            self._hooks.probe(f"{kind}_sent", self._last_tx)
            log.debug("sent %s", kind)
            if isinstance(command, Text) and command.corrects is None:
                self.expect_answer()

    async def _put(self, frame: Frame) -> None:
        await self._socket.send(frame)
        self._last_tx = self._hooks.monotonic()

    # --- watching -----------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """What no frame tells: a ready that does not come, an answer that does not come, a line that ended."""
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(TICK_S)
                now = self._hooks.monotonic()
                self._tell(self._codec.tick(now))
                if not self._codec.ready and now - self._opened_at >= self._dialect.ready_timeout_s:
                    what = "a WebSocket stands at the endpoint and does not say that it is ready"
                    silent = no_voice_socket(what, "check that the dialect is that of this agent")
                    self.give_up(replace(silent, code=1006))
                if self._due_since is not None and now - max(self._due_since, self.last_rx) >= self._answer_due_s:
                    silent = closed_as("lost", 1006)
                    self.give_up(replace(silent, reason="the agent owes an answer and sends nothing"))
                if self._dialect.keepalive_s and now - self._last_tx >= self._dialect.keepalive_s:
                    for frame in self._codec.keepalive():
                        await self._put(frame)

    def _mark(self, name: str) -> float:
        now = self._hooks.monotonic()
        self._hooks.probe(name, now)
        return now

    def _why(self) -> Closed:
        if self._verdict is not None:
            return self._verdict
        code = self._socket.close_code or 1006
        if self._leaving:
            return replace(closed_as("done", code), clean=code == 1000)
        return closed_by_code(self._dialect.close_codes, code)
