"""What a client may ask of the service: pure bookkeeping, no I/O."""

from __future__ import annotations

import hmac
import time
from collections import deque
from collections.abc import Callable

INIT_WITHIN_S = 5.0
LARGEST_AUDIO_BYTES = 64_000
LARGEST_FRAME_BYTES = 1 << 20
LEAD_S = 10.0
"""Audio may run this far ahead of real time: a burst of pre-roll may, a recording fed as fast as it goes may not."""


def same_secret(given: str, expected: str) -> bool:
    """Compares in constant time, whatever the lengths."""
    return hmac.compare_digest(given.encode(), expected.encode())


class Refused(Exception):
    """The conversation cannot begin or go on: close code and reason of the socket."""

    def __init__(self, code: int, reason: str, retry_after_ms: int | None = None) -> None:
        self.code = code
        self.reason = reason
        self.retry_after_ms = retry_after_ms
        super().__init__(reason)


class AudioBudget:
    """Refuses audio that comes faster than a microphone makes it. `now` in seconds of one clock."""

    def __init__(self, now: float, rate: int) -> None:
        self._began = now
        self._bytes_per_s = rate * 2
        self._received = 0

    def take(self, size: int, now: float) -> bool:
        self._received += size
        return self._received / self._bytes_per_s <= now - self._began + LEAD_S


class Load:
    """How late the engines were lately: the measure of whether this machine holds its conversations in real time.

    late_ms     on average, from which they do not
    clock       seconds
    """

    LATELY_S = 30.0
    FEWEST = 3  # one visitor may have met the loading of an engine

    def __init__(self, late_ms: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._late_s = late_ms / 1000
        self._clock = clock
        self._waits: deque[tuple[float, float]] = deque()

    def waited(self, seconds: float) -> None:
        """Something that a visitor waits for was begun so long after it was due."""
        self._waits.append((self._clock(), seconds))

    @property
    def late(self) -> bool:
        """Whether visitors wait for each other."""
        now = self._clock()
        while self._waits and now - self._waits[0][0] > self.LATELY_S:
            self._waits.popleft()
        waits = [wait for _, wait in self._waits]
        return len(waits) >= self.FEWEST and sum(waits) / len(waits) > self._late_s


class Admission:
    """How many conversations there may be, and which session IDs are taken.

    most    that there may ever be
    load    which may say sooner that it is enough; somebody who is alone is never in anybody's way
    """

    def __init__(self, most: int, load: Load) -> None:
        self._most = most
        self._load = load
        self._running: set[str] = set()

    @property
    def full(self) -> bool:
        return len(self._running) >= self._most or (bool(self._running) and self._load.late)

    @property
    def empty(self) -> bool:
        return not self._running

    def begin(self, session_id: str) -> bool:
        """False when that session ID is in a conversation now."""
        if session_id in self._running:
            return False
        self._running.add(session_id)
        return True

    def end(self, session_id: str) -> None:
        self._running.discard(session_id)
