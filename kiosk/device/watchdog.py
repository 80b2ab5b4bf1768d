"""Feeds the supervisor from the loop itself, for as long as everything is in order (`health`).

A loop that stands still feeds nothing: that needs no condition. What is bad is said once, here and in `systemctl
status`; the rest, a kill with every stack in the log and a fresh start, is the supervisor's.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from kiosk.device.health import Vitals, amiss
from kiosk.device.notify import Supervisor

log = logging.getLogger(__name__)

SHARE = 4  # feeds within the supervisor's patience
UNWATCHED_S = 20.0  # the patience of a supervisor that has none, so that its kiosk is looked at too
PULSE_S = 0.25  # the loop's lateness is noticed by a timer of this length
HEALTHY_S = 600.0


class Watchdog:
    """Loop thread only.

    measure     how everything is, without the loop's lateness, which is measured here
    stands      whether the program is up: its first screen stands on the glass, and the sound was tried
    status      one line for `systemctl status` when it is
    on_healthy  called once, when everything was good for `healthy_s` seconds on end
    """

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        measure: Callable[[], Vitals],
        stands: Callable[[], bool],
        status: str,
        on_healthy: Callable[[], None] = lambda: None,
        healthy_s: float = HEALTHY_S,
    ) -> None:
        self._supervisor = supervisor
        self._measure = measure
        self._stands = stands
        self._status = status
        self._on_healthy = on_healthy
        self._healthy_s = healthy_s
        self._every_s = (supervisor.watchdog_s or UNWATCHED_S) / SHARE
        self._pulse_s = min(PULSE_S, self._every_s / 2)
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._late_s = 0.0
        self._next_look = 0.0
        self._ready = False
        self._bad: tuple[str, ...] = ()
        self._good_since: float | None = None

    def begin(self) -> None:
        """From now on. The supervisor is told that the program is ready as soon as it stands, and fed from then on."""
        self._ask()

    def end(self) -> None:
        """Nothing is fed any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ask(self) -> None:
        self._due = time.monotonic() + self._pulse_s
        self._timer = asyncio.get_running_loop().call_later(self._pulse_s, self._pulse)

    def _pulse(self) -> None:
        now = time.monotonic()
        self._late_s = max(self._late_s, now - self._due)
        self._ask()
        if not self._ready:
            if not self._stands():
                return
            self._ready = True
            self._late_s = 0.0  # building everything took what it took
            self._supervisor.ready(self._status)
        if now >= self._next_look:
            on_time = self._next_look + self._every_s
            self._next_look = on_time if on_time > now else now + self._every_s
            self._look(now)

    def _look(self, now: float) -> None:
        bad = amiss(replace(self._measure(), late_s=self._late_s))
        self._late_s = 0.0
        if bad and not self._bad:
            log.error("the supervisor is not fed: %s", "; ".join(bad))
            self._supervisor.status(f"not in order: {'; '.join(bad)}")
        elif self._bad and not bad:
            log.warning("everything is in order again")
            self._supervisor.status(self._status)
        self._bad = bad
        if bad:
            self._good_since = None
            return
        self._supervisor.feed()
        if self._good_since is None:
            self._good_since = now
        if now - self._good_since >= self._healthy_s:
            self._good_since = float("inf")
            self._on_healthy()
