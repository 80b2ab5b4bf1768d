"""The suite: questions with known right answers, asked of what the agent knows now and of what it would know. Pure.

It has every wording of every correction, every wording of the knowledge, and what staff have marked as right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.service.engines import Answer, Turn
from kiosk.service.knowledge import Action, Knowledge
from kiosk.service.openers import Openers
from kiosk.service.retrain.correction import Correction, key
from kiosk.service.retrain.layer import SENTENCE_END, Minds


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


@dataclass(frozen=True, slots=True)
class Own:
    """What an engine says to the very words of its knowledge, by wording: whoever reads a knowledge promises that.

    said     to those that are asked as they stand: no opener in front, which would be taken off
    settled  which of them no correction of other words can take: in one sentence, for a part may be another's, and not
             of the unknown entry, whose wordings a correction may well answer
    """

    said: Mapping[str, Answer] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, knowledge: Knowledge, openers: Openers) -> Own:
        said = {
            question: Answer(entry.answer, entry.name, 1.0, action=_done(entry.action))
            for entry in knowledge.entries
            if entry.action is not Action.ASK
            for question in entry.questions
            if openers.without(question) == question
        }
        settled = (
            question
            for question, answer in said.items()
            if answer.action != Action.UNKNOWN and len(SENTENCE_END.split(question)) == 1
        )
        return cls(said, frozenset(settled))


def _done(action: Action) -> str:
    """What happens when nothing was said before: there is nothing to repeat or to accept."""
    return (Action.NONE if action in (Action.REPEAT, Action.ACCEPT) else action).value


class Asked:
    """A mind that the suite asks. What its engine says to the very words of its knowledge is known: those thousands
    are not asked one by one."""

    def __init__(self, minds: Minds, own: Own, corrections: Iterable[Correction]) -> None:
        self.minds = minds
        self._own = own
        self._same = {key(words) for each in corrections for words in each.draft.wordings}

    def corrected(self, case: Case) -> Answer | None:
        settled = not case.follows and case.question in self._own.settled and key(case.question) not in self._same
        return None if settled else self.minds.corrected(case.question, _history(case), case.language)

    def engine(self, case: Case) -> Answer:
        own = None if case.follows else self._own.said.get(case.question)
        return own or self.minds.engine.answer(case.question, _history(case), case.language)


def replay(cases: Iterable[Case], before: Asked, after: Asked) -> Replay:
    """Asks both. An engine that both have is asked once. Blocks some 10 ms for each case that has to be asked."""
    return Replay(tuple(_outcome(case, before, after) for case in cases))


def moved(cases: Iterable[Case], before: Asked, after: Asked) -> Iterator[Outcome]:
    """Those whose answer would be another one. Where neither corrects and both have one engine, it is not asked."""
    for case in cases:
        same = before.minds.engine is after.minds.engine
        if not same or before.corrected(case) != after.corrected(case):
            outcome = _outcome(case, before, after)
            if outcome.before.text != outcome.after.text:
                yield outcome


def _outcome(case: Case, before: Asked, after: Asked) -> Outcome:
    first, second = before.corrected(case), after.corrected(case)
    if before.minds.engine is after.minds.engine and not (first and second):
        # What the engine says to its own wordings it has said since it was built
        own = case.kind is Kind.KNOWLEDGE
        from_engine = Answer(case.right, case.owner, 1.0) if own else before.engine(case)
        return Outcome(case, first or from_engine, second or from_engine)
    return Outcome(case, first or before.engine(case), second or after.engine(case))


def _history(case: Case) -> tuple[Turn, ...]:
    return (Turn("user", case.follows),) if case.follows else ()
