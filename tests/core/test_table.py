"""The checker over the state table: what must hold of its rows whatever happens at run time."""

from __future__ import annotations

import inspect

import pytest

from kiosk.core import events as ev
from kiosk.core.session import TALKING, Phase
from kiosk.core.table import ENTER, MAY_STAND_FOR_EVER, TABLE, Row, rows_for

HOME = {Phase.ATTRACT, Phase.CLOSED}
EVENTS = [
    kind for _, kind in inspect.getmembers(ev, inspect.isclass) if issubclass(kind, ev.Event) and kind is not ev.Event
]


def targets(phase: Phase) -> set[Phase]:
    return {row.to for row in TABLE if phase in row.phases and row.to is not None}


def closure(start: set[Phase], edges: dict[Phase, set[Phase]]) -> set[Phase]:
    seen, todo = set(start), list(start)
    while todo:
        for nxt in edges[todo.pop()] - seen:
            seen.add(nxt)
            todo.append(nxt)
    return seen


def test_every_phase_is_reached_from_the_start() -> None:
    assert closure({Phase.STARTING}, {p: targets(p) for p in Phase}) == set(Phase)


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_leads_home(phase: Phase) -> None:
    assert closure({phase}, {p: targets(p) for p in Phase}) & HOME


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_an_entry(phase: Phase) -> None:
    assert phase in ENTER


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_is_expected_somewhere(kind: type[ev.Event]) -> None:
    assert any(row.event is kind for row in TABLE)


def test_no_row_stands_twice_and_none_is_shadowed() -> None:
    for phase in Phase:
        for kind in EVENTS:
            rows = rows_for(phase, kind)
            guards = [row.guard for row in rows]
            assert len(set(guards)) == len(guards), f"{phase} {kind.__name__}: two rows with one guard"
            assert None not in guards[:-1], f"{phase} {kind.__name__}: a row behind an unguarded one is never tried"


def test_every_phase_in_which_a_visitor_can_walk_off_has_a_time_limit() -> None:
    def timed(row: Row) -> bool:
        return row.event is ev.Due and row.to is not None

    for phase in set(Phase) - MAY_STAND_FOR_EVER:
        assert any(timed(row) for row in rows_for(phase, ev.Due)), phase


@pytest.mark.parametrize("phase", sorted(TALKING))
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ev.Left, {Phase.RESETTING}),
        (ev.StaffUnlocked, {Phase.STAFF}),
        (ev.LinkLost, {Phase.CONNECTING, Phase.OFFLINE, Phase.OUT_OF_ORDER, Phase.FAREWELL, None}),
        (ev.SoundLost, {None}),
    ],
)
def test_every_talking_phase_can_be_left(phase: Phase, kind: type[ev.Event], expected: set[Phase | None]) -> None:
    rows = rows_for(phase, kind)
    assert rows
    assert {row.to for row in rows} <= expected


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.STAFF, Phase.SETUP}))
def test_staff_can_open_their_panel_in_every_phase(phase: Phase) -> None:
    assert [row.to for row in rows_for(phase, ev.StaffUnlocked)] == [Phase.STAFF]
