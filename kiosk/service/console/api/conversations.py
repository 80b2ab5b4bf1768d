"""Conversations, in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from kiosk.service.console.access import Admin, Viewer
from kiosk.service.console.outgoing import Format, deleted, exported, heard
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import ERRORS, missing
from kiosk.service.console.sought import Sought
from kiosk.service.console.teaching import NUMBER
from kiosk.service.store import search
from kiosk.service.store.export import whole
from kiosk.service.store.search import Entry, Mark

router = APIRouter(tags=["conversations"])

Id = Annotated[str, Path(max_length=64, description="`id` of the list; not the session ID.")]
ENDED = "user, completed, idle, shutdown, lost, time_out, refused, error or unknown; empty while it goes on."


class Brief(BaseModel):
    """One conversation of the list."""

    id: str = Field(description="Made by the service: a kiosk may use its session ID again.")
    session_id: str
    device: str
    language: str
    began_at: datetime
    ended_at: datetime | None
    ended: str | None = Field(description=ENDED)
    live: bool = Field(description="Whether it is held now; then see `/live/{id}`.")
    turns: int = Field(ge=0)
    first: str = Field(description="The visitor's first words, shortened.")
    marks: list[Mark]
    rating: int | None = Field(description="The visitor's, of the whole: 1 good, 0 fair, -1 poor.")

    @classmethod
    def of(cls, entry: Entry, live: bool) -> Brief:
        row = entry.conversation
        return cls(
            id=row.id,
            session_id=row.session_id,
            device=row.device,
            language=row.language,
            began_at=row.began_at,
            ended_at=row.ended_at,
            ended=row.ended,
            live=live,
            turns=entry.turns,
            first=entry.first,
            marks=list(entry.marks),
            rating=entry.rating,
        )


class Listed(BaseModel):
    """One page of the list."""

    total: int = Field(ge=0, description="How many fit, on all pages.")
    conversations: list[Brief]


class Part(BaseModel):
    """A row of a conversation, with the columns that `kiosk/service/README.md` names."""

    model_config = ConfigDict(extra="allow")

    number: int = Field(ge=1)
    at: datetime


class Whole(BaseModel):
    """Everything of a conversation."""

    model_config = ConfigDict(extra="allow")

    id: str
    session_id: str
    began_at: datetime
    ended: str | None = Field(description=ENDED)
    turns: list[Part] = Field(description="What the visitor said; `words`: [word, confidence] of each.")
    responses: list[Part] = Field(description="What the agent answered, and what was heard of it.")
    events: list[Part]
    ratings: list[Part]


class Deleted(BaseModel):
    conversations: int = Field(ge=1, description="How many that session had.")


@router.get("/conversations", summary="Look for conversations, the newest first")
def listed(
    parts: Given,
    who: Viewer,
    wanted: Sought,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Listed:
    live = {held.id for held in parts.live.all()}
    with parts.conversations.session() as session:
        total, entries = search.found(session, wanted, page, size)
        return Listed(total=total, conversations=[Brief.of(entry, entry.conversation.id in live) for entry in entries])


@router.get(
    "/conversations/export",
    summary="All that fit, oldest first, as JSON Lines or CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {}, "text/csv": {}}, "description": "Line by line."}},
)
def export(parts: Given, who: Viewer, wanted: Sought, format: Format = Format.JSONL) -> StreamingResponse:
    return exported(parts, who, wanted, format)


@router.get("/conversations/{id}", summary="One conversation, whole", responses={404: ERRORS[404]})
def one(parts: Given, who: Viewer, id: Id) -> Whole:
    with parts.conversations.session() as session:
        conversation = search.one(session, id)
        if conversation is None:
            raise missing("no such conversation is kept", "id")
        told: dict[str, Any] = whole(conversation)
        return Whole.model_validate(told)


@router.get(
    "/conversations/{id}/turns/{number}/audio",
    summary="What a turn of the visitor sounded like",
    description="A WAV file, where the site keeps them (`service.keep_audio`). Who listens stands in the audit log.",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}, "description": "16 kHz, mono."}, 404: ERRORS[404]},
)
def audio(
    parts: Given, who: Viewer, id: Id, number: Annotated[int, Path(ge=1, le=NUMBER, description="Of the turn.")]
) -> Response:
    return heard(parts, who, id, number)


@router.delete(
    "/conversations",
    summary="Delete everything of a session",
    description="Overwritten in the database's file; a copy that a backup has made is not reached.",
    responses={404: ERRORS[404]},
)
def delete(parts: Given, who: Admin, session_id: Annotated[str, Query(min_length=1, max_length=200)]) -> Deleted:
    return Deleted(conversations=deleted(parts, who, session_id))
