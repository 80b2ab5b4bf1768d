"""Peaks stay below the ceiling, by turning down before they come. Pure; the output callback only."""

from __future__ import annotations

from kiosk.audio.formats import Floats, Pcm

CEILING = 10 ** (-1 / 20)
"""Of full scale: -1 dBFS leaves room for what the converter's filter overshoots between samples."""
SEGMENT_S = 0.005
"""The gain bends only at the borders of segments this long, so it falls over 5 ms at the fastest: no edge to hear."""
RELEASE_S = 0.2


def peak_of(pcm: Pcm) -> int:
    """Largest magnitude, 0..32768; takes no memory."""
    return max(int(pcm.max()), -int(pcm.min())) if len(pcm) else 0


class Limiter:
    """Look-ahead limiter without a delay: the queue knows the samples behind a block, so nothing has to be held back.

    Each segment has a gain that keeps its own peak below the ceiling. At a border between two the lower one is in
    force, and between borders the gain goes in a straight line, so it is low enough everywhere.

    gain        at the end of the last block
    """

    def __init__(self, rate: int) -> None:
        self.gain = 1.0
        self._fresh = True
        self._segment = max(1, round(SEGMENT_S * rate))
        self._rise = SEGMENT_S / RELEASE_S

    @property
    def ahead(self) -> int:
        """Samples behind a block that it wants to know the peak of."""
        return self._segment

    def rest(self) -> None:
        """Nothing sounded: the next sound starts with the gain that it needs."""
        self.gain = 1.0
        self._fresh = True

    def passes(self, peak: int, ahead: int, volume: float) -> bool:
        """Whether a block needs no curve: `peak` is its own, `ahead` that of the samples behind it."""
        calm = self.gain == 1.0 and max(peak, ahead) * volume <= CEILING * 32768
        self._fresh &= not calm
        return calm

    def shape(self, block: Pcm, ahead: int, volume: tuple[float, float], curve: Floats, count: Floats) -> None:
        """The gain of each sample of `block` into `curve`, for a `volume` that goes from the first to the second.

        `count` holds 1, 2, 3... and `curve` at least the length of the block.
        """
        size, step = len(block), self._segment
        before, after = volume
        loudest = max(before, after)
        here = self._allowed(block[:step], loudest)
        limit = here if self._fresh else self.gain
        self._fresh = False
        for at in range(0, size, step):
            end = min(size, at + step)
            there = self._allowed(block[end : end + step], loudest) if end < size else _allowed(ahead, loudest)
            start, limit = limit, min(here, there, limit + self._rise * (end - at) / step)
            first = start * (before + (after - before) * at / size)
            last = limit * (before + (after - before) * end / size)
            piece = curve[at:end]
            piece[:] = count[: end - at]
            piece *= (last - first) / (end - at)
            piece += first
            here = there
        self.gain = limit

    def _allowed(self, segment: Pcm, volume: float) -> float:
        return _allowed(peak_of(segment), volume)


def _allowed(peak: int, volume: float) -> float:
    loudest = peak * volume
    return CEILING * 32768 / loudest if loudest > CEILING * 32768 else 1.0
