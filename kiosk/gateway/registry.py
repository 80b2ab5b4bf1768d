"""Which kiosks may come in, and how much each has talked: the gateway's whole memory, shared by all that name it.

    registry = Registry(Database.named(settings.registry, SCHEMA))

Blocking: for a worker thread. Every method raises `Away` while the database cannot be reached.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Database, Schema
from kiosk.gateway.tables import Device, RegistryRow, Talk

SCHEMA = Schema(
    what="the gateway's kiosks",
    where="gateway.registry",
    file=Path("gateway", "registry.sqlite3"),
    tables=RegistryRow.metadata,
)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another, on paper or on the phone
CODE_LETTERS = 8  # 39 bits
SEEN_WITHIN = timedelta(seconds=30)  # a conversation of which nothing was said for this long has no gateway any more
KEPT = timedelta(days=2)  # as long as the limits look back, and a day


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one kiosk may use: conversations at once, conversations begun in an hour, minutes of them in a day."""

    at_once: int
    per_hour: int
    minutes_per_day: float


@dataclass(frozen=True, slots=True)
class Known:
    """A kiosk that has enrolled, as it stands now."""

    key: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A kiosk for whoever keeps the gateway. `state`: waits, enrolled or revoked."""

    name: str
    state: str
    since: datetime
    last_talk: datetime | None
    talking: int
    minutes_today: float


class Registry:
    """`now`: the wall clock, with its zone."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now
        self._one = threading.Lock()

    def prepare(self) -> None:
        """Makes it or brings it up to date, and forgets what is older than any limit looks back. Raises `Fault`."""
        self._database.prepare()
        with self._writing() as session:
            session.execute(delete(Talk).where(Talk.seen_at < self._now() - KEPT))

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One after the other: threads that wait for the file itself are not served in their turn, and some never."""
        with self._one, self._database.session(write=True) as session:
            yield session

    # --- who keeps it ---------------------------------------------------------------------------------------------

    def add(self, name: str, code_for: timedelta) -> str:
        """A code with which a kiosk of this name may enrol, once. One that has enrolled keeps its key until then."""
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LETTERS))
        with self._writing() as session:
            device = session.get(Device, name)
            if device is None:
                device = Device(name=name, added_at=self._now())
                session.add(device)
            device.code, device.code_until = _hash(code), self._now() + code_for
        return f"{code[:4]}-{code[4:]}"

    def revoke(self, name: str) -> None:
        """From now on it may not come in; a code that it was given is void. Raises `Fault` for an unknown name."""
        with self._writing() as session:
            device = _named(session, name)
            device.revoked_at = device.revoked_at or self._now()
            device.code = device.code_until = None

    def remove(self, name: str) -> None:
        """Forgets it, and when it talked. Raises `Fault` for an unknown name."""
        with self._writing() as session:
            session.execute(delete(Talk).where(Talk.device == name))
            session.delete(_named(session, name))

    def listed(self) -> list[Listed]:
        with self._database.session() as session:
            return [self._listed(session, device) for device in session.scalars(select(Device).order_by(Device.name))]

    def _listed(self, session: Session, device: Device) -> Listed:
        state, since = "waits", device.added_at
        if device.revoked_at is not None:
            state, since = "revoked", device.revoked_at
        elif device.key is not None and device.enrolled_at is not None:
            state, since = "enrolled", device.enrolled_at
        last = session.scalar(select(func.max(Talk.began_at)).where(Talk.device == device.name))
        minutes = self._minutes_today(session, device.name)
        return Listed(device.name, state, since, last, self._talking(session, device.name), minutes)

    # --- kiosks ---------------------------------------------------------------------------------------------------

    def enrol(self, code: str, key: str) -> str | None:
        """The name that the code was made for, which has this public key from now on; None for no such code."""
        with self._writing() as session:
            device = session.scalar(select(Device).where(Device.code == _hash(code)))
            if device is None or device.code_until is None or device.code_until < self._now():
                return None
            device.key, device.enrolled_at = key, self._now()
            device.code = device.code_until = device.revoked_at = None
            return device.name

    def known(self, name: str) -> Known | None:
        with self._database.session() as session:
            device = session.get(Device, name)
            if device is None or device.key is None:
                return None
            return Known(device.key, device.revoked_at is not None)

    def fallen(self, keys: Mapping[str, str]) -> set[str]:
        """Those of these kiosks, each with the key it proved itself with, that may not talk any more."""
        with self._database.session() as session:
            found = session.execute(
                select(Device.name, Device.key).where(Device.name.in_(keys), Device.revoked_at.is_(None))
            )
            standing = {name for name, key in found if key == keys[name]}
        return set(keys) - standing

    # --- conversations --------------------------------------------------------------------------------------------

    def begin(self, id: str, device: str, allowance: Allowance) -> str:
        """Empty, and the conversation is counted; else why it may not begin, as a clause."""
        with self._writing() as session:
            standing = session.get(Device, device)
            if standing is None or standing.revoked_at is not None:
                return "this kiosk was shut out a moment ago"
            if self._talking(session, device) >= allowance.at_once:
                return f"this kiosk holds {allowance.at_once} conversations already"
            hour = select(func.count()).where(Talk.device == device, Talk.began_at > self._now() - timedelta(hours=1))
            if (session.scalar(hour) or 0) >= allowance.per_hour:
                return f"this kiosk has begun {allowance.per_hour} conversations in an hour"
            if self._minutes_today(session, device) >= allowance.minutes_per_day:
                return f"this kiosk has talked for its {allowance.minutes_per_day:g} minutes of today"
            session.add(Talk(id=id, device=device, began_at=self._now(), seen_at=self._now()))
            return ""

    def go_on(self, ids: Collection[str]) -> None:
        """These conversations go on."""
        if ids:
            with self._writing() as session:
                session.execute(update(Talk).where(Talk.id.in_(ids)).values(seen_at=self._now()))

    def end(self, id: str) -> None:
        with self._writing() as session:
            session.execute(update(Talk).where(Talk.id == id).values(seen_at=self._now(), ended_at=self._now()))

    def spent(self, devices: Collection[str], allowance: Allowance) -> set[str]:
        """Those of these that have talked for all their minutes of today."""
        with self._database.session() as session:
            return {name for name in devices if self._minutes_today(session, name) >= allowance.minutes_per_day}

    def _talking(self, session: Session, device: str) -> int:
        seen = self._now() - SEEN_WITHIN
        count = select(func.count()).where(Talk.device == device, Talk.ended_at.is_(None), Talk.seen_at > seen)
        return session.scalar(count) or 0

    def _minutes_today(self, session: Session, device: str) -> float:
        """By this machine's calendar."""
        midnight = self._now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        talks = session.execute(
            select(Talk.began_at, Talk.seen_at).where(Talk.device == device, Talk.seen_at > midnight)
        )
        return sum((seen - max(began, midnight)).total_seconds() for began, seen in talks) / 60


def _named(session: Session, name: str) -> Device:
    device = session.get(Device, name)
    if device is None:
        raise Fault(
            "no kiosk of that name is known here",
            where="kiosk gateway devices",
            remedy="see `kiosk gateway devices list`",
            code=ExitCode.USAGE,
        )
    return device


def _hash(code: str) -> str:
    """However it was typed."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
