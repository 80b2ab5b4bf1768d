"""The tables of the store. A column that comes or changes gets a step in `schema.CONVERSATIONS`.

Every row has a key that is made before it is written, so that what is known of it can come piece by piece: the writer
merges a row that holds some columns into the one that stands. Times are UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from kiosk.database.columns import OF_TYPES


class Row(DeclarativeBase):
    """One row of any table."""

    type_annotation_map: ClassVar = OF_TYPES


class Conversation(Row):
    """
    id          made by the service: a client may use its session ID again
    ended       how: user, idle, shutdown (as the client says), completed, lost, time_out, refused, error or unknown;
                empty while it is held
    recogniser, speech, answers  names of the engines
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(index=True)
    device: Mapped[str]
    language: Mapped[str]
    recogniser: Mapped[str]
    speech: Mapped[str]
    answers: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended: Mapped[str | None]

    turns: Mapped[list[Turn]] = relationship(order_by="Turn.number", viewonly=True)
    responses: Mapped[list[Response]] = relationship(order_by="Response.number", viewonly=True)
    events: Mapped[list[Event]] = relationship(order_by="Event.number", viewonly=True)
    ratings: Mapped[list[Rating]] = relationship(order_by="Rating.number", viewonly=True)
    feedback: Mapped[list[Feedback]] = relationship(order_by="Feedback.number", viewonly=True)


def _of_conversation() -> Mapped[str]:
    return mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)


class Turn(Row):
    """What the visitor said; `text` is empty when nothing was understood.

    item           its name on the wire
    how            voice, text or correction (of the item)
    confidence     of the recognition, 0..1: the geometric mean of its tokens' probabilities
    words          JSON: [word, confidence] of each, where the engine can tell
    start_ms, end_ms  first and last speech, ms of sound since the stream began
    endpoint_ms    from the last speech until the turn counted as over
    recognise_ms   from then until its words were final
    """

    __tablename__ = "turns"

    conversation_id: Mapped[str] = _of_conversation()
    number: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    at: Mapped[datetime]
    how: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    confidence: Mapped[float | None]
    words: Mapped[str | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    endpoint_ms: Mapped[int | None]
    recognise_ms: Mapped[int | None]


class Response(Row):
    """What the agent answered.

    turn       number of the turn it answers; empty for the greeting
    source     entry of the knowledge it comes from, with its match (0..1) and action; `person:NAME` for what a person
               of the house said in the agent's place
    answer_ms  from the final words of the turn until the answer was found
    sound_ms   from then until its first sound was sent
    sent_ms    audio sent
    heard_ms   audio that left the loudspeaker, as the client reports it; empty when it did not
    heard      the words of it that were heard, when not all were
    status     speaking, completed or interrupted
    """

    __tablename__ = "responses"

    conversation_id: Mapped[str] = _of_conversation()
    number: Mapped[int] = mapped_column(primary_key=True)
    turn: Mapped[int | None]
    at: Mapped[datetime]
    text: Mapped[str]
    source: Mapped[str]
    score: Mapped[float]
    action: Mapped[str]
    answer_ms: Mapped[int | None]
    sound_ms: Mapped[int | None]
    sent_ms: Mapped[int | None]
    heard_ms: Mapped[int | None]
    heard: Mapped[str | None]
    status: Mapped[str]


class Event(Row):
    """What went otherwise than planned. `detail` never holds a visitor's words."""

    __tablename__ = "events"

    conversation_id: Mapped[str] = _of_conversation()
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]


class Rating(Row):
    """What a visitor thinks. `item`: the line it is about; empty for the whole conversation."""

    __tablename__ = "ratings"

    conversation_id: Mapped[str] = _of_conversation()
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    score: Mapped[int]
    item: Mapped[str]
    comment: Mapped[str]


class Feedback(Row):
    """What a member of staff thinks of one answer. `number`: of the response; each has one opinion of it."""

    __tablename__ = "feedback"

    conversation_id: Mapped[str] = _of_conversation()
    number: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    right: Mapped[bool]
    comment: Mapped[str]


class Voice(Row):
    """What a turn sounded like, where the site keeps that (`service.keep_audio`).

    number  of the turn
    pcm     16-bit little-endian mono at 16 kHz, from a little before the first speech to the end of the turn
    """

    __tablename__ = "voices"

    conversation_id: Mapped[str] = _of_conversation()
    number: Mapped[int] = mapped_column(primary_key=True)
    pcm: Mapped[bytes]
