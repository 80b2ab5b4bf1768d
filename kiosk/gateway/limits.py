"""What strangers and kiosks may ask of the gateway: pure bookkeeping, no clock and no I/O."""

from __future__ import annotations

from collections import Counter, deque

BURST_S = 10.0  # of what a kiosk may send in a second: a pre-roll comes at once, a recording fed at full speed does not
CODES_WITHIN_S = 600.0


class Turned(Exception):
    """Whoever connected is turned away: close code and reason. The reason goes to the other side and into the log."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


class Crowd:
    """Connections that have not proved themselves: how many there may be, and how many of one address."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._of.total()

    def enter(self, address: str) -> bool:
        """Whether there was room. Whoever entered leaves."""
        if len(self) >= self._most or self._of[address] >= self._most_of_one:
            return False
        self._of[address] += 1
        return True

    def leave(self, address: str) -> None:
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]  # or every address that ever came would be kept


class WrongCodes:
    """Refuses all codes for a while once too many were wrong. `now` in seconds of one clock."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._at: deque[float] = deque()

    def allow(self, now: float) -> bool:
        while self._at and self._at[0] < now - CODES_WITHIN_S:
            self._at.popleft()
        return len(self._at) < self._most

    def add(self, now: float) -> None:
        self._at.append(now)


class Rate:
    """Bytes a second with a burst of `BURST_S`, looked at now and then. `now` in seconds of one clock."""

    def __init__(self, per_s: int, now: float) -> None:
        self._per_s = per_s
        self._left = self._most = per_s * BURST_S
        self._seen, self._at = 0, now

    def keeps(self, total: int, now: float) -> bool:
        """`total`: bytes since the beginning."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_s) - (total - self._seen)
        self._seen, self._at = total, now
        return self._left >= 0
