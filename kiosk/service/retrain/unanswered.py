"""Questions that the agent did not know, in groups that mean the same, most asked first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kiosk.service.embed import Vectors
from kiosk.service.retrain.correction import key

SAME = 0.60
"""Cosine that the questions of two groups have on average when they are one; what comes out of it stands in
tests/service/retrain/test_unanswered.py."""
EXAMPLES = 5  # wordings of a group that are shown


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as a visitor asked it. `before`: the question before it in that conversation; may be empty."""

    text: str
    at: datetime
    session_id: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The same words, however often. `asked`: the last time."""

    words: str
    count: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that mean the same, most asked first."""

    questions: tuple[Question, ...]

    @property
    def count(self) -> int:
        return sum(question.count for question in self.questions)

    @property
    def latest(self) -> Question:
        return max(self.questions, key=lambda question: question.asked.at)

    @property
    def last(self) -> datetime:
        return self.latest.asked.at

    @property
    def examples(self) -> tuple[str, ...]:
        return tuple(question.words for question in self.questions[:EXAMPLES])


def counted(asked: Iterable[Asked]) -> list[Question]:
    """Each wording once, most asked first, then the newest. Case and signs make no difference."""
    latest: dict[str, Asked] = {}
    counts: Counter[str] = Counter()
    for one in asked:
        same = key(one.text)
        counts[same] += 1
        if same not in latest or one.at > latest[same].at:
            latest[same] = one
    questions = [Question(one.text, counts[same], one) for same, one in latest.items() if same]
    return sorted(questions, key=lambda question: (-question.count, -question.asked.at.timestamp()))


def grouped(questions: Sequence[Question], vectors: Vectors) -> list[Group]:
    """Most asked first. `vectors`: a row of length 1 for each question, in their order.

    The two groups that are nearest to each other become one, again and again, until none are as near as `SAME`; so the
    order of the questions makes no difference. Half a second for a thousand.
    """
    members = [[number] for number in range(len(questions))]
    near = vectors @ vectors.T
    np.fill_diagonal(near, -1.0)
    while len(questions) > 1 and near.max() >= SAME:
        one, other = sorted(divmod(int(near.argmax()), len(questions)))
        weights = len(members[one]), len(members[other])
        near[one] = near[:, one] = (weights[0] * near[one] + weights[1] * near[other]) / sum(weights)
        near[one, one] = -1.0
        near[other] = near[:, other] = -1.0
        members[one] += members[other]
        members[other] = []
    groups = [Group(tuple(questions[number] for number in sorted(group))) for group in members if group]
    return sorted(groups, key=lambda group: (-group.count, -group.last.timestamp()))
