"""Automatic gain on what goes up, behind every detector. Pure; one owner.

Behind them because a gain in front lifts the echo that a canceller leaves (14 dB, measured) and multiplies false
interruptions.
"""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import Pcm

TARGET_DBFS = -26.0  # of speech, RMS
MOST_DB = 18.0
SLOPE_DB_S = 3.0  # slower than syllables by far: nothing pumps
CEILING = 29204  # -1 dBFS
_FOLLOW_MS = 640.0  # of speech, in which it follows a new level


class UplinkGain:
    """`gain_db`: in force now, 0 to `MOST_DB`."""

    def __init__(self) -> None:
        self.gain_db = 0.0
        self._speech_power: float | None = None
        self._last = 1.0

    def hear(self, level_dbfs: float, length_ms: float) -> None:
        """The level of a hop of speech, as the microphone gives it. Not while the agent sounds: that is its echo."""
        power = 10 ** (level_dbfs / 10)
        if self._speech_power is None:
            self._speech_power = power
        self._speech_power += min(1.0, length_ms / _FOLLOW_MS) * (power - self._speech_power)
        wanted = float(np.clip(TARGET_DBFS - 10 * np.log10(self._speech_power), 0.0, MOST_DB))
        step = SLOPE_DB_S * length_ms / 1000
        self.gain_db += float(np.clip(wanted - self.gain_db, -step, step))

    def apply(self, block: Pcm) -> Pcm:
        """10 ms. The gain glides from block to block; a peak that would pass -1 dBFS lowers it at once."""
        if self.gain_db == 0.0 and self._last == 1.0:
            return block
        peak = int(np.abs(block.astype(np.int32)).max(initial=0))
        gain = min(10 ** (self.gain_db / 20), CEILING / peak if peak else np.inf)
        ramp = np.linspace(self._last, gain, len(block), dtype=np.float32)
        self._last = gain
        louder = np.clip(block * ramp, -CEILING, CEILING)
        return np.asarray(np.rint(louder), np.int16)
