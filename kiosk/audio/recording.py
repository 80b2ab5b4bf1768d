"""Plays a programme over the loudspeaker while the microphone is taped. Real streams, the real chain."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from kiosk.audio.backend import Backend, Stream
from kiosk.audio.formats import Pcm, to_pcm
from kiosk.audio.speaker import StreamSpeaker
from kiosk.audio.stimulus import Programme
from kiosk.audio.tape import Recorder, Tape, TapedFarEnd
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

FIRST_BLOCK_S = 3.0
_LATE_S = 10.0
_RESPONSE = "measurement"


class Session:
    """Both devices, open from `__enter__` to `__exit__`. Blocks; one thread. Raises `Fault` NO_DEVICE, AUDIO_FORMAT.

    The loudspeaker is the kiosk's own, with the site's volume and everything else that stands before the device; the
    microphone is taped as the device gives it, before anything of ours.
    """

    def __init__(self, backend: Backend, sound: Sound) -> None:
        self._backend = backend
        self._sound = sound
        self._far_end = TapedFarEnd()
        self._speaker = StreamSpeaker(backend, sound, self._far_end)
        self._near = Recorder()
        self._stream: Stream | None = None
        self._first_block = threading.Event()
        self._ended = threading.Event()
        self._gone = threading.Event()
        self._lost: str | None = None
        self._speaker.on_ended = lambda *_: self._ended.set()
        self._speaker.on_lost = self._on_lost

    def __enter__(self) -> Self:
        self._stream = self._backend.open_input(self._captured, self._on_lost)
        try:
            self._stream.start()
            self._speaker.open()
            self._speaker.set_volume(self._sound.volume_db)
            if not self._first_block.wait(FIRST_BLOCK_S):
                raise Fault(
                    f"the microphone was opened and delivered nothing in {FIRST_BLOCK_S:.0f} s",
                    where="setting sound.microphone",
                    remedy="check that it is plugged in and not muted, or name another one",
                    code=ExitCode.NO_DEVICE,
                )
        except Fault:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    @property
    def rate(self) -> int:
        assert self._stream is not None
        return self._stream.rate

    @property
    def cancelled(self) -> bool:
        """Whether the sound system takes the echo out of this microphone."""
        assert self._stream is not None
        return self._stream.device.cancelled

    @property
    def underruns(self) -> int:
        return self._speaker.figures.underruns

    def listen(self, seconds: float) -> None:
        """Tapes silence, or whoever speaks."""
        self._gone.wait(seconds)
        self._check()

    def play(self, shown: Programme) -> None:
        """Until the last of it was heard."""
        self._ended.clear()
        self._speaker.begin(_RESPONSE)
        self._speaker.feed(_RESPONSE, to_pcm(shown.samples).astype("<i2").tobytes(), shown.rate)
        self._speaker.end(_RESPONSE)
        if not self._ended.wait(len(shown.samples) / shown.rate + _LATE_S):
            self._lost = self._lost or "the loudspeaker does not come to the end of the measurement"
        self._check()

    def mark(self) -> int:
        """Samples on the microphone's tape by now."""
        return len(self._near)

    def tapes(self) -> tuple[Tape, Tape]:
        """(near, far), as they are by now."""
        return self._near.tape(self.rate), self._far_end.recorder.tape(self._far_end.rate)

    def _captured(self, block: Pcm, captured_at: float) -> None:
        self._near.write(block, captured_at, time.monotonic())
        self._first_block.set()

    def _on_lost(self, reason: str) -> None:
        self._lost = reason
        self._gone.set()
        self._ended.set()

    def _check(self) -> None:
        if self._lost is not None:
            raise Fault(
                f"a device went away during the measurement: {self._lost}",
                where="microphone or loudspeaker",
                remedy="connect it firmly and measure again",
                code=ExitCode.NO_DEVICE,
            )

    def _close(self) -> None:
        self._speaker.close()
        if self._stream is not None:
            self._stream.close()
