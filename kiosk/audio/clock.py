"""From a sound device's clock to `time.monotonic()`. Pure."""

from __future__ import annotations

from math import inf


class StreamClock:
    """Maps a stream's time stamps onto the monotonic clock.

    PortAudio's clock is the wall clock on one platform and an uptime on another. The offset between the clocks is the
    smallest difference seen lately: a callback that had to wait for the interpreter reads the monotonic clock late,
    never early. "Lately" is one to two windows of `window` calls, so a stepped wall clock is followed within seconds.
    """

    def __init__(self, window: int = 100, plausible_s: float = 2.0) -> None:
        self._window = window
        self._plausible_s = plausible_s
        self._calls = 0
        self._now = inf
        self._before = inf

    def at(self, monotonic: float, current: float, event: float, fallback_s: float) -> float:
        """Monotonic time of `event`.

        monotonic, current      the same moment, read from both clocks in the callback
        event                   time stamp on the stream's clock
        fallback_s              distance of the event from now, where the sound system gives no believable stamps
        """
        if current <= 0 or event <= 0 or abs(event - current) > self._plausible_s:
            return monotonic + fallback_s
        if self._calls == self._window:
            self._calls, self._before, self._now = 0, self._now, inf
        self._calls += 1
        self._now = min(self._now, monotonic - current)
        return event + min(self._now, self._before)
