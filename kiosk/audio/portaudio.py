"""Real devices through PortAudio. The only module that knows `sounddevice`.

PulseAudio's and PipeWire's buffering is left to PortAudio's own latency parameter: with PULSE_LATENCY_MSEC set, output
callbacks were seen to stop for ever while the stream claimed to be active.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import sounddevice as sd

from kiosk.audio.backend import Capture, Device, Fill, Lost
from kiosk.audio.clock import StreamClock
from kiosk.audio.devices import pick, stable_name
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

log = logging.getLogger(__name__)

INPUT_SHARE = 0.6
"""Part of `sound.latency_ms` that is asked for the microphone. PortAudio adds two blocks and wakes for half of a buffer
at a time: with 50 ms the sound came 27 ms (median) after it was made, with 30 ms after 15. Late reading only waits in
the sound server; it is late writing that is heard."""
_FORMAT_ERRORS = (-9997, -9998, -9994)  # paInvalidSampleRate, paInvalidChannelCount, paSampleFormatNotSupported


class PortAudioBackend:
    """Mono int16 at `sound.rate_hz` in blocks of `sound.block_ms`, one stream each way.

    PortAudio reads the list of devices once, when it is initialised, and after the death of a sound server all its
    streams stay dead. So whenever no living stream is left, the next look or opening initialises it anew (35-100 ms).
    """

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._lock = threading.Lock()  # PortAudio must not be opened, closed or initialised by two threads at once
        self._streams: list[_PortAudioStream] = []
        self._fresh = True  # importing sounddevice has initialised it

    def open_input(self, capture: Capture, lost: Lost) -> _PortAudioStream:
        with self._lock:
            return self._open(self._sound.microphone, lost, capture=capture)

    def open_output(self, fill: Fill, lost: Lost) -> _PortAudioStream:
        with self._lock:
            return self._open(self._sound.loudspeaker, lost, fill=fill)

    def devices(self) -> list[Device]:
        """The devices of the default host API, by their stable names."""
        with self._lock:
            return [device for _, device in self._listed()]

    def _listed(self) -> list[tuple[int, Device]]:
        self._refresh()
        listed: list[tuple[int, Device]] = []
        try:
            host = sd.query_hostapis(sd.default.hostapi)
        except sd.PortAudioError:  # no host API at all: a sound server that is down
            return listed
        for index in host["devices"]:
            info = sd.query_devices(index)
            listed.append(
                (
                    index,
                    Device(
                        stable_name(info["name"]),
                        info["max_input_channels"],
                        info["max_output_channels"],
                        index == host["default_input_device"],
                        index == host["default_output_device"],
                    ),
                )
            )
        return listed

    def _open(
        self, wanted: str, lost: Lost, *, capture: Capture | None = None, fill: Fill | None = None
    ) -> _PortAudioStream:
        listed = self._listed()
        output = fill is not None
        device = pick([device for _, device in listed], wanted, output=output)
        index = next(index for index, candidate in listed if candidate is device)
        where = f"{'loudspeaker' if output else 'microphone'} {device.name!r}"
        # Cards without a mixing layer may know stereo only.
        choices = [1, 2] if (device.outputs if output else device.inputs) > 1 else [1]
        for channels in choices:
            try:
                stream = _PortAudioStream(
                    self._sound,
                    index=index,
                    channels=channels,
                    where=where,
                    lost=lost,
                    capture=capture,
                    fill=fill,
                )
            except sd.PortAudioError as error:
                if channels == choices[-1] or _code(error) not in _FORMAT_ERRORS:
                    raise self._refused(error, where) from error
            else:
                self._streams.append(stream)
                return stream
        raise AssertionError("every choice returns or raises")

    def _refused(self, error: sd.PortAudioError, where: str) -> Fault:
        if _code(error) in _FORMAT_ERRORS:
            return Fault(
                f"the device cannot do 16 bit at {self._sound.rate_hz} Hz",
                where=where,
                remedy="set sound.rate_hz to a rate that it can, or name another device",
                code=ExitCode.AUDIO_FORMAT,
            )
        return Fault(
            f"the device cannot be opened: {error}",
            where=where,
            remedy="look whether it is connected and no other program holds it",
            code=ExitCode.NO_DEVICE,
        )

    def _refresh(self) -> None:
        self._streams = [stream for stream in self._streams if not stream.closed]
        if any(stream.alive for stream in self._streams):
            return
        for dead in self._streams:
            dead.close()
        self._streams.clear()
        if not self._fresh:
            sd._terminate()
            sd._initialize()
        self._fresh = False


def _code(error: sd.PortAudioError) -> int:
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0


class _PortAudioStream:
    """One raw stream. The callbacks copy and hand on; they never wait."""

    def __init__(
        self,
        sound: Sound,
        *,
        index: int,
        channels: int,
        where: str,
        lost: Lost,
        capture: Capture | None,
        fill: Fill | None,
    ) -> None:
        self.rate = sound.rate_hz
        self.alive = True
        self._where = where
        self._lost = lost
        self._expected = False  # the end of the stream is our own doing
        self._lock = threading.Lock()  # the control thread's abort against a close from elsewhere
        kind = sd.RawInputStream if capture else sd.RawOutputStream
        self._stream: sd._StreamBase | None = kind(
            samplerate=sound.rate_hz,
            blocksize=sound.rate_hz * sound.block_ms // 1000,
            device=index,
            channels=channels,
            dtype="int16",
            latency=sound.latency_ms / 1000 * (INPUT_SHARE if capture else 1.0),
            callback=self._input(capture, channels) if capture else self._output(fill, channels),
            finished_callback=self._finished,
        )
        self.latency_s = float(self._stream.latency)

    @property
    def closed(self) -> bool:
        return self._stream is None

    def start(self) -> None:
        with self._lock:
            if self._stream is None:
                return
            self._expected = False
            try:
                self._stream.start()
            except sd.PortAudioError as error:
                self.alive = False
                raise Fault(
                    f"the device does not start: {error}",
                    where=self._where,
                    remedy="look whether it is connected and no other program holds it",
                    code=ExitCode.NO_DEVICE,
                ) from error

    def abort(self) -> None:
        with self._lock:
            self._expected = True
            if self._stream is not None:
                self._stream.abort()

    def close(self) -> None:
        with self._lock:
            self._expected = True
            self.alive = False
            stream, self._stream = self._stream, None
            if stream is not None:
                stream.abort()
                stream.close()

    def _finished(self) -> None:
        """PortAudio's thread, whenever the stream comes to rest. Must return None."""
        if not self._expected:
            self.alive = False
            self._lost(f"the {self._where} has ended its stream")

    def _input(self, capture: Capture, channels: int) -> Callable[..., None]:
        clock = StreamClock()

        def callback(data: Any, frames: int, times: Any, status: sd.CallbackFlags) -> None:
            now = time.monotonic()
            block = np.frombuffer(data, np.int16)
            if channels > 1:
                block = block.reshape(-1, channels).mean(axis=1).astype(np.int16)
            at = clock.at(now, times.currentTime, times.inputBufferAdcTime, -self.latency_s)
            capture(block, at)

        return callback

    def _output(self, fill: Fill | None, channels: int) -> Callable[..., None]:
        assert fill is not None
        clock = StreamClock()
        mono = np.zeros(self.rate, np.int16)

        def callback(data: Any, frames: int, times: Any, status: sd.CallbackFlags) -> None:
            now = time.monotonic()
            at = clock.at(now, times.currentTime, times.outputBufferDacTime, self.latency_s)
            if channels == 1:
                fill(np.frombuffer(data, np.int16), at)
                return
            fill(mono[:frames], at)
            np.frombuffer(data, np.int16).reshape(-1, channels)[:] = mono[:frames, None]

        return callback
