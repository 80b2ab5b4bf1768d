"""Conversations: the list, one of them as it went, what leaves the house, and what is deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from kiosk.service.console import names
from kiosk.service.console.access import Admin, Viewer
from kiosk.service.console.outgoing import Format, deleted, exported, heard
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import missing
from kiosk.service.console.render import page, then
from kiosk.service.console.sought import Sought, query_of
from kiosk.service.console.teaching import NUMBER
from kiosk.service.console.timeline import timeline
from kiosk.service.console.transcript import lines
from kiosk.service.store import queries, search

router = APIRouter()
SHOWN = 50
Page = Annotated[int, Query(alias="page", ge=1, le=100_000)]


@router.get("/conversations")
def listed(request: Request, parts: Given, who: Viewer, wanted: Sought, number: Page = 1) -> Response:
    with parts.conversations.session() as session:
        total, entries = search.found(session, wanted, number, SHOWN)
        return page(
            request,
            "conversations.html",
            who,
            wanted=wanted,
            entries=entries,
            total=total,
            number=number,
            pages=max(1, -(-total // SHOWN)),
            choices=search.choices(session),
            query=lambda **more: query_of(wanted, **more),
            kept_days=parts.settings.service.keep_days,
            keep_audio=parts.settings.service.keep_audio,
            names=names,
            live=_live(parts),
        )


@router.get("/conversations/export")
def export(parts: Given, who: Viewer, wanted: Sought, format: Format = Format.JSONL) -> StreamingResponse:
    return exported(parts, who, wanted, format)


@router.get("/conversations/{id}")
def one(request: Request, parts: Given, who: Viewer, id: str) -> Response:
    with parts.conversations.session() as session:
        conversation = search.one(session, id)
        if conversation is None:
            raise missing("no such conversation is kept", "the address")
        return page(
            request,
            "conversation.html",
            who,
            conversation=conversation,
            lines=lines(conversation),
            voiced=queries.voiced(session, id),
            drawing=timeline(conversation),
            live=_live(parts),
            names=names,
        )


@router.get("/conversations/{id}/turns/{number}/audio")
def audio(parts: Given, who: Viewer, id: str, number: Annotated[int, Path(ge=1, le=NUMBER)]) -> Response:
    return heard(parts, who, id, number)


@router.post("/conversations/delete")
def delete(parts: Given, who: Admin, session_id: Annotated[str, Form(max_length=200)]) -> Response:
    deleted(parts, who, session_id)
    return then("/conversations?said=Deleted.")


def _live(parts: Parts) -> set[str]:
    """Which are held now."""
    return {held.id for held in parts.live.all()}
