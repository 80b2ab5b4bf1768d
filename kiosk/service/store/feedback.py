"""What staff think of the answers: kept with the conversation, and deleted with it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from kiosk.service.store.tables import Feedback, Response

LONGEST_COMMENT = 1000  # characters


def mark(session: Session, conversation_id: str, number: int, who: str, *, right: bool, comment: str) -> bool:
    """One answer, in place of what `who` thought of it before. False: there is no such response."""
    if session.get(Response, (conversation_id, number)) is None:
        return False
    session.merge(
        Feedback(
            conversation_id=conversation_id,
            number=number,
            who=who,
            at=datetime.now(UTC),
            right=right,
            comment=comment[:LONGEST_COMMENT],
        )
    )
    return True


def unmark(session: Session, conversation_id: str, number: int, who: str) -> bool:
    """Takes back what `who` thought. False: they had not said anything."""
    found = session.get(Feedback, (conversation_id, number, who))
    if found is None:
        return False
    session.delete(found)
    return True
