"""A stream as it went through its callback: the samples, and what was known about their times. For measurements."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Pcm

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tape:
    """
    pcm         mono int16, every block behind the one before it
    rate        Hz, as the device was asked for it
    position    (blocks,) index in `pcm` at which each block begins
    stamp       (blocks,) monotonic seconds at which its first sample was captured, or left the loudspeaker, as the
                sound system tells
    called      (blocks,) monotonic seconds at which the callback had the block
    """

    pcm: Pcm
    rate: int
    position: NDArray[np.int64]
    stamp: Doubles
    called: Doubles

    def stamped(self, index: float) -> float:
        """When the sample at `index` was at the device, after the stamps of the second around it."""
        return self._around(index, self.stamp)

    def handed(self, index: float) -> float:
        """When the callback had it, taken as even: a callback that waited for the interpreter was late by itself."""
        return self._around(index, self.called)

    def index(self, at: float) -> int:
        """The sample at the device at a monotonic time. One offset for the whole tape."""
        return round((at - float(np.median(self.stamp - self.position / self.rate))) * self.rate)

    def _around(self, index: float, times: Doubles) -> float:
        near = np.abs(self.position - index) <= self.rate / 2
        offsets = times[near] - self.position[near] / self.rate
        return index / self.rate + float(np.median(offsets))


class TapedFarEnd(FarEnd):
    """A far end that also keeps everything that was written into it. For a measurement, which is short."""

    def __init__(self) -> None:
        super().__init__()
        self.recorder = Recorder()

    def write(self, block: Pcm, plays_at: float, sounding: bool) -> None:
        self.recorder.write(block, plays_at, time.monotonic())
        super().write(block, plays_at, sounding)


class Recorder:
    """Grows a tape. `write` on the sound system's thread: copies and returns; `tape` when the stream is closed."""

    def __init__(self) -> None:
        self._blocks: list[tuple[Pcm, float, float]] = []
        self._length = 0

    def __len__(self) -> int:
        """Samples by now."""
        return self._length

    def write(self, block: Pcm, stamp: float, called: float) -> None:
        self._blocks.append((block.copy(), stamp, called))
        self._length += len(block)

    def tape(self, rate: int) -> Tape:
        blocks = list(self._blocks)  # the stream may still run
        lengths = [len(block) for block, _, _ in blocks]
        return Tape(
            np.concatenate([np.zeros(0, np.int16), *(block for block, _, _ in blocks)]),
            rate,
            np.cumsum([0, *lengths[:-1]], dtype=np.int64)[: len(blocks)],
            np.array([stamp for _, stamp, _ in blocks], np.float64),
            np.array([called for _, _, called in blocks], np.float64),
        )
