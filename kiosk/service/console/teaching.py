"""What pages and routes that teach the agent have in common: drafts, replays, and why something is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, Strict

from kiosk.core.fault import Fault
from kiosk.service.console.problem import ERRORS, Problem
from kiosk.service.knowledge import Action
from kiosk.service.retrain.book import Standing
from kiosk.service.retrain.correction import Draft
from kiosk.service.retrain.live import Preview
from kiosk.service.retrain.refusal import Meanwhile, NotThere, WouldLose
from kiosk.service.retrain.suite import Kind, Outcome, Replay

NUMBER = 2**31 - 1  # the largest version, or correction, that is asked for
Whole = Annotated[int, Strict()]  # of a body: true is no number
Truth = Annotated[bool, Strict()]  # and 1 is not true


class Told(BaseModel):
    """An answer."""

    text: str
    source: str = Field(description="Entry of the knowledge, or `retrained:ID`; `retrained:0` is not saved yet.")
    score: float = Field(ge=0, le=1, description="How near the question is.")
    action: str


class Compared(BaseModel):
    """One question before and after a change."""

    question: str
    follows: str = Field(description="The question before it; empty for none.")
    kind: Kind = Field(description="Where the right answer is known from.")
    right: str = Field(description="The right answer; empty where nobody has said.")
    before: Told
    after: Told
    regression: bool = Field(description="Right before, and not after.")

    @classmethod
    def of(cls, outcome: Outcome) -> Compared:
        return cls(
            question=outcome.case.question,
            follows=outcome.case.follows,
            kind=outcome.case.kind,
            right=outcome.case.right,
            before=Told.model_validate(outcome.before, from_attributes=True),
            after=Told.model_validate(outcome.after, from_attributes=True),
            regression=outcome.regression,
        )


class Replayed(BaseModel):
    """What a change does to the suite: every question whose right answer is known."""

    known: int = Field(ge=0, description="How many those are.")
    right_before: int = Field(ge=0)
    right_after: int = Field(ge=0)
    changed: list[Compared] = Field(description="Questions with another answer than before.")
    regressions: list[Compared]
    accept: str = Field(description="What has to be sent back to save in spite of the regressions; empty for none.")

    @classmethod
    def of(cls, replay: Replay) -> Replayed:
        return cls(
            known=replay.known,
            right_before=replay.right_before,
            right_after=replay.right_after,
            changed=[Compared.of(outcome) for outcome in replay.changed],
            regressions=[Compared.of(outcome) for outcome in replay.regressions],
            accept=replay.seal,
        )


class Previewed(BaseModel):
    """What a change would do. Nothing is saved."""

    replay: Replayed
    tried: list[Compared] = Field(
        description="The questions that were sent, and those of visitors' latest whose answer would be another."
    )

    @classmethod
    def of(cls, preview: Preview) -> Previewed:
        return cls(replay=Replayed.of(preview.replay), tried=[Compared.of(outcome) for outcome in preview.tried])


class Written(BaseModel):
    """A better answer, as it is sent."""

    wordings: list[str] = Field(
        min_length=1, max_length=40, description="The question as it was asked, then other ways to ask it."
    )
    answer: str = Field(max_length=4000, description="As it is to be spoken: plain words, up to 600 characters.")
    action: Action = Field(default=Action.NONE, description="What happens with it: none, person or end.")
    follows: str = Field(default="", max_length=1000, description="The question before it, where it is a follow-up.")
    language: str = Field(default="en", pattern="^[a-z]{2}$", description="Of the conversations that get it.")

    def draft(self) -> Draft:
        return Draft(tuple(self.wordings), self.answer, self.action, self.follows, self.language)


class Version(BaseModel):
    """One version of a correction."""

    id: int = Field(ge=1)
    version: int = Field(ge=1)
    in_force: bool = Field(description="False: it was withdrawn, and answers nothing.")
    deed: str = Field(description="How it came to be: written, changed, withdrawn, undone or restored.")
    base: int = Field(ge=0, description="The version that an undo goes back to; 0 for none.")
    by: str
    at: datetime
    wordings: list[str]
    answer: str
    action: Action
    follows: str
    language: str

    @classmethod
    def of(cls, one: Standing) -> Version:
        correction, draft = one.correction, one.correction.draft
        return cls(
            id=correction.id,
            version=correction.version,
            in_force=not one.withdrawn,
            deed=one.deed,
            base=one.base,
            by=correction.by,
            at=correction.at,
            wordings=list(draft.wordings),
            answer=draft.answer,
            action=draft.action,
            follows=draft.follows,
            language=draft.language,
        )


class Cost(Problem):
    """Somebody else was quicker, or questions that are answered right now would not be any more. Nothing was saved."""

    accept: str = Field(default="", description="Send it back to save all the same; empty: that does not help.")
    regressions: list[Compared] = Field(default=[], description="The questions that would lose the right answer.")


FAULTS: dict[int | str, dict[str, Any]] = {
    400: ERRORS[400],
    409: {"model": Cost, "description": "Somebody was quicker, or right answers would be lost."},
}
CHANGES: dict[int | str, dict[str, Any]] = {**FAULTS, 404: ERRORS[404]}
"""For `responses=` of whatever teaches, and of what changes something that stands."""


def refused(fault: Fault) -> tuple[int, Problem]:
    """What the house refuses, as HTTP says it: its status and body."""
    problem = Problem(what=fault.what, where=fault.where, remedy=fault.remedy)
    match fault:
        case NotThere():
            return 404, problem
        case Meanwhile():
            return 409, Cost(**problem.model_dump())
        case WouldLose():
            lost = [Compared.of(outcome) for outcome in fault.replay.regressions]
            return 409, Cost(**problem.model_dump(), accept=fault.replay.seal, regressions=lost)
    return 400, problem


def summary(replay: Replay) -> str:
    """For the line above a page."""
    return f"{replay.right_after} of {replay.known} known questions are answered right; before, {replay.right_before}."
