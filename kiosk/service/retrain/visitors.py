"""What visitors have asked, read from the conversations that are kept; nothing where the site keeps none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from kiosk.service.retrain.correction import key
from kiosk.service.retrain.suite import Case, Kind
from kiosk.service.retrain.unanswered import Asked
from kiosk.service.store.tables import Conversation, Feedback, Response, Turn

LATEST = 2000  # questions that are looked at, the newest first


def unknown(session: Session, limit: int = LATEST) -> list[Asked]:
    """Questions that the agent said it did not know, the newest first."""
    asked = _questions().where(Response.action == "unknown")
    return [_asked(row) for row in session.execute(asked.limit(limit))]


def latest(session: Session, limit: int) -> list[Asked]:
    """The newest questions, each wording once."""
    found: dict[tuple[str, str], Asked] = {}
    for row in session.execute(_questions().limit(LATEST)):
        one = _asked(row)
        found.setdefault((key(one.before), key(one.text)), one)
        if len(found) == limit:
            break
    return list(found.values())


def marked_right(session: Session, language: str, limit: int = LATEST) -> Iterator[Case]:
    """Answers that staff have marked as right and nobody as wrong: they have to stay as they are."""
    wrong = select(Feedback.number).where(
        Feedback.conversation_id == Response.conversation_id,
        Feedback.number == Response.number,
        Feedback.right.is_(False),
    )
    marked = select(Feedback.number).where(
        Feedback.conversation_id == Response.conversation_id,
        Feedback.number == Response.number,
        Feedback.right.is_(True),
    )
    for row in session.execute(_questions().where(marked.exists(), ~wrong.exists()).limit(limit)):
        one = _asked(row)
        yield Case(Kind.MARKED, one.text, one.before, language, row.answer, row.source)


def _questions() -> Select[str, datetime, str, str, str, str]:
    earlier = aliased(Turn)
    return (
        select(
            Turn.text, Turn.at, Conversation.session_id, earlier.text.label("before"), Response.text.label("answer"),
            Response.source,
        )
        .join(Response, (Response.conversation_id == Turn.conversation_id) & (Response.turn == Turn.number))
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .outerjoin(earlier, (earlier.conversation_id == Turn.conversation_id) & (earlier.number == Turn.number - 1))
        .where(Turn.text != "")
        .order_by(Turn.at.desc())
    )  # fmt: skip


def _asked(row: Row[str, datetime, str, str, str, str]) -> Asked:
    return Asked(row.text, row.at, row.session_id, row.before or "")
