"""Notices that visitors overdrive the microphone: samples at full scale in their speech. Pure; capture thread only."""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import Pcm

FULL_SCALE = 32100  # -0.2 dBFS: the resampler rounds the corners of flat tops
LEAST_SAMPLES = 8  # of a turn; one click is no overdriven voice


class Overdrive:
    """`turns` of visitors were overdriven since the stream was opened."""

    def __init__(self) -> None:
        self.turns = 0
        self._samples = 0

    def spoke(self, hop: Pcm) -> None:
        """Of a visitor's speech."""
        self._samples += int(np.count_nonzero((hop >= FULL_SCALE) | (hop <= -FULL_SCALE)))

    def turn_over(self) -> None:
        self.turns += self._samples >= LEAST_SAMPLES
        self._samples = 0
