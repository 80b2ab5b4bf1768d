"""What the microphone of the simulated room hears, block by block. Pure; float32 mono."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from kiosk.rehearsal.acoustics import Convolver, Samples, amplitude, decibels

BLOCKS_PER_S = 100
LONGEST_RESPONSE_S = 2.0
ECHO_S = 3.0


@dataclass(slots=True)
class Line:
    """Something the visitor says; `spoken` samples of it are in the room. `gain_db`: what it was made louder by."""

    id: str
    samples: Samples
    against_echo_db: float | None = None  # how much louder than the echo it is to be, once it begins
    spoken: int = 0
    first_frame: int = 0
    gain_db: float = 0.0
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
        self.drive = 0.0  # of the loudspeaker's limit; 0: it has none
        self.babble: Samples | None = None  # repeated; at least a block long
        self._babble_at = 0
        self._echo = deque[float](maxlen=round(ECHO_S * BLOCKS_PER_S))  # power of the echo's last blocks
        self.muted = False
        self._hiss = np.random.default_rng(1).standard_normal(rate * 4).astype(np.float32)
        self._hiss_at = 0

    def step(self, far: Samples, frame: int) -> tuple[Samples, list[tuple[str, Line]]]:
        """Microphone block for the loudspeaker block that starts at `frame`, and which lines began or ended in it."""
        near = self.path.step(np.tanh(self.drive * far) / np.float32(self.drive) if self.drive else far)
        self._echo.append(float(np.mean(near**2)))
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
                self._measure(line)
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
        if self.babble is not None:
            place = (np.arange(self.block) + self._babble_at) % len(self.babble)
            near += self.babble[place]
            self._babble_at = (self._babble_at + self.block) % len(self.babble)
        if self.muted:
            near[:] = 0
        return np.clip(near, -self.clip, self.clip, out=near), told

    @property
    def echo(self) -> float:
        """Level of the agent's echo, linear: RMS of the louder half of the last three seconds' blocks. 0: silence."""
        loud = sorted(self._echo)[len(self._echo) // 2 :]
        return float(np.sqrt(np.mean(loud))) if loud else 0.0

    def _measure(self, line: Line) -> None:
        """What is to be so much above the echo is made so loud now; without an echo it stays as it is."""
        if line.against_echo_db is None or not self.echo:
            return
        windows = line.samples[: max(len(line.samples) // self.block, 1) * self.block].reshape(-1, self.block)
        power = np.sort(np.mean(windows**2, axis=1))
        level = float(np.sqrt(np.mean(power[len(power) // 2 :])))
        gain = amplitude(line.against_echo_db) * self.echo / max(level, 1e-6)
        line.gain_db = decibels(gain)
        line.samples = line.samples * np.float32(gain)
