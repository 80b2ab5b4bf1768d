"""The writer and the schema by themselves, on real SQLite files."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import URL, Connection, text
from starlette.websockets import WebSocketDisconnect

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Away, Database, Step
from kiosk.service.limits import Refused
from kiosk.service.store import queries
from kiosk.service.store.record import Record
from kiosk.service.store.schema import CONVERSATIONS, conversations_of
from kiosk.service.store.store import kept
from kiosk.service.store.tables import Conversation, Event, Row
from kiosk.service.store.writer import Writer
from kiosk.service.stt import TurnEnded
from kiosk.settings.schema import Service

DAY = timedelta(days=1)
ENGINES = {"recogniser": "a", "speech": "b", "answers": "c"}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(URL.create("sqlite", database=str(tmp_path / "kept" / "store.sqlite3")), CONVERSATIONS)


@contextmanager
def writing(database: Database, keep_days: int = 30, waiting: int = 100) -> Iterator[Writer]:
    """Everything is written at its end."""
    writer = Writer(database, keep_days, 1800.0, waiting, again_s=0.01)
    writer.start()
    try:
        yield writer
    finally:
        writer.close()


def began(database: Database, session: str, at: datetime) -> None:
    database.prepare()
    with database.session(write=True) as open_session:
        open_session.add(
            Conversation(id=session, session_id=session, device="d", language="en", began_at=at, **ENGINES)
        )


def sessions(database: Database) -> dict[str, str | None]:
    with database.session() as session:
        return {row.session_id: row.ended for row in queries.since(session, None)}


def test_what_is_older_than_it_may_be_goes_and_what_was_broken_off_is_ended(database: Database) -> None:
    now = datetime.now(UTC)
    began(database, "old", now - 31 * DAY)
    began(database, "broken off", now - 29 * DAY)
    began(database, "held", now - timedelta(minutes=5))
    with writing(database) as writer:
        Record(writer.keep, "new").began("d", "en", ENGINES)
    assert sessions(database) == {"broken off": "unknown", "held": None, "new": None}


def test_rows_of_a_deleted_conversation_do_not_bring_it_back(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    rows: list[Row] = []
    first, second = Record(rows.append, "first"), Record(rows.append, "second")
    first.began("d", "en", ENGINES)
    second.began("d", "en", ENGINES)
    with writing(database) as writer:
        for row in rows:
            writer.keep(row)
    with database.session(write=True) as session:
        assert queries.delete_named(session, "first") == 1
    rows.clear()
    first.typed("u1", "plumbago", "en", correction=False)
    first.ended()
    second.typed("u1", "kept beside it", "en", correction=False)
    with writing(database) as writer:
        for row in rows:
            writer.keep(row)
    assert sessions(database) == {"second": None}
    assert writer.lost == 2
    assert "rows of conversations are lost" in caplog.text
    assert "plumbago" not in caplog.text


def test_what_waits_is_bounded_and_the_loss_is_counted(
    tmp_path: Path, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "kept").write_text("in the way")
    with writing(database, waiting=10) as writer:
        record = Record(writer.keep, "s")
        record.began("d", "en", ENGINES)
        for number in range(400):
            record.typed(f"u{number}", "plumbago", "en", correction=False)
    assert writer.lost == 401, "all of it: the database never came"
    assert "plumbago" not in caplog.text


def test_half_a_character_and_large_numbers_are_written(database: Database) -> None:
    with writing(database) as writer:
        record = Record(writer.keep, "s \ud800")
        record.began("d", "en", ENGINES)
        record.rated(10**30, None, "half \udfff a sign")
    assert writer.lost == 0
    with database.session() as session:
        (conversation,) = queries.since(session, None)
        assert conversation.session_id == "s ?"
        assert [(rating.score, rating.comment) for rating in conversation.ratings] == [(2**31 - 1, "half ? a sign")]


@pytest.mark.parametrize(
    ("ending", "how", "told"),
    [
        (Refused(4031, "nothing was heard"), "time_out", ("time_out", "4031")),
        (Refused(4029, "too fast"), "refused", ("refused", "4029")),
        (WebSocketDisconnect(1006), "lost", ("link_lost", "1006")),
        (KeyError("plumbago"), "error", ("error", "KeyError")),
    ],
)
def test_each_ending_has_its_name(ending: Exception, how: str, told: tuple[str, str]) -> None:
    rows: list[Row] = []
    record = Record(rows.append, "s")
    record.broke_off(ending)
    record.ended()
    event, conversation = rows
    assert isinstance(event, Event)
    assert (event.kind, event.detail) == told
    assert isinstance(conversation, Conversation)
    assert conversation.ended == how


def test_a_link_that_goes_after_the_goodbye_is_not_lost() -> None:
    rows: list[Row] = []
    record = Record(rows.append, "s")
    record.goodbye("completed")
    record.broke_off(WebSocketDisconnect(1006))
    record.ended()
    (conversation,) = rows
    assert isinstance(conversation, Conversation)
    assert conversation.ended == "completed"


def test_a_database_goes_up_from_version_to_version(tmp_path: Path) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "store.sqlite3"))
    began(Database(url, CONVERSATIONS), "before", datetime.now(UTC))

    def with_step(step: Step) -> Database:
        return Database(url, replace(CONVERSATIONS, steps=[*CONVERSATIONS.steps, step]))

    def next_step(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE conversations ADD COLUMN mood TEXT"))

    def breaks(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE conversations ADD COLUMN half TEXT"))
        connection.execute(text("no SQL"))

    def columns() -> set[str]:
        with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
            return {row[1] for row in connection.execute("PRAGMA table_info(conversations)")}

    with pytest.raises(Away):
        with_step(breaks).prepare()
    assert "half" not in columns(), "a step that breaks leaves nothing"
    for _ in range(2):
        with_step(next_step).prepare()
    assert "mood" in columns()
    assert sessions(with_step(next_step)) == {"before": None}
    with pytest.raises(Fault, match="newer version") as raised:
        Database(url, CONVERSATIONS).prepare()
    assert raised.value.code == ExitCode.SETTINGS


def test_keeping_nothing_deletes_what_was_kept(tmp_path: Path) -> None:
    settings = Service(conversations_db=str(tmp_path / "store.sqlite3"), keep_days=0)
    began(conversations_of(settings), "before", datetime.now(UTC))
    with kept(settings) as keep:
        Record(keep, "now").began("d", "en", ENGINES)
    assert sessions(conversations_of(settings)) == {}


def test_a_database_that_cannot_be_is_said() -> None:
    for url, words in (("nonsense://x", "driver"), ("://", "no URL")):
        with pytest.raises(Fault, match=words):
            conversations_of(Service(conversations_db=url))


def test_a_voice_is_kept_only_where_the_site_asks_and_goes_with_its_session(database: Database) -> None:
    turn = TurnEnded(0, 900, 1, np.full(1600, 0.5, np.float32), 800)
    with writing(database) as writer:
        for session_id, keep_audio in (("kept", True), ("not", False)):
            record = Record(writer.keep, session_id, keep_audio=keep_audio)
            record.began("d", "en", ENGINES)
            record.spoke("u1", "plumbago", None, turn, endpoint_ms=300, recognise_ms=100)
    with database.session(write=True) as session:
        (kept,), (other,) = queries.named(session, "kept"), queries.named(session, "not")
        assert (queries.voiced(session, kept.id), queries.voiced(session, other.id)) == ({1}, set())
        pcm = queries.voice_of(session, kept.id, 1)
        assert pcm is not None
        assert set(np.frombuffer(pcm, "<i2")) == {16384}
        id = kept.id
        assert queries.delete_named(session, "kept") == 1
        assert queries.voice_of(session, id, 1) is None


def test_recordings_are_given_up_before_words(database: Database, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("in the way")
    turn = TurnEnded(0, 900, 1, np.zeros(16, np.float32), 800)
    with writing(database) as writer:
        record = Record(writer.keep, "s", keep_audio=True)
        record.began("d", "en", ENGINES)
        for number in range(40):
            record.spoke(f"u{number}", "plumbago", None, turn, endpoint_ms=300, recognise_ms=100)
        (tmp_path / "kept").unlink()
    with database.session() as session:
        (conversation,) = queries.since(session, None)
        assert len(conversation.turns) == 40
        assert 0 < len(queries.voiced(session, conversation.id)) < 40
