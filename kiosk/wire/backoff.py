"""When to try again."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.wire.canonical import Closed

STEADY_S = 30.0  # a link that was ready this long has earned a fresh start


class Backoff:
    """Full jitter: each wait is drawn from 0 to a bound that doubles from `base_s` to `cap_s`; it never gives up.

    Full jitter, because a floor of kiosks that lost the same server must not come back in step. After a fatal close
    (wrong Client ID, no voice socket) it tries every `fatal_s`, so that a mended server is found without a visit.
    Pure: `random` (0..1) and the time are given.
    """

    def __init__(
        self, random: Callable[[], float], *, base_s: float = 0.5, cap_s: float = 15.0, fatal_s: float = 60.0
    ) -> None:
        self._random = random
        self._base_s = base_s
        self._cap_s = cap_s
        self._fatal_s = fatal_s
        self._tries = 0
        self._ready_at: float | None = None
        self._at_once = False

    def ready(self, now: float) -> None:
        """The agent said ready; 30 s later the next wait starts from the base again."""
        self._ready_at = now

    def delay(self, closed: Closed, now: float) -> float:
        """Seconds to wait before the next try. A server's own wish (Retry-After) is the least."""
        if self._ready_at is not None and now - self._ready_at >= STEADY_S:
            self._tries = 0
        self._ready_at = None
        if self._at_once:
            self._at_once = False
            return 0.0
        wished = (closed.retry_after_ms or 0) / 1000
        if not closed.retryable and not closed.clean:
            return max(self._fatal_s, wished)
        bound = min(self._cap_s, self._base_s * 2.0 ** min(self._tries, 32))
        self._tries += 1
        return wished + self._random() * bound

    def retry(self) -> None:
        """Network came back or staff asked: the next `delay` is 0, once."""
        self._at_once = True
