"""What is in force, and the one way to change it: replay the suite, keep the change, put the new mind in its place."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from kiosk.database.database import Away, Database
from kiosk.service.retrain import book, visitors
from kiosk.service.retrain.correction import Correction, key, one_line
from kiosk.service.retrain.inforce import InForce, in_force
from kiosk.service.retrain.layer import Minds, Retrained
from kiosk.service.retrain.making import Learnt, Making
from kiosk.service.retrain.refusal import WouldLose
from kiosk.service.retrain.suite import Asked, Case, Kind, Outcome, Replay, gone, known, moved, replay, retrained
from kiosk.service.retrain.unanswered import Asked as Once
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

TRIED = 100  # visitors' latest questions that a preview asks: each costs up to 20 ms

Saved = TypeVar("Saved")


@dataclass(frozen=True, slots=True)
class State:
    """Everything in force; replaced as a whole. `knowledge` is None where the engine has no knowledge file."""

    knowledge: InForce | None
    learnt: Learnt
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do.

    replay  of the suite
    tried   questions without a known right answer: those that were given, and those of visitors' latest that would be
            answered otherwise
    """

    replay: Replay
    tried: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Taught(Generic[Saved]):
    """A change that is in force, and what it did to the suite."""

    saved: Saved
    replay: Replay


class Live:
    """
    settings       of the service
    house          where it is kept
    conversations  what visitors have asked; it may hold nothing
    making         makes minds

    Owner of `layer` and of what it knows. Everything blocks; any thread, one change at a time. Whoever changes
    something holds `changing` from its first look at `state` to `put`.
    """

    def __init__(self, settings: Service, house: Database, conversations: Database, making: Making) -> None:
        self.house = house
        self.conversations = conversations
        self.making = making
        self.settings = settings
        self.changing = threading.Lock()
        self.taught: Callable[[], object] = lambda: None
        """Called after each change, on the thread that made it."""
        with house.session() as session:
            knowledge = in_force(session, settings) if making.reads_knowledge else None
            corrections = tuple(book.in_force(book.standing(session)))
        self.state = State(knowledge, making.learn(knowledge.knowledge if knowledge else None), corrections)
        self.layer = Retrained(making.minds(self.state.learnt, corrections))

    def check(self) -> Replay:
        """The suite, asked of what is in force."""
        with self.changing:
            return self._replayed(self.state, self.layer.minds)

    def preview(self, after: State, asked: Sequence[str] = ()) -> Preview:
        """`asked`: questions that somebody wants to see answered by both. With `changing` held."""
        told = {key(words) for each in after.corrections for words in each.draft.wordings}  # by the replay already
        cases = [self._case(words, "") for words in dict.fromkeys(filter(key, map(one_line, asked)))]
        theirs = [self._case(one.text, one.before) for one in self._latest() if key(one.text) not in told]
        also = [case.question for case in (*cases, *theirs)]
        now = self.layer.minds
        old = self._asked(self.state, self.making.minds(self.state.learnt, self.state.corrections, now, also))
        new = self._asked(after, self.making.minds(after.learnt, after.corrections, old.minds, also))
        result = replay(self._suite(after), old, new)
        return Preview(result, (*replay(cases, old, new).outcomes, *moved(theirs, old, new)))

    def put(
        self, after: State, accept: str, keep: Callable[[Session], Saved], final: Callable[[Saved], State]
    ) -> Taught[Saved]:
        """Replays, keeps, and takes it live. With `changing` held.

        accept  the seal of the regressions that are meant; empty for none
        keep    writes the change, in a transaction
        final   the state as it was kept; what it has learnt is that of `after`

        Raises `WouldLose` before anything is kept, whatever `keep` raises, and `Away`.
        """
        began = time.monotonic()
        minds = self.making.minds(after.learnt, after.corrections, self.layer.minds)
        result = self._replayed(after, minds)
        if result.seal != accept and result.regressions:
            raise WouldLose(result)
        with self.house.session(write=True) as session:
            saved = keep(session)
        self.state = final(saved)
        self.layer.minds = self.making.minds(self.state.learnt, self.state.corrections, minds)
        log.info(
            "retrained within %.0f ms: %d of %d questions are right",
            (time.monotonic() - began) * 1000,
            result.right_after,
            result.known,
        )
        self.taught()
        return Taught(saved, result)

    def _replayed(self, after: State, minds: Minds) -> Replay:
        """The suite of the state after, asked of what is in force and of the state's mind."""
        return replay(self._suite(after), self._asked(self.state, self.layer.minds), self._asked(after, minds))

    @staticmethod
    def _asked(state: State, minds: Minds) -> Asked:
        return Asked(minds, state.learnt.own, state.corrections)

    def _suite(self, after: State) -> Iterator[Case]:
        language = self.settings.language
        yield from retrained(after.corrections)
        yield from gone(self.state.corrections, after.corrections)
        if after.learnt.knowledge is not None:
            yield from known(after.learnt.knowledge, language, after.corrections)
        yield from self._read(lambda session: list(visitors.marked_right(session, language)))

    def _latest(self) -> list[Once]:
        return self._read(lambda session: visitors.latest(session, TRIED))

    def _read(self, work: Callable[[Session], list[Saved]]) -> list[Saved]:
        """From the conversations; nothing while they are away: no correction waits for them."""
        if not self.conversations.exists:
            return []
        try:
            with self.conversations.session() as session:
                return work(session)
        except Away as away:
            log.warning("a replay does without the conversations that are kept (%s)", away)
            return []

    def _case(self, words: str, before: str) -> Case:
        return Case(Kind.ASKED, words, before, self.settings.language, "", "")
