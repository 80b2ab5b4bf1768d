"""The far end: what the loudspeaker really played, laid out along time, for the echo canceller.

Written by the output callback (silence included, since silence is what the microphone hears then), cut by the audio
control thread after an abort, read by the capture thread. Reading by time instead of by count is what aligns the two
streams: both give the time of each block, so the echo path that the canceller sees is the air, not the buffers.
"""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import SILENCE_DBFS, Pcm, dbfs

_SECONDS = 2
_TOLERANCE_S = 0.010  # time stamps wander by a few ms; following each of them would move the echo path all the time
_PATIENCE = 5  # blocks in a row that must agree before the line is moved
FOLLOW = 0.0001
"""Part of a stamp's error that is made good with each block of 10 ms: two thirds of it in 100 s. Ten times as much drew
the far end by 50 to 140 ppm towards stamps that were wrong, and the canceller could not keep up. What clocks drift
apart meanwhile the echo itself tells (`delay.py`)."""
# The stamps of a stream's first blocks, asked for in one burst, are up to 11 ms too early. All of them are put right by
# the first that come one by one, before they are heard: with the beginning of an answer out of place, the canceller
# lost its path and the guard its trust for 2.5 s.
_SETTLING = 40
_SETTLING_TOLERANCE_S = 0.0001


class FarEnd:
    """
    rate        of the loudspeaker's stream, Hz; 0 before the first `open`
    in_room     whether a microphone can hear the loudspeaker: not where that is a headset
    cuts        how often the stream was stopped while it sounded, and filled anew: its next start has its own time
    starts      how often the stream was started
    slips       how often the line had to be moved while playing: the canceller must find its path again afterwards
    """

    def __init__(self) -> None:
        self.rate = 0
        self.starts = 0
        self.slips = 0
        self.in_room = True
        self.cuts = 0
        self._memory: Pcm = np.zeros(0, np.int16)
        self._epoch = 0.0
        self._next = 0  # sample index since the epoch that is written next
        self._anchored = False
        self._astray = 0
        self._age = 0  # blocks since the stream was started
        self._sounding_until = -1.0

    def open(self, rate: int) -> None:
        """Before the stream starts."""
        self._memory = np.zeros(_SECONDS * rate, np.int16)
        self._anchored = False
        self._next = 0
        self._sounding_until = -1.0
        self.rate = rate

    def write(self, block: Pcm, plays_at: float, sounding: bool) -> None:
        """Output callback. `sounding`: whether anything but silence is in it."""
        if not self._anchored:
            self._anchor(plays_at)
            self.starts += 1
        else:
            settling = self._age < _SETTLING
            tolerance_s = _SETTLING_TOLERANCE_S if settling else _TOLERANCE_S
            astray = (plays_at - self._epoch) * self.rate - self._next
            self._astray = self._astray + 1 if abs(astray) > tolerance_s * self.rate else 0
            if self._astray >= _PATIENCE and settling:
                self._epoch += astray / self.rate  # what was written since the start moves, too: it is not heard yet
                self._astray = 0
            elif self._astray >= _PATIENCE:
                self._anchor(plays_at)
                self._age = _SETTLING
                self.slips += 1
            elif not settling and not self._astray:
                self._epoch += FOLLOW * astray / self.rate
        self._age += 1
        self._put(block)
        if sounding:
            self._sounding_until = plays_at + len(block) / self.rate

    def cut(self, at: float) -> None:
        """Audio control thread, stream stopped: what was to be heard after `at` is not heard."""
        if not self._anchored:
            return
        heard = max(0, round((at - self._epoch) * self.rate))
        if heard < self._next:
            self._silence(max(heard, self._next - len(self._memory)), self._next)
            self._next = heard
        self.cuts += self._sounding_until > at
        self._sounding_until = min(self._sounding_until, at)
        self._anchored = False  # the next start has its own time

    def read(self, at: float, out: Pcm) -> None:
        """Fill `out` with what was played from the time `at` on; silence where nothing was, or is not known yet."""
        out[:] = 0
        size = len(self._memory)
        if not size:
            return
        start = round((at - self._epoch) * self.rate)
        first = max(start, self._next - size, 0)
        last = min(start + len(out), self._next)
        if first >= last:
            return
        position = np.arange(first, last) % size
        out[first - start : last - start] = self._memory[position]

    def sounded_since(self, at: float) -> bool:
        """Whether anything but silence left the loudspeaker into the room after `at`, or is about to."""
        return self.in_room and self._sounding_until > at

    def level(self, at: float) -> float:
        """dBFS of the 20 ms before `at`."""
        if not self.rate:
            return SILENCE_DBFS
        window = np.zeros(self.rate // 50, np.int16)
        self.read(at - 0.02, window)
        return dbfs(window)

    def _anchor(self, plays_at: float) -> None:
        """The next block stands at its own time; silence before it."""
        if self._next == 0 or plays_at < self._epoch:
            self._epoch, self._next = plays_at, 0
        index = round((plays_at - self._epoch) * self.rate)
        if index > self._next:
            self._silence(max(self._next, index - len(self._memory)), index)
        self._next = index
        self._anchored = True
        self._astray = self._age = 0

    def _put(self, block: Pcm) -> None:
        size = len(self._memory)
        at = self._next % size
        head = min(len(block), size - at)
        self._memory[at : at + head] = block[:head]
        if head < len(block):
            self._memory[: len(block) - head] = block[head:]
        self._next += len(block)

    def _silence(self, first: int, last: int) -> None:
        size = len(self._memory)
        count = min(last - first, size)
        at = first % size
        head = min(count, size - at)
        self._memory[at : at + head] = 0
        self._memory[: count - head] = 0
