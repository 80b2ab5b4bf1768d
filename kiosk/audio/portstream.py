"""One PortAudio stream: its callbacks, its start and stop, and the device that it stands on."""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sounddevice as sd

from kiosk.audio.backend import Capture, Device, Fill, Lost
from kiosk.audio.clock import BlockClock, StreamClock
from kiosk.audio.devicethread import DeviceThread
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

log = logging.getLogger(__name__)

INPUT_SHARE = 0.6
"""Part of `sound.latency_ms` that is asked for the microphone. PortAudio adds two blocks and wakes for half of a buffer
at a time: with 50 ms the sound came 27 ms (median) after it was made, with 30 ms after 15. Late reading only waits in
the sound server; it is late writing that is heard."""
ANSWER_S = 1.0
"""How long starting, aborting and closing may take; a sound server that hangs would take for ever."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a device is reached.

    index       in PortAudio's list
    served      the sound server's name of it, where it is reached through that; else empty
    """

    index: int
    rate: int
    channels: int
    output: bool
    served: str = ""

    @property
    def where(self) -> str:
        return "loudspeaker" if self.output else "microphone"


class PortAudioStream:
    """One raw stream. The callbacks copy and hand on; they never wait.

    Built on the device thread, where everything that PortAudio could hang in is done. Raises `sounddevice`'s error when
    the device cannot be opened this way.
    """

    def __init__(
        self,
        sound: Sound,
        thread: DeviceThread,
        way: Way,
        device: Device,
        *,
        lost: Lost,
        capture: Capture | None,
        fill: Fill | None,
    ) -> None:
        self.rate = way.rate
        self.alive = True
        self.way = way
        self.device = device
        self._sound = sound
        self._thread = thread
        self._lost = lost
        self._capture = capture
        self._fill = fill
        self._expected = False  # the end of the stream is our own doing
        self._elsewhere = False  # it was moved: the next start must open it where it stands now
        self._clock = BlockClock()
        self._once = threading.Lock()  # held for ever by whoever told of the loss
        self._stream: sd._StreamBase | None = self._opened()
        self.latency_s = float(self._stream.latency)

    @property
    def closed(self) -> bool:
        return self._stream is None

    def start(self) -> None:
        try:
            self._thread.call(self._start, within_s=ANSWER_S)
        except sd.PortAudioError as error:
            self.alive = False
            raise Fault(
                f"the device does not start: {error}",
                where=f"{self.way.where} {self.device.name!r}",
                remedy="look whether it is connected and no other program holds it",
                code=ExitCode.NO_DEVICE,
            ) from error

    def abort(self) -> None:
        """Raises `Fault` NO_DEVICE when the sound system hangs."""
        self._expected = True
        self._thread.call(self._abort, within_s=ANSWER_S)

    def close(self) -> None:
        """Returns although the sound system hangs: the stream is then given back when that goes on."""
        self._expected = True
        self.alive = False
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            self._thread.call(lambda: _end(stream), within_s=ANSWER_S)
        except Fault as fault:
            log.warning("the %s is not given back yet: %s", self.way.where, fault.what)
            atexit.unregister(sd._exit_handler)  # it would hang in the same way, and the program with it

    def lose(self, reason: str) -> None:
        """The backend knows that it is over, whatever PortAudio still believes. Once; any thread."""
        if self._expected and not self.alive:
            return
        self.alive = False
        if self._once.acquire(blocking=False):
            self._lost(f"{self.way.where} {self.device.name!r}: {reason}")

    def put_on(self, device: Device) -> None:
        """It stands on another device of the sound server from now on, or will with its next start. Any thread."""
        self.device = device
        self.way = replace(self.way, served=device.name)
        self._elsewhere = True

    # --- device thread ----------------------------------------------------------------------------------------------

    def _opened(self) -> sd._StreamBase:
        way, share = self.way, INPUT_SHARE if self._capture else 1.0
        kind = sd.RawInputStream if self._capture else sd.RawOutputStream
        with _asked_for(way):
            return kind(
                samplerate=way.rate,
                blocksize=way.rate * self._sound.block_ms // 1000,
                device=way.index,
                channels=way.channels,
                dtype="int16",
                latency=self._sound.latency_ms / 1000 * share,
                callback=self._input(self._capture) if self._capture else self._output(self._fill),
                finished_callback=self._finished,
            )

    def _start(self) -> None:
        if self._stream is None:
            return
        if self._elsewhere:
            self._elsewhere = False
            _end(self._stream)
            self._stream = self._opened()
        self._expected = False
        self._clock.restart()
        self._stream.start()

    def _abort(self) -> None:
        if self._stream is not None:
            self._stream.abort()

    # --- PortAudio's threads ----------------------------------------------------------------------------------------

    def _finished(self) -> None:
        """Whenever the stream comes to rest. Must return None."""
        if not self._expected:
            self.lose("its stream has ended")

    def _input(self, capture: Capture) -> Callable[..., None]:
        clock, channels = StreamClock(), self.way.channels

        def callback(data: Any, frames: int, times: Any, status: sd.CallbackFlags) -> None:
            now = time.monotonic()
            block = np.frombuffer(data, np.int16)
            if channels > 1:
                block = block.reshape(-1, channels).mean(axis=1).astype(np.int16)
            stamp = clock.at(now, times.currentTime, times.inputBufferAdcTime, -self.latency_s)
            capture(block, self._clock.at(now, stamp, frames / self.rate))

        return callback

    def _output(self, fill: Fill | None) -> Callable[..., None]:
        assert fill is not None
        clock, channels = StreamClock(), self.way.channels
        mono = np.zeros(self.rate, np.int16)

        def callback(data: Any, frames: int, times: Any, status: sd.CallbackFlags) -> None:
            now = time.monotonic()
            stamp = clock.at(now, times.currentTime, times.outputBufferDacTime, self.latency_s)
            at = self._clock.at(now, stamp, frames / self.rate)
            if channels == 1:
                fill(np.frombuffer(data, np.int16), at)
                return
            fill(mono[:frames], at)
            np.frombuffer(data, np.int16).reshape(-1, channels)[:] = mono[:frames, None]

        return callback


def _end(stream: sd._StreamBase) -> None:
    stream.abort()
    stream.close()


@contextmanager
def _asked_for(way: Way) -> Iterator[None]:
    """The sound server's own variables, read by ALSA's plug-in when the stream is opened. Device thread only."""
    if not way.served:
        yield
        return
    name = "PULSE_SINK" if way.output else "PULSE_SOURCE"
    before = os.environ.get(name)
    os.environ[name] = way.served
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
