"""Wrong passwords cost time: each name and each address waits longer, and a restart does not make it shorter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kiosk.service.house.tables import Tries

FREE = 5
FIRST = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)


def keys(name: str, address: str) -> tuple[str, str]:
    """What is counted for: the name, whether there is one or not, and the address."""
    return f"name {hashlib.sha256(name.lower().encode('utf-8', 'replace')).hexdigest()[:32]}", f"address {address[:64]}"


def wait_s(session: Session, counted: Iterable[str], now: datetime) -> float:
    """Seconds until another try is taken; 0 for now. A clock that was set back makes nobody wait for longer."""
    found = [tries for key in counted if (tries := session.get(Tries, key)) is not None]
    return max((min((t.until - now), _pause(t.wrong)).total_seconds() for t in found), default=0.0)


def count(session: Session, counted: Iterable[str], now: datetime) -> None:
    """Before it is known whether the password fits, so that a broken-off request gains no try."""
    session.execute(delete(Tries).where(Tries.until < now - FORGOTTEN))
    for key in counted:
        tries = session.get(Tries, key) or Tries(key=key, wrong=0)
        tries.wrong += 1
        tries.until = now + _pause(tries.wrong)
        session.add(tries)


def forget(session: Session, counted: Iterable[str]) -> None:
    """The password was right, or is a new one."""
    session.execute(delete(Tries).where(Tries.key.in_(list(counted))))


def _pause(wrong: int) -> timedelta:
    return timedelta(0) if wrong < FREE else min(FIRST * 2 ** min(wrong - FREE, 10), LONGEST)


def now() -> datetime:
    return datetime.now(UTC)
