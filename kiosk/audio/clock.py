"""From a sound device's clock to `time.monotonic()`, and from its stamps to steady ones. Pure."""

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


class SampleClock:
    """Steady times for the samples of a stream whose blocks come without holes, from stamps that wander by some ms.

    A running mean of the difference between stamp and sample count, about `settle` blocks long; a stream that was
    interrupted (`patience` stamps in a row are off by more than `jump_s`) gets a new one.
    """

    def __init__(self, rate: int, *, settle: int = 100, jump_s: float = 0.03, patience: int = 3) -> None:
        self._rate = rate
        self._settle = settle
        self._jump_s = jump_s
        self._patience = patience
        self._seen = 0
        self._astray = 0
        self._offset = 0.0

    def at(self, position: int, stamp: float) -> float:
        """Time of the sample at `position`, the first of a block whose stamp is given."""
        offset = stamp - position / self._rate
        if self._seen and abs(offset - self._offset) > self._jump_s:
            self._astray += 1
            if self._astray < self._patience:
                return self._offset + position / self._rate
            self._seen = 0
        self._astray = 0
        self._seen = min(self._seen + 1, self._settle)
        self._offset += (offset - self._offset) / self._seen
        return self._offset + position / self._rate
