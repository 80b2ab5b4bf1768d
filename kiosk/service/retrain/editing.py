"""The knowledge, as the console edits it: checked, previewed, kept as a version, and in force at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.knowledge import Knowledge, read
from kiosk.service.retrain import editions
from kiosk.service.retrain.blocks import checked
from kiosk.service.retrain.editions import Edition
from kiosk.service.retrain.inforce import InForce, digest_of, file_of
from kiosk.service.retrain.live import Live, Preview, State, Taught
from kiosk.service.retrain.making import Learnt


class Editing:
    """Everything blocks, and raises `Away` while the house's database is; any thread.

    The site's file is read and never written: what is edited here stands in the house's database.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._tried: tuple[str, Learnt] | None = None  # the text that was looked at last: its Save needs not wait

    def in_force(self) -> InForce:
        """What answers now. Raises `Fault` when the engine has no knowledge file."""
        found = self._live.state.knowledge
        if found is None:
            raise Fault(
                f'the engine "{self._live.settings.answers}" has no knowledge file',
                where="service.answers",
                remedy="correct single questions, or edit what it knows where it keeps it",
                code=ExitCode.KNOWLEDGE,
            )
        return replace(found, digest=digest_of(file_of(self._live.settings)))

    def history(self, limit: int = 50) -> list[Edition]:
        """The newest first."""
        with self._live.house.session() as session:
            return editions.history(session, limit)

    def version(self, version: int) -> Edition:
        """Raises `NotThere`."""
        with self._live.house.session() as session:
            return editions.at(session, version)

    def preview(self, text: str, asked: Sequence[str] = ()) -> Preview:
        """`asked`: questions to see answered by both. Raises `Fault` with the line of what has to be mended."""
        text, knowledge = checked(text)
        with self._live.changing:
            return self._live.preview(self._with(text, knowledge), asked)

    def save(self, text: str, seen: int, who: str, *, accept: str = "") -> Taught[Edition]:
        """`seen`: the version that was edited, 0 for the site's file; `accept`: the seal of what is meant to be lost.

        Raises `Fault` with the line of what has to be mended, `WouldLose`, `Meanwhile`.
        """
        text, knowledge = checked(text)
        with self._live.changing:
            digest = self.in_force().digest
            after = self._with(text, knowledge)
            return self._live.put(
                after,
                accept,
                lambda session: editions.edit(session, seen, text, digest, who),
                partial(_kept, after),
            )

    def undo(self, seen: int, who: str, *, accept: str = "") -> Taught[Edition]:
        """The version before is in force again; before the first one, the site's file is. Raises as `save`."""
        with self._live.changing:
            with self._live.house.session() as session:
                text, knowledge = self._of(editions.before(session, seen))
            digest = self.in_force().digest
            after = self._with(text, knowledge)
            return self._live.put(
                after,
                accept,
                lambda session: editions.undo(session, seen, digest, who),
                partial(_kept, after),
            )

    def restore(self, seen: int, version: int, who: str, *, accept: str = "") -> Taught[Edition]:
        """An older version is in force again; 0 is the site's file. Raises as `save`, and `NotThere`."""
        with self._live.changing:
            text, knowledge = self._of(self.version(version).text if version else "")
            digest = self.in_force().digest
            after = self._with(text, knowledge)
            return self._live.put(
                after,
                accept,
                lambda session: editions.restore(session, seen, version, digest, who),
                partial(_kept, after),
            )

    def _of(self, text: str) -> tuple[str, Knowledge]:
        """A kept text; an empty one stands for the site's file, as it is today."""
        if text:
            return checked(text)
        file = file_of(self._live.settings)
        return file.read_text(encoding="utf-8-sig"), read(file)

    def _with(self, text: str, knowledge: Knowledge) -> State:
        """What is in force, with another knowledge. Raises `Fault` as `in_force`."""
        found = replace(self.in_force(), text=text, knowledge=knowledge, unusable="")
        if self._tried is None or self._tried[0] != text:
            self._tried = text, self._live.making.learn(knowledge, self._live.state.learnt)
        return replace(self._live.state, knowledge=found, learnt=self._tried[1])


def _kept(after: State, edition: Edition) -> State:
    assert after.knowledge is not None
    return replace(after, knowledge=replace(after.knowledge, edition=edition))
