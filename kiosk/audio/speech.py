"""The path to the agent: a canceller while the loudspeaker is about, the bare microphone while it is not.

Both come with the same delay and pass over into each other within a frame, so no seam is heard and the time of a sample
is known at any moment.
"""

from __future__ import annotations

import numpy as np

from kiosk.audio.echo import FRAME, RATE, Canceller
from kiosk.audio.formats import Floats, Pcm

_RISING: Floats = ((np.arange(FRAME) + 0.5) / FRAME).astype(np.float32)


class SpeechPath:
    """Capture thread only.

    delay_s     what `step` returns is so much older than what it was given
    linear      the frame with the predicted echo taken out and nothing else, not delayed (see `Canceller`); the
                microphone's own while nothing sounds
    """

    def __init__(self, canceller: Canceller) -> None:
        self.delay_s = canceller.delay / RATE
        self.linear: Pcm = np.zeros(FRAME, np.int16)
        self._canceller = canceller
        self._waiting: Pcm = np.zeros(canceller.delay, np.int16)
        self._silence: Pcm = np.zeros(FRAME, np.int16)
        self._frames = 0  # since the canceller was put to work; 0 while it rests

    def step(self, near: Pcm, far: Pcm | None) -> Pcm:
        """10 ms. `far`: None when nothing sounds and nothing echoes any more."""
        plain = self._delayed(near)
        if far is None and not self._frames:
            self.linear = near
            return plain
        clean = self._canceller.process(near, self._silence if far is None else far)
        self.linear = self._canceller.linear
        self._frames += 1
        if far is None:
            worked, self._frames = self._frames, 0
            return _passing(clean, plain) if worked > 3 else plain
        # Its first frames still hold what it was given when it was last at work.
        lead = 1 + -(-self._canceller.delay // FRAME)
        if self._frames <= lead:
            return plain
        return _passing(plain, clean) if self._frames == lead + 1 else clean

    def slipped(self) -> None:
        self._canceller.slipped()

    def reset(self) -> None:
        """A new stream: forget the echo path too."""
        self._waiting[:] = 0
        self._frames = 0
        self._canceller.reset()

    def _delayed(self, near: Pcm) -> Pcm:
        if not len(self._waiting):
            return near
        line = np.concatenate((self._waiting, near))
        self._waiting = line[FRAME:]
        return line[:FRAME]


def _passing(old: Pcm, new: Pcm) -> Pcm:
    """From the one to the other, in a frame. They hold the same voice, so amplitudes add up to one and not powers."""
    mixed = old + _RISING * (new.astype(np.float32) - old)
    return np.asarray(np.rint(mixed), np.int16)
