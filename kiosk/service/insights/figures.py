"""Makes tables of what was counted. Pure: no database, no clock but the zone of this machine."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from kiosk.service.insights.gather import TOTAL, Facts

Cell = str | int | float | None

TOP = 20  # questions and sources
DAYS, WEEKS = 70, 500  # up to so many days a bar is a day, up to so many a week, then a month
LENGTHS = (15, 30, 60, 120, 300, 600)  # s; upper bounds
MOST_TURNS = 8  # and more
STAGES = ("pause", "recognise", "answer", "sound", TOTAL)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for a chart, a page, a CSV file and the API alike."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Insights:
    """
    visits     of them `talked` in which the visitor said something that was understood
    contained  of these, how many needed nobody: nothing was unknown, no person was offered
    length_s   median
    wait_ms    median and 95th percentile, from the end of speech to the first sound
    answers    of them `cut` in which the visitor cut in
    rated      how many visits were rated, `good` of them good
    """

    visits: int
    talked: int
    contained: int
    turns: int
    length_s: float | None
    wait_ms: tuple[int, int] | None
    answers: int
    cut: int
    rated: int
    good: int
    tables: Mapping[str, Table]


def insights(facts: Facts) -> Insights:
    talked = [visit for visit in facts.visits if visit.turns]
    lengths = Counter(round(visit.seconds) for visit in facts.visits if visit.seconds is not None)
    waits = facts.waits.get(TOTAL, {})
    tables = (
        _days([visit.began_at.astimezone().date() for visit in facts.visits]),
        _hours([visit.began_at.astimezone().hour for visit in facts.visits]),
        _lengths(lengths),
        _turns(Counter(visit.turns for visit in facts.visits)),
        _shares("languages", "language", Counter(visit.language for visit in facts.visits)),
        Table("ratings", ("rating", "visits"), tuple((n, facts.scores.get(s, 0)) for s, n in RATINGS.items())),
        _shares("events", "event", facts.events),
        _waits(facts.waits),
        _questions(facts),
        _sources(facts),
    )
    return Insights(
        visits=len(facts.visits),
        talked=len(talked),
        contained=sum(not visit.helped for visit in talked),
        turns=sum(visit.turns for visit in talked),
        length_s=percentile(lengths, 0.5) if lengths else None,
        wait_ms=(percentile(waits, 0.5), percentile(waits, 0.95)) if waits else None,
        answers=facts.answers,
        cut=facts.cut,
        rated=sum(facts.scores.values()),
        good=facts.scores.get(1, 0),
        tables={table.name: table for table in tables},
    )


RATINGS = {1: "good", 0: "fair", -1: "poor"}


def percentile(counts: Mapping[int, int], share: float) -> int:
    """The least value that `share` of all are not above (nearest rank). `counts`: how many have each value; not
    empty."""
    left = max(1, ceil(share * sum(counts.values())))
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    raise ValueError("nothing was counted")


def folded(text: str) -> str:
    """Wordings that differ in nothing that is heard are one: case, punctuation and spaces."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _days(days: Sequence[date]) -> Table:
    """Each day from the first to the last, the empty ones too; weeks or months when they would be too many."""
    if not days:
        return Table("days", ("from", "visits"), ())
    first, last = min(days), max(days)
    long = (last - first).days + 1
    begin = _day if long <= DAYS else _monday if long <= WEEKS else _first
    counts = Counter(begin(day) for day in days)
    every = sorted({begin(first + timedelta(days=n)) for n in range(long)})
    return Table("days", ("from", "visits"), tuple((day.isoformat(), counts[day]) for day in every))


def _day(day: date) -> date:
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first(day: date) -> date:
    return day.replace(day=1)


def _hours(hours: Iterable[int]) -> Table:
    counts = Counter(hours)
    return Table("hours", ("hour", "visits"), tuple((f"{hour:02}", counts[hour]) for hour in range(24)))


def _lengths(lengths: Mapping[int, int]) -> Table:
    """`lengths`: s, rounded."""
    bounds = (0, *LENGTHS)
    rows: list[tuple[Cell, ...]] = []
    for least, most in zip(bounds, [*LENGTHS, None], strict=True):
        name = f"over {_time(least)}" if most is None else f"up to {_time(most)}"
        inside = sum(n for s, n in lengths.items() if (s > least or least == 0) and (most is None or s <= most))
        rows.append((name, inside))
    return Table("lengths", ("length", "visits"), tuple(rows))


def _turns(turns: Mapping[int, int]) -> Table:
    rows = [(str(count), turns.get(count, 0)) for count in range(MOST_TURNS)]
    rows.append((f"{MOST_TURNS} or more", sum(n for count, n in turns.items() if count >= MOST_TURNS)))
    return Table("turns", ("turns", "visits"), tuple(rows))


def _shares(name: str, what: str, counts: Mapping[str, int]) -> Table:
    """The most frequent first."""
    rows = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Table(name, (what, "times"), tuple(rows))


def _waits(waits: Mapping[str, Mapping[int, int]]) -> Table:
    rows = [
        (stage, percentile(counts, 0.5), percentile(counts, 0.95), sum(counts.values()))
        for stage in STAGES
        if (counts := waits.get(stage))
    ]
    return Table("waits", ("stage", "median_ms", "p95_ms", "measured"), tuple(rows))


def _questions(facts: Facts) -> Table:
    """Each by its most frequent wording."""
    times: dict[str, int] = defaultdict(int)
    unknown: dict[str, int] = defaultdict(int)
    wording: dict[str, tuple[int, str]] = {}
    for asked in facts.asked:
        key = folded(asked.text)
        if key:
            times[key] += asked.times
            unknown[key] += asked.unknown
            wording[key] = max(wording.get(key, (0, "")), (asked.times, asked.text))
    top = sorted(times, key=lambda key: (-times[key], key))[:TOP]
    rows = tuple((wording[key][1], times[key], unknown[key]) for key in top)
    return Table("questions", ("question", "times", "not_known"), rows)


def _sources(facts: Facts) -> Table:
    top = sorted(facts.sources, key=lambda source: (-source.times, source.name))[:TOP]
    rows = tuple((source.name, source.times, source.cut, round(source.score, 2)) for source in top)
    return Table("sources", ("source", "answers", "cut", "mean_match"), rows)


def _time(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
