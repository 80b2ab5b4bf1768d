"""What the microphone of the simulated room hears, block by block. Pure; float32 mono."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from kiosk.rehearsal.acoustics import Convolver, Samples

BLOCKS_PER_S = 100
LONGEST_RESPONSE_S = 2.0


@dataclass(slots=True)
class Line:
    """Something the visitor says; `spoken` samples of it are in the room."""

    id: str
    samples: Samples
    spoken: int = 0
    first_frame: int = 0
    at: float = 0.0  # when the first sample was captured, monotonic seconds


class Mixture:
    """What the microphone hears. `step` runs on the sound thread, everything else on the control thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.block = rate // BLOCKS_PER_S
        self.path = Convolver(self.block, int(LONGEST_RESPONSE_S * rate))
        self.lines: deque[Line] = deque()
        self.hushed = False
        self.noise = 0.0
        self.clip = 1.0
        self.muted = False
        self._hiss = np.random.default_rng(1).standard_normal(rate * 4).astype(np.float32)
        self._hiss_at = 0

    def step(self, far: Samples, frame: int) -> tuple[Samples, list[tuple[str, Line]]]:
        """Microphone block for the loudspeaker block that starts at `frame`, and which lines began or ended in it."""
        near = self.path.step(far)
        told: list[tuple[str, Line]] = []
        if self.hushed:
            told += [("said", line) for line in self.lines if line.spoken]
            self.lines.clear()
            self.hushed = False
        filled = 0
        while self.lines and filled < self.block:
            line = self.lines[0]
            if not line.spoken:
                line.first_frame = frame + filled
                told.append(("saying", line))
            take = min(self.block - filled, len(line.samples) - line.spoken)
            near[filled : filled + take] += line.samples[line.spoken : line.spoken + take]
            line.spoken += take
            filled += take
            if line.spoken == len(line.samples):
                self.lines.popleft()
                told.append(("said", line))
        if self.noise:
            # Four seconds of noise in a loop at a step that never repeats a block within a minute.
            self._hiss_at = (self._hiss_at + self.block + 7) % (len(self._hiss) - self.block)
            near += self.noise * self._hiss[self._hiss_at : self._hiss_at + self.block]
        if self.muted:
            near[:] = 0
        return np.clip(near, -self.clip, self.clip, out=near), told
