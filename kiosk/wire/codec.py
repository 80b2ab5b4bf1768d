"""Frames of one connection to canonical items and back, without I/O."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from kiosk.wire import pcm
from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Closed,
    Command,
    Event,
    Interrupt,
    Ready,
    ResponseStarted,
    Start,
    Unknown,
)
from kiosk.wire.coders import Damaged, Sound
from kiosk.wire.dialect import Dialect, Side
from kiosk.wire.hearing import Hearing
from kiosk.wire.kinds import kind_of
from kiosk.wire.messages import NotJson, build, loads, type_of
from kiosk.wire.template import Bindings, Template, Unfillable, fill, match

Frame = str | bytes  # a text frame or a binary frame of the socket
MAX_UP_FRAME = 64_000  # bytes of one binary audio frame that a server takes


class FrameRefused(Exception):
    """Server side only: the client sent what must end the connection. Close with `close_code` and `reason`.

    close_code  1003 binary where none is taken, 1007 not JSON or damaged audio, 1009 too big, 4000 bad or missing init
    """

    def __init__(self, close_code: int, reason: str) -> None:
        self.close_code = close_code
        self.reason = reason
        super().__init__(reason)


class Codec:
    """One connection's end. Not thread-safe. `now` is always `time.monotonic()` seconds.

    names     what templates may also substitute, beside an item's own fields (`kinds.CONNECTION_NAMES`)
    epoch_ms  wall clock of `{now_ms}` where the item has no such field
    counts    what was not passed on: unknown, bad_frame, bad_message, bad_audio, audio_too_long, late_audio,
              duplicate_audio, duplicate_response, duplicate_ready, late_transcript, early_audio, unsent
    """

    def __init__(
        self,
        dialect: Dialect,
        side: Side,
        names: Mapping[str, str] | None = None,
        epoch_ms: Callable[[], int] = lambda: int(time.time() * 1000),
    ) -> None:
        self.dialect = dialect
        self.side = side
        self.counts: Counter[str] = Counter()
        self._names = {"protocol": dialect.protocol, **(names or {})}
        self._epoch_ms = epoch_ms
        self._in, self._out = dialect.entries(False, side), dialect.entries(True, side)
        self._wire_accepts = {e.kind: e.optional for e in dialect.commands if e.optional}
        self._kinds = {e.kind for e in dialect.commands} | ({"audio"} if dialect.up.audio == "binary" else set())
        self._hearing = Hearing(dialect, self._names.get("session_id", ""), self._wire_accepts, self.counts)
        self._replies: list[Frame] = []
        self._opens = "start" in self._kinds
        self._started = False  # server side: the opening message came
        self._newest: str | None = None  # server side: whose audio a binary frame is
        self._binary_rate = dialect.down.rate

    # --- reading ------------------------------------------------------------------------------------------------

    def read(self, frame: Frame, now: float = 0.0) -> list[Command | Event]:
        """Client: events, never an exception. Server: commands; raises `FrameRefused`.

        Client: `AgentAudio.response_id` is always set, a `ResponseStarted` always came before it, flushed audio never
        comes out, `Transcript.mode` is always replace (whole text of the item so far).
        Both: a message that no template matches is an `Unknown`.
        """
        if self.side is Side.SERVER:
            return self._read_commands(frame)
        found: list[Command | Event] = []
        if not self._hearing.gone:
            for event in self._read_events(frame):
                found += self._hearing.hear(event, now)
        return found

    def _read_events(self, frame: Frame) -> list[Event]:
        way = self.dialect.down
        try:
            if isinstance(frame, str) or way.messages == "binary":
                return [item for item in self._items(loads(frame)) if isinstance(item, Event)]
            if way.audio != "binary":
                return self._hearing.bad("bad_frame", "a binary frame, which this dialect has none of")
            data, rate = pcm.decode(way.encoding, frame)
            return [AgentAudio(data, rate or 0)]
        except NotJson:
            return self._hearing.bad("bad_message", "a message that is not JSON")
        except (Damaged, ValueError) as error:
            return self._hearing.bad("bad_audio", str(error))

    def _read_commands(self, frame: Frame) -> list[Command | Event]:
        way = self.dialect.up
        if isinstance(frame, bytes) and way.messages == "text":
            if way.audio != "binary":
                raise FrameRefused(1003, "binary frames are not taken here")
            if self._opens and not self._started:
                raise FrameRefused(4000, "audio came before the opening message")
            if len(frame) > MAX_UP_FRAME:
                raise FrameRefused(1009, f"an audio frame may hold {MAX_UP_FRAME} bytes")
            try:
                return [Audio(pcm.decode(way.encoding, frame)[0])] if frame else []
            except ValueError as error:
                raise FrameRefused(1007, str(error)) from None
        try:
            items = self._items(loads(frame))
        except NotJson:
            raise FrameRefused(1007, "this message is not JSON") from None
        except Damaged as error:
            raise FrameRefused(1007, str(error)) from None
        for item in items:
            if isinstance(item, Start):
                if self._started:
                    raise FrameRefused(4000, "a second opening message")
                self._started = True
            elif self._opens and not self._started:
                raise FrameRefused(4000, "the opening message must come first and be complete")
        return items

    def _items(self, message: Any) -> list[Command | Event]:
        replies = len(self._replies)
        for reply in self.dialect.replies if self.side is Side.CLIENT else ():
            if (echo := match(reply.to, message)) is not None:
                self._replies += self._filled(reply.send, echo)
        items: list[Command | Event] = []
        matched: set[str] = set()
        for entry in self._in:
            if entry.kind in matched and not entry.also:
                continue
            if (found := match(entry.template, message)) is not None:
                items.append(build(entry, {**self.dialect.formats, **found} if entry.kind == "ready" else found))
                matched.add(entry.kind)
        if not items and len(self._replies) == replies:
            self.counts["unknown"] += 1
            return [Unknown(type_of(message))]
        return items

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self, item: Command | Event) -> list[Frame]:
        """Frames to send, in order. Empty when the dialect cannot say it or the peer did not accept it.

        Client: no audio before ready, and nothing of a response is heard any more once its `Interrupt` was written.
        Server: audio goes as a binary frame where that says all (newest response, announced rate, no words).
        """
        kind = kind_of(type(item))
        if self.side is Side.CLIENT:
            if isinstance(item, Interrupt):
                self._hearing.responses.cut(item.response_id)
            if not self.accepts(kind):
                self.counts["early_audio" if kind == "audio" else "unsent"] += 1
                return []
            if isinstance(item, Audio) and self.dialect.up.audio == "binary":
                return [pcm.encode(self.dialect.up.encoding, item.pcm, self.dialect.up.rate)]
        else:
            item = self._saying(item)
            if isinstance(item, AgentAudio) and self._fits_binary(item):
                return [pcm.encode(self.dialect.down.encoding, item.pcm, item.rate)]
        values = {f.name: getattr(item, f.name) for f in dataclass_fields(item)}
        bindings = self._bindings(values)
        for entry in self._out:
            if entry.kind != kind or any(values[key] != value for key, value in entry.constants.items()):
                continue
            try:
                return [self._frame(fill(entry.template, bindings))]
            except Unfillable:
                continue
        self.counts["unsent"] += 1
        return []

    def accepts(self, kind: str) -> bool:
        """Client: whether the peer takes a command of this kind (`speech_start`, `playback`, ...) now."""
        if kind not in self._kinds:
            return False
        if kind in {"start", "end"}:
            return True
        return self._hearing.ready and (kind not in self._wire_accepts or kind in self._hearing.accepted)

    def take_replies(self) -> list[Frame]:
        """Automatic replies that `read` gave rise to (echoed pings); to be sent at once."""
        replies, self._replies = self._replies, []
        return replies

    def keepalive(self) -> list[Frame]:
        """What to send when nothing was sent for `dialect.keepalive_s`."""
        template = self.dialect.keepalive
        return [] if template is None else self._filled(template, {})

    def _saying(self, item: Command | Event) -> Command | Event:
        if isinstance(item, ResponseStarted):
            self._newest = item.response_id
        if isinstance(item, Ready):
            self._binary_rate = item.output_rate
            return replace(item, accepts=tuple(self._wire_accepts.get(kind, kind) for kind in item.accepts))
        return item

    def _fits_binary(self, audio: AgentAudio) -> bool:
        way = self.dialect.down
        plain = audio.text is None and audio.response_id in (None, self._newest)
        return way.audio == "binary" and way.messages == "text" and plain and audio.rate == self._binary_rate

    def _bindings(self, values: Mapping[str, Any]) -> Bindings:
        said = {name: value for name, value in values.items() if value not in (None, "")}
        bindings = {**values, **self._context(), **said}
        if "pcm" in values:
            bindings["pcm"] = Sound(values["pcm"], values.get("rate", self.dialect.up.rate))
        return bindings

    def _filled(self, template: Template, bindings: Bindings) -> list[Frame]:
        try:
            return [self._frame(fill(template, {**self._context(), **bindings}))]
        except Unfillable:
            self.counts["unsent"] += 1
            return []

    def _context(self) -> Bindings:
        return {"now_ms": self._epoch_ms(), **self._names}

    def _frame(self, message: Any) -> Frame:
        text = json.dumps(message, separators=(",", ":"))
        way = self.dialect.up if self.side is Side.CLIENT else self.dialect.down
        return text if way.messages == "text" else text.encode("ascii")

    # --- the client's clock -------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Client: the agent listens."""
        return self._hearing.ready

    def opened(self, now: float) -> list[Event]:
        """The socket stands: `Connected`, and `Ready` where the dialect is ready on open."""
        return self._hearing.opened(now)

    def tick(self, now: float) -> list[Event]:
        """What time alone brings: an assumed `Ready`, closed transcript lines and responses. Every 100 ms or so."""
        return self._hearing.tick(now)

    def closed(self, closed: Closed) -> list[Event]:
        """Open transcript lines as finals, then `closed`; an empty list the second time."""
        return self._hearing.closed(closed)
