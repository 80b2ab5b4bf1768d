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
    """One entry of the sound system's list.

    name        what the settings call it; the same after a replug and a boot
    label       what the sound system calls it to people; may be used in the settings too
    cancelled   of an input: the sound system has taken the echo out already
    headset     heard by one person alone: no microphone hears it (`sound.headset`)
    """

    name: str
    inputs: int
    outputs: int
    default_input: bool = False
    default_output: bool = False
    label: str = ""
    cancelled: bool = False
    headset: bool = False


class Stream(Protocol):
    """A device that was opened. `start` and `abort` may be repeated; `close` ends it and may be repeated too.

    rate        samples a second of the blocks
    latency_s   device buffering, as far as the sound system tells
    device      the one it stands on now; another one when the backend has moved it, which is no loss
    """

    rate: int
    latency_s: float

    @property
    def device(self) -> Device: ...

    def start(self) -> None:
        """Callbacks come from now on. Raises `Fault` NO_DEVICE when the device is gone."""

    def abort(self) -> None:
        """Stop at once; of output, what the device still held is not heard."""

    def close(self) -> None: ...


class Backend(Protocol):
    """Opening and closing may take tens of milliseconds and may be done on any thread; neither ever hangs.

    Both raise `Fault`: NO_DEVICE when there is no such device, it cannot be opened, or the sound system does not
    answer; AUDIO_FORMAT when it can do no rate. The callbacks run on a thread of the sound system, which must never be
    kept waiting.

    A backend that learns of it moves a stream whose device went to the next best, and one that could stand on a better
    device to that, once `set_free` allows it; a headset is followed at once.
    """

    def open_input(self, capture: Capture, lost: Lost) -> Stream: ...
    def open_output(self, fill: Fill, lost: Lost) -> Stream: ...
    def devices(self) -> list[Device]: ...
    def watch(self, changed: Callable[[], None]) -> None:
        """`changed` is called whenever devices came or went, on a thread of the backend, until `unwatch`."""

    def unwatch(self) -> None: ...
    def set_free(self, free: bool) -> None:
        """Whether nobody is disturbed by a stream that moves to a device that is liked better."""
