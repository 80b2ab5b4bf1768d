"""How fast one browser or program may ask. Pure bookkeeping: `now` in seconds of one clock."""

from __future__ import annotations

import threading

PER_S = 20.0
AT_ONCE = 200.0
MOST = 4096  # askers that are remembered


class Pace:
    """A bucket for each asker, of `AT_ONCE` requests, that fills with `PER_S`. Any thread."""

    def __init__(self, per_s: float = PER_S, at_once: float = AT_ONCE) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._left: dict[str, tuple[float, float]] = {}  # what was left, and when
        self._lock = threading.Lock()

    def wait_s(self, asker: str, now: float) -> float:
        """0: it may go on, and is counted. Else the seconds until it may."""
        with self._lock:
            left, at = self._left.pop(asker, (self._at_once, now))
            left = min(self._at_once, left + (now - at) * self._per_s)
            wait = 0.0 if left >= 1 else (1 - left) / self._per_s
            self._left[asker] = (left if wait else left - 1, now)
            while len(self._left) > MOST:
                del self._left[next(iter(self._left))]  # who has not asked for longest
            return wait
