"""Sound from and to WAV files in real time: for machines without devices, for tests, for integrators."""

from __future__ import annotations

import logging
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kiosk.audio.backend import Capture, Device, Fill, Lost
from kiosk.audio.formats import Pcm, Resampler, to_float, to_mono, to_pcm
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

log = logging.getLogger(__name__)

_LATE_S = 1.0


def read_wav(path: Path, rate: int) -> Pcm:
    """A 16-bit WAV file as mono at `rate`. Raises `Fault` AUDIO_FORMAT."""
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, found = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise _bad_file(path, f"cannot be read: {error}") from error
    if width != 2:
        raise _bad_file(path, f"has {8 * width} bits a sample")
    mono = to_mono(np.frombuffer(data, "<i2").astype(np.int16), channels)
    if found == rate:
        return mono
    resampler = Resampler(found, rate, aligned=True)
    return to_pcm(np.concatenate((resampler.feed(to_float(mono)), resampler.finish())))


def _bad_file(path: Path, what: str) -> Fault:
    return Fault(
        f"the sound file {what}",
        where=str(path),
        remedy="give a WAV file with 16-bit PCM",
        code=ExitCode.AUDIO_FORMAT,
    )


class WavBackend:
    """`sound.wav_input` is the microphone: heard once from the start of the stream, then silence. `sound.wav_output`
    receives what the loudspeaker plays, as one timeline from the first start to the close. Either may be missing:
    silence in, nothing written.
    """

    def __init__(self, sound: Sound) -> None:
        self._sound = sound

    def open_input(self, capture: Capture, lost: Lost) -> PacedStream:
        rate = self._sound.rate_hz
        path = self._sound.wav_input
        recording = read_wav(path, rate) if path else np.zeros(0, np.int16)
        position = 0

        def give(block: Pcm, at: float) -> None:
            nonlocal position
            piece = recording[position : position + len(block)]
            block[: len(piece)] = piece
            block[len(piece) :] = 0
            position += len(block)
            capture(block, at - len(block) / rate)

        return PacedStream(self._sound, give)

    def open_output(self, fill: Fill, lost: Lost) -> PacedStream:
        path = self._sound.wav_output
        if path is None:
            return PacedStream(self._sound, fill)
        writer = _Writer(path, self._sound.rate_hz)

        def take(block: Pcm, at: float) -> None:
            fill(block, at)
            writer.write(block, at)

        return PacedStream(self._sound, take, writer.close)

    def devices(self) -> list[Device]:
        names = (self._sound.wav_input, self._sound.wav_output)
        return [
            Device(str(names[0] or "silence"), 1, 0, default_input=True),
            Device(str(names[1] or "nowhere"), 0, 1, default_output=True),
        ]

    def watch(self, changed: Callable[[], None]) -> None:
        """Files do not come and go."""

    def unwatch(self) -> None:
        pass

    def set_free(self, free: bool) -> None:
        pass


class PacedStream:
    """Calls `block(memory, at)` once per block of real time, on a thread of its own; `at` is the block's due time."""

    def __init__(
        self, sound: Sound, block: Callable[[Pcm, float], None], closed: Callable[[], None] = lambda: None
    ) -> None:
        self.rate = sound.rate_hz
        self.latency_s = 0.0
        self.device = Device("file", 1, 1)
        self._length_s = sound.block_ms / 1000
        self._memory: Pcm = np.zeros(sound.rate_hz * sound.block_ms // 1000, np.int16)
        self._block = block
        self._closed: Callable[[], None] | None = closed
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._stop,), name="wav stream", daemon=True)
            self._thread.start()

    def abort(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        self.abort()
        closed, self._closed = self._closed, None
        if closed is not None:
            closed()

    def _run(self, stop: threading.Event) -> None:
        due = time.monotonic()
        while not stop.is_set():
            self._block(self._memory, due)
            due += self._length_s
            now = time.monotonic()
            if now - due > _LATE_S:  # the machine slept: go on from here instead of catching up
                due = now
            stop.wait(max(0.0, due - now))


class _Writer:
    """A WAV file along real time: while the stream is stopped, silence passes."""

    def __init__(self, path: Path, rate: int) -> None:
        try:
            self._raw = path.open("wb")  # and not `wave.open(path)`, which complains in its destructor when it fails
        except OSError as error:
            raise Fault(
                f"the sound file cannot be written: {error.strerror}",
                where=str(path),
                remedy="name a file in a folder that exists and may be written",
                code=ExitCode.SETTINGS,
            ) from error
        self._file = wave.open(self._raw, "wb")  # noqa: SIM115 - closed with the stream
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(rate)
        self._rate = rate
        self._expected: float | None = None

    def write(self, block: Pcm, at: float) -> None:
        if self._expected is not None and at - self._expected > len(block) / self._rate:
            self._file.writeframes(bytes(2 * round((at - self._expected) * self._rate)))
        self._file.writeframes(block.astype("<i2").tobytes())
        self._expected = at + len(block) / self._rate

    def close(self) -> None:
        self._file.close()
        self._raw.close()
