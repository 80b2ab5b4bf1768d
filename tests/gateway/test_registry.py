"""The registry on a real file, with a clock of its own: what it lets begin, and what it forgets."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.core.fault import Fault
from kiosk.database.database import Database
from kiosk.gateway.registry import LETTERS, SCHEMA, Allowance, Known, Registry

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC).astimezone().replace(hour=12)
SOME = Allowance(at_once=2, per_hour=3, minutes_per_day=60)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Registry:
    made = Registry(Database.named(str(tmp_path / "kept" / "registry.sqlite3"), SCHEMA), clock)
    made.prepare()
    assert made.enrol(made.add("lobby-1", timedelta(minutes=15)), "a key") == "lobby-1"
    return made


def test_the_file_is_its_owners_alone_and_holds_no_code(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "registry.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    code = registry.add("lobby-2", timedelta(minutes=15))
    with closing(sqlite3.connect(file)) as connection:
        rows = str(connection.execute("SELECT * FROM devices").fetchall())
    assert "lobby-2" in rows
    assert code not in rows
    assert code.replace("-", "") not in rows


def test_a_code_is_short_and_has_no_sign_that_is_taken_for_another() -> None:
    assert not set("01IOLU") & set(LETTERS)


def test_a_code_has_its_time(registry: Registry, clock: Clock) -> None:
    code = registry.add("lobby-2", timedelta(minutes=15))
    clock.on(minutes=16)
    assert registry.enrol(code, "late") is None
    assert registry.known("lobby-2") is None


def test_only_the_newest_code_counts(registry: Registry) -> None:
    first, second = (registry.add("lobby-2", timedelta(minutes=15)) for _ in range(2))
    assert registry.enrol(first, "k") is None
    assert registry.enrol(second, "k") == "lobby-2"


def test_revoked_and_let_in_again(registry: Registry) -> None:
    registry.revoke("lobby-1")
    assert registry.known("lobby-1") == Known("a key", revoked=True)
    assert registry.fallen({"lobby-1": "a key"}) == {"lobby-1"}
    assert registry.enrol(registry.add("lobby-1", timedelta(minutes=1)), "another") == "lobby-1"
    assert registry.fallen({"lobby-1": "another"}) == set()
    assert registry.fallen({"lobby-1": "a key"}) == {"lobby-1"}, "who has the old key has none"


def test_a_code_that_is_out_is_void_when_the_kiosk_is_revoked(registry: Registry) -> None:
    code = registry.add("lobby-1", timedelta(minutes=15))
    registry.revoke("lobby-1")
    assert registry.enrol(code, "k") is None


def test_as_many_at_once_as_are_allowed(registry: Registry) -> None:
    assert not registry.begin("a", "lobby-1", SOME)
    assert not registry.begin("b", "lobby-1", SOME)
    assert registry.begin("c", "lobby-1", SOME) == "this kiosk holds 2 conversations already"
    registry.end("a")
    assert not registry.begin("c", "lobby-1", SOME)


def test_a_conversation_whose_gateway_was_killed_does_not_count_for_ever(registry: Registry, clock: Clock) -> None:
    for name in "ab":
        registry.begin(name, "lobby-1", SOME)
    clock.on(seconds=20)
    registry.go_on(["a"])
    clock.on(seconds=20)
    assert not registry.begin("c", "lobby-1", SOME), "b was last heard of 40 s ago"
    assert registry.listed()[0].talking == 2


def test_as_many_in_an_hour(registry: Registry, clock: Clock) -> None:
    for name in "abc":
        assert not registry.begin(name, "lobby-1", SOME)
        registry.end(name)
    assert registry.begin("d", "lobby-1", SOME) == "this kiosk has begun 3 conversations in an hour"
    clock.on(minutes=61)
    assert not registry.begin("d", "lobby-1", SOME)


def test_as_many_minutes_in_a_day(registry: Registry, clock: Clock) -> None:
    registry.begin("a", "lobby-1", SOME)
    clock.on(minutes=59)
    registry.go_on(["a"])
    assert registry.spent(["lobby-1"], SOME) == set()
    clock.on(minutes=1)
    registry.go_on(["a"])
    assert registry.spent(["lobby-1"], SOME) == {"lobby-1"}
    registry.end("a")
    assert registry.begin("b", "lobby-1", SOME) == "this kiosk has talked for its 60 minutes of today"
    clock.on(hours=12)
    assert not registry.begin("b", "lobby-1", SOME), "the next day"


def test_what_no_limit_looks_back_to_is_forgotten(registry: Registry, clock: Clock) -> None:
    registry.begin("a", "lobby-1", SOME)
    registry.end("a")
    clock.on(days=3)
    registry.prepare()
    assert registry.listed()[0].last_talk is None
    assert registry.known("lobby-1") is not None


@pytest.mark.parametrize("name", ["nobody", "'; DROP TABLE devices; --", "../../etc/passwd"])
def test_a_name_that_nobody_has(registry: Registry, name: str) -> None:
    for do in (registry.revoke, registry.remove):
        with pytest.raises(Fault, match="No kiosk of that name"):
            do(name)
    assert registry.known(name) is None
    assert [one.name for one in registry.listed()] == ["lobby-1"]


def test_a_removed_kiosk_takes_its_talks_along(registry: Registry) -> None:
    registry.begin("a", "lobby-1", SOME)
    registry.remove("lobby-1")
    assert registry.listed() == []
    assert registry.fallen({"lobby-1": "a key"}) == {"lobby-1"}
    registry.end("a")
