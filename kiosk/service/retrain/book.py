"""The book of corrections: what is in force, how it came to be so, and every way to change it.

Each change adds a version and a line in the audit log, in the transaction that it is given. An undo goes back along
`base`, so that undoing twice goes back twice; nothing is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.service.house import audit
from kiosk.service.knowledge import Action
from kiosk.service.retrain.correction import Correction, Draft
from kiosk.service.retrain.refusal import Meanwhile, NotThere
from kiosk.service.retrain.tables import CorrectionVersion as Row


@dataclass(frozen=True, slots=True)
class Standing:
    """One version as the book has it."""

    correction: Correction
    base: int
    deed: str
    withdrawn: bool


def standing(session: Session) -> list[Standing]:
    """The newest version of every correction, the withdrawn ones too; the newest change first."""
    newest = select(Row.correction, func.max(Row.version)).group_by(Row.correction).subquery()
    rows = session.scalars(
        select(Row)
        .join(newest, (Row.correction == newest.c.correction) & (Row.version == newest.c[1]))
        .order_by(Row.at.desc(), Row.correction.desc())
    )
    return [_standing(row) for row in rows]


def in_force(everything: Iterable[Standing]) -> list[Correction]:
    return [one.correction for one in everything if not one.withdrawn]


def history(session: Session, id: int) -> list[Standing]:
    """Every version, the newest first. Raises `NotThere`."""
    return [_standing(row) for row in reversed(_versions(session, id))]


def write(session: Session, draft: Draft, who: str) -> Correction:
    """A new correction."""
    id = (session.scalar(select(func.max(Row.correction))) or 0) + 1
    return _add(session, (id, 1), draft, who, base=0, deed="written")


def change(session: Session, id: int, seen: int, draft: Draft, who: str) -> Correction:
    """`seen`: the version that the change was made from. Raises `NotThere`, `Meanwhile`."""
    newest = _newest(session, id, seen)
    return _add(session, _next(newest), draft, who, base=newest.version, deed="changed")


def withdraw(session: Session, id: int, seen: int, who: str) -> Correction:
    """From now on it answers nothing."""
    newest = _newest(session, id, seen)
    if newest.withdrawn:
        raise NotThere(f"correction {id} in force")
    return _add(session, _next(newest), _draft(newest), who, base=newest.version, deed="withdrawn", withdrawn=True)


def restore(session: Session, id: int, seen: int, version: int, who: str) -> Correction:
    """An older version is in force again, as a new one."""
    newest, old = _newest(session, id, seen), _version(session, id, version)
    return _add(session, _next(newest), _draft(old), who, base=newest.version, deed="restored", withdrawn=old.withdrawn)


def before(session: Session, id: int, seen: int) -> Draft | None:
    """What an undo would bring back; None when nothing would answer. Raises `NotThere`, `Meanwhile`."""
    newest = _newest(session, id, seen)
    if newest.base == 0:
        return None
    old = _version(session, id, newest.base)
    return None if old.withdrawn else _draft(old)


def undo(session: Session, id: int, seen: int, who: str) -> Correction:
    """The version before is in force again; before the first one, nothing is. Raises `NotThere`, `Meanwhile`."""
    newest = _newest(session, id, seen)
    if newest.base == 0:
        if newest.withdrawn:
            raise NotThere(f"version of correction {id} to go back to")
        return _add(session, _next(newest), _draft(newest), who, base=0, deed="undone", withdrawn=True)
    old = _version(session, id, newest.base)
    return _add(session, _next(newest), _draft(old), who, base=old.base, deed="undone", withdrawn=old.withdrawn)


def _add(
    session: Session, key: tuple[int, int], draft: Draft, who: str, *, base: int, deed: str, withdrawn: bool = False
) -> Correction:
    """`key`: correction and version."""
    row = Row(
        correction=key[0],
        version=key[1],
        base=base,
        deed=deed,
        withdrawn=withdrawn,
        wordings="\n".join(draft.wordings),
        answer=draft.answer,
        action=draft.action.value,
        follows=draft.follows,
        language=draft.language,
        by=who,
        at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    audit.note(session, who, f"a correction was {deed}", f"correction {row.correction}, version {row.version}")
    return _standing(row).correction


def _next(newest: Row) -> tuple[int, int]:
    return newest.correction, newest.version + 1


def _newest(session: Session, id: int, seen: int) -> Row:
    newest = _versions(session, id)[-1]
    if newest.version != seen:
        raise Meanwhile(f"correction {id}", newest.version)
    return newest


def _version(session: Session, id: int, version: int) -> Row:
    row = session.get(Row, (id, version))
    if row is None:
        raise NotThere(f"version {version} of correction {id}")
    return row


def _versions(session: Session, id: int) -> Sequence[Row]:
    rows = session.scalars(select(Row).where(Row.correction == id).order_by(Row.version)).all()
    if not rows:
        raise NotThere(f"correction {id}")
    return rows


def _draft(row: Row) -> Draft:
    return Draft(tuple(row.wordings.split("\n")), row.answer, Action(row.action), row.follows, row.language)


def _standing(row: Row) -> Standing:
    return Standing(
        Correction(row.correction, row.version, _draft(row), row.by, row.at), row.base, row.deed, row.withdrawn
    )
