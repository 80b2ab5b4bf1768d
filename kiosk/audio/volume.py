"""The loudspeaker's gain, in one place: a visitor's steps and a duck, eased so that neither clicks, and the limiter."""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import Floats, Pcm
from kiosk.audio.limiter import CEILING, Limiter, peak_of

EASE_S = 0.04  # a step is heard as one and not as a click
DUCK_S = 0.02
RESTORE_S = 0.15  # a duck that was wrong comes back as a swell and not as a jump
SCRATCH_S = 0.04  # the longest block that the settings allow; a longer one is done in pieces
_MOST = np.float32(CEILING * 32768)


class Fader:
    """A gain on its way to a goal, linear. One writer of `goal` (any thread), one of `gain` (the callback)."""

    def __init__(self) -> None:
        self.goal = 1.0
        self.gain = 1.0

    def move(self, seconds: float, whole_s: float) -> None:
        """On by `seconds`; a gain of full size is crossed in `whole_s`."""
        goal, most = self.goal, seconds / whole_s
        away = goal - self.gain
        self.gain = goal if abs(away) <= most else self.gain + (most if away > 0 else -most)


class Volume:
    """Everything but `apply` and `settle` may be called on any thread and is in force from the next block on."""

    def __init__(self, rate: int, duck_db: float = 0.0) -> None:
        self._rate = rate
        self._duck_db = duck_db
        self._ducked = 10.0 ** (-duck_db / 20)
        self._depth = max(1e-3, 1.0 - self._ducked)
        self._volume = Fader()
        self._duck = Fader()
        size = max(1, round(SCRATCH_S * rate))
        self._scratch: Floats = np.zeros(size, np.float32)
        self._curve: Floats = np.zeros(size, np.float32)
        self._limiter = Limiter(rate)
        self._count: Floats = np.arange(1, size + 1, dtype=np.float32)

    def set(self, gain_db: float) -> None:
        self._volume.goal = 10.0 ** (gain_db / 20)

    def duck(self, on: bool) -> None:
        """Down by the decibels of a duck within 20 ms, back up within 150 ms."""
        self._duck.goal = self._ducked if on else 1.0

    def rated(self, rate: int) -> Volume:
        """The same volume for a device of another rate, without a duck."""
        other = Volume(rate, self._duck_db)
        other._volume.goal = other._volume.gain = self._volume.goal
        return other

    def settle(self) -> None:
        """The sound system's callback, for a silent block: nobody hears a jump, and the next word has its own level."""
        self._volume.gain = self._volume.goal
        self._duck.gain = self._duck.goal
        self._limiter.rest()

    @property
    def ahead(self) -> int:
        """How many samples behind a block `apply` wants to know the peak of."""
        return self._limiter.ahead

    def apply(self, block: Pcm, ahead: int = 0) -> None:
        """The sound system's callback; in place. `ahead`: the largest magnitude among the samples that follow.

        At a gain of one nothing is touched that is not above -1 dBFS; and no memory is ever taken.
        """
        size = len(self._scratch)
        for at in range(0, len(block), size):
            piece = block[at : at + size]
            behind = block[at + size : at + size + self.ahead]
            self._apply(piece, peak_of(behind) if len(behind) else ahead)

    def _apply(self, block: Pcm, ahead: int) -> None:
        volume, duck = self._volume, self._duck
        before = volume.gain * duck.gain
        seconds = len(block) / self._rate
        volume.move(seconds, EASE_S)
        duck.move(seconds, (DUCK_S if duck.goal < duck.gain else RESTORE_S) / self._depth)
        after = volume.gain * duck.gain
        loudest = max(before, after)
        calm = self._limiter.passes(peak_of(block) if loudest > CEILING else 0, ahead, loudest)
        if calm and before == after == 1.0:
            return
        samples = self._scratch[: len(block)]
        np.copyto(samples, block)
        if calm and before == after:
            samples *= np.float32(after)
        else:
            curve = self._curve[: len(block)]
            self._limiter.shape(block, ahead, (before, after), curve, self._count)
            samples *= curve
        np.rint(samples, out=samples)
        np.clip(samples, -_MOST, _MOST, out=samples)  # what came without being announced: the first sample after a hole
        np.copyto(block, samples, casting="unsafe")
