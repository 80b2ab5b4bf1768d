"""A conversation as lines to be read: what each side said, what was heard of it, and what happened between. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.service.console.timeline import Stage, longest_wait, stages, waits
from kiosk.service.store.export import utterances
from kiosk.service.store.record import DOUBTFUL
from kiosk.service.store.tables import Conversation, Event, Feedback, Rating, Response, Turn

DOUBTFUL_WORD = 0.5
"""Under this a word is marked. Of words that a voice spoke clearly, whisper-base puts one in fifty below."""
FOLDED = frozenset({"unknown_question", "low_confidence", "nothing_understood", "interrupted"})
"""Events that a line shows already."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    sure: float | None = None

    @property
    def doubtful(self) -> bool:
        return self.sure is not None and self.sure < DOUBTFUL_WORD


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of the visitor. `words` is empty when nothing was understood."""

    turn: Turn
    words: tuple[Word, ...]
    doubtful: bool

    @property
    def anchor(self) -> str:
        return f"turn-{self.turn.number}"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the agent. `unheard`: its end, where the visitor cut in. `question`: what it answers, if anything.

    stages    where its time went, and `wait_ms` their sum
    opinions  what staff think of it
    """

    response: Response
    question: str
    heard: str
    unheard: str
    stages: tuple[Stage, ...]
    wait_ms: int
    opinions: tuple[Feedback, ...] = ()

    @property
    def anchor(self) -> str:
        return f"answer-{self.response.number}"


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Rated:
    at: datetime
    score: int
    about: str
    comment: str


Line = Said | Answered | Happened | Rated


def lines(conversation: Conversation) -> list[Line]:
    turns = {turn.number: turn for turn in conversation.turns}
    scale = longest_wait(conversation)
    made: list[tuple[datetime, Line]] = []
    for row in utterances(conversation):
        line = _said(row) if isinstance(row, Turn) else _answered(row, turns.get(row.turn or 0), scale)
        if isinstance(line, Answered):
            opinions = tuple(one for one in conversation.feedback if one.number == line.response.number)
            line = replace(line, opinions=opinions)
        made.append((row.at, line))
    made += [(event.at, _happened(event)) for event in conversation.events if event.kind not in FOLDED]
    made += [(rating.at, _rated(rating)) for rating in conversation.ratings]
    return [line for _, line in sorted(made, key=lambda pair: pair[0])]


def _said(turn: Turn) -> Said:
    doubtful = turn.confidence is not None and turn.confidence < DOUBTFUL
    sure = [Word(str(word), float(p)) for word, p in json.loads(turn.words)] if turn.words else []
    if " ".join(word.text for word in sure) != turn.text:
        sure = [Word(word) for word in turn.text.split()]
    return Said(turn, tuple(sure), doubtful)


def _answered(response: Response, turn: Turn | None, scale_ms: int) -> Answered:
    words = response.text.split()
    cut = response.status == "interrupted" and response.heard is not None
    heard = len((response.heard or "").split()) if cut else len(words)
    known = waits(turn, response)
    return Answered(
        response,
        turn.text if turn else "",
        " ".join(words[:heard]),
        " ".join(words[heard:]),
        stages(known, scale_ms),
        sum(known.values()),
    )


def _happened(event: Event) -> Happened:
    return Happened(event.at, event.kind, event.detail)


def _rated(rating: Rating) -> Rated:
    return Rated(rating.at, rating.score, rating.item, rating.comment)
