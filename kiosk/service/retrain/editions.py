"""Editions of the knowledge: the texts that the house has put in the place of the site's file, and every way back.

The site's file is never written. Version 0 stands for it; an edition is in force until it is given up or undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.service.house import audit
from kiosk.service.retrain.refusal import Meanwhile, NotThere
from kiosk.service.retrain.tables import KnowledgeVersion as Row


@dataclass(frozen=True, slots=True)
class Edition:
    """One version. `text` is empty where it says that the site's file is in force; `digest` is of that file then."""

    version: int
    base: int
    deed: str
    text: str
    digest: str
    by: str
    at: datetime


def newest(session: Session) -> Edition | None:
    """The one in force; None when nothing was ever edited."""
    row = session.scalar(select(Row).order_by(Row.version.desc()).limit(1))
    return None if row is None else _edition(row)


def history(session: Session, limit: int) -> list[Edition]:
    """The newest first."""
    return [_edition(row) for row in session.scalars(select(Row).order_by(Row.version.desc()).limit(limit))]


def at(session: Session, version: int) -> Edition:
    """Raises `NotThere`."""
    row = session.get(Row, version)
    if row is None:
        raise NotThere(f"version {version} of the knowledge")
    return _edition(row)


def edit(session: Session, seen: int, text: str, digest: str, who: str) -> Edition:
    """`seen`: the version that was edited, 0 for the site's file. Raises `Meanwhile`."""
    _in_force(session, seen)
    return _add(session, seen, text, digest=digest, who=who, base=seen, deed="edited")


def restore(session: Session, seen: int, version: int, digest: str, who: str) -> Edition:
    """An older version is in force again; 0 is the site's file. Raises `NotThere`, `Meanwhile`."""
    _in_force(session, seen)
    if version == 0:
        return _add(session, seen, "", digest=digest, who=who, base=seen, deed="given up")
    return _add(session, seen, at(session, version).text, digest=digest, who=who, base=seen, deed="restored")


def before(session: Session, seen: int) -> str:
    """The text that an undo would bring back; empty for the site's file. Raises `NotThere`, `Meanwhile`."""
    current = _in_force(session, seen)
    if current is None or (current.base == 0 and not current.text):
        raise NotThere("version of the knowledge to go back to")
    return at(session, current.base).text if current.base else ""


def undo(session: Session, seen: int, digest: str, who: str) -> Edition:
    """The version before is in force again. Raises as `before`."""
    text = before(session, seen)
    base = at(session, at(session, seen).base).base if at(session, seen).base else 0
    return _add(session, seen, text, digest=digest, who=who, base=base, deed="undone")


def _add(session: Session, seen: int, text: str, *, digest: str, who: str, base: int, deed: str) -> Edition:
    row = Row(version=seen + 1, base=base, deed=deed, text=text, digest=digest, by=who, at=datetime.now(UTC))
    session.add(row)
    session.flush()
    audit.note(session, who, f"the knowledge was {deed}", f"version {row.version}")
    return _edition(row)


def _in_force(session: Session, seen: int) -> Edition | None:
    current = newest(session)
    version = current.version if current else 0
    if version != seen:
        raise Meanwhile("the knowledge", version)
    return current


def _edition(row: Row) -> Edition:
    return Edition(row.version, row.base, row.deed, row.text, row.digest, row.by, row.at)
