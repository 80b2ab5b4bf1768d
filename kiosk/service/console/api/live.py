"""The conversations that are held now, in the API, and a person who takes one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.parts import Given, Parts
from kiosk.service.console.problem import ERRORS, missing
from kiosk.service.house import audit
from kiosk.service.live import Held
from kiosk.service.takeover import LONGEST_TEXT

router = APIRouter(tags=["live"])

Id = Annotated[str, Path(max_length=64, description="`id` of a live conversation.")]
GONE: dict[int | str, dict[str, object]] = {404: ERRORS[404], 400: ERRORS[400]}


NAME = r"^[^\x00-\x1f\x7f{}<>]*$"
LONGEST_NAME = 40


class Spoken(BaseModel):
    """One line of a conversation, so far."""

    model_config = ConfigDict(from_attributes=True)

    item: str = Field(description="Its name; what follows under the same replaces it.")
    who: str = Field(description="visitor, agent or person.")
    name: str = Field(description="Of the person; else empty.")
    text: str
    final: bool = Field(description="Whether it is complete.")
    cut: bool = Field(description="Whether it was interrupted.")


class LiveConversation(BaseModel):
    """A conversation that is held now. Nothing of this is kept anywhere."""

    id: str
    session_id: str = Field(description="As the device named it.")
    device: str
    language: str
    voice: str
    style: str
    began_at: datetime
    phase: str = Field(description="listening, hearing, thinking, speaking, lost (the link, for now) or ended.")
    person: str = Field(description="Who of the house answers, as the visitor is told; empty: the agent.")
    mine: bool = Field(description="Whether it is you who has it.")
    ended: str = Field(description="How; empty while it is held.")
    lines: list[Spoken] = Field(description="The last ones, the oldest first.")

    @classmethod
    def of(cls, held: Held, who: str) -> LiveConversation:
        return cls(
            id=held.id,
            session_id=held.session_id,
            device=held.device,
            language=held.manner.language,
            voice=held.manner.voice,
            style=held.manner.style,
            began_at=held.began_at,
            phase=held.phase,
            person=held.person,
            mine=held.takeover.holder == who,
            ended=held.ended,
            lines=[Spoken.model_validate(line) for line in held.lines],
        )


class Person(BaseModel):
    """Who takes a conversation."""

    name: str = Field(
        "",
        description="As the visitor is told; empty: as you are logged in.",
        max_length=LONGEST_NAME,
        pattern=NAME,
    )


class Words(BaseModel):
    """What the person says to the visitor."""

    text: str = Field(description="Spoken in the agent's voice, and shown.", min_length=1, max_length=LONGEST_TEXT)


def found(parts: Parts, id: str) -> Held:
    held = parts.live.find(id)
    if held is None:
        raise missing("that conversation is not held any more", "id")
    return held


def shown_name(holder: str, name: str) -> str:
    """`Eve` for eve@example.org, where nothing better was said."""
    return " ".join(name.split()) or holder.removeprefix("token ").partition("@")[0].capitalize()


@router.get("/live", summary="The conversations that are held now, the newest first")
async def listed(parts: Given, who: Viewer) -> list[LiveConversation]:
    return [LiveConversation.of(held, who.name) for held in parts.live.all()]


@router.get("/live/{id}", summary="One of them, with its last lines", responses=GONE)
async def one(parts: Given, who: Viewer, id: Id) -> LiveConversation:
    return LiveConversation.of(found(parts, id), who.name)


@router.post("/live/{id}/person", summary="Take it: answer in the agent's place", responses=GONE)
async def takes(parts: Given, who: Editor, id: Id, person: Person) -> LiveConversation:
    """The visitor is told, aloud and on the screen. One conversation has one person at a time."""
    held = found(parts, id)
    await held.takeover.begin(who.name, shown_name(who.name, person.name))
    await run_sync(_note, parts, who.name, "took a conversation", held.session_id)
    return LiveConversation.of(held, who.name)


@router.post("/live/{id}/person/words", summary="Say something to the visitor", responses=GONE)
async def says(parts: Given, who: Editor, id: Id, words: Words) -> LiveConversation:
    held = found(parts, id)
    await held.takeover.say(who.name, words.text)
    return LiveConversation.of(held, who.name)


@router.post("/live/{id}/person/writing", summary="Tell the visitor that you are writing", responses=GONE)
async def writes(parts: Given, who: Editor, id: Id) -> LiveConversation:
    held = found(parts, id)
    await held.takeover.write(who.name)
    return LiveConversation.of(held, who.name)


@router.delete("/live/{id}/person", summary="Hand it back to the agent", responses=GONE)
async def hands_back(parts: Given, who: Editor, id: Id) -> LiveConversation:
    held = found(parts, id)
    await held.takeover.end(who.name)
    await run_sync(_note, parts, who.name, "handed a conversation back", held.session_id)
    return LiveConversation.of(held, who.name)


def _note(parts: Parts, who: str, what: str, subject: str) -> None:
    with parts.house.session(write=True) as session:
        audit.note(session, who, what, subject)
