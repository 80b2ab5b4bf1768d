"""Instant retrain: the better answer is written beside the wrong one, tried, and in force with one button."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from kiosk.core.fault import Fault
from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.pages.cost import asks_about
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import missing
from kiosk.service.console.render import page, then
from kiosk.service.console.teaching import NUMBER, refused, summary
from kiosk.service.house.accounts import Identity
from kiosk.service.knowledge import LONGEST_ANSWER, LONGEST_QUESTION, Action
from kiosk.service.retrain.correction import ACTIONS, MOST_WORDINGS, Draft
from kiosk.service.retrain.live import Preview
from kiosk.service.retrain.refusal import WouldLose
from kiosk.service.store import tables

router = APIRouter(prefix="/corrections")

Id = Annotated[int, Path(ge=1, le=NUMBER)]
CHOICES: dict[str, Any] = {
    "actions": {Action.NONE: "nothing more", Action.PERSON: "staff are called", Action.END: "the visit ends"},
    "longest_answer": LONGEST_ANSWER,
    "longest_question": LONGEST_QUESTION,
    "most": MOST_WORDINGS,
}
assert set(CHOICES["actions"]) == set(ACTIONS)


class Written(BaseModel):
    """The form. `others`: one wording a line. `before`: what was asked before it; only shown.

    `id` and `seen` are 0 for a new one.
    """

    question: str = Field(default="", max_length=1000)
    others: str = Field(default="", max_length=10_000)
    before: str = Field(default="", max_length=1000)
    follows: str = Field(default="", max_length=1000)
    answer: str = Field(default="", max_length=4000)
    action: Action = Action.NONE
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    id: int = Field(default=0, ge=0, le=NUMBER)
    seen: int = Field(default=0, ge=0, le=NUMBER)
    accept: str = Field(default="", max_length=64)

    def draft(self) -> Draft:
        wordings = (self.question, *self.others.splitlines())
        return Draft(wordings, self.answer, self.action, self.follows, self.language)

    @classmethod
    def of(cls, draft: Draft, id: int, seen: int) -> Written:
        return cls(
            question=draft.wordings[0],
            others="\n".join(draft.wordings[1:]),
            follows=draft.follows,
            answer=draft.answer,
            action=draft.action,
            language=draft.language,
            id=id,
            seen=seen,
        )


class Deed(StrEnum):
    UNDO = "undo"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


class Change(BaseModel):
    """`version`: the one to restore."""

    seen: int = Field(ge=1, le=NUMBER)
    version: int = Field(default=0, ge=0, le=NUMBER)
    accept: str = Field(default="", max_length=64)


@router.get("")
def listed(request: Request, parts: Given, who: Viewer) -> Response:
    standing = parts.retraining.corrections.standing()
    suite = parts.retraining.live.check()
    wrong = [outcome for outcome in suite.outcomes if outcome.case.right and not outcome.right_after]
    return page(request, "corrections.html", who, standing=standing, suite=suite, wrong=wrong)


@router.get("/new")
def begins(
    request: Request,
    parts: Given,
    who: Editor,
    *,
    question: Annotated[str, Query(max_length=1000)] = "",
    conversation: Annotated[str, Query(max_length=64)] = "",
    answer: Annotated[int, Query(ge=0, le=NUMBER)] = 0,
) -> Response:
    """For a question, or for one answer of a conversation."""
    if conversation:
        return _form(request, parts, who, _asked_in(parts, conversation, answer))
    return _form(request, parts, who, Written(question=question, language=parts.settings.service.language))


@router.post("/try")
def tries(request: Request, parts: Given, who: Editor, written: Annotated[Written, Form()]) -> Response:
    try:
        preview = parts.retraining.corrections.preview(written.draft(), id=written.id)
    except Fault as fault:
        return _form(request, parts, who, written, fault=fault)
    return _form(request, parts, who, written, preview=preview)


@router.post("/save")
def saves(request: Request, parts: Given, who: Editor, written: Annotated[Written, Form()]) -> Response:
    try:
        taught = parts.retraining.corrections.save(
            written.draft(), who.name, id=written.id, seen=written.seen, accept=written.accept
        )
    except WouldLose as lost:
        return asks_about(request, who, lost, "/corrections/save", written.model_dump(mode="json"))
    except Fault as fault:
        return _form(request, parts, who, written, fault=fault)
    saved = taught.saved
    return then(f"/corrections/{saved.id}?said=In force as version {saved.version}. {summary(taught.replay)}")


@router.get("/{id}")
def one(request: Request, parts: Given, who: Viewer, id: Id) -> Response:
    history = parts.retraining.corrections.history(id)
    return page(request, "correction.html", who, history=history, newest=history[0], **CHOICES)


@router.get("/{id}/edit")
def edits(request: Request, parts: Given, who: Editor, id: Id) -> Response:
    newest = parts.retraining.corrections.history(id)[0].correction
    return _form(request, parts, who, Written.of(newest.draft, id, newest.version))


@router.post("/{id}/{deed}")
def changes(
    request: Request, parts: Given, who: Editor, *, id: Id, deed: Deed, change: Annotated[Change, Form()]
) -> Response:
    corrections = parts.retraining.corrections
    try:
        match deed:
            case Deed.UNDO:
                taught = corrections.undo(id, change.seen, who.name, accept=change.accept)
            case Deed.WITHDRAW:
                taught = corrections.withdraw(id, change.seen, who.name, accept=change.accept)
            case Deed.RESTORE:
                taught = corrections.restore(id, change.seen, change.version, who.name, accept=change.accept)
    except WouldLose as lost:
        return asks_about(request, who, lost, f"/corrections/{id}/{deed}", change.model_dump())
    return then(f"/corrections/{id}?said=Version {taught.saved.version} is in force. {summary(taught.replay)}")


def _asked_in(parts: Parts, conversation: str, answer: int) -> Written:
    """What an answer of a conversation was given to."""
    with parts.conversations.session() as session:
        held = session.get(tables.Conversation, conversation)
        response = session.get(tables.Response, (conversation, answer))
        turn = session.get(tables.Turn, (conversation, response.turn or 0)) if response else None
        if held is None or turn is None:
            raise missing("no such answer is kept", "the address")
        before = session.get(tables.Turn, (conversation, turn.number - 1))
        asked_before = before.text[:1000] if before else ""
        return Written(question=turn.text[:1000], before=asked_before, language=held.language)


def _form(
    request: Request,
    parts: Parts,
    who: Identity,
    written: Written,
    *,
    fault: Fault | None = None,
    preview: Preview | None = None,
) -> Response:
    """With what is answered now beside it."""
    status, problem = refused(fault) if fault else (200, None)
    told = parts.retraining.ask(written.question, written.follows or written.before) if written.question else None
    return page(
        request,
        "better.html",
        who,
        status=status,
        written=written,
        told=told,
        problem=problem,
        preview=preview,
        **CHOICES,
    )
