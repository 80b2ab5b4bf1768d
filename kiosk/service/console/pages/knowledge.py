"""The knowledge: read entry by entry, edited whole or in one entry, tried with questions, undone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kiosk.core.fault import Fault
from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.pages.cost import asks_about
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import missing
from kiosk.service.console.render import page, then
from kiosk.service.console.teaching import NUMBER, refused, summary
from kiosk.service.house.accounts import Identity
from kiosk.service.retrain.blocks import blocks, with_block, with_new
from kiosk.service.retrain.inforce import InForce
from kiosk.service.retrain.live import Preview
from kiosk.service.retrain.refusal import WouldLose

router = APIRouter(prefix="/knowledge")

ADDED = "+"
"""In the place of an entry's name: a new one."""
SAMPLE = "## \n- \n"
LONGEST = 1_000_000  # characters; what is too big is said by a clearer sentence


class Edited(BaseModel):
    """The form. `entry`: its name, `+` for a new one, empty for the whole text. `asked`: questions, one a line."""

    entry: str = Field(default="", max_length=200)
    text: str = Field(default="", max_length=LONGEST)
    asked: str = Field(default="", max_length=10_000)
    seen: int = Field(default=0, ge=0, le=NUMBER)
    accept: str = Field(default="", max_length=64)

    def whole(self, current: str) -> str:
        """The whole text as it would be. Raises `Fault` where there is no such entry."""
        if self.entry == ADDED:
            return with_new(current, self.text)
        return with_block(current, self.entry, self.text) if self.entry else self.text


class Change(BaseModel):
    seen: int = Field(ge=0, le=NUMBER)
    version: int = Field(default=0, ge=0, le=NUMBER)
    accept: str = Field(default="", max_length=64)


@router.get("")
def shows(request: Request, parts: Given, who: Viewer, q: Annotated[str, Query(max_length=500)] = "") -> Response:
    """`q`: a question that somebody wants to see answered."""
    editing = parts.retraining.knowledge
    found = editing.in_force()
    told = parts.retraining.ask(q) if q.strip() else None
    cut = blocks(found.text, found.knowledge)
    entries = list(zip(found.knowledge.entries, cut, strict=True))
    return page(request, "knowledge.html", who, found=found, entries=entries, history=editing.history(), q=q, told=told)


@router.get("/edit")
def begins(request: Request, parts: Given, who: Editor, entry: Annotated[str, Query(max_length=200)] = "") -> Response:
    found = parts.retraining.knowledge.in_force()
    text = found.text
    if entry == ADDED:
        text = SAMPLE
    elif entry:
        named = {block.name: block.text for block in blocks(found.text, found.knowledge)}
        if entry not in named:
            raise missing("there is no such entry", "the address")
        text = named[entry]
    return _form(request, who, found, Edited(entry=entry, text=text, seen=found.version))


@router.post("/try")
def tries(request: Request, parts: Given, who: Editor, edited: Annotated[Edited, Form()]) -> Response:
    found = parts.retraining.knowledge.in_force()
    try:
        preview = parts.retraining.knowledge.preview(edited.whole(found.text), edited.asked.splitlines()[:50])
    except Fault as fault:
        return _form(request, who, found, edited, fault=fault)
    return _form(request, who, found, edited, preview=preview)


@router.post("/save")
def saves(request: Request, parts: Given, who: Editor, edited: Annotated[Edited, Form()]) -> Response:
    editing = parts.retraining.knowledge
    found = editing.in_force()
    try:
        taught = editing.save(edited.whole(found.text), edited.seen, who.name, accept=edited.accept)
    except WouldLose as lost:
        return asks_about(request, who, lost, "/knowledge/save", edited.model_dump())
    except Fault as fault:
        return _form(request, who, found, edited, fault=fault)
    return then(f"/knowledge?said=In force as version {taught.saved.version}. {summary(taught.replay)}")


@router.post("/undo")
def undoes(request: Request, parts: Given, who: Editor, change: Annotated[Change, Form()]) -> Response:
    try:
        taught = parts.retraining.knowledge.undo(change.seen, who.name, accept=change.accept)
    except WouldLose as lost:
        return asks_about(request, who, lost, "/knowledge/undo", change.model_dump())
    return then(f"/knowledge?said=Undone: version {taught.saved.version}. {summary(taught.replay)}")


@router.post("/restore")
def restores(request: Request, parts: Given, who: Editor, change: Annotated[Change, Form()]) -> Response:
    """`version` 0 is the site's file."""
    try:
        taught = parts.retraining.knowledge.restore(change.seen, change.version, who.name, accept=change.accept)
    except WouldLose as lost:
        return asks_about(request, who, lost, "/knowledge/restore", change.model_dump())
    return then(f"/knowledge?said=In force as version {taught.saved.version}. {summary(taught.replay)}")


@router.get("/versions/{version}")
def reads(request: Request, parts: Given, who: Viewer, version: Annotated[int, Path(ge=1, le=NUMBER)]) -> Response:
    edition = parts.retraining.knowledge.version(version)
    return page(request, "edition.html", who, edition=edition, found=parts.retraining.knowledge.in_force())


def _form(
    request: Request,
    who: Identity,
    found: InForce,
    edited: Edited,
    *,
    fault: Fault | None = None,
    preview: Preview | None = None,
) -> Response:
    status, problem = refused(fault) if fault else (200, None)
    line = next((block.line for block in blocks(found.text, found.knowledge) if block.name == edited.entry), 0)
    return page(
        request,
        "knowledge_edit.html",
        who,
        status=status,
        found=found,
        edited=edited,
        line=line,
        problem=problem,
        preview=preview,
    )
