"""How the agent sounds, as a page: language, voice, style, speed, engine, and a button to listen."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from kiosk.core.fault import Fault
from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import Problem
from kiosk.service.console.render import page, then
from kiosk.service.house.accounts import Identity
from kiosk.service.manner import Manner
from kiosk.service.voice_settings import FASTEST, LONGEST_SAMPLE, SLOWEST

router = APIRouter()
SHOWN = 10  # earlier choices
Word = Annotated[str, Form(max_length=64)]


@router.get("/voice")
async def shows(request: Request, parts: Given, who: Viewer) -> Response:
    return await _page(request, parts, who, parts.voice.current)


@router.post("/voice")
async def chooses(
    request: Request,
    parts: Given,
    who: Editor,
    *,
    language: Word,
    voice: Word,
    style: Word,
    speed: Annotated[float, Form(allow_inf_nan=False)],
) -> Response:
    """A voice is sent as `engine/name`: which engine speaks is seen from it."""
    engine, _, name = voice.partition("/")
    manner = Manner(language, name, style, round(speed, 2), engine)
    try:
        await run_sync(parts.voice.keep, manner, who.name)
    except Fault as fault:
        problem = Problem(what=fault.what, where=fault.where, remedy=fault.remedy)
        return await _page(request, parts, who, manner, problem=problem, status=400)
    parts.voice.apply(manner)
    return then("/voice?said=Saved. The next conversation has it; those that are held keep theirs.")


async def _page(
    request: Request,
    parts: Parts,
    who: Identity,
    manner: Manner,
    *,
    problem: Problem | None = None,
    status: int = 200,
) -> Response:
    versions = await run_sync(parts.voice.versions, SHOWN)
    return page(
        request,
        "voice.html",
        who,
        status=status,
        manner=manner,
        settings=parts.voice,
        styles=parts.agent.styles,
        versions=versions,
        problem=problem,
        slowest=SLOWEST,
        fastest=FASTEST,
        longest=LONGEST_SAMPLE,
    )
