"""The kiosk's end of the voice socket: one WebSocket for each conversation."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from kiosk.core.fault import Fault
from kiosk.settings.schema import Agent
from kiosk.wire.canonical import Closed, Command, Event, Start
from kiosk.wire.closing import closed as closed_as
from kiosk.wire.closing import refused
from kiosk.wire.codec import Codec
from kiosk.wire.conversation import Conversation, Hooks
from kiosk.wire.credentials import Credentials, asks_first, check_endpoint
from kiosk.wire.dialect import Dialect, Side
from kiosk.wire.handshake import CLOSE_S, Socket, Terms, open_socket
from kiosk.wire.refusals import Refused
from kiosk.wire.renewal import CredentialSource
from kiosk.wire.tls import client_context, parse_pins
from kiosk.wire.uplink import ControlQueueFull, Uplink

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """Counters of the current or last connection. `latency_s`: round trip of the last WebSocket ping."""

    audio_frames_sent: int = 0
    audio_frames_dropped: int = 0
    unknown_messages: int = 0
    late_audio_dropped: int = 0
    latency_s: float = 0.0


class Link:
    """One conversation at a time over one WebSocket. All methods on the loop thread, but `push_audio` (any thread).

    source                           asked for endpoint and Client ID at each connection
    on_event(event)                  every event but audio; `Closed` exactly once for each `run()`, as the last one
    on_audio(response_id, pcm, rate) audio of the agent, PCM16 mono; its `ResponseStarted` went to on_event before
    probe(name, at)                  monotonic seconds of: connected, start_sent, ready_read, audio_sent (first frame
                                     of each burst), <command kind>_sent, flush_read, response_started_read,
                                     first_audio_read (each response), response_done_read
    Raises `Fault` when built with an endpoint that must not be used, bad pins or a bad CA file.
    """

    def __init__(
        self,
        dialect: Dialect,
        source: CredentialSource,
        *,
        on_event: Callable[[Event], None],
        on_audio: Callable[[str, bytes, int], None],
        device_id: str,
        app: str,
        version: str,
        settings: Agent,
        pins: Sequence[str] = (),
        locale: str = "",
        monotonic: Callable[[], float] = time.monotonic,
        probe: Callable[[str, float], None] | None = None,
    ) -> None:
        self._dialect = dialect
        self._source = source
        self._used = source.current
        self._check(self._used)
        self._names = {
            "endpoint": "",
            "client_id": "",
            "device_id": device_id,
            "app": app,
            "version": version,
            "locale": locale,
        }
        self._settings = settings
        self._terms = Terms(
            client_context(settings.extra_ca_file), settings.connect_timeout_s, f"{app}/{version}", parse_pins(pins)
        )
        self._hooks = Hooks(
            on_event,
            on_audio,
            probe or (lambda name, at: None),
            monotonic,
        )
        self._uplink = Uplink(dialect.up.rate, dialect.up.frame_ms)
        self._codec = Codec(dialect, Side.CLIENT)
        self._conversation: Conversation | None = None  # the current one, or the last for its figures
        self._loop: asyncio.AbstractEventLoop | None = None  # set while `run` runs
        self._connecting: asyncio.Timeout | None = None
        self._left = False
        self._gone = asyncio.Event()

    async def run(self, session_id: str, resume_token: str | None = None) -> Closed:
        """Connect, hold the conversation, return when the socket is gone. `Closed.fault` says what a person can mend.

        `resume_token` belongs with the session id of the conversation that gave it, and with no other. A cancelled
        `run` hangs up at once and still says `Closed`.
        """
        if self._loop is not None:
            raise RuntimeError("this link holds a conversation already")
        self._loop = asyncio.get_running_loop()
        self._gone.clear()
        self._left = False
        self._conversation = None
        self._uplink.open()
        names = {**self._names, "session_id": session_id, "resume_token": resume_token or ""}
        self._codec = Codec(self._dialect, Side.CLIENT, names)
        closed = closed_as("lost", 1006)
        try:
            closed = await self._converse(names, session_id, resume_token)
        except Refused as refusal:
            closed = refusal.closed
        finally:
            self._uplink.close()
            self._loop = None
            self._gone.set()
            log.info("voice link closed: code %d, %s", closed.code, closed.reason)
            for event in self._codec.closed(closed):
                self._hooks.on_event(event)
        return closed

    async def _converse(self, names: dict[str, str], session_id: str, resume_token: str | None) -> Closed:
        try:
            async with asyncio.timeout(None) as self._connecting:
                await self._take_credentials(names)
                socket = await self._open(names)
        except TimeoutError:
            return closed_as("done", 1000)  # `close` was called before the socket stood
        finally:
            self._connecting = None
        session_id = names["session_id"]  # a request before the socket may have given another
        self._codec = Codec(self._as_used(), Side.CLIENT, names)
        up, down = self._dialect.up, self._dialect.down
        start = Start(
            session_id,
            names["client_id"],
            device_id=names["device_id"],
            app=names["app"],
            version=names["version"],
            now_ms=int(time.time() * 1000),
            protocol=self._dialect.protocol,
            resume_token=resume_token,
            input_encoding=up.encoding,
            input_rate=up.rate,
            output_encoding=down.encoding,
            output_rate=down.rate,
        )
        self._conversation = Conversation(
            socket, self._codec, self._uplink, self._hooks, answer_due_s=self._settings.answer_due_s
        )
        try:
            return await self._conversation.hold(start)
        finally:
            if socket.close_code is None:
                socket.transport.abort()

    async def _open(self, names: dict[str, str]) -> Socket:
        if not self._used.enrolled:
            return await open_socket(self._dialect, names, self._terms)
        from kiosk.wire.doorway import open_at_gateway  # noqa: PLC0415 - 10 ms, for a kiosk that has a gateway

        return await open_at_gateway(self._dialect, self._used, self._terms)

    def _as_used(self) -> Dialect:
        """Behind a gateway the agent's socket is opened after this one stands: its ready may take that much longer."""
        dialect = self._dialect
        if not self._used.enrolled or dialect.ready_when != "message":
            return dialect
        return replace(dialect, ready_timeout_s=dialect.ready_timeout_s + self._settings.connect_timeout_s)

    async def _take_credentials(self, names: dict[str, str]) -> None:
        """Those of now: somebody may have rotated them since the last conversation."""
        used = self._used = await self._source.ask()
        try:
            self._check(used)
        except Fault as fault:
            raise Refused(refused(fault, retryable=False)) from None
        names.update(endpoint=used.endpoint, client_id=used.client_id)
        if used.enrolled:  # the gateway puts in what it has instead
            names.update(device_id=used.client_id, token=used.client_id)
        self._hooks = replace(self._hooks, secrets=used.faces)

    def _check(self, credentials: Credentials) -> None:
        web = asks_first(self._dialect, credentials)
        check_endpoint(credentials.endpoint, where=credentials.source, web=web)

    async def renewed(self) -> bool:
        """Whether others are in force by now than those that this link said."""
        now = await self._source.ask()
        return replace(now, source="") != replace(self._used, source="")

    def send(self, command: Command) -> None:
        """Queue a command (at most 64 wait; never dropped). What the agent does not accept is left out silently.

        Before `Ready` it waits; when no conversation runs it is forgotten.
        """
        try:
            self._uplink.control(command)
        except ControlQueueFull:
            if self._conversation is not None:
                self._conversation.give_up(closed_as("lost", 1006))
        self._wake()

    def push_audio(self, pcm: bytes) -> bool:
        """Queue microphone audio, PCM16 mono at `dialect.up.rate`; any thread. False when no conversation runs.

        At most 400 ms wait, the oldest is dropped; nothing goes up before `Ready`.
        """
        loop = self._loop
        if loop is None or not self._uplink.audio(pcm):
            return False
        try:
            loop.call_soon_threadsafe(self._wake)
        except RuntimeError:  # the loop was closed between the two lines: the program ends
            return False
        return True

    def hold_audio(self) -> Callable[[], None]:
        """What is pushed from now on goes up behind the commands that are sent before the returned release is called.

        Any thread; the release on the loop thread. Held audio grows old like any other.
        """
        self._uplink.hold()

        def release() -> None:
            self._uplink.release()
            self._wake()

        return release

    def expect_answer(self) -> None:
        """A turn was committed: `settings.answer_due_s` without one byte from the agent closes the link as dead.

        Called by itself for a sent `Text` and for the visitor's final words in a transcript. A response ends the wait.
        """
        if self._conversation is not None:
            self._conversation.expect_answer()

    async def close(self, reason: str = "user") -> None:
        """Say goodbye and close; returns within about 3 s whatever the peer does. `reason`: idle, user or shutdown."""
        if self._loop is None:
            return
        if not self._left:
            self._left = True
            if self._connecting is not None:
                self._connecting.reschedule(self._loop.time())
            elif self._conversation is not None:
                await self._conversation.say_goodbye(reason)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), CLOSE_S)

    @property
    def ready(self) -> bool:
        """Whether the agent listens."""
        return self._loop is not None and self._codec.ready

    def accepts(self, kind: str) -> bool:
        """Whether the agent takes a command of this kind (`speech_start`, `text`, ...) now."""
        return self._loop is not None and self._codec.accepts(kind)

    @property
    def last_rx(self) -> float:
        """When the last frame came, monotonic seconds; 0 before the first."""
        return self._conversation.last_rx if self._conversation is not None else 0.0

    @property
    def figures(self) -> LinkFigures:
        counts, conversation = self._codec.counts, self._conversation
        return LinkFigures(
            audio_frames_sent=conversation.audio_frames if conversation is not None else 0,
            audio_frames_dropped=self._uplink.dropped,
            unknown_messages=counts["unknown"],
            late_audio_dropped=counts["late_audio"] + counts["duplicate_audio"],
            latency_s=conversation.latency_s if conversation is not None else 0.0,
        )

    def _wake(self) -> None:
        if self._conversation is not None:
            self._conversation.wake.set()
