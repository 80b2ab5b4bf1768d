"""What the client makes of events in the light of those before them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from kiosk.wire.canonical import (
    AgentAudio,
    AgentAudioEnd,
    Closed,
    Connected,
    Error,
    Event,
    Flush,
    Ready,
    ResponseDone,
    ResponseStarted,
    Transcript,
)
from kiosk.wire.dialect import Dialect
from kiosk.wire.lines import Lines
from kiosk.wire.responses import Responses

MAX_AUDIO_S = 60.0  # of one message


class Hearing:
    """One connection's memory: ready or not, responses, transcript lines, the end.

    wire_accepts  the dialect's name of each optional kind of command
    counts        shared with the codec, which documents them
    """

    def __init__(
        self, dialect: Dialect, session_id: str, wire_accepts: Mapping[str, str], counts: Counter[str]
    ) -> None:
        self._dialect = dialect
        self._session_id = session_id
        self._kinds = {wire: kind for kind, wire in wire_accepts.items()}
        self._counts = counts
        self._opened_at = 0.0
        self._output_rate = dialect.down.rate
        self.ready = False
        self.gone = False
        self.accepted: frozenset[str] = frozenset()
        self.responses = Responses(
            by_message=dialect.responses_begin == "message",
            says_done=any(entry.kind == "response_done" for entry in dialect.events),
            quiet_s=dialect.response_quiet_s,
            gap_s=dialect.reopen_gap_s,
            counts=counts,
        )
        self._lines = Lines(finals=dialect.finals, quiet_s=dialect.line_quiet_s, counts=counts)

    def opened(self, now: float) -> list[Event]:
        self._opened_at = now
        return [Connected(), *(self._assume_ready() if self._dialect.ready_when == "open" else [])]

    def hear(self, event: Event, now: float) -> list[Event]:
        """What one event of the wire means after all that came before it."""
        match event:
            case AgentAudio():
                return self._audio(event, now)
            case ResponseStarted():
                return self._with_lines(self.responses.started(event.response_id))
            case AgentAudioEnd():
                return self._with_lines(self.responses.audio_end(event))
            case ResponseDone():
                return self._with_lines(self.responses.done(event))
            case Flush():
                return self._with_lines(self.responses.flush(event))
            case Transcript():
                return self._lines.update(event, now)
            case Ready():
                return self._become_ready(event)
        return [event]

    def bad(self, code: str, message: str) -> list[Event]:
        """A frame that cannot be used. The connection goes on."""
        self._counts[code] += 1
        return [Error(code=code, message=f"the agent sent {message}")]

    def tick(self, now: float) -> list[Event]:
        if self.gone:
            return []
        waited = now - self._opened_at >= self._dialect.ready_timeout_s
        assumed = not self.ready and waited and self._dialect.ready_when == "message_or_timeout"
        ready = self._assume_ready() if assumed else []
        return [*ready, *self._with_lines(self.responses.tick(now)), *self._lines.tick(now)]

    def closed(self, closed: Closed) -> list[Event]:
        if self.gone:
            return []
        self.gone = True
        return [*self._lines.close(), closed]

    def _audio(self, audio: AgentAudio, now: float) -> list[Event]:
        audio = replace(audio, rate=audio.rate or self._output_rate)
        if audio.rate < 1 or not audio.pcm:
            return []
        if len(audio.pcm) > MAX_AUDIO_S * audio.rate * 2:
            return self.bad("audio_too_long", f"more than {MAX_AUDIO_S:g} s of audio in one message")
        return self._with_lines(self.responses.audio(audio, now))

    def _with_lines(self, events: list[Event]) -> list[Event]:
        """The end of a response ends the agent's line, before it."""
        done = any(isinstance(event, ResponseDone) for event in events)
        return [*self._lines.response_done(), *events] if done else events

    def _assume_ready(self) -> list[Event]:
        return self._become_ready(Ready(**self._dialect.formats))

    def _become_ready(self, ready: Ready) -> list[Event]:
        if self.ready:
            self._counts["duplicate_ready"] += 1
            return []
        self.ready = True
        self._output_rate = ready.output_rate
        accepts = tuple(self._kinds.get(name, name) for name in ready.accepts)
        self.accepted = frozenset(accepts)
        return [replace(ready, accepts=accepts, session_id=ready.session_id or self._session_id)]
