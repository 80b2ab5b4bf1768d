"""Finds what to say: the entry of the knowledge file whose questions mean most nearly what the visitor said.

Nothing is composed. The guide says what the people of the house have written, or that it does not know; the small
language models that were tried in its place invented hours and prices.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.service.embed import Embedder, MiniLm
from kiosk.service.engines import Answer, Turn
from kiosk.service.knowledge import SHIPPED, Action, Entry, Knowledge, read
from kiosk.service.openers import Openers, words
from kiosk.settings.schema import Service

# Chosen on the tuning lists of tests/service/test_answers_tuning.py, never on those held out
SECOND = 0.3  # part that an entry's second best question has in its score: one stray wording alone does not win
WORD_FOR_WORD = 0.999  # cosine of a wording that stands in the file; it needs no second
FOLLOW_UP_WORDS = 6  # a longer question stands on its own
STANDS_ALONE = 0.8  # and so does one that matches this well
FOLLOW_UP_FLOOR = 0.3  # match that a follow-up must have by itself with the entry it is taken for

SHORTEST_CUT = 12  # characters of a cut-off answer that tell which one it was

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Match:
    entry: Entry
    score: float


class KnowledgeAnswers:
    """Entry point `knowledge` of `kiosk.answers`. Keeps nothing of any conversation; called on one worker thread.

    Building it reads the knowledge file and embeds all of its questions: about 5 ms each. Raises `Fault` for what is
    wrong with the file (`KNOWLEDGE`) or the model (`MODEL`).

    knowledge  what it knows, where the house has edited it; None reads the file that the settings name
    model      shared by several; None loads one
    """

    name = "knowledge"
    reads_knowledge = True  # built with what the house has edited, and built anew when it edits again

    def __init__(self, settings: Service, knowledge: Knowledge | None = None, model: Embedder | None = None) -> None:
        self._knowledge = knowledge or read(settings.knowledge or SHIPPED)
        self._threshold = settings.threshold
        self._greeting = settings.greeting
        self._model = model or MiniLm()
        entries = self._knowledge.entries
        self._rows = self._model.embed([question for entry in entries for question in entry.questions])
        # Where the rows of each entry begin and end; the unknown one may have none
        ends = np.cumsum([len(entry.questions) for entry in entries])
        self._spans = [(end - len(entry.questions), end) for entry, end in zip(entries, ends, strict=True)]
        self._openers = Openers.of(self._knowledge)
        if settings.language != "en":
            log.warning("the embedding model knows English only: in %r nearly the same words match", settings.language)

    def fixed(self) -> Iterator[str]:
        """The greeting and every entry's answer, each once."""
        texts = [self._greeting, *(entry.answer for entry in self._knowledge.entries)]
        return iter(dict.fromkeys(text for text in texts if text))

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        """The words for one question; blocks 5 to 20 ms.

        `history`: earlier turns without this one. `language` is not looked at: a knowledge file is in one language,
        and a question in another matches nothing, or badly.
        """
        match = self._match(question, history)
        entry = match.entry
        said = self._whole(_last(history, "agent"))
        if entry.action is Action.REPEAT and said:
            return Answer(said, entry.name, match.score, cacheable=said in self.fixed())
        if entry.action is Action.ACCEPT:
            entry = self._offered_in(said) or entry
        action = Action.NONE if entry.action in (Action.REPEAT, Action.ACCEPT) else entry.action
        return Answer(entry.answer, entry.name, match.score, action=action.value)

    def _match(self, question: str, history: Sequence[Turn]) -> _Match:
        """The best entry for a question as it stands, or as a continuation of the one before."""
        question = self._openers.without(question)
        if not words(question):
            return _Match(self._knowledge.unknown, 0.0)
        scores = self._scores(question)
        for sentence in map(self._openers.without, _SENTENCE_END.split(question)):
            if sentence != question and words(sentence):
                scores = np.maximum(scores, self._scores(sentence))
        rank = scores
        before = _last(history, "user")
        if before and len(words(question)) <= FOLLOW_UP_WORDS and scores.max() < STANDS_ALONE:
            # "How much is it?" is nearest to the entrance fee; after a question on the ferry, its fare is near to both
            both = (scores + self._scores(f"{before} {question}")) / 2
            near = scores >= FOLLOW_UP_FLOOR
            if near.any():
                rank = np.where(near, both, -1.0)
                scores = np.where(near, np.maximum(scores, both), scores)
        best = int(rank.argmax())
        score = float(np.clip(scores[best], 0.0, 1.0))
        entry = self._knowledge.entries[best] if score >= self._threshold else self._knowledge.unknown
        return _Match(entry, score)

    def _scores(self, sentence: str) -> NDArray[np.float32]:
        """Match of every entry with a sentence: (entries,), -1..1."""
        cosines = self._rows @ self._model.embed([sentence])[0]
        scores = np.full(len(self._spans), -1.0, np.float32)
        for index, (start, end) in enumerate(self._spans):
            if end > start:
                nearest = np.sort(cosines[start:end])[-2:]
                second = 0.0 if nearest[-1] >= WORD_FOR_WORD else SECOND
                scores[index] = (1 - second) * nearest[-1] + second * nearest[0]
        return scores

    def _whole(self, said: str) -> str:
        """What the agent began to say, to its end: a visitor who interrupts leaves only its beginning behind."""
        if said in self.fixed():
            return said
        cut = said.rstrip(" –—-….,")
        whole = [text for text in self.fixed() if len(cut) >= SHORTEST_CUT and text.startswith(cut)]
        return whole[0] if len(whole) == 1 else said

    def _offered_in(self, said: str) -> Entry | None:
        """The entry that the agent's last words offered."""
        for entry in self._knowledge.entries:
            if entry.answer == said and entry.offers is not None:
                return self._knowledge.named(entry.offers)
        return None


def _last(history: Sequence[Turn], role: str) -> str:
    """What that side said last; empty when it has said nothing."""
    return next((turn.text for turn in reversed(history) if turn.role == role), "")
