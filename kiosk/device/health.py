"""When a running kiosk is in order: a few named conditions, each with its limit and its reason. Pure: no clock, no I/O.

A condition is about what stands still for good. What limps for a moment mends itself, and killing the program in the
middle of a visit costs more: so a bad look ends the feeding only until the next good one, and the supervisor's own
patience (four looks) decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kiosk.core.session import Session
from kiosk.core.table import MAY_STAND_FOR_EVER


@dataclass(frozen=True, slots=True)
class Part:
    """A half of the sound, seconds before now. None: it does not apply.

    sounded_s  since the sound system's last callback was worked on
    tried_s    since it was last tried to get a lost part back
    """

    sounded_s: float | None = None
    tried_s: float | None = None


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured, in seconds.

    late_s     worst lateness of the loop since the last look
    parts      of the sound, by name; none in safe mode
    owed_s     since a frame was asked for that has not come; None while none can come: no window, or no glass is on
    unanswered_s  since the compositor was asked something and has not answered; None where there is none
    overdue_s  since the session should have gone on and did not
    """

    late_s: float = 0.0
    parts: Mapping[str, Part] = field(default_factory=dict)
    owed_s: float | None = None
    unanswered_s: float | None = None
    overdue_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Condition:
    """`limit_s`: what is more is bad. `reason`: why that much, for whoever reads the log's line."""

    name: str
    limit_s: float
    reason: str
    measure: Callable[[Vitals], float]


def _still(vitals: Vitals) -> float:
    return max((part.sounded_s or 0.0 for part in vitals.parts.values() if part.tried_s is None), default=0.0)


def _forsaken(vitals: Vitals) -> float:
    return max((part.tried_s or 0.0 for part in vitals.parts.values()), default=0.0)


CONDITIONS = (
    Condition("loop lag", 1.0, "a touch is answered within a second or not at all", lambda v: v.late_s),
    Condition("audio clock", 10.0, "a device that stands still is known to be lost after 2 s", _still),
    Condition("sound care", 30.0, "a lost device is tried again every second or two", _forsaken),
    Condition("frame counter", 5.0, "the slowest processor draws a frame in a second", lambda v: v.owed_s or 0.0),
    Condition(
        "compositor", 9.0, "it answers in milliseconds, with its outputs off too", lambda v: v.unanswered_s or 0.0
    ),
    Condition("state deadline", 5.0, "a timer is dispatched within a turn of the loop", lambda v: v.overdue_s),
)

NO_TIMER_S = 30.0
"""In a phase that must end a timer always runs; steps that follow each other at once may leave a moment without."""


def amiss(vitals: Vitals, conditions: tuple[Condition, ...] = CONDITIONS) -> tuple[str, ...]:
    """One clause for each condition that is bad; empty when all is good."""
    return tuple(
        f"{condition.name}: {measured:.1f} s, more than {condition.limit_s:g} ({condition.reason})"
        for condition in conditions
        if (measured := condition.measure(vitals)) > condition.limit_s
    )


def overdue_s(session: Session, now: float) -> float:
    """Seconds since the session's first timer should have been dispatched, or since a phase has stood that must end
    and that nothing will end."""
    due = session.next_due
    if due is not None:
        return max(0.0, now - due[0])
    if session.phase in MAY_STAND_FOR_EVER:
        return 0.0
    return max(0.0, now - session.entered_at - NO_TIMER_S)
