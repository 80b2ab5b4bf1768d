"""The supervised life of one process: what the supervisor is told, and what the ledger keeps of it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from kiosk.core.fault import ExitCode
from kiosk.device.compositor import Compositor
from kiosk.device.health import Vitals
from kiosk.device.ledger import Ledger
from kiosk.device.notify import Supervisor
from kiosk.device.watchdog import Watchdog

log = logging.getLogger(__name__)

NO_OUTPUT_S = 10.0
"""A window that no glass shows has no first frame: a display that is off at night must not keep the kiosk from being
up in the morning."""
ATTENDED = frozenset({ExitCode.RESTART_PROGRAM})
SUPERVISED = ATTENDED | {ExitCode.RESTART_MACHINE}


class Glass(Protocol):
    """What is looked at of the window (`screen.window`)."""

    first_frame_at: float | None

    @property
    def exposed(self) -> bool: ...
    def owed_s(self, now: float) -> float | None: ...


class Attendance:
    """Loop thread only, but for `leaving`.

    previous  the version before this one is kept, and can be gone back to
    """

    def __init__(self, supervisor: Supervisor, ledger: Ledger, *, previous: bool) -> None:
        self.ledger = ledger
        self.ways = SUPERVISED | {ExitCode.ROLL_BACK} if previous else SUPERVISED
        self._supervisor = supervisor
        self._watchdog: Watchdog | None = None
        self._compositor: Compositor | None = None

    def begin(self, window: Glass, measure: Callable[[float], Vitals], status: str, *, proves: bool = True) -> None:
        """From now on the window's frames and `measure` decide whether the supervisor is fed.

        measure  the rest, at this moment of `time.monotonic()`

        status  one line for `systemctl status` once the window stands
        proves  ten good minutes prove this version
        """
        began = time.monotonic()
        compositor = self._compositor = Compositor(os.environ)

        def look() -> Vitals:
            now = time.monotonic()
            return replace(measure(now), owed_s=window.owed_s(now), unanswered_s=compositor.unanswered_s(now))

        def stands() -> bool:
            return window.first_frame_at is not None or (not window.exposed and time.monotonic() - began > NO_OUTPUT_S)

        self._watchdog = Watchdog(
            self._supervisor,
            measure=look,
            stands=stands,
            status=status,
            on_healthy=self._healthy if proves else _nothing,
        )
        self._watchdog.begin()

    def leaving(self) -> None:
        """The program ends on purpose. Noted at once: what stops a session may end the compositor first, and this
        process with it."""
        self.ledger.end()
        self._supervisor.stopping()

    def end(self) -> None:
        """The loop ends."""
        if self._watchdog is not None:
            self._watchdog.end()
            self._watchdog = None
        if self._compositor is not None:
            self._compositor.close()
            self._compositor = None

    def status(self, status: str) -> None:
        self._supervisor.status(status)

    def _healthy(self) -> None:
        log.info("everything was in order for ten minutes")
        self.ledger.healthy()


def _nothing() -> None:
    pass
