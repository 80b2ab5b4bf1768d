"""Opening hours against the clock: over midnight, over both jumps of the clock, with days that are otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.hours import ALL_DAY, Hours, Span, read_hours

BERLIN = ZoneInfo("Europe/Berlin")
SHOP = ("mon-fri 09:00-12:30 14:00-18:00", "sat 10:00-16:00")
BAR = ("thu-sat 20:00-02:30",)


def at(text: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("week", "days", "when", "is_open"),
    [
        ((), (), "2026-11-29 03:00", True),
        (SHOP, (), "2026-11-30 08:59:59", False),  # a Monday
        (SHOP, (), "2026-11-30 09:00", True),
        (SHOP, (), "2026-11-30 12:30", False),
        (SHOP, (), "2026-11-30 14:00", True),
        (SHOP, (), "2026-11-29 11:00", False),  # no line names Sunday
        (BAR, (), "2026-11-28 23:59", True),
        (BAR, (), "2026-11-29 02:29", True),  # Saturday's night
        (BAR, (), "2026-11-29 02:30", False),
        (BAR, (), "2026-11-26 01:00", False),  # Wednesday has none
        (BAR, ("2026-11-27 closed",), "2026-11-27 01:00", True),  # still Thursday's night
        (BAR, ("2026-11-27 closed",), "2026-11-28 01:00", False),
        (SHOP, ("2026-11-29 13:00-17:00",), "2026-11-29 13:30", True),  # a Sunday before Christmas
        (SHOP, ("2026-12-24..2026-12-26 closed",), "2026-12-25 10:00", False),
        ((), ("2026-12-25 closed",), "2026-12-25 10:00", False),
        ((), ("2026-12-25 closed",), "2026-12-26 00:00", True),
        (("daily 00:00-24:00",), (), "2026-12-25 23:59:59", True),
        (("sat-mon 09:00-10:00",), (), "2026-11-29 09:30", True),  # a range over the week's end
    ],
)
def test_whether_it_is_open(week: tuple[str, ...], days: tuple[str, ...], when: str, is_open: bool) -> None:
    assert read_hours(week, days).open_at(at(when), BERLIN) is is_open


@pytest.mark.parametrize(
    ("week", "days", "when", "changes"),
    [
        (SHOP, (), "2026-11-30 08:00", "2026-11-30 09:00"),
        (SHOP, (), "2026-11-30 09:00", "2026-11-30 12:30"),
        (SHOP, (), "2026-11-28 16:00", "2026-11-30 09:00"),  # Saturday's end to Monday
        (BAR, (), "2026-11-28 23:00", "2026-11-29 02:30"),
        (("fri 20:00-06:00", "sat 05:00-09:00"), (), "2026-11-27 23:00", "2026-11-28 09:00"),  # one runs into the next
        (SHOP, ("2026-11-30..2026-12-06 closed",), "2026-11-28 17:00", "2026-12-07 09:00"),
    ],
)
def test_when_it_changes(week: tuple[str, ...], days: tuple[str, ...], when: str, changes: str) -> None:
    assert read_hours(week, days).changes_after(at(when), BERLIN) == at(changes)


def test_a_house_without_hours_never_changes_and_one_that_has_closed_never_opens() -> None:
    assert Hours().changes_after(0.0, UTC) is None
    shut = read_hours(("mon closed",), ())
    assert shut.changes_after(0.0, UTC) is None
    assert shut.opens_after(0.0, UTC) is None


def test_the_hour_that_is_skipped_in_spring() -> None:
    """In Berlin 02:00 is 03:00 on 29 March 2026. What ends or begins in between does so as much later."""
    night = read_hours(("daily 22:00-02:30", "daily 05:00-06:00"), ())
    assert night.open_at(at("2026-03-29 01:59:59"), BERLIN)
    assert night.changes_after(at("2026-03-29 01:00"), BERLIN) == at("2026-03-29 03:30")
    shop = read_hours(SHOP, ())
    assert shop.opens_after(at("2026-03-28 17:00"), BERLIN) == datetime(2026, 3, 30, 9)
    assert at("2026-03-30 09:00") - at("2026-03-28 09:00") == 47 * 3600  # and that is what was to be got right


def test_the_hour_that_comes_twice_in_autumn() -> None:
    """In Berlin 03:00 is 02:00 again on 25 October 2026. It closes once."""
    bar = read_hours(BAR, ())
    assert bar.changes_after(at("2026-10-25 01:00"), BERLIN) == at("2026-10-25 02:30")
    assert not bar.open_at(at("2026-10-25 02:15", fold=1), BERLIN)


def test_it_says_what_the_clock_will_show_when_it_opens() -> None:
    assert read_hours(SHOP, ()).opens_after(at("2026-11-30 12:45"), BERLIN) == datetime(2026, 11, 30, 14)


@given(st.integers(0, 6 * 24 * 60), st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=4))
def test_between_two_changes_nothing_changes(minute: int, spans: list[tuple[int, int]]) -> None:
    week = tuple(tuple(Span(start, start + length) for start, length in sorted(spans)) if n % 2 else ALL_DAY
                 for n in range(7))  # fmt: skip
    hours = Hours(week, {date(2026, 3, 28): ()})
    moment = at("2026-03-27 00:00") + 60 * minute
    is_open, changes = hours.open_at(moment, BERLIN), hours.changes_after(moment, BERLIN)
    if changes is not None:
        assert changes > moment
        assert hours.open_at(changes - 1, BERLIN) is is_open
        in_sight = changes < moment + timedelta(days=300).total_seconds()
        assert hours.open_at(changes, BERLIN) is not is_open or not in_sight


@pytest.mark.parametrize(
    ("week", "days", "said"),
    [
        (("monday 09:00-18:00",), (), "'monday' in the line 'monday 09:00-18:00', which is no day"),
        (("mon-fri",), (), "without times"),
        (("",), (), "without times"),
        (("mon 9-18",), (), "'9-18'"),
        (("mon 09:00-25:00",), (), "no such time of day"),
        (("mon 09:60-10:00",), (), "no such time of day"),
        (("mon 09:00-13:00", "mon 12:00-18:00"), (), "overlap on mon"),
        ((), ("25.12.2026 closed",), "no date like 2026-12-25"),
        ((), ("2026-12-27..2026-12-20 closed",), "ends before it begins"),
        ((), ("2026-12-27..2099-12-20 closed",), "longer than a year"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(week: tuple[str, ...], days: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace(".", r"\.")):
        read_hours(week, days)
