"""The conversations that are held now, as pages, and the place from which a person answers a visitor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response, StreamingResponse

from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.api import live as api
from kiosk.service.console.api.live import LiveConversation, Person, Words
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import missing
from kiosk.service.console.render import page, then
from kiosk.service.live import Held
from kiosk.service.takeover import LONGEST_TEXT

router = APIRouter()
Name = Annotated[str, Form(max_length=api.LONGEST_NAME, pattern=api.NAME)]
Said = Annotated[str, Form(min_length=1, max_length=LONGEST_TEXT)]
BREATH_S = 0.1  # between two news of the same stream
STILL_THERE_S = 15.0  # a line that says nothing, so that nobody on the way closes the stream
LONGEST_S = 600.0  # then the browser asks again, and is asked who it is


@router.get("/live")
async def listed(request: Request, parts: Given, who: Viewer) -> Response:
    return page(request, "live.html", who, held=parts.live.all(), kept=parts.kept)


@router.get("/live/news")
async def news(parts: Given, who: Viewer, id: Annotated[str, Query(max_length=64)] = "") -> StreamingResponse:
    """Server-sent events. With an `id`: the conversation, each time that something is new; without: that it is."""
    held = parts.live.find(id) if id else None
    if id and held is None:
        raise missing("that conversation is not held any more", "id")
    return StreamingResponse(
        _desk(parts, held, who.name), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _desk(parts: Parts, held: Held | None, who: str) -> AsyncIterator[str]:
    """The stream ends when the page is closed, and so it is known who sits at a desk."""
    with held.takeover.desk(who) if held else nullcontext():
        async for piece in _news(parts, held, who):
            yield piece


async def _news(parts: Parts, held: Held | None, who: str) -> AsyncIterator[str]:
    changed, version, told = parts.live.changed, -1, ""
    ends_at = asyncio.get_running_loop().time() + LONGEST_S
    while asyncio.get_running_loop().time() < ends_at:
        try:
            async with asyncio.timeout(STILL_THERE_S):
                version = await changed.after(version)
        except TimeoutError:
            yield ": still there\n\n"
            continue
        now = LiveConversation.of(held, who).model_dump_json() if held else _summary(parts)
        if now != told:
            told = now
            yield f"data: {now}\n\n"
        if held is not None and held.ended:
            return
        await asyncio.sleep(BREATH_S)


def _summary(parts: Parts) -> str:
    return "|".join(f"{held.id} {held.phase} {held.person}" for held in parts.live.all())


@router.get("/live/{id}")
async def one(request: Request, parts: Given, who: Viewer, id: str) -> Response:
    held = api.found(parts, id)
    mine = held.takeover.holder == who.name
    name = api.shown_name(who.name, "")
    return page(request, "live_one.html", who, held=held, mine=mine, kept=parts.kept, name=name, longest=LONGEST_TEXT)


@router.post("/live/{id}/take")
async def takes(parts: Given, who: Editor, id: str, name: Name = "") -> Response:
    await api.takes(parts, who, id, Person(name=name))
    return then(f"/live/{id}")


@router.post("/live/{id}/say")
async def says(parts: Given, who: Editor, id: str, text: Said) -> Response:
    await api.says(parts, who, id, Words(text=text))
    return then(f"/live/{id}")


@router.post("/live/{id}/back")
async def hands_back(parts: Given, who: Editor, id: str) -> Response:
    await api.hands_back(parts, who, id)
    return then(f"/live/{id}?said=Handed back to the agent.")
