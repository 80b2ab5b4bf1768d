"""Figures about many visits: counted in a real database, and made into tables that add up."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from kiosk.database.database import Database
from kiosk.service.insights.figures import Insights, Table, folded, insights, percentile
from kiosk.service.insights.gather import Asked, Facts, Source, Visit, gather
from kiosk.service.insights.table import as_csv
from kiosk.service.store.schema import CONVERSATIONS
from kiosk.service.store.search import Wanted
from kiosk.service.store.tables import Response
from tests.service.console.made_up import fill, rows

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
VISITS = st.builds(
    Visit,
    MOMENTS,
    st.none() | st.floats(0, 5000),
    st.sampled_from(["en", "es", "de"]),
    st.integers(0, 30),
    st.booleans(),
)
COUNTS = st.dictionaries(st.integers(0, 60_000), st.integers(1, 50), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    one = Database(URL.create("sqlite", database=str(tmp_path_factory.mktemp("kept") / "s.sqlite3")), CONVERSATIONS)
    fill(one, 300, last=NOW)
    return one


def told(database: Database, wanted: Wanted = Wanted()) -> Insights:  # noqa: B008 - frozen
    with database.session() as session:
        return insights(gather(session, wanted))


def column(table: Table, number: int = 1) -> list[int]:
    return [int(row[number] or 0) for row in table.rows]


def test_what_the_database_counts_is_what_stands_in_it(database: Database) -> None:
    """Against the same rows, counted one by one."""
    made: dict[str, list[dict[str, object]]] = {}
    for part, values in rows(300, 30, 7, NOW):
        made.setdefault(part.__tablename__, []).append(values)
    found = told(database)
    turns, answers = made["turns"], [row for row in made["responses"] if row["turn"]]
    assert found.visits == 300 == sum(column(found.tables["hours"])) == sum(column(found.tables["days"]))
    assert found.turns == len(turns)
    assert found.answers == len(answers) == sum(column(found.tables["sources"]))
    assert found.cut == sum(row["status"] == "interrupted" for row in answers)
    helped = {row["conversation_id"] for row in answers if row["action"] == "unknown"}
    assert found.contained == 300 - len(helped)
    assert found.rated == len(made["ratings"])
    assert found.good == sum(row["score"] == 1 for row in made["ratings"])
    asked = Counter(str(row["text"]) for row in turns)
    assert {row[0]: row[1] for row in found.tables["questions"].rows} == asked
    assert dict(found.tables["events"].rows) == Counter(row["kind"] for row in made["events"])  # type: ignore[arg-type]
    recognised = sorted(int(str(row["recognise_ms"])) for row in turns if row["how"] == "voice")
    (stage,) = (row for row in found.tables["waits"].rows if row[0] == "recognise")
    assert stage[1:] == (rank(recognised, 0.5), rank(recognised, 0.95), len(recognised))


def rank(values: Sequence[int], share: float) -> int:
    return values[max(1, math.ceil(share * len(values))) - 1]


def test_a_range_of_days_and_a_device_leave_the_rest_out(database: Database) -> None:
    week = Wanted(since=date(2026, 3, 8), until=date(2026, 3, 14))
    found = told(database, week)
    assert 0 < found.visits < 300
    assert [row[0] for row in found.tables["days"].rows][-1] == "2026-03-14"
    assert sum(told(database, Wanted(device=d)).visits for d in ("harbour-desk", "quay-entrance")) == 300
    nothing = told(database, Wanted(device="nowhere"))
    assert (nothing.visits, nothing.length_s, nothing.wait_ms) == (0, None, None)
    assert as_csv(nothing.tables["days"]) == "from,visits\n"


@settings(deadline=None)
@given(COUNTS, st.floats(0.01, 1.0))
def test_a_percentile_of_counts_is_that_of_the_values(counts: dict[int, int], share: float) -> None:
    values = sorted(value for value, count in counts.items() for _ in range(count))
    assert percentile(counts, share) == rank(values, share)


@settings(deadline=None)
@given(st.lists(VISITS, max_size=40))
def test_every_visit_is_in_every_table_once(visits: list[Visit]) -> None:
    found = insights(Facts(visits=visits))
    for name in ("hours", "turns", "languages", "days"):
        assert sum(column(found.tables[name])) == len(visits), name
    assert sum(column(found.tables["lengths"])) == sum(visit.seconds is not None for visit in visits)
    assert found.contained <= found.talked <= found.visits
    days = [date.fromisoformat(str(row[0])) for row in found.tables["days"].rows]
    assert days == sorted(set(days))
    assert len(days) <= 200, "weeks and months instead of days, so that a chart can be read"


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.integers(1, 9)), max_size=8))
def test_wordings_that_sound_alike_are_one_question(worded: list[tuple[str, int]]) -> None:
    asked = [Asked(text, times, 0) for text, times in worded]
    asked += [Asked(f"  {text.upper()}?!", times, times) for text, times in worded]
    times: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for one in asked:
        times[folded(one.text)] += one.times
        unknown[folded(one.text)] += one.unknown
    rows = insights(Facts(asked=asked)).tables["questions"].rows
    assert {folded(str(row[0])): row[1:] for row in rows} == {k: (times[k], unknown[k]) for k in times if k}
    assert len(rows) == len({key for key in times if key})


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.integers(1, 99), st.integers(0, 9), st.floats(-1, 1)), max_size=5))
def test_a_table_comes_back_from_its_csv(sources: list[tuple[str, int, int, float]]) -> None:
    table = insights(Facts(sources=[Source(*source) for source in sources])).tables["sources"]
    read = list(csv.reader(io.StringIO(as_csv(table).replace("\r", "␍"))))
    assert tuple(read[0]) == table.columns
    names = [row[0].removeprefix("'") for row in read[1:]]
    assert [str(row[0]).replace("\r", "␍").removeprefix("'") for row in table.rows] == names
    assert not [row[0] for row in read[1:] if row[0].startswith(("=", "+", "-", "@"))]


def test_long_times_are_told_in_months(tmp_path: Path) -> None:
    visits = [Visit(NOW - timedelta(days=days), 30.0, "en", 1, False) for days in (0, 700)]
    table = insights(Facts(visits=visits)).tables["days"]
    assert [str(row[0])[-2:] for row in table.rows] == ["01"] * len(table.rows)
    assert len(table.rows) in (23, 24, 25)


def test_a_visit_that_a_person_answered_was_not_held_by_the_agent_alone(tmp_path: Path) -> None:
    one = Database(URL.create("sqlite", database=str(tmp_path / "s.sqlite3")), CONVERSATIONS)
    fill(one, 20, last=NOW)
    before = told(one)
    with one.session(write=True) as session:
        known = select(Response).where(Response.turn.is_not(None), Response.action == "none")
        response = next(each for each in session.scalars(known) if not _needed(session, each.conversation_id))
        response.source = "person:eve"
    assert told(one).contained == before.contained - 1


def _needed(session: Session, conversation: str) -> bool:
    mine = select(Response.action).where(Response.conversation_id == conversation)
    return "unknown" in set(session.scalars(mine))
