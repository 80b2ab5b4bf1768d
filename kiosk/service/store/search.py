"""Finds conversations: by words, by day, by what happened in them. For people who read them, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from kiosk.service.store.queries import whole
from kiosk.service.store.tables import Conversation, Event, Rating, Response, Turn

WORDS = 8  # of a search that count
EXCERPT = 120  # characters of the first words


class Mark(StrEnum):
    """Something that makes a conversation worth a look. All but the last two are kinds of `Event`."""

    UNKNOWN = "unknown_question"
    DOUBT = "low_confidence"
    NOTHING = "nothing_understood"
    CUT = "interrupted"
    FALLBACK = "engine_fallback"
    LOST = "link_lost"
    ERROR = "error"
    RATED = "rated"
    POOR = "rated_poor"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; everything that is given must fit.

    words    each stands somewhere in it, on either side, whatever its case; or the session ID begins with it
    since, until  days of this machine's zone, both included
    ended    how, or `open` for those that nothing has ended
    """

    words: str = ""
    since: date | None = None
    until: date | None = None
    device: str = ""
    language: str = ""
    ended: str = ""
    marks: frozenset[Mark] = frozenset()

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.since is not None:
            yield Conversation.began_at >= midnight(self.since)
        if self.until is not None:
            yield Conversation.began_at < midnight(self.until + timedelta(days=1))
        if self.device:
            yield Conversation.device == self.device
        if self.language:
            yield Conversation.language == self.language
        if self.ended:
            yield Conversation.ended.is_(None) if self.ended == "open" else Conversation.ended == self.ended
        for word in self.words.split()[:WORDS]:
            yield or_(
                _has(Turn, Turn.text.icontains(word, autoescape=True)),
                _has(Response, Response.text.icontains(word, autoescape=True)),
                Conversation.session_id.startswith(word, autoescape=True),
            )
        for mark in sorted(self.marks):
            match mark:
                case Mark.RATED:
                    yield _has(Rating, Rating.score.is_not(None))
                case Mark.POOR:
                    yield _has(Rating, Rating.score < 0)
                case _:
                    yield _has(Event, Event.kind == mark)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    first   the visitor's first words, shortened
    marks   in the order of `Mark`
    rating  the visitor's last one of the whole conversation: 1 good, 0 fair, -1 poor
    """

    conversation: Conversation
    turns: int
    first: str
    marks: tuple[Mark, ...]
    rating: int | None


def found(session: Session, wanted: Wanted, page: int, size: int) -> tuple[int, list[Entry]]:
    """How many there are, and those of one page (from 1), the newest first."""
    fits = list(wanted.conditions())
    total = session.scalar(select(func.count()).select_from(Conversation).where(*fits)) or 0
    newest = select(Conversation).where(*fits).order_by(Conversation.began_at.desc(), Conversation.id)
    rows = list(session.scalars(newest.limit(size).offset((page - 1) * size)))
    return total, _entries(session, rows)


def _entries(session: Session, rows: Sequence[Conversation]) -> list[Entry]:
    ids = [row.id for row in rows]
    turns: dict[str, int] = {}
    first: dict[str, str] = {}
    asked = select(Turn.conversation_id, Turn.text).where(Turn.conversation_id.in_(ids)).order_by(Turn.number)
    for one, text in session.execute(asked):
        turns[one] = turns.get(one, 0) + 1
        if text and one not in first:
            first[one] = text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"
    marks: dict[str, set[Mark]] = {one: set() for one in ids}
    for one, kind in session.execute(
        select(Event.conversation_id, Event.kind).where(Event.conversation_id.in_(ids)).distinct()
    ):
        if kind in set(Mark):
            marks[one].add(Mark(kind))
    rating: dict[str, int] = {}
    for one, score, item in session.execute(
        select(Rating.conversation_id, Rating.score, Rating.item)
        .where(Rating.conversation_id.in_(ids))
        .order_by(Rating.number)
    ):
        marks[one].add(Mark.RATED)
        if score < 0:
            marks[one].add(Mark.POOR)
        if not item:
            rating[one] = score
    return [
        Entry(
            row,
            turns.get(row.id, 0),
            first.get(row.id, ""),
            tuple(mark for mark in Mark if mark in marks[row.id]),
            rating.get(row.id),
        )
        for row in rows
    ]


def each(session: Session, wanted: Wanted) -> Iterator[Conversation]:
    """All that fit, oldest first, with all that belongs to them; a hundred in memory at a time."""
    yield from session.scalars(whole().where(*wanted.conditions()).execution_options(yield_per=100))


def one(session: Session, id: str) -> Conversation | None:
    """With all that belongs to it."""
    return session.scalar(whole().where(Conversation.id == id))


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands in the store and can be looked for."""

    devices: tuple[str, ...]
    languages: tuple[str, ...]
    endings: tuple[str, ...]


def choices(session: Session) -> Choices:
    def values(column: ColumnElement[Any]) -> tuple[str, ...]:
        return tuple(sorted(value for value in session.scalars(select(column).distinct()) if value))

    return Choices(
        values(Conversation.device.expression),
        values(Conversation.language.expression),
        values(Conversation.ended.expression),
    )


def midnight(day: date) -> datetime:
    """When this day begins where this machine stands."""
    return datetime.combine(day, time.min).astimezone().astimezone(UTC)


def _has(row: type[Turn | Response | Event | Rating], fits: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(_of(row).where(and_(row.conversation_id == Conversation.id, fits)))


def _of(row: type[Turn | Response | Event | Rating]) -> Select[int]:
    return select(1).select_from(row)
