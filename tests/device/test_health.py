"""When a kiosk is in order, row by row."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from kiosk.core.events import Timer
from kiosk.core.machine import initial
from kiosk.core.policy import Policy
from kiosk.core.session import Phase, Session
from kiosk.core.table import MAY_STAND_FOR_EVER
from kiosk.device.health import CONDITIONS, NO_TIMER_S, Part, Vitals, amiss, overdue_s

WELL = {"microphone": Part(sounded_s=0.1), "speaker": Part(sounded_s=0.5)}


@pytest.mark.parametrize(
    ("vitals", "bad"),
    [
        (Vitals(), []),
        (Vitals(late_s=0.4, parts=WELL, owed_s=0.2, overdue_s=0.0), []),
        (Vitals(late_s=1.1), ["loop lag"]),
        (Vitals(parts={**WELL, "microphone": Part(sounded_s=11.0)}), ["audio clock"]),
        (Vitals(parts={**WELL, "speaker": Part(sounded_s=11.0)}), ["audio clock"]),
        # A kiosk without a microphone, or with a sound server that hangs, is no reason to end it.
        (Vitals(parts={**WELL, "microphone": Part(sounded_s=9000.0, tried_s=2.0)}), []),
        (Vitals(parts={name: Part(sounded_s=9000.0, tried_s=29.0) for name in WELL}), []),
        (Vitals(parts={**WELL, "microphone": Part(sounded_s=9000.0, tried_s=31.0)}), ["sound care"]),
        (Vitals(owed_s=6.0), ["frame counter"]),
        (Vitals(owed_s=None, unanswered_s=5.5), []),
        (Vitals(owed_s=None, unanswered_s=10.0), ["compositor"]),
        (Vitals(overdue_s=6.0), ["state deadline"]),
        (Vitals(late_s=2.0, owed_s=7.0), ["loop lag", "frame counter"]),
    ],
)
def test_each_condition(vitals: Vitals, bad: list[str]) -> None:
    assert [clause.partition(":")[0] for clause in amiss(vitals)] == bad


def test_a_bad_condition_says_how_much_and_why() -> None:
    (clause,) = amiss(Vitals(owed_s=7.25))
    assert clause == "frame counter: 7.2 s, more than 5 (the slowest processor draws a frame in a second)"
    assert all(condition.reason and condition.limit_s > 0 for condition in CONDITIONS)


def test_a_session_that_should_have_gone_on() -> None:
    fresh = initial(100.0, Policy(start_limit=30.0))
    assert overdue_s(fresh, 129.0) == 0.0
    assert overdue_s(fresh, 137.0) == pytest.approx(7.0)
    later = Session(phase=Phase.LISTENING, timers=MappingProxyType({Timer.SILENCE: 500.0, Timer.VISIT: 120.0}))
    assert overdue_s(later, 130.0) == pytest.approx(10.0), "the first of its timers counts"


@pytest.mark.parametrize("phase", sorted(Phase))
def test_a_phase_that_nothing_ends(phase: Phase) -> None:
    stuck = Session(phase=phase, entered_at=100.0)
    assert overdue_s(stuck, 100.0 + NO_TIMER_S - 1) == 0.0
    overdue = overdue_s(stuck, 100.0 + NO_TIMER_S + 3600)
    assert overdue == (0.0 if phase in MAY_STAND_FOR_EVER else 3600.0)
