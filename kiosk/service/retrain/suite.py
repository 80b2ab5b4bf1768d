"""The suite: questions with known right answers, asked of what the agent knows now and of what it would know. Pure.

It has every wording of every correction, every wording of the knowledge, and what staff have marked as right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.service.engines import Answer, Answers, Turn
from kiosk.service.knowledge import Knowledge
from kiosk.service.retrain.correction import Correction, key
from kiosk.service.retrain.layer import Minds


class Kind(StrEnum):
    """Where the right answer is known from."""

    RETRAINED = "retrained"
    KNOWLEDGE = "knowledge"
    MARKED = "marked right"
    ASKED = "asked"  # it is not known


@dataclass(frozen=True, slots=True)
class Case:
    """
    right  the words that answer it; empty where nobody has said
    owner  the correction or the entry that they come from
    """

    kind: Kind
    question: str
    follows: str
    language: str
    right: str
    owner: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question before and after a change."""

    case: Case
    before: Answer
    after: Answer

    @property
    def right_before(self) -> bool:
        return self._right(self.before)

    @property
    def right_after(self) -> bool:
        return self._right(self.after)

    @property
    def regression(self) -> bool:
        return bool(self.case.right) and self.right_before and not self.right_after

    def _right(self, answer: Answer) -> bool:
        """A correction is right word for word; of an entry it counts that it answers: its words may get better."""
        answers = self.case.kind is not Kind.RETRAINED and answer.source == self.case.owner
        return answers or answer.text == self.case.right


@dataclass(frozen=True, slots=True)
class Replay:
    """What a change does to the suite."""

    outcomes: tuple[Outcome, ...]

    @property
    def regressions(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.regression)

    @property
    def changed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.before.text != outcome.after.text)

    @property
    def known(self) -> int:
        """How many have a right answer."""
        return sum(bool(outcome.case.right) for outcome in self.outcomes)

    @property
    def right_before(self) -> int:
        return sum(outcome.right_before for outcome in self.outcomes if outcome.case.right)

    @property
    def right_after(self) -> int:
        return sum(outcome.right_after for outcome in self.outcomes if outcome.case.right)

    @property
    def seal(self) -> str:
        """Names exactly these regressions; empty for none. Who accepts them gives it back, and accepts no others."""
        lost = sorted(f"{o.case.follows}\0{o.case.question}\0{o.after.text}" for o in self.regressions)
        return hashlib.sha256("\1".join(lost).encode()).hexdigest()[:16] if lost else ""


def retrained(corrections: Iterable[Correction]) -> Iterator[Case]:
    for correction in corrections:
        draft = correction.draft
        for words in draft.wordings:
            yield Case(Kind.RETRAINED, words, draft.follows, draft.language, draft.answer, correction.source)


def gone(before: Iterable[Correction], after: Iterable[Correction]) -> Iterator[Case]:
    """Wordings that no correction answers any more: what is right for them nobody has said."""
    kept = {(key(words), each.draft.follows, each.draft.language) for each in after for words in each.draft.wordings}
    for correction in before:
        draft = correction.draft
        for words in draft.wordings:
            if (key(words), draft.follows, draft.language) not in kept:
                yield Case(Kind.ASKED, words, draft.follows, draft.language, "", correction.source)


def known(knowledge: Knowledge, language: str, corrections: Iterable[Correction]) -> Iterator[Case]:
    """Save those whose very words have a better answer: that is what the correction is for."""
    better = {key(words) for each in corrections if not each.draft.follows for words in each.draft.wordings}
    for entry in knowledge.entries:
        for question in entry.questions:
            if key(question) not in better:
                yield Case(Kind.KNOWLEDGE, question, "", language, entry.answer, entry.name)


class Recalling:
    """An engine in front of a replay: what it has answered once it says again at once. For the house's own questions
    only: nothing that a visitor said is kept in it."""

    def __init__(self, engine: Answers) -> None:
        self.name = engine.name
        self._engine = engine
        self._said: dict[tuple[str, tuple[Turn, ...], str], Answer] = {}

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        asked = (question, tuple(history), language)
        if asked not in self._said:
            self._said[asked] = self._engine.answer(question, history, language)
        return self._said[asked]

    def fixed(self) -> Iterator[str]:
        return self._engine.fixed()


def replay(cases: Iterable[Case], before: Minds, after: Minds) -> Replay:
    """Asks both. Blocks about 2 ms a case whose question is learnt, 20 ms otherwise."""
    return Replay(tuple(Outcome(case, ask(before, case), ask(after, case)) for case in cases))


def ask(minds: Minds, case: Case) -> Answer:
    history: Sequence[Turn] = (Turn("user", case.follows),) if case.follows else ()
    return minds.answer(case.question, history, case.language)
