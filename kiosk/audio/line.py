"""From the devices' samples to time-stamped frames of 16 kHz, near end and far end. Capture thread only."""

from __future__ import annotations

import numpy as np

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.farend import FOLLOW, FarEnd
from kiosk.audio.formats import Framer, Pcm, Resampler, to_float, to_pcm
from kiosk.audio.ring import Ring, Tap

RING_S = 0.4
"""Sound older than this is stale: a sound server that was frozen delivers seconds of it in one burst."""
FAR_TOLERANCE_S = 0.010
"""Time stamps of input blocks wander by a few ms; the far end follows only what is more than that."""
FAR_EARLIEST_S, FAR_LATEST_S = -0.030, 0.200
"""How far the sound itself may move the far end: what is to be heard later than that has not been handed over yet, what
was heard earlier is another start's."""

_NEAR_PATH_S = 0.060
_LEFT_S = 0.020
_LATEST_KNOWN_S = 0.170


def late_for(path_ms: float | None) -> float:
    """By how many seconds the far end is best handed over later where the room was measured.

    A television that shows its picture late plays its sound late too, and no time stamp tells: of the 250 ms that the
    cancellers look back, 200 ms of such a path leave 50 for the room, and one false interruption every 20 s. Some is
    left, since a canceller finds any delay but a negative one, and room for what the sound itself tells later.
    """
    if path_ms is None or path_ms / 1000 < _NEAR_PATH_S:
        return 0.0
    return min(path_ms / 1000 - _LEFT_S, _LATEST_KNOWN_S)


class Line:
    """
    rate        of the input device, Hz
    delay_s     how much older than its time stamp a frame's content is: the resampler's filter
    tap         where the ring is read
    """

    def __init__(self, ring: Ring, rate: int) -> None:
        self.tap = Tap(ring)
        self.rate = rate
        self._step = rate // 100
        self._chunk: Pcm = np.zeros(round(RING_S * rate), np.int16)
        self._resampler = Resampler(rate, RATE)
        self.delay_s = self._resampler.delay_s
        self._framer = Framer(FRAME)
        self._far_resampler: Resampler | None = None
        self._far_rate = 0
        self._far_framer = Framer(FRAME)
        self._far_at: float | None = None  # time of the next far sample; None before the first
        self._far_rested = False
        self._late_s = 0.0  # by which the far end is handed over later than the time stamps say

    def blocks(self, mark: tuple[int, float]) -> list[tuple[Pcm, float]]:
        """Everything that has arrived. `mark`: a position of the ring and when its sample was captured."""
        chunk = self._chunk[: self.tap.available // self._step * self._step]
        if not len(chunk) or not self.tap.read(chunk):
            return []
        position, at = mark
        end = at + (self.tap.position - position) / self.rate
        frames = self._framer.push(to_pcm(self._resampler.feed(to_float(chunk))))
        behind = range(len(frames) - 1, -1, -1)
        return [
            (frame, end - (left * FRAME + self._framer.held) / RATE) for left, frame in zip(behind, frames, strict=True)
        ]

    def far_end(self, far_end: FarEnd, captured_at: float) -> Pcm:
        """The 10 ms that the loudspeaker played while the microphone's last block was captured.

        Read without a hole or an overlap as long as the time stamps allow it; the filter is the near end's.
        """
        if far_end.rate != self._far_rate:
            self._far_rate = far_end.rate
            self._far_resampler = Resampler(far_end.rate, RATE) if far_end.rate else None
            self._far_framer.clear()
        if self._far_resampler is None:
            return np.zeros(FRAME, np.int16)
        at = captured_at - FRAME / RATE - self._late_s
        if self._far_at is not None:
            if abs(self._far_at - at) > FAR_TOLERANCE_S:
                far_end.slips += not self._far_rested  # clocks that drift apart in an hour of silence are no slip
            else:
                at = self._far_at + FOLLOW * (at - self._far_at)  # the microphone's clock drifts too
        chunk = np.zeros(far_end.rate // 100, np.int16)
        frames: list[Pcm] = []
        while not frames:  # at odd rates a chunk may be a sample short of a frame
            far_end.read(at, chunk)
            at += len(chunk) / far_end.rate
            frames = self._far_framer.push(to_pcm(self._far_resampler.feed(to_float(chunk))))
        self._far_at = at
        self._far_rested = False
        return frames[0]

    def far_later(self, seconds: float) -> None:
        """From now on the far end is handed over so much later: the sound itself tells better than its time stamps."""
        if not FAR_EARLIEST_S < self._late_s + seconds < FAR_LATEST_S:
            return
        self._late_s += seconds
        if self._far_at is not None:
            self._far_at -= seconds

    def far_rests(self) -> None:
        """10 ms in which nothing sounds and nobody asks. The place in the far end moves on with the near end: looked up
        anew in stamps that wander, it would be another echo path behind every pause."""
        if self._far_at is not None:
            self._far_at += FRAME / RATE
            self._far_rested = True
