"""Instant retrain, in the API: better answers to single questions, and what visitors ask in vain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import ERRORS
from kiosk.service.console.teaching import CHANGES, FAULTS, NUMBER, Previewed, Replayed, Told, Version, Whole, Written

router = APIRouter(tags=["retrain"])

Id = Annotated[int, Path(ge=1, le=NUMBER, description="Of the correction.")]


class Changing(BaseModel):
    """A change of a correction that stands."""

    seen: Whole = Field(ge=1, le=NUMBER, description="The version that it was made from: who was slower gets a 409.")
    accept: str = Field(default="", max_length=64, description="The seal of the regressions that are meant.")


class Rewritten(Changing):
    correction: Written


class Restored(Changing):
    version: Whole = Field(ge=1, le=NUMBER, description="The one to be in force again.")


class New(BaseModel):
    correction: Written
    accept: str = Field(default="", max_length=64, description="The seal of the regressions that are meant.")


class Tried(BaseModel):
    correction: Written
    id: Whole = Field(default=0, ge=0, le=NUMBER, description="The correction that would be changed; 0 for a new one.")


class Saved(BaseModel):
    """A change that is in force: the next question meets it."""

    correction: int = Field(ge=1)
    version: int = Field(ge=1)
    replay: Replayed


class Unanswered(BaseModel):
    """Questions that mean the same, and that would not be answered today either."""

    count: int = Field(ge=1, description="How often they were asked.")
    last: datetime
    questions: list[str] = Field(description="Each wording once, the most asked first.")
    session_id: str = Field(description="Of the conversation that asked last.")


@router.get("/corrections", summary="The newest version of every correction, the latest change first")
def listed(parts: Given, who: Viewer) -> list[Version]:
    return [Version.of(one) for one in parts.retraining.corrections.standing()]


@router.get("/corrections/{id}", summary="Every version of one, the newest first", responses={404: ERRORS[404]})
def history(parts: Given, who: Viewer, id: Id) -> list[Version]:
    return [Version.of(one) for one in parts.retraining.corrections.history(id)]


@router.post("/corrections/preview", summary="What a better answer would do", responses={400: ERRORS[400]})
def tries(parts: Given, who: Editor, tried: Tried) -> Previewed:
    return Previewed.of(parts.retraining.corrections.preview(tried.correction.draft(), id=tried.id))


@router.post("/corrections", summary="Save a better answer", status_code=201, responses=FAULTS)
def writes(parts: Given, who: Editor, new: New) -> Saved:
    taught = parts.retraining.corrections.save(new.correction.draft(), who.name, accept=new.accept)
    return Saved(correction=taught.saved.id, version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.put("/corrections/{id}", summary="Change one", responses=CHANGES)
def changes(parts: Given, who: Editor, id: Id, change: Rewritten) -> Saved:
    taught = parts.retraining.corrections.save(
        change.correction.draft(), who.name, id=id, seen=change.seen, accept=change.accept
    )
    return Saved(correction=id, version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.post("/corrections/{id}/undo", summary="The version before is in force again", responses=CHANGES)
def undoes(parts: Given, who: Editor, id: Id, change: Changing) -> Saved:
    taught = parts.retraining.corrections.undo(id, change.seen, who.name, accept=change.accept)
    return Saved(correction=id, version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.post("/corrections/{id}/withdraw", summary="It answers nothing from now on", responses=CHANGES)
def withdraws(parts: Given, who: Editor, id: Id, change: Changing) -> Saved:
    taught = parts.retraining.corrections.withdraw(id, change.seen, who.name, accept=change.accept)
    return Saved(correction=id, version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.post("/corrections/{id}/restore", summary="An older version is in force again", responses=CHANGES)
def restores(parts: Given, who: Editor, id: Id, change: Restored) -> Saved:
    taught = parts.retraining.corrections.restore(id, change.seen, change.version, who.name, accept=change.accept)
    return Saved(correction=id, version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.get("/suite", summary="Every question with a known right answer, asked now")
def suite(parts: Given, who: Viewer) -> Replayed:
    return Replayed.of(parts.retraining.live.check())


@router.get("/ask", summary="What a visitor would be told now")
def asks(
    parts: Given,
    who: Viewer,
    question: Annotated[str, Query(min_length=1, max_length=500)],
    before: Annotated[str, Query(max_length=500, description="What they asked last.")] = "",
) -> Told:
    return Told.model_validate(parts.retraining.ask(question, before), from_attributes=True)


@router.get("/unanswered", summary="What visitors ask in vain, in groups, the most asked first")
def unanswered(parts: Given, who: Viewer) -> list[Unanswered]:
    return [
        Unanswered(
            count=group.count,
            last=group.last,
            questions=[question.words for question in group.questions],
            session_id=group.latest.asked.session_id,
        )
        for group in parts.retraining.unanswered()
    ]
