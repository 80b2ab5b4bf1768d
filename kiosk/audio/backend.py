"""What a sound system must offer: the plug-in point `kiosk.audio`.

A backend class is built with the `sound` section of the settings. It gives two streams that live and die apart from
each other: cutting the loudspeaker must not deafen the microphone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kiosk.audio.formats import Pcm

Capture = Callable[[Pcm, float], None]
"""(block, captured_at): mono int16, and the monotonic time of its first sample. Copy it; it is the device's memory."""

Fill = Callable[[Pcm, float], None]
"""(block, plays_at): fill all of it; `plays_at` is the monotonic time at which its first sample leaves the speaker."""

Lost = Callable[[str], None]
"""(reason): the stream has ended by itself. From any thread; returns at once."""


@dataclass(frozen=True, slots=True)
class Device:
    """One entry of the sound system's list. `name` is what the settings call it."""

    name: str
    inputs: int
    outputs: int
    default_input: bool = False
    default_output: bool = False


class Stream(Protocol):
    """A device that was opened. `start` and `abort` may be repeated; `close` ends it and may be repeated too.

    rate        samples a second of the blocks
    latency_s   device buffering, as far as the sound system tells
    """

    rate: int
    latency_s: float

    def start(self) -> None:
        """Callbacks come from now on. Raises `Fault` NO_DEVICE when the device is gone."""

    def abort(self) -> None:
        """Stop at once; of output, what the device still held is not heard."""

    def close(self) -> None: ...


class Backend(Protocol):
    """Opening and closing may take tens of milliseconds and may be done on any thread.

    Both raise `Fault`: NO_DEVICE when there is no such device or it cannot be opened, AUDIO_FORMAT when it cannot do
    the rate. The callbacks run on a thread of the sound system, which must never be kept waiting.
    """

    def open_input(self, capture: Capture, lost: Lost) -> Stream: ...
    def open_output(self, fill: Fill, lost: Lost) -> Stream: ...
    def devices(self) -> list[Device]: ...
