"""How the agent sounds, in the API: what can be chosen, what is in force, how another choice would sound."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kiosk.service.console.access import Editor, Viewer
from kiosk.service.console.parts import Given
from kiosk.service.manner import Manner
from kiosk.service.voice_settings import FASTEST, LONGEST_SAMPLE, SLOWEST

router = APIRouter(tags=["voice"])

Word = Annotated[str, Field(min_length=1, max_length=64)]


class Choice(BaseModel):
    """A manner of speech. It is in force for every conversation that begins after it was chosen."""

    model_config = ConfigDict(from_attributes=True)

    language: str = Field(description="Two letters.", pattern="^[a-z]{2}$", examples=["en"])
    voice: str = Field(
        description="One of `voices`; it has its accent. Empty where none speaks the language: answers are shown.",
        max_length=64,
        examples=["af_heart"],
    )
    style: Word = Field(description="One of `styles`: tempo, pauses and wording.", examples=["warm"])
    speed: float = Field(description="Factor of the engine's own.", ge=SLOWEST, le=FASTEST, examples=[1.0])
    engine: Word = Field(description="The speech engine, by its name.", examples=["kokoro"])

    def manner(self) -> Manner:
        return Manner(**self.model_dump())


class Voice(BaseModel):
    """A voice that can be chosen."""

    model_config = ConfigDict(from_attributes=True)

    engine: str
    name: str
    language: str = Field(description="Two letters.")
    accent: str = Field(description="In words, such as American English.")
    sex: str = Field(description="woman, man, or empty where nobody has said.")


class Style(BaseModel):
    """A style of speech."""

    name: str
    about: str
    tempo: float = Field(description="Factor of the speed.")
    pauses: float = Field(description="Factor of the silence between clauses.")


class VoiceSettings(BaseModel):
    """What is in force, and what there is."""

    current: Choice
    languages: dict[str, str] = Field(description="Two letters, and the name.")
    voices: list[Voice]
    styles: list[Style]


class Version(Choice):
    """A choice that was made."""

    id: int = Field(description="Grows with time; the newest is in force.")
    at: datetime
    by: str


class Sample(Choice):
    """A manner that need not be chosen to be listened to."""

    text: str = Field("", description="What is said; empty for the house's greeting.", max_length=LONGEST_SAMPLE)


@router.get("/voice", summary="How the agent sounds, and how it could")
async def shows(parts: Given, who: Viewer) -> VoiceSettings:
    styles = parts.agent.styles.items()
    return VoiceSettings(
        current=Choice.model_validate(parts.voice.current),
        languages=parts.voice.languages(),
        voices=[Voice.model_validate(voice) for voice in parts.voice.voices],
        styles=[Style(name=name, about=one.about, tempo=one.tempo, pauses=one.pauses) for name, one in styles],
    )


@router.put("/voice", summary="Choose how the agent sounds from the next conversation on")
async def chooses(parts: Given, who: Editor, choice: Choice) -> Choice:
    await run_sync(parts.voice.keep, choice.manner(), who.name)
    parts.voice.apply(choice.manner())
    return choice


@router.get("/voice/versions", summary="What was chosen before, the newest first")
def versions(
    parts: Given, who: Viewer, limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 50
) -> list[Version]:
    return [Version.model_validate(version) for version in parts.voice.versions(limit)]


@router.post(
    "/voice/sample",
    summary="Listen to a manner of speech",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}, "description": "16-bit mono at 16 kHz."}},
)
async def listens(parts: Given, who: Editor, sample: Sample) -> Response:
    """Whoever talks with the agent meanwhile is spoken to first."""
    manner = Manner(**sample.model_dump(exclude={"text"}))
    return Response(await parts.voice.sample(manner, sample.text), media_type="audio/wav")
