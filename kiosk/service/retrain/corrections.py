"""Corrections, as the console works with them: each change is replayed, kept as a version, and in force at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kiosk.service.retrain import book
from kiosk.service.retrain.book import Standing
from kiosk.service.retrain.correction import Correction, Draft, check_apart, checked
from kiosk.service.retrain.live import Live, Preview, State, Taught
from kiosk.service.retrain.refusal import NotThere


class Corrections:
    """Everything blocks, and raises `Away` while the house's database is; any thread."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def standing(self) -> list[Standing]:
        """The newest version of each, the withdrawn ones too; the newest change first."""
        with self._live.house.session() as session:
            return book.standing(session)

    def history(self, id: int) -> list[Standing]:
        """Every version, the newest first. Raises `NotThere`."""
        with self._live.house.session() as session:
            return book.history(session, id)

    def preview(self, draft: Draft, *, id: int = 0) -> Preview:
        """`id`: of the correction that would be changed, 0 for a new one. Raises `Fault` for what has to be mended."""
        with self._live.changing:
            return self._live.preview(self._with(draft, id))

    def save(self, draft: Draft, who: str, *, id: int = 0, seen: int = 0, accept: str = "") -> Taught[Correction]:
        """A new one, or a change of one.

        seen    the version that was changed
        accept  the seal of the regressions that are meant

        Raises `Fault` for a draft that breaks the rules, `WouldLose`, `NotThere`, `Meanwhile`.
        """
        with self._live.changing:
            after = self._with(draft, id)
            draft = after.corrections[-1].draft
            return self._live.put(
                after,
                accept,
                lambda session: book.change(session, id, seen, draft, who) if id else book.write(session, draft, who),
                self._kept,
            )

    def undo(self, id: int, seen: int, who: str, *, accept: str = "") -> Taught[Correction]:
        """The version before is in force again; before the first one, nothing is. Raises as `save`."""
        with self._live.changing:
            with self._live.house.session() as session:
                draft = book.before(session, id, seen)
            after = self._with(draft, id)
            return self._live.put(after, accept, lambda session: book.undo(session, id, seen, who), self._kept)

    def withdraw(self, id: int, seen: int, who: str, *, accept: str = "") -> Taught[Correction]:
        """It answers nothing from now on. Raises as `save`."""
        with self._live.changing:
            after = self._with(None, id)
            return self._live.put(after, accept, lambda session: book.withdraw(session, id, seen, who), self._kept)

    def restore(self, id: int, seen: int, version: int, who: str, *, accept: str = "") -> Taught[Correction]:
        """An older version is in force again, as a new one. Raises as `save`."""
        with self._live.changing:
            old = next((one for one in self.history(id) if one.correction.version == version), None)
            if old is None:
                raise NotThere(f"version {version} of correction {id}")
            after = self._with(None if old.withdrawn else old.correction.draft, id)
            return self._live.put(
                after, accept, lambda session: book.restore(session, id, seen, version, who), self._kept
            )

    def _with(self, draft: Draft | None, id: int) -> State:
        """What is in force, with this correction as its last; without it when there is no draft."""
        state = self._live.state
        others = tuple(one for one in state.corrections if one.id != id)
        if draft is None:
            return replace(state, corrections=others)
        draft = checked(draft)
        check_apart(draft, others)
        return replace(state, corrections=(*others, Correction(id, 0, draft, "", datetime.now(UTC))))

    def _kept(self, saved: Correction) -> State:
        with self._live.house.session() as session:
            return replace(self._live.state, corrections=tuple(book.in_force(book.standing(session))))
