"""The corrections in front of the knowledge: what answers every visitor, and can be exchanged between two questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiosk.service.engines import Answer, Answers, Turn
from kiosk.service.openers import Openers
from kiosk.service.retrain.nearest import Nearest

SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


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
        return self.corrected(question, history, language) or self.engine.answer(question, history, language)

    def fixed(self) -> Iterator[str]:
        """Better answers first: they are the news."""
        yield from self.nearest.answers()
        yield from self.engine.fixed()

    def corrected(self, question: str, history: Sequence[Turn], language: str) -> Answer | None:
        """What a correction says; None where none is meant. Blocks 5 ms for each sentence."""
        before = next((turn.text for turn in reversed(history) if turn.role == "user"), "")
        found = [self.nearest.find(words, before, language) for words in parts(question, self.openers)]
        best = max((match for match in found if match), key=lambda match: match.nearness, default=None)
        if best is None:
            return None
        draft = best.correction.draft
        return Answer(draft.answer, best.correction.source, best.nearness, action=draft.action.value)


def parts(question: str, openers: Openers) -> list[str]:
    """What may be corrected of it: the whole, and each of its sentences, without what stands in front of them."""
    return list(dict.fromkeys(map(openers.without, (question, *SENTENCE_END.split(question)))))


class Retrained:
    """An `Answers` whose mind can be changed at any moment: the next question meets the new one.

    `minds` is put in place by whoever retrains, in one assignment; a question that is being answered keeps the one it
    began with.
    """

    def __init__(self, minds: Minds) -> None:
        self.minds = minds
        self.name = minds.engine.name
        self.reads_knowledge = bool(getattr(minds.engine, "reads_knowledge", False))

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        return self.minds.answer(question, history, language)

    def fixed(self) -> Iterator[str]:
        return self.minds.fixed()

    def beside(self, engine: Answers) -> Answers:
        """The same corrections in front of another engine, which knows the house in another language."""
        return _Beside(self, engine)


class _Beside:
    """Looks at what is in force for each question, as `Retrained` does."""

    def __init__(self, house: Retrained, engine: Answers) -> None:
        self.name = engine.name
        self._house = house
        self._engine = engine

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        corrected = self._house.minds.corrected(question, history, language)
        return corrected or self._engine.answer(question, history, language)

    def fixed(self) -> Iterator[str]:
        return self._engine.fixed()
