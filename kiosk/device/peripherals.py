"""Peripherals in any language: JSON lines, one object a line, the kiosk's state first.

`kiosk run --stdio` speaks it on standard input and output; whoever starts the kiosk holds that pipe, and so may see the
visitor's words, which go nowhere else. Every line out has `t`, the `time.monotonic()` it speaks of.

In   {"do": "touch" | "press" | "release" | "stop" | "leave" | "finish" | "quit"}
     {"do": "text", "text": ...}   {"do": "agree", "speaking": true}   {"do": "decline"}   {"do": "mute", "muted": true}
     {"do": "rate", "score": 1}   {"do": "where"}   {"do": "lag", "watch": true}   {"do": "lag"}
Out  snapshot, phase, session, ended, transcript, turn, response_started, playback_started, playback_ended, flush,
     uplink, lamp, note, note_gone, probe, fault, controls (middle of each on the glass, by name: a finger finds it),
     lag (how late the loop was in the last minute, ms, since it was asked to watch)
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import IO, Any

from kiosk.core.session import Session
from kiosk.core.transcript import Turn

log = logging.getLogger(__name__)

Do = Callable[[Mapping[str, Any]], None]


class Lines:
    """The two pipes. `say` may be called on any thread; what is read is handed to `on_line` on the reader's thread."""

    def __init__(self, read: IO[str] | None = None, write: IO[str] | None = None) -> None:
        self._read = read or sys.stdin
        self._write = write or sys.stdout
        self._lock = threading.Lock()

    def say(self, event: str, *, t: float | None = None, **fields: Any) -> None:
        line = json.dumps({"event": event, "t": time.monotonic() if t is None else t, **fields}, ensure_ascii=False)
        with self._lock:
            try:
                self._write.write(line + "\n")
                self._write.flush()
            except BrokenPipeError:
                log.warning("nobody reads the peripherals' pipe any more")

    def listen(self, on_line: Do, on_end: Callable[[], None]) -> None:
        """Read on a thread of its own until the pipe ends, which means that the other side is gone."""
        threading.Thread(target=self._pump, args=(on_line, on_end), name="peripherals", daemon=True).start()

    def _pump(self, on_line: Do, on_end: Callable[[], None]) -> None:
        for line in self._read:
            try:
                message = json.loads(line)
            except json.JSONDecodeError:
                self.say("fault", sentence='That line is not JSON: send an object such as {"do": "touch"}.', code=2)
                continue
            if not isinstance(message, dict) or "do" not in message:
                self.say(
                    "fault", sentence='That line asks for nothing: send an object such as {"do": "touch"}.', code=2
                )
                continue
            on_line(message)
        on_end()


class Reporter:
    """Tells the pipe what changed from one session to the next. Loop thread only."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._told: set[str] = set()
        self._spoken: dict[str, tuple[str, bool]] = {}

    def snapshot(self, session: Session) -> None:
        self._lines.say("snapshot", phase=session.phase, session=session.session_id)

    def changed(self, old: Session, new: Session) -> None:
        if new.session_id and new.session_id != old.session_id:
            self._lines.say("session", id=new.session_id, t=None)
        self._words(new)
        if old.transcript.turns and not new.transcript.turns:
            for turn in old.transcript.turns:
                self._turn(turn, last=True)
            self._told.clear()
            self._spoken.clear()
        if old.visit == new.visit and old.began_at and not new.began_at:
            self._lines.say("ended", id=old.session_id)
        if new.uplink is not old.uplink:
            self._lines.say("uplink", state=new.uplink)
        for note in sorted(new.notes - old.notes):
            self._lines.say("note", note=note)
        for note in sorted(old.notes - new.notes):
            self._lines.say("note_gone", note=note)
        if new.phase is not old.phase:
            self._lines.say("phase", phase=new.phase, visit=new.visit)
        if new.fault and new.fault != old.fault:
            self._lines.say("fault", sentence=new.fault, code=1)

    def _words(self, new: Session) -> None:
        for turn in new.transcript.turns:
            if self._spoken.get(turn.item_id) != (turn.text, turn.final):
                self._spoken[turn.item_id] = (turn.text, turn.final)
                self._lines.say("transcript", role=turn.role, item=turn.item_id, text=turn.text, final=turn.final)
            if turn.over:
                self._turn(turn)

    def _turn(self, turn: Turn, *, last: bool = False) -> None:
        """Once for each turn, when nothing of it will change any more."""
        if turn.item_id in self._told or (last and not turn.text):
            return
        self._told.add(turn.item_id)
        self._lines.say(
            "turn",
            role=turn.role,
            item=turn.item_id,
            text=turn.text,
            heard=turn.heard,
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            interrupted=turn.interrupted,
        )


class PipeLamp:
    """The lamp of a device behind the pipe. Satisfies `core.ports.Lamp`."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def show(self, lit: bool) -> None:
        self._lines.say("lamp", lit=lit)
