"""Counts in the database what the figures need, so that no turn has to come out of it one by one.

100,000 turns in 37,000 visits take 1.6 s on a busy machine (`python -m tests.bench.insights`), and the database's own
work leaves the interpreter to the conversations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from kiosk.service.store.search import Wanted
from kiosk.service.store.tables import Conversation, Event, Rating, Response, Turn
from kiosk.service.takeover import SOURCE

TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Visit:
    """One conversation.

    seconds  its length; None while it goes on, or when nobody saw its end
    turns    of the visitor that were understood
    helped   whether a question was not known, or a person was offered or answered
    """

    began_at: datetime
    seconds: float | None
    language: str
    turns: int
    helped: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was worded: how often, and how often it was not known."""

    text: str = field(repr=False)
    times: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where answers came from: how many, how many were cut, and the mean match."""

    name: str
    times: int
    cut: int
    score: float


@dataclass(frozen=True, slots=True)
class Facts:
    """
    waits    for each stage of an answer, and for all together (`TOTAL`), how many took how many ms
    scores   ratings of whole visits: 1 good, 0 fair, -1 poor
    events   by kind
    answers  how many questions were answered, and `cut` how many answers were cut
    """

    visits: Sequence[Visit] = ()
    waits: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    scores: Mapping[int, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    asked: Sequence[Asked] = ()
    sources: Sequence[Source] = ()
    answers: int = 0
    cut: int = 0


def gather(session: Session, wanted: Wanted) -> Facts:
    """Of all conversations that fit."""
    inside = select(Conversation.id).where(*wanted.conditions()).scalar_subquery()
    sources = _sources(session, inside)
    return Facts(
        visits=_visits(session, wanted),
        waits=_waits(session, inside),
        scores=_counted(session, Rating.score, and_(Rating.conversation_id.in_(inside), Rating.item == "")),
        events=_counted(session, Event.kind, Event.conversation_id.in_(inside)),
        asked=_asked(session, inside),
        sources=sources,
        answers=sum(source.times for source in sources),
        cut=sum(source.cut for source in sources),
    )


def _visits(session: Session, wanted: Wanted) -> list[Visit]:
    mine = Turn.conversation_id == Conversation.id
    turns = select(func.count()).where(mine, Turn.text != "").correlate(Conversation).scalar_subquery()
    needed_somebody = or_(Response.action.in_(("unknown", "person")), Response.source.startswith(SOURCE))
    helped = exists(select(1).where(Response.conversation_id == Conversation.id, needed_somebody))
    rows = session.execute(
        select(
            Conversation.began_at, Conversation.ended_at, Conversation.ended, Conversation.language, turns, helped
        ).where(*wanted.conditions())
    )
    return [
        Visit(
            began,
            None if ends is None or ended == "unknown" else (ends - began).total_seconds(),
            language,
            count,
            bool(needed),
        )
        for began, ends, ended, language, count, needed in rows
    ]


def _waits(session: Session, inside: ScalarSelect[str]) -> dict[str, dict[int, int]]:
    turn, answer = Turn.conversation_id.in_(inside), and_(Response.conversation_id.in_(inside), Response.turn > 0)
    waits = {
        "pause": _counted(session, Turn.endpoint_ms, turn),
        "recognise": _counted(session, Turn.recognise_ms, turn),
        "answer": _counted(session, Response.answer_ms, answer),
        "sound": _counted(session, Response.sound_ms, answer),
    }
    # The whole wait of a visitor who spoke: from the end of speech to the first sound.
    whole: ColumnElement[Any] = Turn.endpoint_ms + Turn.recognise_ms + Response.answer_ms + Response.sound_ms
    joined = select(whole, func.count()).select_from(Turn).join(Response, _answers_it())
    rows = session.execute(joined.where(turn, whole.is_not(None)).group_by(whole))
    return {**waits, TOTAL: dict(rows.all())}


def _asked(session: Session, inside: ScalarSelect[str]) -> list[Asked]:
    unknown = func.sum(case((Response.action == "unknown", 1), else_=0))
    rows = session.execute(
        select(Turn.text, func.count(), unknown)
        .select_from(Turn)
        .outerjoin(Response, _answers_it())
        .where(Turn.conversation_id.in_(inside), Turn.text != "")
        .group_by(Turn.text)
    )
    return [Asked(text, count, missed or 0) for text, count, missed in rows]


def _sources(session: Session, inside: ScalarSelect[str]) -> list[Source]:
    cut = func.sum(case((Response.status == "interrupted", 1), else_=0))
    rows = session.execute(
        select(Response.source, func.count(), cut, func.avg(Response.score))
        .where(Response.conversation_id.in_(inside), Response.turn > 0)
        .group_by(Response.source)
    )
    return [Source(name, count, cut or 0, score) for name, count, cut, score in rows]


def _answers_it() -> ColumnElement[bool]:
    return and_(Response.conversation_id == Turn.conversation_id, Response.turn == Turn.number)


def _counted(session: Session, column: Any, fits: ColumnElement[bool]) -> dict[Any, int]:
    """How often each value stands there."""
    rows = session.execute(select(column, func.count()).where(fits, column.is_not(None)).group_by(column))
    return dict(rows.all())
