"""Chains to compare with, off the shelf: each a canceller (or none) and a detector with a leaky counter."""

from __future__ import annotations

import numpy as np
import pywebrtc_audio

from kiosk.audio.formats import Framer, Pcm, dbfs
from kiosk.audio.vad import RATE, Earshot, LeakyCounter, Silero, VoiceDetector
from tests.bench.sound_loop import Order

FIRE_MS = 96.0
THRESHOLD = 0.5
LEAST_DBFS = -52.0


class OffTheShelf:
    """Stops at 96 ms of leaky evidence; knows no duck and no slip."""

    def __init__(self, detector: VoiceDetector, processor: pywebrtc_audio.AudioProcessor | None = None) -> None:
        self._processor = processor
        self._detector = detector
        self._framer = Framer(detector.hop)
        self._counter = LeakyCounter(FIRE_MS)
        self._armed = False

    def arm(self, at: float) -> None:
        self._armed = True
        self._counter.reset()

    def disarm(self, at: float) -> None:
        self._armed = False

    def slipped(self, at: float) -> None:
        """It has no use for it."""

    def step(self, near: Pcm, far: Pcm | None, at: float) -> list[Order]:
        if self._processor is not None:
            near = np.asarray(self._processor.process(near, np.zeros_like(near) if far is None else far), np.int16)
        fired = False
        for hop in self._framer.push(near):
            hit = self._detector.probability(hop) >= THRESHOLD and dbfs(hop) > LEAST_DBFS
            fired |= self._counter.update(hit, 1000 * self._detector.hop / RATE, at)
        if not (fired and self._armed):
            return []
        self._counter.reset()
        return [Order.STOP]


def aec3(*, suppress: bool) -> pywebrtc_audio.AudioProcessor:
    return pywebrtc_audio.AudioProcessor(RATE, echo_cancellation=True, noise_suppression=suppress, ns_level=1)


CHAINS = {
    "no canceller + Silero": lambda: OffTheShelf(Silero()),
    "AEC3 + Silero": lambda: OffTheShelf(Silero(), aec3(suppress=False)),
    "AEC3 + NS + Earshot": lambda: OffTheShelf(Earshot(), aec3(suppress=True)),
}
