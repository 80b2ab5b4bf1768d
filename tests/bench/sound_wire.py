"""The product's chain behind its real rings, rate conversion and time stamps: 48 kHz devices whose stamps wander."""

from __future__ import annotations

import numpy as np

from kiosk.audio.clock import SampleClock
from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Pcm, Resampler, to_float, to_pcm
from kiosk.audio.line import RING_S, Line
from kiosk.audio.mic import FAR_HEADROOM_S
from kiosk.audio.ring import Ring
from tests.bench.sound_loop import Order, Ours

DEVICE_RATE = 48000
WANDER_S = 0.002  # of both devices' stamps, standard deviation
_BLOCK = DEVICE_RATE // 100


class Wired(Ours):
    """Near and far end go to 48 kHz, through `Ring`, `FarEnd` and `Line`, and come back by their stamps.

    The near end is one block late, as from a device: the far end of its time is known by then.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._rng = np.random.default_rng(seed)
        self._up = Resampler(16000, DEVICE_RATE), Resampler(16000, DEVICE_RATE)
        self._ring = Ring(round(RING_S * DEVICE_RATE))
        self._far_end = FarEnd()
        self._far_end.open(DEVICE_RATE)
        self._line = Line(self._ring, DEVICE_RATE)
        self._clock = SampleClock(DEVICE_RATE)
        self._waiting: Pcm = np.zeros(_BLOCK, np.int16)
        self._slips = self._starts = 0

    def later(self, seconds: float) -> None:
        self._line.far_later(seconds)

    def step(self, near: Pcm, far: Pcm | None, at: float) -> list[Order]:
        sound = np.zeros_like(near) if far is None else far
        wander = self._rng.normal(0, WANDER_S, 2)
        plays_at = at - 0.01 + FAR_HEADROOM_S + float(wander[0])
        self._far_end.write(to_pcm(self._up[0].feed(to_float(sound))), plays_at, far is not None)
        position = self._ring.written
        mark = position, self._clock.at(position, at - 0.02 + float(wander[1]))
        self._ring.write(self._waiting)
        self._waiting = to_pcm(self._up[1].feed(to_float(near)))
        orders: list[Order] = []
        for frame, captured_at in self._line.blocks(mark):
            beside = None if far is None else self._line.far_end(self._far_end, captured_at + FAR_HEADROOM_S)
            if far is None:
                self._line.far_rests()
            if self._far_end.starts != self._starts:
                self._starts = self._far_end.starts
                self.hearing.begun()
            if self._far_end.slips != self._slips:
                self._slips = self._far_end.slips
                self.slipped(captured_at)
            orders += self.hear(frame, beside, captured_at)
        return orders
