"""Single-writer rings of int16 samples: no lock, no allocation of sample memory after they are made.

Positions are absolute sample counts since the ring was made, so that writer and reader can never disagree about full
and empty, and a position stays meaningful for accounting. Plain attribute stores are atomic in CPython, which is all
that one writer and one reader need: the writer copies first and moves `written` last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


class Ring:
    """The newest `capacity` samples of a stream.

    `write` never blocks: what is older than `capacity` is overwritten. A writer that must not overwrite (the
    speaker's queue, which refuses instead) asks how much is still needed before it writes.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise ValueError("a ring holds at least one sample")
        self.capacity = capacity
        self.written = 0
        self._memory: Samples = np.zeros(capacity, np.int16)

    def write(self, samples: Samples) -> None:
        """Append. Writer's thread. Of more than `capacity` samples the newest stay."""
        start = self.written
        end = start + len(samples)
        if len(samples) > self.capacity:
            samples = samples[len(samples) - self.capacity :]
        at = (end - len(samples)) % self.capacity
        head = min(len(samples), self.capacity - at)
        self._memory[at : at + head] = samples[:head]
        if head < len(samples):
            self._memory[: len(samples) - head] = samples[head:]
        self.written = end

    def copy(self, position: int, out: Samples) -> None:
        """Copy `len(out)` samples from an absolute position on. The caller knows that they are still there."""
        at = position % self.capacity
        head = min(len(out), self.capacity - at)
        out[:head] = self._memory[at : at + head]
        if head < len(out):
            out[head:] = self._memory[: len(out) - head]

    def peak(self, position: int, count: int) -> int:
        """Largest magnitude of `count` samples from an absolute position on; takes no memory."""
        at = position % self.capacity
        head = self._memory[at : at + count]
        rest = self._memory[: count - len(head)]
        return max((max(int(part.max()), -int(part.min())) for part in (head, rest) if len(part)), default=0)


class Tap:
    """The reading side of a ring whose writer overwrites the oldest. Reader's thread only.

    lost    samples overwritten before they were read
    laps    how often that happened
    """

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self.position = ring.written
        self.lost = 0
        self.laps = 0

    @property
    def available(self) -> int:
        return self._ring.written - self.position

    def read(self, out: Samples) -> bool:
        """Fill `out` with the next samples; False, and nothing read, while there are fewer.

        A reader that was lapped goes on with the newest half of the ring: with the oldest samples it would be lapped
        again at once.
        """
        while True:
            if self.available > self._ring.capacity:
                self._skip_to(self._ring.written - self._ring.capacity // 2)
            if self.available < len(out):
                return False
            self._ring.copy(self.position, out)
            if self.available <= self._ring.capacity:  # nobody wrote over it while it was copied
                self.position += len(out)
                return True

    def _skip_to(self, position: int) -> None:
        self.lost += position - self.position
        self.laps += 1
        self.position = position
