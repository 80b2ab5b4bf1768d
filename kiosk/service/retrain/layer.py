"""The corrections in front of the knowledge: what answers every visitor, and can be exchanged between two questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiosk.service.engines import Answer, Answers, Turn
from kiosk.service.openers import Openers
from kiosk.service.retrain.nearest import Match, Nearest

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


@dataclass(frozen=True, slots=True)
class Minds:
    """What the agent knows at one moment. Built beside the one in force, then put in its place.

    nearest  the corrections
    openers  what people say before their question
    engine   what answers when no correction does
    """

    nearest: Nearest
    openers: Openers
    engine: Answers

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        """The correction that means this question, or whatever the engine says. Blocks as the engine does."""
        found = self._corrected(question, history, language)
        if found is None:
            return self.engine.answer(question, history, language)
        draft = found.correction.draft
        return Answer(draft.answer, found.correction.source, found.nearness, action=draft.action.value)

    def fixed(self) -> Iterator[str]:
        """Better answers first: they are the news."""
        yield from self.nearest.answers()
        yield from self.engine.fixed()

    def _corrected(self, question: str, history: Sequence[Turn], language: str) -> Match | None:
        before = next((turn.text for turn in reversed(history) if turn.role == "user"), "")
        whole = self.openers.without(question)
        parts = [self.openers.without(sentence) for sentence in _SENTENCE_END.split(question)]
        found = [self.nearest.find(words, before, language) for words in dict.fromkeys((whole, *parts))]
        return max((match for match in found if match), key=lambda match: match.nearness, default=None)


class Retrained:
    """An `Answers` whose mind can be changed at any moment: the next question meets the new one.

    `minds` is put in place by whoever retrains, in one assignment; a question that is being answered keeps the one it
    began with.
    """

    def __init__(self, minds: Minds) -> None:
        self.minds = minds
        self.name = minds.engine.name

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        return self.minds.answer(question, history, language)

    def fixed(self) -> Iterator[str]:
        return self.minds.fixed()
