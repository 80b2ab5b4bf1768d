"""What every echo canceller offers. The engines stand in files of their own, `engines` chooses among them."""

from __future__ import annotations

from typing import Protocol

from kiosk.audio.formats import Pcm

RATE = 16000
FRAME = RATE // 100  # samples


class Canceller(Protocol):
    """Takes the loudspeaker out of the microphone. Driven by one thread, 10 ms of 16 kHz int16 at a time.

    delay       samples that what `process` returns lies behind `near`; constant
    linear      the last frame of `near` less what the engine predicts of the echo and nothing more, not delayed: no
                suppression has been over it, so a visitor in it is whole. `near` itself where an engine keeps that to
                itself
    """

    delay: int
    linear: Pcm

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """`near` and `far` are 160 samples each, aligned in time, frame after frame without holes; so is the result."""

    def slipped(self) -> None:
        """The echo path has just moved by more than the room can move it: what was learned is in doubt."""

    def reset(self) -> None:
        """Forget the echo path."""


class NoCanceller:
    """For microphones that cancel by themselves, for headsets, and for where nothing else loads."""

    delay = 0

    def __init__(self) -> None:
        self.linear: Pcm

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self.linear = near
        return near

    def slipped(self) -> None:
        """It believes nothing."""

    def reset(self) -> None:
        """It remembers nothing."""
