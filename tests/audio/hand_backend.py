"""A sound system driven by hand: the test is the device. The callbacks under test are the real ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kiosk.audio.backend import Capture, Device, Fill, Lost
from kiosk.audio.formats import Pcm
from kiosk.core.fault import ExitCode, Fault


class HandStream:
    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.latency_s = 0.05
        self.device = Device("by hand", 1, 1)
        self.calls: list[str] = []
        self.refuses = False

    def start(self) -> None:
        if self.refuses:
            raise Fault("the device does not start", where="here", remedy="plug it in", code=ExitCode.NO_DEVICE)
        self.calls.append("start")

    def abort(self) -> None:
        self.calls.append("abort")

    def close(self) -> None:
        self.calls.append("close")


class HandBackend:
    def __init__(self, rate: int = 48000) -> None:
        self.input = HandStream(rate)
        self.output = HandStream(rate)
        self.rate = rate

    def open_input(self, capture: Capture, lost: Lost) -> HandStream:
        self.capture, self.lose_input = capture, lost
        return self.input

    def open_output(self, fill: Fill, lost: Lost) -> HandStream:
        self.fill, self.lose_output = fill, lost
        return self.output

    def devices(self) -> list[Device]:
        return []

    def watch(self, changed: Callable[[], None]) -> None:
        pass

    def unwatch(self) -> None:
        pass

    def set_free(self, free: bool) -> None:
        pass

    def play(self, plays_at: float, samples: int = 480) -> Pcm:
        """What the loudspeaker's device gets for one block. Memory is dirty, as a device's is."""
        block = np.full(samples, 77, np.int16)
        self.fill(block, plays_at)
        return block
