"""The house's own rules, without a browser: how fast one may ask, how long a wrong password costs, who may listen."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.fault import Fault
from kiosk.database.database import Database
from kiosk.service.console.guard import names_of
from kiosk.service.console.pace import Pace
from kiosk.service.console.serve import check_exposure
from kiosk.service.house import accounts, audit, passwords, tries
from kiosk.service.house.accounts import Role
from kiosk.service.house.schema import house_of
from kiosk.settings.console import Console
from kiosk.settings.schema import Service

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Database:
    return house_of(Service(house_db=str(tmp_path / "house" / "house.sqlite3")))


@settings(deadline=None)
@given(st.lists(st.floats(0, 2), max_size=300))
def test_nobody_asks_faster_than_the_pace(pauses: list[float]) -> None:
    pace, now = Pace(per_s=5, at_once=10), 0.0
    for taken, pause in enumerate(pauses, 1):
        now += pause
        wait = pace.wait_s("one", now)
        if wait:
            assert pace.wait_s("one", now + wait + 1e-6) == 0, "what it says is enough"
            now += wait + 1e-6
        assert taken <= 10 + now * 5 + 1e-3
    assert pace.wait_s("another", now) == 0


def test_wrong_passwords_wait_longer_each_time_and_are_forgotten(house: Database) -> None:
    counted = tries.keys("Ada", "192.0.2.7")
    assert tries.keys("ada", "192.0.2.9")[0] == counted[0], "whatever the case, from wherever"
    now, waits = NOW, []
    with house.session(write=True) as session:
        for _ in range(12):
            waits.append(round(tries.wait_s(session, counted, now)))
            now += timedelta(seconds=waits[-1])
            tries.count(session, counted, now)
        assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
        assert tries.wait_s(session, counted, now - timedelta(days=30)) <= 900, "a clock that was set back"
        tries.forget(session, counted[:1])
        assert tries.wait_s(session, counted[:1], now) == 0
        assert tries.wait_s(session, counted, now) == 900, "the address still waits"
        tries.count(session, tries.keys("x", "y"), now + timedelta(days=2))
        assert tries.wait_s(session, counted, now) == 0


@settings(deadline=None)
@given(st.text(), st.text())
def test_a_password_fits_itself_alone(one: str, other: str) -> None:
    kept = _cheap(one)
    assert passwords.fits(one, kept)
    assert passwords.fits(other, kept) == (one.encode("utf-8", "replace") == other.encode("utf-8", "replace"))


def _cheap(password: str) -> str:
    """As `hashed` makes it, in a thousandth of the time."""
    salt = bytes(16)
    return f"scrypt:16:8:1:{salt.hex()}:{passwords._digest(password, 16, 8, 1, salt).hex()}"


def test_what_is_over_is_over(house: Database) -> None:
    with house.session(write=True) as session:
        accounts.add_user(session, "ada", Role.ADMIN, "four unrelated words")
        session.flush()
        secret = accounts.log_in(session, "ada", timedelta(hours=1))
        old = accounts.log_in(session, "ada", timedelta(hours=-1))
        token = accounts.add_token(session, "ci", Role.VIEWER, "ada", days=0)
        session.flush()
        found = accounts.logged_in(session, secret)
        assert found is not None
        assert found.role.may(Role.EDITOR)
        assert accounts.logged_in(session, old) is None
        assert accounts.bearer(session, token) is None


def test_deeds_are_kept_for_a_year_and_a_bit(house: Database) -> None:
    with house.session(write=True) as session:
        audit.note(session, "ada", "did something", "x" * 999)
        session.flush()
        (deed,) = audit.latest(session, 9)
        assert len(deed.subject) == audit.LONGEST
        deed.at -= audit.KEPT + timedelta(hours=1)
        audit.note(session, "ada", "did another thing")
        session.flush()
        audit.sweep(session)
        assert [deed.what for deed in audit.latest(session, 9)] == ["did another thing"]


def test_a_console_is_not_offered_to_the_network_by_accident(caplog: pytest.LogCaptureFixture) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        check_exposure(Console(host=host))
    with pytest.raises(Fault, match=r"console\.address"):
        check_exposure(Console(host="0.0.0.0"))
    check_exposure(Console(host="0.0.0.0", address="https://console.example.org"))
    assert not caplog.records
    with caplog.at_level(logging.WARNING):
        check_exposure(Console(host="192.0.2.7", address="http://192.0.2.7:8766"))
    assert "without TLS" in caplog.text


def test_a_proxy_s_name_is_answered_to() -> None:
    assert names_of("https://console.example.org:8443") - names_of("") == {"console.example.org"}
