"""The audit log: who did what, and when. Written in the transaction of the deed, so that none is without the other.

`subject` names what it was done to (a session ID, a user, a correction's number); never a visitor's words or a secret.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kiosk.service.house.tables import Deed

KEPT = timedelta(days=400)  # a year can be compared with the one before
LONGEST = 200  # characters of a subject

TERMINAL = "terminal"
"""Who did it, when it was a command of this machine."""


def note(session: Session, who: str, what: str, subject: str = "") -> None:
    """`what`: a few words in the past tense, such as `deleted a conversation`."""
    session.add(Deed(at=datetime.now(UTC), who=who, what=what, subject=subject[:LONGEST]))


def latest(session: Session, limit: int, before: int | None = None) -> list[Deed]:
    """The newest first; `before`: only those older than this one's `id`."""
    asked = select(Deed).order_by(Deed.id.desc()).limit(limit)
    return list(session.scalars(asked if before is None else asked.where(Deed.id < before)))


def sweep(session: Session) -> None:
    """Deletes what is older than `KEPT`."""
    session.execute(delete(Deed).where(Deed.at < datetime.now(UTC) - KEPT))
