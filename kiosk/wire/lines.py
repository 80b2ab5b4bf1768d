"""Transcripts as lines: each update becomes the whole text of its line so far. Client side, pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.wire.canonical import Event, Transcript


@dataclass(slots=True)
class _Open:
    line: Transcript
    at: float


class Lines:
    """Turns delta and cumulative updates into replace, gives every line an id, ends lines that nobody ends.

    finals   the provider says itself which update is a line's last one
    quiet_s  if not: a line ends after this long without an update
    """

    def __init__(self, *, finals: bool, quiet_s: float, counts: Counter[str]) -> None:
        self._finals = finals
        self._quiet_s = quiet_s
        self._counts = counts
        self._open: dict[str, _Open] = {}  # by item id, oldest first
        self._final: set[str] = set()
        self._made_up: Counter[str] = Counter()

    def update(self, said: Transcript, now: float) -> list[Event]:
        """The update as a whole line, after the end of lines that it ends."""
        events: list[Event] = []
        current = self._of(said.role)
        name = said.item_id or (current.line.item_id if current else self._make_up(said.role))
        if not self._finals:
            events = self._end(lambda line: line.item_id != name)
        if said.mode == "delta" and name in self._final:
            self._counts["late_transcript"] += 1
            return events
        before = self._open.get(name)
        text = said.text
        if before and (said.mode == "delta" or (said.final and not text)):
            text = before.line.text + text
        line = replace(said, item_id=name, text=text, mode="replace")
        if line.final:
            self._open.pop(name, None)
            self._final.add(name)
        else:
            # A late partial of a line that is final already would un-say it.
            if name in self._final:
                self._counts["late_transcript"] += 1
                return events
            self._open[name] = _Open(line, now)
        return [*events, line]

    def response_done(self) -> list[Event]:
        """The agent's line ends with its response where the provider does not say so."""
        return [] if self._finals else self._end(lambda line: line.role == "agent")

    def tick(self, now: float) -> list[Event]:
        if self._finals:
            return []
        quiet = {name for name, open_ in self._open.items() if now - open_.at >= self._quiet_s}
        return self._end(lambda line: line.item_id in quiet)

    def close(self) -> list[Event]:
        """The socket is gone: whatever was heard so far stands."""
        return self._end(lambda line: True)

    def _of(self, role: str) -> _Open | None:
        mine = [open_ for open_ in self._open.values() if open_.line.role == role]
        return mine[-1] if mine else None

    def _end(self, which: Callable[[Transcript], bool]) -> list[Event]:
        ending = [open_.line for open_ in self._open.values() if which(open_.line)]
        for line in ending:
            del self._open[line.item_id]
            self._final.add(line.item_id)
        return [replace(line, final=True) for line in ending]

    def _make_up(self, role: str) -> str:
        while True:
            self._made_up[role] += 1
            name = f"{role}-{self._made_up[role]}"
            if name not in self._open and name not in self._final:
                return name
