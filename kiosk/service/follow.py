"""What a visitor means who says only half of it: "and on Sunday?", "how long does it take?". Pure.

Three readings are weighed: the words alone; with the subject of the answer before in the pronoun's place ("how long
does the ferry take?"); and behind the question before. Every number here was chosen on the dialogues of
tests/bench/answers_tuning.txt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kiosk.service.match import Scores
from kiosk.service.openers import words

LONGEST = 7  # words; a longer question stands on its own
STANDS_ALONE = 0.9  # and so does one that is as sure as this and points at nothing
NEAR = 0.4  # cosine that it must have with the entry it is taken for: "and bananas?" is about no ferry
CLAUSE = 4  # words from which on a question with a verb is whole
HINTED = (
    2.0  # weight of the question behind another, against it alone, where it begins with "and" or points to something
)
TOPICS = 2  # questions that it may go on from, back from the last

_LEADING = re.compile(r"^(?:and|or|but|then|what about|how about|what if)\b[\s,]*", re.IGNORECASE)
_POINTING = re.compile(r"\b(?:it|that|there|she|her|he|him|they|them|those|these|this one|that one)\b", re.IGNORECASE)
_ITS = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:what|where|when|who|whose|which|why|how|is|are|was|were|do|does|did|can|could|may|will|would|has|have)\b",
    re.IGNORECASE,
)

Weigh = Callable[[str], tuple[Scores, Scores]]
"""A sentence's scores for each entry, and the cosine of each entry's nearest wording."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before. `topics`: the visitor's questions, the newest first; `about`: the answer's subject."""

    topics: Sequence[str] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """`rank` orders the entries, `scores` says how sure each is; they differ where a question goes on from another."""

    rank: Scores
    scores: Scores


def may_follow(question: str) -> bool:
    return len(words(question)) <= LONGEST


def in_context(question: str, before: Before, weigh: Weigh) -> Judged:
    """How a question without openers stands to each entry."""
    alone, nearest = weigh(question)
    bare = _LEADING.sub("", question) or question
    if bare != question:
        # "And the boat?" alone is nearest to what begins with "and"
        scores, cosines = weigh(bare)
        alone, nearest = np.maximum(alone, scores), np.maximum(nearest, cosines)
    points = _POINTING.search(bare) is not None or _ITS.search(bare) is not None
    whole = _WHOLE.match(bare) is not None and len(words(bare)) >= CLAUSE and not points
    hints = bare != question or points
    if not before.topics or not may_follow(question) or whole or (alone.max() >= STANDS_ALONE and not hints):
        return Judged(alone, alone)
    readings = [weigh(f"{topic} {question}")[0] for topic in _behind(before.topics)]
    weight = HINTED if hints else 1.0
    if points and before.about:
        resolved, cosines = weigh(_ITS.sub(f"{before.about}'s", _POINTING.sub(before.about, bare, count=1)))
        readings = [resolved]
        nearest = np.maximum(nearest, cosines)
    joined = np.max(readings, axis=0)
    near = nearest >= NEAR
    rank = np.where(near, (alone + weight * joined) / (1 + weight), 0.0)
    scores = np.where(near, np.maximum(alone, joined), 0.0)
    return Judged(rank.astype(np.float32), scores.astype(np.float32))


def _behind(topics: Sequence[str]) -> list[str]:
    recent = list(topics[:TOPICS])
    return [*recent, " ".join(reversed(recent))] if len(recent) > 1 else recent
