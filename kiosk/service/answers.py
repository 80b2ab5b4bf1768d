"""Finds what to say: the entry of the knowledge file that a visitor asks for.

Nothing is composed. The guide says what the people of the house have written, asks back between two things that are
equally near, or says that it does not know; the small language models that were tried in its place invented hours and
prices. `match` says how sure each entry is, `follow` what half a question goes on from.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence

import numpy as np

from kiosk.service.elsewhere import foreign
from kiosk.service.embed import Embedder
from kiosk.service.engines import Answer, Turn
from kiosk.service.follow import Before, Judged, in_context, may_follow
from kiosk.service.knowledge import GAP, Action, Entry, Knowledge, knowledge_file, read
from kiosk.service.match import Matcher
from kiosk.service.multilingual import UNDERSTOOD, embedder
from kiosk.service.openers import Openers, words
from kiosk.settings.schema import Service

SURE = 0.6  # an answer that is as sure is not asked about
AS_NEAR = 0.6  # part of the best entry's score that a second one has, to be asked about with it
PASSAGES = 4  # entries that may be worded anew
PASSAGE_FLOOR = 0.05  # score under which an entry has nothing to do with the question

RECENT = 8  # turns that a question may go on from; with all of a long visit's an answer took half a second

SHORTEST_CUT = 12  # characters of a cut-off answer that tell which one it was

log = logging.getLogger(__name__)

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


class KnowledgeAnswers:
    """Entry point `knowledge` of `kiosk.answers`. Keeps nothing of any conversation; called on one worker thread.

    Building it reads the knowledge file and learns all of its questions: some seconds, see `Matcher`. Raises `Fault`
    for what is wrong with the file (`KNOWLEDGE`) or the model (`MODEL`).

    knowledge  what it knows, where the house has edited it; None reads the file that the settings name
    model      shared by several; None loads one
    """

    name = "knowledge"
    reads_knowledge = True  # built with what the house has edited, and built anew when it edits again

    def __init__(self, settings: Service, knowledge: Knowledge | None = None, model: Embedder | None = None) -> None:
        self._knowledge = knowledge or read(knowledge_file(settings, settings.language))
        self._threshold = settings.threshold
        self._greeting = settings.greeting
        if settings.language not in UNDERSTOOD:
            log.warning("no model here understands %r: only nearly the same words match", settings.language)
        self._matcher = Matcher(self._knowledge, foreign(self._knowledge), model or embedder(settings.language))
        self._openers = Openers.of(self._knowledge)

    def fixed(self) -> Iterator[str]:
        """The greeting and every entry's answer that is said as it stands, each once."""
        entries = (entry for entry in self._knowledge.entries if entry.action is not Action.ASK)
        texts = [self._greeting, *(entry.answer for entry in entries)]
        return iter(dict.fromkeys(text for text in texts if text))

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        """The words for one question; blocks 5 to 30 ms.

        `history`: earlier turns without this one. `language` is not looked at: a knowledge file is in one language,
        and a question in another matches nothing, or badly.
        """
        entries = self._knowledge.entries
        judged = self._judge(self._openers.without(question), history)
        order = [int(place) for place in np.argsort(-judged.rank, kind="stable")]
        best = order[0]
        score = float(judged.scores[best])
        if score < SURE and (asked := self._between(judged, order)) is not None:
            return asked
        if score < self._threshold:
            return self._said(self._knowledge.unknown, score)
        entry = entries[best]
        said = self._whole(_last(history, "agent"))
        if entry.action is Action.REPEAT and said:
            return Answer(said, entry.name, score, cacheable=said in self.fixed())
        if entry.action is Action.ACCEPT:
            entry = self._offered_in(said) or entry
        near = [entries[place] for place in order[:PASSAGES] if judged.scores[place] >= PASSAGE_FLOOR]
        return self._said(entry, score, tuple(other.answer for other in near if other.action is Action.NONE))

    def _said(self, entry: Entry, score: float, passages: tuple[str, ...] = ()) -> Answer:
        action = Action.NONE if entry.action in (Action.REPEAT, Action.ACCEPT) else entry.action
        return Answer(
            entry.answer,
            entry.name,
            score,
            action=action.value,
            choices=entry.choices,
            card=entry.card,
            code=entry.code,
            passages=passages if entry.action is Action.NONE else (),
        )

    def _judge(self, question: str, history: Sequence[Turn]) -> Judged:
        """How the question stands to each entry: as a whole or in its best sentence, alone or behind another."""
        if not words(question):
            nothing = np.zeros(len(self._knowledge.entries), np.float32)
            return Judged(nothing, nothing)
        judged = in_context(question, self._before(history) if may_follow(question) else Before(), self._matcher.weigh)
        for sentence in map(self._openers.without, _SENTENCE_END.split(question)):
            if sentence != question and words(sentence):
                scores, _ = self._matcher.weigh(sentence)
                if scores.max() > judged.scores.max():
                    judged = Judged(scores, scores)
        return judged

    def _before(self, history: Sequence[Turn]) -> Before:
        """What the question may go on from; "thank you" and "what?" are about nothing."""
        recent = [*reversed(history)][:RECENT]
        asked = (self._openers.without(turn.text) for turn in recent if turn.role == "user")
        said = (self._whole(turn.text) for turn in recent if turn.role == "agent")
        about = {entry.answer: entry.about for entry in self._knowledge.entries if entry.about}
        return Before(
            [question for question in asked if words(question) and not self._is_talk(question)],
            next((about[text] for text in said if text in about), ""),
        )

    def _is_talk(self, question: str) -> bool:
        scores, _ = self._matcher.weigh(question)
        entry = self._knowledge.entries[int(scores.argmax())]
        talk = entry.opener or entry.action in (Action.REPEAT, Action.ACCEPT, Action.END)
        return bool(talk and scores.max() >= self._threshold)

    def _between(self, judged: Judged, order: Sequence[int]) -> Answer | None:
        """A question back, where two entries that have a title are equally near and neither is sure."""
        ask = next((entry for entry in self._knowledge.entries if entry.action is Action.ASK), None)
        first, second = (self._knowledge.entries[place] for place in order[:2])
        sure = [float(judged.scores[place]) for place in order[:2]]
        if ask is None or not first.title or not second.title or first.answer == second.answer:
            return None
        if sum(sure) < self._threshold or sure[1] < AS_NEAR * sure[0]:
            return None
        words_back = ask.answer.replace(GAP, first.title, 1).replace(GAP, second.title, 1)
        choices = tuple(title[0].upper() + title[1:] for title in (first.title, second.title))
        return Answer(words_back, ask.name, sum(sure), Action.ASK.value, cacheable=False, choices=choices)

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
