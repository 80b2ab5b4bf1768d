"""A correction: the better answer to a question, with the rules that it has to keep. Pure.

It keeps the rules of the knowledge file's answers: plain words that can be spoken, up to 600 characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.knowledge import LONGEST_ANSWER, LONGEST_QUESTION, Action, check_speakable
from kiosk.service.openers import words as words_of

MOST_WORDINGS = 20  # of one correction: each costs 5 ms when it is taken live
ACTIONS = (Action.NONE, Action.PERSON, Action.END)  # what may happen with a better answer


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person writes.

    wordings  the question as it was asked, then other ways to ask it
    answer    as it is to be spoken
    action    what happens with it: none, person (staff are called) or end (the visit ends)
    follows   the question before it, where it is a follow-up ("and on Sunday?"); empty where it stands alone
    language  of the conversations that get it, as `service.language`
    """

    wordings: tuple[str, ...]
    answer: str
    action: Action = Action.NONE
    follows: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Correction:
    """A draft that was saved. `version` counts from 1; `by` and `at` are of this version."""

    id: int
    version: int
    draft: Draft
    by: str
    at: datetime

    @property
    def source(self) -> str:
        """Its name as the source of an answer."""
        return source_of(self.id)


def source_of(id: int) -> str:
    return f"retrained:{id}"


def checked(draft: Draft) -> Draft:
    """The draft with single spaces and each wording once. Raises `Fault` (`KNOWLEDGE`) for what has to be mended."""
    wordings = {key(words): words for words in map(one_line, reversed(draft.wordings)) if words}
    if not wordings:
        raise _fault("there is no question", "questions", "write it as it was asked")
    if len(wordings) > MOST_WORDINGS:
        raise _fault(f"there are {len(wordings)} wordings", "questions", f"leave the best {MOST_WORDINGS}")
    follows = one_line(draft.follows)
    for words in (*wordings.values(), follows):
        if len(words) > LONGEST_QUESTION:
            raise _fault(f"a question has {len(words)} characters", "questions", f"shorten it to {LONGEST_QUESTION}")
    if "" in wordings or (follows and not key(follows)):
        raise _fault("a question has no words", "questions", "write it as it was asked")
    answer = one_line(draft.answer)
    if not key(answer):
        raise _fault("there is no answer", "answer", "write it as it is to be spoken")
    if len(answer) > LONGEST_ANSWER:
        what = f"the answer is too long to be listened to: {len(answer)} characters"
        raise _fault(what, "answer", f"shorten it to {LONGEST_ANSWER}")
    check_speakable(answer, "answer")
    if draft.action not in ACTIONS:
        named = ", ".join(action.value for action in ACTIONS)
        raise _fault(f'"{draft.action.value}" cannot happen with a better answer', "action", f"choose one of {named}")
    return replace(draft, wordings=tuple(reversed(wordings.values())), answer=answer, follows=follows)


def check_apart(draft: Draft, others: Iterable[Correction]) -> None:
    """Raises `Fault` for a wording that another correction has: only one of them would ever be said."""
    mine = {key(words) for words in draft.wordings}
    for other in others:
        same = other.draft.language == draft.language and key(other.draft.follows) == key(draft.follows)
        if same and any(key(words) in mine for words in other.draft.wordings):
            what = f"correction {other.id} has this question already"
            raise _fault(what, "questions", "change that correction, or leave the question out of one of them")


def key(words: str) -> str:
    """The same for wordings that differ in case, signs and spaces only; empty for what has no words."""
    return " ".join(words_of(words))


def one_line(text: str) -> str:
    """The text in one line of printable signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.KNOWLEDGE)
