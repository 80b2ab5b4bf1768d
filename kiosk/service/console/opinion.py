"""A member of staff says what they think of an answer: in the conversation, and in the audit log that they did."""

from __future__ import annotations

from kiosk.service.console.parts import Parts
from kiosk.service.console.problem import missing
from kiosk.service.house import audit
from kiosk.service.house.accounts import Identity
from kiosk.service.store import feedback


def marks(parts: Parts, who: Identity, id: str, number: int, *, right: bool, comment: str) -> None:
    """Raises `Refusal` where there is no such answer, and `Away`."""
    with parts.conversations.session(write=True) as session:
        if not feedback.mark(session, id, number, who.name, right=right, comment=comment.strip()):
            raise missing("no such answer is kept", "number")
    _noted(parts, who, f"marked an answer as {'right' if right else 'wrong'}", id, number)


def takes_back(parts: Parts, who: Identity, id: str, number: int) -> None:
    """Raises as `marks`."""
    with parts.conversations.session(write=True) as session:
        if not feedback.unmark(session, id, number, who.name):
            raise missing("you have not marked that answer", "number")
    _noted(parts, who, "took a mark of an answer back", id, number)


def _noted(parts: Parts, who: Identity, what: str, id: str, number: int) -> None:
    with parts.house.session(write=True) as session:
        audit.note(session, who.name, what, f"conversation {id}, answer {number}")
