"""Questions to the store, and deletions. Each works in the session that it is given; whoever opened it commits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from kiosk.service.store.tables import Conversation, Event, Feedback, Rating, Response, Row, Turn, Voice

PARTS: tuple[type[Row], ...] = (Turn, Response, Event, Rating, Feedback, Voice)


def newest(session: Session, limit: int) -> list[tuple[Conversation, int]]:
    """The latest conversations, each with its number of turns."""
    turns = select(func.count()).where(Turn.conversation_id == Conversation.id).scalar_subquery()
    rows = session.execute(select(Conversation, turns).order_by(Conversation.began_at.desc()).limit(limit))
    return [(conversation, count) for conversation, count in rows]


def named(session: Session, session_id: str) -> list[Conversation]:
    """Every conversation with this session ID, oldest first, with all that belongs to it."""
    return list(session.scalars(whole().where(Conversation.session_id == session_id)))


def since(session: Session, moment: datetime | None) -> Iterator[Conversation]:
    """All that began at `moment` or later, oldest first; a hundred in memory at a time."""
    asked = whole() if moment is None else whole().where(Conversation.began_at >= moment)
    yield from session.scalars(asked.execution_options(yield_per=100))


def delete_named(session: Session, session_id: str) -> int:
    """Everything of a session. How many conversations it had."""
    return _delete(session, list(session.scalars(select(Conversation.id).where(Conversation.session_id == session_id))))


def delete_older(session: Session, moment: datetime) -> int:
    """Conversations that began before."""
    return _delete(session, list(session.scalars(select(Conversation.id).where(Conversation.began_at < moment))))


def delete_all(session: Session) -> int:
    return _delete(session, list(session.scalars(select(Conversation.id))))


def end_forgotten(session: Session, moment: datetime) -> None:
    """Those that began before and were never ended: their service was killed."""
    session.execute(
        update(Conversation)
        .where(Conversation.ended.is_(None), Conversation.began_at < moment)
        .values(ended="unknown", ended_at=datetime.now(UTC))
    )


def whole() -> Select[Conversation]:
    """All of them with all that belongs to each, oldest first; for further conditions."""
    turns, responses, events = Conversation.turns, Conversation.responses, Conversation.events
    parts = (turns, responses, events, Conversation.ratings, Conversation.feedback)
    return select(Conversation).options(*map(selectinload, parts)).order_by(Conversation.began_at)


def voiced(session: Session, id: str) -> set[int]:
    """Which turns of a conversation can be listened to, by their numbers."""
    return set(session.scalars(select(Voice.number).where(Voice.conversation_id == id)))


def voice_of(session: Session, id: str, number: int) -> bytes | None:
    """What a turn sounded like, as `tables.Voice` has it."""
    return session.scalar(select(Voice.pcm).where(Voice.conversation_id == id, Voice.number == number))


def _delete(session: Session, ids: list[str]) -> int:
    """Parts first: not every database that a URL names is told to cascade."""
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        for part in PARTS:
            session.execute(delete(part).where(part.__table__.c.conversation_id.in_(some)))
        session.execute(delete(Conversation).where(Conversation.id.in_(some)))
    return len(ids)
