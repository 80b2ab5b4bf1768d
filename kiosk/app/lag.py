"""How late the loop is: a ticker that notes how much later than asked it comes. For the bench, and for a watchdog."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

PERIOD_S = 0.01
KEPT = 6000  # ticks: the last minute


@dataclass(frozen=True, slots=True)
class Lag:
    """Lateness of the last `ticks` ticks in ms; all zero where there were none."""

    ticks: int
    p50_ms: float
    p95_ms: float
    worst_ms: float


class LoopLag:
    """Loop thread only. Costs 0.5 % of a core while it ticks and nothing else; at rest until it is started.

    One tick is asked for when the last has come, so a loop that stood still for a second is one tick of 990 ms.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._late_s: deque[float] = deque(maxlen=KEPT)
        self._due = 0.0
        self._timer: asyncio.Handle | None = None

    def start(self) -> None:
        """From nothing; one that ticks already begins anew."""
        self.stop()
        self._late_s.clear()
        self._ask()

    def stop(self) -> None:
        """What was noted stays to be read."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def read(self) -> Lag:
        late = sorted(1000 * seconds for seconds in self._late_s)
        if not late:
            return Lag(0, 0.0, 0.0, 0.0)
        at = len(late) - 1
        return Lag(len(late), late[round(0.5 * at)], late[round(0.95 * at)], late[-1])

    def _ask(self) -> None:
        self._due = self._loop.time() + PERIOD_S
        self._timer = self._loop.call_later(PERIOD_S, self._tick)

    def _tick(self) -> None:
        self._late_s.append(max(0.0, self._loop.time() - self._due))
        self._ask()
