"""The session while one step works on it: what effects of the table may do, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from kiosk.core.events import Cut, Event, Timer
from kiosk.core.orders import Order, TellInterrupted, TellPlayback
from kiosk.core.policy import Policy
from kiosk.core.session import Note, Phase, Session

PHASE_TIMERS = (Timer.LIMIT, Timer.SILENCE, Timer.RETRY)


class Draft:
    """Lives for one call of `step`; never seen outside of it."""

    def __init__(self, session: Session, event: Event, now: float, policy: Policy) -> None:
        self.session = session
        self.event: Any = event  # the row's event type; each effect knows which it serves
        self.now = now
        self.policy = policy
        self.orders: list[Order] = []

    def set(self, **changes: Any) -> None:
        self.session = replace(self.session, **changes)

    def order(self, *orders: Order) -> None:
        self.orders.extend(orders)

    def arm(self, timer: Timer, seconds: float) -> None:
        self.set(timers=MappingProxyType({**self.session.timers, timer: self.now + seconds}))

    def disarm(self, *timers: Timer) -> None:
        self.set(timers=MappingProxyType({t: at for t, at in self.session.timers.items() if t not in timers}))

    def enter(self, phase: Phase) -> None:
        """Leave the old phase's timers and notes behind."""
        self.disarm(*PHASE_TIMERS)
        self.set(phase=phase, entered_at=self.now, notes=self.session.notes - {Note.REPROMPT, Note.NO_ANSWER})

    def note(self, note: Note) -> None:
        self.set(notes=self.session.notes | {note})

    def drop(self, *notes: Note) -> None:
        self.set(notes=self.session.notes - set(notes))

    def activity(self) -> None:
        """Speech, touch and typing all count: the silence starts anew, and so do the reprompts."""
        self.set(reprompts=0)
        self.drop(Note.REPROMPT, Note.NO_ANSWER)
        if Timer.SILENCE in self.session.timers:
            self.arm(Timer.SILENCE, self.policy.silence)

    # --- responses ------------------------------------------------------------------------------------------------

    def cut(self, cut: Cut | None, reason: str, *, tell: bool) -> None:
        """Everything the agent was saying is over. `tell`: the agent does not know yet how much of it was heard."""
        if cut is not None and cut.response_id in self.session.responses:
            at = self.session.since_began_ms(self.now)
            self.set(transcript=self.session.transcript.played(cut.response_id, at, cut.played_ms, cut=True))
            if tell:
                self.order(TellInterrupted(cut.response_id, round(cut.played_ms), reason))
            self.order(TellPlayback(cut.response_id, "flushed", round(cut.played_ms)))
            self.note(Note.INTERRUPTED)
            self.arm(Timer.NOTE, self.policy.interrupted_note)
        elif tell and self.session.responses:
            self.order(TellInterrupted(self.session.responses[0], 0, reason))
        self.set(responses=(), sounding=False)

    def heard_out(self, response_id: str, played_ms: float, *, cut: bool) -> None:
        """One response left the loudspeaker, whole or cut; others may follow."""
        at = self.session.since_began_ms(self.now)
        rest = tuple(r for r in self.session.responses if r != response_id)
        self.set(
            transcript=self.session.transcript.played(response_id, at, played_ms, cut=cut),
            responses=rest,
            sounding=False,
        )
        self.order(TellPlayback(response_id, "flushed" if cut else "finished", round(played_ms)))
