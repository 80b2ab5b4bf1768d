"""The plug-in points of the local agent: recognise, speak, answer.

Entry points `kiosk.stt`, `kiosk.tts` and `kiosk.answers` name classes that are built with the service's settings
section and satisfy these protocols. An engine's methods block and hold the processor: those that recognise and speak
are called in processes of their own (`workers`), answers on a thread, none on the event loop.

`Hearing` and `Speaking` are the same from the other side: what the conversations, which live on the loop, ask.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.service.script import Line, Piece, Script

Samples = NDArray[np.float32]  # mono, -1..1
WIRE_RATE = 16_000  # of what conversations hear and say, Hz


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was understood of one stretch of speech. `confidence` 0..1; `text` is empty when it was no speech.

    words     each with its own confidence, where the engine can tell
    finished  how sure it is that the turn is over, of a guess in a pause
    """

    text: str
    language: str
    confidence: float
    words: tuple[tuple[str, float], ...] = ()
    finished: float | None = None


class Recogniser(Protocol):
    """Speech to text. One instance serves all conversations, one call at a time."""

    name: str

    def recognise(self, audio: Samples, *, final: bool, language: str | None = None) -> Recognition:
        """`audio`: 16 kHz. `final` False asks for a quick partial that may be wrong at its end."""


class Voice(Protocol):
    """Text to speech."""

    name: str
    rate: int  # of what `speak` returns, Hz

    def voices(self) -> Sequence[str]:
        """Those it can speak with, the first is its own."""

    def speak(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Samples:
        """One clause of already normalised text. Raises `Fault` when the voice is unknown."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation, oldest first."""

    role: str  # user | agent
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """Something to read beside the words: a title and a few short lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say.

    source    the entry
    score     0..1: how surely it is what was asked
    action    none, end, person, unknown, or ask: the agent asks back
    choices   what the visitor may touch to go on, in words that will be understood
    card      shown beside the words
    code      an address, shown so that a phone can read it
    passages  what the house has written near to the question, best first; another engine may word it anew
    question  what was asked, for that engine
    """

    text: str
    source: str
    score: float
    action: str = "none"
    cacheable: bool = True
    choices: tuple[str, ...] = ()
    card: Card | None = None
    code: str = ""
    passages: tuple[str, ...] = ()
    question: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """A part of an answer as it is to be said. `instead_of`: what failed to say it better, with the reason."""

    text: str
    cacheable: bool
    instead_of: str = ""


class Answers(Protocol):
    """Finds what to say to a visitor."""

    name: str

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer: ...

    def fixed(self) -> Iterator[str]:
        """Every text it may say word for word, so that the service can speak and cache them ahead of time."""


class Hearing(Protocol):
    """Recognition as the conversations see it. On the loop, but for `close`."""

    name: str

    async def recognise(
        self, audio: Samples, *, final: bool, language: str, due_in_s: float, guess: bool
    ) -> Recognition | None:
        """As `Agent.recognise`."""

    def close(self) -> None: ...


class Speaking(Protocol):
    """A speech engine as the conversations see it. On the loop, but for `close`."""

    script: Script

    @property
    def name(self) -> str: ...

    def pieces(self, lines: Sequence[Line], *, cacheable: bool, ahead: bool) -> AsyncIterator[Piece]:
        """Each as soon as it is made. `cacheable`: the text is fixed, its sound may be kept; `ahead`: nobody waits.

        Raises `EngineLost`, and `Fault` for a voice that the engine has not.
        """

    def close(self) -> None: ...


class EngineLost(Exception):
    """The engine could not do it, though it was tried again; whoever asked has to do without."""
