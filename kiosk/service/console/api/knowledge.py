"""The knowledge, in the API: read, tried, edited, undone. The site's own file is never written."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.parts import Given
from kiosk.service.console.problem import ERRORS
from kiosk.service.console.teaching import CHANGES, FAULTS, NUMBER, Previewed, Replayed, Whole
from kiosk.service.retrain.blocks import blocks, with_block, with_new
from kiosk.service.retrain.inforce import InForce

router = APIRouter(tags=["knowledge"])


class Entry(BaseModel):
    name: str
    line: int = Field(ge=1, description="Of its heading, in the whole text.")
    text: str


class Knowledge(BaseModel):
    """What is in force."""

    version: int = Field(ge=0, description="Of the house; 0 where nothing was ever edited.")
    edited: bool = Field(description="True: the house's version answers, not the site's file.")
    file_changed: bool = Field(description="The site's file was edited since, and what it says now is not answered.")
    unusable: str = Field(description="Why the house's version is not in force although it should be; else empty.")
    text: str
    entries: list[Entry]

    @classmethod
    def of(cls, found: InForce) -> Knowledge:
        return cls(
            version=found.version,
            edited=found.edited,
            file_changed=found.file_changed,
            unusable=found.unusable,
            text=found.text,
            entries=[
                Entry(name=each.name, line=each.line, text=each.text) for each in blocks(found.text, found.knowledge)
            ],
        )


class Edition(BaseModel):
    """One version. An empty `text` stands for the site's file."""

    model_config = ConfigDict(from_attributes=True)

    version: int = Field(ge=1)
    base: int = Field(ge=0, description="The version that an undo goes back to; 0 for the site's file.")
    deed: str = Field(description="How it came to be: edited, undone, restored or given up.")
    by: str
    at: datetime


class FullEdition(Edition):
    text: str


class Trial(BaseModel):
    text: str = Field(description="The whole text.")
    ask: list[str] = Field(default=[], max_length=50, description="Questions to see answered by both.")


class Changing(BaseModel):
    seen: Whole = Field(ge=0, le=NUMBER, description="The version that it was made from: who was slower gets a 409.")
    accept: str = Field(default="", max_length=64, description="The seal of the regressions that are meant.")


class Text(Changing):
    text: str = Field(description="The whole text, 256 KiB at most.")


class One(Changing):
    text: str = Field(description="The entry from its heading on; empty takes it out.")


class Restored(Changing):
    version: Whole = Field(ge=0, le=NUMBER, description="The one to be in force again; 0 is the site's file.")


class Saved(BaseModel):
    """A change that is in force: the next question meets it."""

    version: int = Field(ge=1)
    replay: Replayed


@router.get("/knowledge", summary="What is in force, whole and entry by entry", responses={400: ERRORS[400]})
def shows(parts: Given, who: Viewer) -> Knowledge:
    return Knowledge.of(parts.retraining.knowledge.in_force())


@router.post("/knowledge/preview", summary="What an edited text would do", responses={400: ERRORS[400]})
def tries(parts: Given, who: Editor, trial: Trial) -> Previewed:
    return Previewed.of(parts.retraining.knowledge.preview(trial.text, trial.ask))


@router.put("/knowledge", summary="Edit the whole text", responses=FAULTS)
def edits(parts: Given, who: Editor, change: Text) -> Saved:
    taught = parts.retraining.knowledge.save(change.text, change.seen, who.name, accept=change.accept)
    return Saved(version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.put("/knowledge/entries/{name:path}", summary="Edit, add or take out one entry", responses=FAULTS)
def edits_one(
    parts: Given,
    who: Editor,
    name: Annotated[str, Path(max_length=200, description="As it is now; `+` adds one.")],
    change: One,
) -> Saved:
    editing = parts.retraining.knowledge
    text = editing.in_force().text
    text = with_new(text, change.text) if name == "+" else with_block(text, name, change.text)
    taught = editing.save(text, change.seen, who.name, accept=change.accept)
    return Saved(version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.post("/knowledge/undo", summary="The version before is in force again", responses=CHANGES)
def undoes(parts: Given, who: Editor, change: Changing) -> Saved:
    taught = parts.retraining.knowledge.undo(change.seen, who.name, accept=change.accept)
    return Saved(version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.post("/knowledge/restore", summary="An older version, or the site's file", responses=CHANGES)
def restores(parts: Given, who: Editor, change: Restored) -> Saved:
    taught = parts.retraining.knowledge.restore(change.seen, change.version, who.name, accept=change.accept)
    return Saved(version=taught.saved.version, replay=Replayed.of(taught.replay))


@router.get("/knowledge/versions", summary="How it came to be so, the newest first")
def versions(parts: Given, who: Viewer, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> list[Edition]:
    return [Edition.model_validate(one) for one in parts.retraining.knowledge.history(limit)]


@router.get("/knowledge/versions/{version}", summary="One version, whole", responses={404: ERRORS[404]})
def version(parts: Given, who: Viewer, version: Annotated[int, Path(ge=1, le=NUMBER)]) -> FullEdition:
    return FullEdition.model_validate(parts.retraining.knowledge.version(version))
