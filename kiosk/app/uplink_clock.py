"""Where a moment of the audio that went up stands in real time.

An agent counts milliseconds of the audio it received. The gate leaves gaps, so that count is no clock: after a minute
of silence it has not moved. This keeps the pieces.
"""

from __future__ import annotations

from bisect import bisect_right

SLIP_S = 0.06  # capture times jitter by a few ms inside of a stretch; a gap is at least three frames long


class UplinkClock:
    """Written by the capture thread (`sent`), read by the loop thread (`at`); list appends make that safe."""

    def __init__(self) -> None:
        self._sent_ms = 0.0
        self._starts: list[tuple[float, float]] = []  # (ms of audio sent before this stretch, when it begins)

    def sent(self, length_ms: float, captured_at: float) -> None:
        """A frame went up whose last sample was captured at `captured_at` (monotonic seconds)."""
        begins = captured_at - length_ms / 1000
        if self._starts:
            ms, start = self._starts[-1]
            expected = start + (self._sent_ms - ms) / 1000
        if not self._starts or abs(begins - expected) > SLIP_S:
            self._starts.append((self._sent_ms, begins))
        self._sent_ms += length_ms

    def at(self, audio_ms: float) -> float | None:
        """Monotonic seconds at which that millisecond of the sent audio was captured; None when nothing was sent."""
        starts = self._starts
        index = bisect_right(starts, (audio_ms, float("inf"))) - 1
        if index < 0:
            return None
        ms, start = starts[index]
        return start + (audio_ms - ms) / 1000
