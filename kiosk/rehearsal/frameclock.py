"""When a sample of a stream happened, in seconds of `time.monotonic()`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

_KEPT = 16384  # observations: more than a minute of 5 ms blocks


@dataclass
class FrameClock:
    """Maps sample numbers of one stream to monotonic time, from the arrival times of its blocks.

    The stream's own clock is the monotonic one (a null sink renders by it), so between two interruptions the mapping
    is one offset: `at = offset + frame / rate`. A block arrives at its time or later, never earlier, so the offset
    is a low percentile of what was observed; not the minimum, because a block that was split on its way seems early.
    """

    rate: int
    percentile: float = 10.0
    _segments: list[tuple[int, float]] = field(default_factory=list)  # first frame, offset
    _offsets: np.ndarray[Any, np.dtype[np.float64]] = field(default_factory=lambda: np.zeros(_KEPT))
    _first: int = 0
    _seen: int = 0

    def observe(self, frame: int, at: float) -> None:
        """The block whose first sample is `frame` arrived at `at`."""
        self._offsets[self._seen % _KEPT] = at - frame / self.rate
        self._seen += 1

    def interrupt(self, frame: int) -> None:
        """The stream was cut; from `frame` on another offset holds."""
        self._segments = self.segments()
        self._first, self._seen = frame, 0

    def segments(self) -> list[tuple[int, float]]:
        """(first frame, offset in seconds) of each stretch, in order."""
        if not self._seen:
            return list(self._segments)
        offsets = self._offsets[: min(self._seen, _KEPT)]
        return [*self._segments, (self._first, float(np.percentile(offsets, self.percentile)))]

    def spread_ms(self) -> float:
        """How much later than the mapping says the latest 5 % of the blocks came; the streams' own jitter."""
        if not self._seen:
            return 0.0
        offsets = self._offsets[: min(self._seen, _KEPT)]
        return float(np.percentile(offsets, 95.0) - np.percentile(offsets, self.percentile)) * 1000

    def reading(self) -> Timeline:
        return Timeline(self.rate, self.segments())


@dataclass(frozen=True, slots=True)
class Timeline:
    """A finished mapping, as it stands in the recordings' sidecar."""

    rate: int
    segments: Sequence[tuple[int, float]]

    def at(self, frame: float) -> float:
        """Monotonic seconds of a sample number."""
        offset = self.segments[0][1]
        for first, later in self.segments:
            if frame >= first:
                offset = later
        return offset + frame / self.rate

    def frame(self, at: float) -> int:
        """Sample number at a monotonic time, rounded to the nearest."""
        found = round((at - self.segments[0][1]) * self.rate)
        for first, offset in self.segments:
            candidate = round((at - offset) * self.rate)
            if candidate >= first:
                found = candidate
        return found

    def as_json(self) -> dict[str, Any]:
        return {"rate": self.rate, "segments": [[first, offset] for first, offset in self.segments]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(int(data["rate"]), tuple((int(first), float(offset)) for first, offset in data["segments"]))
