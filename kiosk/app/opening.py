"""Whether visitors are let in: the house's opening hours, and what staff said at the glass. The one owner of both."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, tzinfo

from kiosk.core import events as ev
from kiosk.core.hours import Hours

log = logging.getLogger(__name__)

LOOK_S = 20.0
"""At most so long until a clock that was set, or that jumped, is believed; and no timer has to outlast a sleep."""


class Opening:
    """
    hours   when the house is open
    clock   POSIX seconds, as they are on the machine's own clock
    zone    None for the machine's own
    look_s  between two looks at the clock, at the most

    Closed by hand stays closed until staff open it, or until the program is started anew. Opened by hand, outside of
    the hours, it stays open until they next begin or end. Loop thread only.
    """

    def __init__(
        self,
        hours: Hours | None = None,
        *,
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
        look_s: float = LOOK_S,
    ) -> None:
        self._hours = hours or Hours()
        self._clock = clock
        self._zone = zone
        self._look_s = look_s
        self._closed_by_hand = False
        self._opened_until: float | None = None
        self._told: tuple[bool, datetime | None] = (True, None)
        self._tell: Callable[[ev.Event], None] = _nobody
        self._look_again: asyncio.TimerHandle | None = None

    def begin(self, tell: Callable[[ev.Event], None]) -> tuple[bool, datetime | None]:
        """How it stands; what becomes of that is told to `tell` until `end`."""
        self._tell = tell
        self._told = self._standing()
        self._watch()
        return self._told

    def end(self) -> None:
        if self._look_again is not None:
            self._look_again.cancel()
            self._look_again = None

    def by_hand(self, closed: bool) -> None:
        """Staff close it, or open it again."""
        log.info("%s by hand", "closed" if closed else "opened")
        now = self._clock()
        self._closed_by_hand = closed
        within = closed or self._hours.open_at(now, self._zone)
        self._opened_until = None if within else self._hours.changes_after(now, self._zone) or float("inf")
        self._look()

    def _standing(self) -> tuple[bool, datetime | None]:
        """(open, when it opens). Nobody but staff knows when that is where they closed it."""
        now = self._clock()
        if self._closed_by_hand:
            return False, None
        if self._opened_until is not None and now >= self._opened_until:
            self._opened_until = None
        if self._opened_until is not None or self._hours.open_at(now, self._zone):
            return True, None
        return False, self._hours.opens_after(now, self._zone)

    def _watch(self) -> None:
        now = self._clock()
        changes = self._hours.changes_after(now, self._zone)
        wait = self._look_s if changes is None else min(self._look_s, max(0.0, changes - now) + 0.01)
        self._look_again = asyncio.get_running_loop().call_later(wait, self._on_time)

    def _on_time(self) -> None:
        self._look()
        self._watch()

    def _look(self) -> None:
        standing = self._standing()
        if standing == self._told:
            return
        was_open, _ = self._told
        self._told = standing
        is_open, opens = standing
        if is_open != was_open:
            log.info("the house is %s", "open" if is_open else "closed")
        self._tell(ev.HoursBegan() if is_open else ev.HoursEnded(opens))


def _nobody(event: ev.Event) -> None:
    pass
