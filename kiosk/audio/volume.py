"""The loudspeaker's gain: what a visitor steps, eased so that a step does not click."""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import Floats, Pcm

EASE_S = 0.04  # a step is heard as one and not as a click
KNEE = 0.8  # of full scale: up to here the sound is untouched, above it is bent and never clipped


class Volume:
    """One writer (`set`, any thread), one reader (`apply`, the sound system's callback)."""

    def __init__(self, rate: int) -> None:
        self._goal = 1.0
        self._gain = 1.0
        self._step = 1.0 / max(1, round(EASE_S * rate))

    def set(self, gain_db: float) -> None:
        self._goal = 10.0 ** (gain_db / 20)

    def rated(self, rate: int) -> Volume:
        """The same volume for a device of another rate."""
        other = Volume(rate)
        other._goal = other._gain = self._goal
        return other

    def apply(self, block: Pcm) -> None:
        """In place. At a gain of one nothing is done and nothing allocated."""
        gain, goal = self._gain, self._goal
        if gain == goal == 1.0:
            return
        samples = block.astype(np.float32) * np.float32(1 / 32768)
        if gain == goal:
            samples *= np.float32(gain)
        else:
            most = self._step * len(block)
            self._gain = goal if abs(goal - gain) <= most else gain + (most if goal > gain else -most)
            samples *= np.linspace(gain, self._gain, len(block), dtype=np.float32)
        if max(gain, goal) > 1.0:
            bend(samples)
        block[:] = np.rint(samples * np.float32(32767))


def bend(samples: Floats) -> None:
    """In place: above the knee the curve flattens towards full scale, with no corner at the knee."""
    loud = np.abs(samples) > KNEE
    if loud.any():
        over = (np.abs(samples[loud]) - KNEE) / (1 - KNEE)
        samples[loud] = np.sign(samples[loud]) * (KNEE + (1 - KNEE) * over / (1 + over))
