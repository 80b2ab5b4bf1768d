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


class BlockClock:
    """Steady times for the blocks of a running stream: when they come tells how they follow each other, their stamps
    only how long they lie in the device.

    Blocks come without holes and never early, so the earliest of the last second, counted in samples, are right to half
    a millisecond. PulseAudio's stamps of the same streams wandered by 20 ms within seconds, by 60 in a stream's first
    ones, and each millisecond is another echo path to the canceller: 5 dB of echo were removed instead of 40.

    burst       blocks after a start that come faster than they sound; their stamps are all there is
    window      of blocks; the earliest of the last one to two count
    settle      blocks whose stamps are averaged; after them the latency follows by `slew_s` a block (20 us a second)
    """

    def __init__(self, *, burst: int = 8, window: int = 50, settle: int = 100, slew_s: float = 0.2e-6) -> None:
        self._burst = burst
        self._window = window
        self._settle = settle
        self._slew_s = slew_s
        self._latency_s = 0.0  # from a block's arrival to its first sample's time; kept over restarts
        self._seen = 0
        self.restart()

    def restart(self) -> None:
        """The stream starts anew. Before its first callback."""
        self._blocks = self._in_window = 0
        self._passed_s = 0.0
        self._earliest = self._before = inf

    def at(self, monotonic: float, stamp: float, length_s: float) -> float:
        """Time of the first sample of a block that came at `monotonic`, on the clock of `stamp`."""
        due = monotonic - self._passed_s
        passed_s, self._passed_s = self._passed_s, self._passed_s + length_s
        self._blocks += 1
        if self._blocks <= self._burst:
            return stamp
        if self._in_window == self._window:
            self._in_window, self._before, self._earliest = 0, self._earliest, inf
        self._in_window += 1
        self._earliest = min(self._earliest, due)
        if self._blocks <= 2 * self._burst:
            return stamp  # one arrival alone may be 10 ms late: blocks come in pairs
        came = min(self._earliest, self._before) + passed_s
        error_s = stamp - came - self._latency_s
        if self._seen < self._settle:
            self._seen += 1
            self._latency_s += error_s / self._seen
        else:
            self._latency_s += max(-self._slew_s, min(error_s, self._slew_s))
        return came + self._latency_s


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
