"""When the house is open: a week, days that are otherwise, and what the clock makes of them. Pure but for time zones.

Opening hours are wall-clock times, and the clock jumps: whether it is open is asked of moments (POSIX seconds), between
which an hour may be missing or come twice. A time that comes twice counts when it first comes; one that is skipped, as
much later as the clock jumped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKED_AHEAD = 400
"""Days. A house that does not open within them has closed."""
LONGEST_EXCEPTION = 400

_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes of the day that it begins on; an end behind 24:00 lies in the next day."""

    start: int
    end: int


Day = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """
    week    each day's hours, Monday first; None: always open
    days    those that are not as their weekday is

    A span belongs to the day that it begins on: a day that is closed does not take the small hours of the night before.
    """

    week: tuple[Day, ...] | None = None
    days: Mapping[date, Day] | None = None

    def open_at(self, moment: float, zone: tzinfo | None = None) -> bool:
        """`zone`: None for the machine's own."""
        return any(began <= moment < ends for began, ends in self._around(moment, zone, 1))

    def changes_after(self, moment: float, zone: tzinfo | None = None) -> float | None:
        """The next moment at which it opens or closes; None when that is not in sight."""
        ends = moment
        for began, ended in self._around(moment, zone, LOOKED_AHEAD):
            if began <= ends < ended:
                ends = ended
            elif began > ends:
                return began if ends == moment else ends
        in_sight = moment < ends <= moment + LOOKED_AHEAD * 86400
        return ends if in_sight else None

    def opens_after(self, moment: float, zone: tzinfo | None = None) -> datetime | None:
        """What the clock on the wall shows when it opens next; None when that is not in sight."""
        ahead = (began for began, _ in self._around(moment, zone, LOOKED_AHEAD) if began > moment)
        began = next(ahead, None)
        return None if began is None else datetime.fromtimestamp(began, zone).replace(tzinfo=None)

    def _around(self, moment: float, zone: tzinfo | None, ahead: int) -> Iterator[tuple[float, float]]:
        """(opens, closes) of all spans from yesterday's on, by their beginning."""
        today = datetime.fromtimestamp(moment, zone).date()
        if self.week is None and not self.days:
            yield float("-inf"), float("inf")
            return
        for number in range(-1, ahead + 1):
            day = today + timedelta(days=number)
            for span in self._of(day):
                yield _moment(day, span.start, zone), _moment(day, span.end, zone)

    def _of(self, day: date) -> Day:
        if self.days and day in self.days:
            return self.days[day]
        return ALL_DAY if self.week is None else self.week[day.weekday()]


ALL_DAY: Day = (Span(0, _DAY_MINUTES),)


def read_hours(week: Iterable[str], days: Iterable[str]) -> Hours:
    """From lines such as `mon-fri 09:00-12:30 14:00-18:00`, `sat 20:00-02:00`, and `2026-12-24 closed`,
    `2026-12-27..2027-01-02 10:00-16:00`. Raises `ValueError` with a sentence that names the line."""
    return Hours(_read_week(tuple(week)), _read_days(tuple(days)))


def _read_week(lines: tuple[str, ...]) -> tuple[Day, ...] | None:
    if not lines:
        return None
    found: dict[int, list[Span]] = {}
    for line in lines:
        names, spans = _parted(line, "mon-fri 09:00-18:00")
        for number in _weekdays(names, line):
            found.setdefault(number, []).extend(spans)
    return tuple(_in_order(found.get(number, []), DAYS[number]) for number in range(7))


def _read_days(lines: tuple[str, ...]) -> dict[date, Day]:
    found: dict[date, list[Span]] = {}
    for line in lines:
        dates, spans = _parted(line, "2026-12-25 closed")
        for day in _dates(dates, line):
            found.setdefault(day, []).extend(spans)
    return {day: _in_order(spans, f"{day}") for day, spans in found.items()}


def _parted(line: str, example: str) -> tuple[str, list[Span]]:
    which, *rest = line.lower().split() or [""]
    if not rest:
        raise ValueError(f"has a line without times, {line!r}; write it like {example!r}")
    if rest == ["closed"]:
        return which, []
    return which, [_span(text, line) for text in rest]


def _span(text: str, line: str) -> Span:
    matched = _SPAN.fullmatch(text)
    if matched is None:
        raise ValueError(f"has {text!r} in the line {line!r}, which is neither 'closed' nor a time like '09:00-18:00'")
    hour, minute, till_hour, till_minute = map(int, matched.groups())
    start, end = 60 * hour + minute, 60 * till_hour + till_minute
    if minute > 59 or till_minute > 59 or start >= _DAY_MINUTES or end > _DAY_MINUTES:
        raise ValueError(f"has {text!r} in the line {line!r}, and there is no such time of day")
    return Span(start, end if end > start else end + _DAY_MINUTES)


def _weekdays(names: str, line: str) -> Iterator[int]:
    if names == "daily":
        yield from range(7)
        return
    for name in names.split(","):
        first, _, last = name.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(
                f"has {name!r} in the line {line!r}, which is no day; days are {', '.join(DAYS)}, ranges of them such "
                "as mon-fri, lists such as sat,sun, and daily"
            )
        start, end = DAYS.index(first), DAYS.index(last or first)
        yield from (number % 7 for number in range(start, end + 1 if end >= start else end + 8))


def _dates(text: str, line: str) -> Iterator[date]:
    first, _, last = text.partition("..")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError(
            f"has {text!r} in the line {line!r}, which is no date like 2026-12-25, nor a stretch of them like "
            "2026-12-27..2027-01-02"
        ) from None
    if not 0 <= (end - start).days < LONGEST_EXCEPTION:
        raise ValueError(f"has the stretch {text!r}, which ends before it begins or is longer than a year")
    yield from (start + timedelta(days=number) for number in range((end - start).days + 1))


def _in_order(spans: list[Span], day: str) -> Day:
    ordered = tuple(sorted(spans))
    for before, behind in pairwise(ordered):
        if behind.start < before.end:
            raise ValueError(f"has times that overlap on {day}")
    return ordered


def _moment(day: date, minutes: int, zone: tzinfo | None) -> float:
    """Of a time on the wall; the days that it lies behind are the calendar's, not 24 hours each."""
    days, rest = divmod(minutes, _DAY_MINUTES)
    return datetime.combine(day + timedelta(days=days), time(*divmod(rest, 60)), zone).timestamp()
