"""Which responses of the agent are open, and which audio must never be heard. Client side, pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from kiosk.wire.canonical import AgentAudio, AgentAudioEnd, Event, Flush, ResponseDone, ResponseStarted


@dataclass(slots=True)
class _Response:
    open: bool = True
    ended: bool = False  # its audio is complete
    flushed: bool = False
    last_seq: int = -1


class Responses:
    """Keeps the promises of `Codec.read` about responses: begun once, done once, flushed for ever.

    by_message      a `ResponseStarted` comes on the wire; else the first audio stands for one
    says_done       the provider has a message for the end of a response
    quiet_s, gap_s  see `Dialect.response_quiet_s` and `Dialect.reopen_gap_s`
    """

    def __init__(
        self, *, by_message: bool, says_done: bool, quiet_s: float, gap_s: float, counts: Counter[str]
    ) -> None:
        self._by_message = by_message
        self._says_done = says_done
        self._quiet_s = quiet_s
        self._gap_s = gap_s
        self._counts = counts
        self._known: dict[str, _Response] = {}  # in the order of their beginning
        self._newest: str | None = None
        self._muted = False  # audio without an id is late audio
        self._highest_cut = -1  # of numbered ids: this one and all before it are flushed
        self._last_audio = 0.0
        self._made_up = 0

    def started(self, response_id: str | None) -> list[Event]:
        """A response begins. Nothing when it is known already: a flushed id never comes back."""
        name = response_id or self._make_up()
        if name in self._known or self._is_cut(name):
            self._counts["duplicate_response"] += 1
            return []
        events: list[Event] = []
        if not self._by_message and self._newest is not None:
            events += self._finish(self._newest)
        self._known[name] = _Response()
        self._newest = name
        self._muted = False
        return [*events, ResponseStarted(name)]

    def audio(self, audio: AgentAudio, now: float) -> list[Event]:
        """The audio with its response's id, after its `ResponseStarted` if none came; nothing when it is too late."""
        events: list[Event] = []
        name = audio.response_id or self._owner(now)
        self._last_audio = now
        if name is None or self._is_cut(name):
            self._counts["late_audio"] += 1
            return []
        if name not in self._known:
            events = self.started(name)
        response = self._known[name]
        if response.flushed or response.ended or not response.open:
            self._counts["late_audio"] += 1
            return []
        if audio.seq is not None:
            if audio.seq <= response.last_seq:
                self._counts["duplicate_audio"] += 1
                return events
            response.last_seq = audio.seq
        return [*events, replace(audio, response_id=name)]

    def audio_end(self, end: AgentAudioEnd) -> list[Event]:
        name = end.response_id or self._newest
        response = self._known.get(name) if name else None
        if name is None or response is None or response.ended or not response.open:
            return []
        response.ended = True
        events: list[Event] = [AgentAudioEnd(name)]
        return events if self._by_message or self._says_done else [*events, *self._finish(name)]

    def done(self, done: ResponseDone) -> list[Event]:
        name = done.response_id or self._newest
        response = self._known.get(name) if name else None
        if name is None or response is None or not response.open:
            return []
        response.open = False
        return [replace(done, response_id=name)]

    def flush(self, flush: Flush) -> list[Event]:
        """The flush, and the end of what it cut where the provider says no end."""
        if flush.scope != "all" and not flush.response_id:
            flush = replace(flush, scope="all")
        if flush.scope == "all":
            cut = list(self._known)
            self._muted = True
        elif flush.scope == "up_to":
            cut = self._up_to(flush.response_id or "")
        else:
            cut = [flush.response_id or ""]
        for name in cut:
            self.cut(name)
        done = [] if self._by_message or self._says_done else [e for name in cut for e in self._finish(name)]
        return [flush, *done]

    def cut(self, response_id: str) -> None:
        """Nothing of this response comes out from now on, whatever still arrives."""
        self._known.setdefault(response_id, _Response(open=False)).flushed = True
        if response_id == self._newest:
            self._muted = True

    def tick(self, now: float) -> list[Event]:
        """The end of a response that only quiet tells."""
        if self._by_message or not self._quiet_s or self._newest is None or now - self._last_audio < self._quiet_s:
            return []
        return self._finish(self._newest)

    def _owner(self, now: float) -> str | None:
        """Whose audio it is when it names no response. None: nobody's, it is late."""
        newest = self._known.get(self._newest) if self._newest else None
        if self._muted:
            if self._by_message or now - self._last_audio < self._gap_s:
                return None
            self._muted = False
            return self._make_up()
        if newest is None or (not newest.open and not self._by_message):
            return self._make_up()
        return self._newest

    def _finish(self, name: str) -> list[Event]:
        response = self._known[name]
        if not response.open:
            return []
        response.open = False
        if response.flushed:
            return [ResponseDone(name, "interrupted")]
        end: list[Event] = [] if response.ended else [AgentAudioEnd(name)]
        response.ended = True
        return [*end, ResponseDone(name)]

    def _up_to(self, last: str) -> list[str]:
        if last.isdecimal():
            self._highest_cut = max(self._highest_cut, int(last))
        names = list(self._known)
        # An id that never was heard of cannot be placed in time: everything before it is everything known.
        return names[: names.index(last) + 1] if last in self._known else [n for n in names if not self._after(n)]

    def _after(self, name: str) -> bool:
        return name.isdecimal() and int(name) > self._highest_cut >= 0

    def _is_cut(self, name: str) -> bool:
        known = self._known.get(name)
        return (known is not None and known.flushed) or (name.isdecimal() and int(name) <= self._highest_cut)

    def _make_up(self) -> str:
        while True:
            self._made_up += 1
            name = f"response-{self._made_up}"
            if name not in self._known:
                return name
