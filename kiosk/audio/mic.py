"""The microphone: one capture thread from the device's blocks to the frames that may go up.

Per 10 ms: resample to 16 kHz, guard or voice detector, gate. Near and far end meet here and nowhere else, frame by
frame, so that cancellers (the guard's, and later one for what goes up) stand between the two.
"""

from __future__ import annotations

import logging
import threading
import time
from queue import Empty, SimpleQueue

import numpy as np

from kiosk.audio.backend import Backend, Stream
from kiosk.audio.clock import SampleClock
from kiosk.audio.echo import FRAME, RATE, WebRtcCanceller
from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Framer, Meter, Pcm, Resampler, to_float, to_pcm
from kiosk.audio.gate import Gate
from kiosk.audio.guard import Guard
from kiosk.audio.ring import Ring, Tap
from kiosk.audio.vad import Earshot, Silero
from kiosk.core.fault import Fault
from kiosk.core.ports import MicrophoneFigures, Uplink, VoiceEdge
from kiosk.settings.schema import Capture

log = logging.getLogger(__name__)

RING_S = 0.4
"""Sound older than this is stale: a sound server that was frozen delivers seconds of it in one burst."""
SILENT_DEVICE_S = 2.0
ECHO_TAIL_S = 1.0
"""How long after the loudspeaker fell silent the canceller still runs."""
CLOSED_WAKE_S = 0.1
"""While nothing may go up and nothing sounds, the capture thread looks only this often: a wake costs more than
the work."""
FAR_HEADROOM_S = 0.020
"""The far end is handed over this much ahead of the near end. Both streams' time stamps may be some 10 ms wrong, and a
canceller finds any delay but a negative one."""
FAR_TOLERANCE_S = 0.010
"""Time stamps of input blocks wander by a few ms; the far end follows only what is more than that."""


class CaptureMicrophone:
    """Implements `kiosk.core.ports.Microphone` on a backend's input stream.

    Callbacks come on the capture thread and must return at once: while they run, `set_uplink` and `forget` of other
    threads wait, and so nothing at all goes up after `set_uplink(CLOSED)` or `forget` has returned.

    While the uplink is CLOSED the sound is levelled and kept for the pre-roll, and no detector looks at it.

    `open` blocks for tens of milliseconds and raises `Fault` (NO_DEVICE, AUDIO_FORMAT).
    """

    def __init__(self, backend: Backend, capture: Capture, far_end: FarEnd) -> None:
        self.on_frame = _ignore_frame
        self.on_voice = _ignore_voice
        self.on_lost = _ignore_lost
        self._backend = backend
        self._far_end = far_end
        self._gate = Gate(capture)
        self._lock = threading.RLock()
        self._barge_in = capture.voice_barge_in
        self._voice = Silero()
        self._voice_framer = Framer(self._voice.hop)
        self._guard = Guard(WebRtcCanceller(), Earshot(), threshold=capture.guard_threshold, fire_ms=capture.guard_ms)
        self._meter = Meter()
        self._stream: Stream | None = None
        self._thread: threading.Thread | None = None
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._closing = False
        self._lost_reason: str | None = None
        self._ring = Ring(1)
        self._clock = SampleClock(1)
        self._mark = (0, 0.0)  # (position in the ring, when that sample was captured)
        self._wake_at = 0  # samples of the device after which the capture thread is woken
        self._unseen = 0
        self._frames = 0
        self._laps = 0
        self._dropped = 0

    # --- life ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the device and begin to listen. Again after a loss; the uplink mode stays as it was set."""
        self.close()
        self._lost_reason = None
        self._closing = False
        stream = self._backend.open_input(self._captured, self._lost)
        self._ring = Ring(round(RING_S * stream.rate))
        self._clock = SampleClock(stream.rate)
        with self._lock:
            self._gate.restart(time.monotonic())
        line = _Line(self._ring, stream.rate)
        self._stream = stream
        try:
            stream.start()
        except Fault:
            self._stream = None
            stream.close()
            raise
        self._thread = threading.Thread(target=self._listen, args=(line,), name="capture", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and give the device back. Not from a callback of this microphone."""
        self._closing = True
        self._bell.put(None)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    # --- orders -------------------------------------------------------------------------------------------------

    def set_uplink(self, uplink: Uplink) -> None:
        """In force when this returns; after HELD, when its tail is up."""
        with self._lock:
            self._gate.set_uplink(uplink, time.monotonic())
        self._bell.put(None)

    def forget(self) -> None:
        """In force when this returns; also ends a tail."""
        with self._lock:
            self._gate.forget(time.monotonic())

    @property
    def uplink(self) -> Uplink:
        """What is in force: HELD until the tail after a release is up."""
        return self._gate.uplink

    @property
    def figures(self) -> MicrophoneFigures:
        return MicrophoneFigures(
            frames=self._frames,
            overruns=self._laps,
            dropped=self._dropped,
            level_dbfs=self._meter.level,
            floor_dbfs=self._meter.floor,
        )

    # --- the sound system's threads -----------------------------------------------------------------------------

    def _captured(self, block: Pcm, captured_at: float) -> None:
        position = self._ring.written
        self._mark = (position, self._clock.at(position, captured_at))
        self._ring.write(block)
        self._unseen += len(block)
        if self._unseen >= self._wake_at:
            self._unseen = 0
            self._bell.put(None)

    def _lost(self, reason: str) -> None:
        self._lost_reason = reason
        self._bell.put(None)

    # --- the capture thread -------------------------------------------------------------------------------------

    def _listen(self, line: _Line) -> None:
        """Until `close`, or until the device is lost."""
        self._guard.reset()
        self._voice.reset()
        self._voice_framer.clear()
        alive_at = time.monotonic()
        while not self._closing:
            idle = self._gate.uplink is Uplink.CLOSED and not self._far_end.sounded_since(alive_at - ECHO_TAIL_S)
            self._wake_at = round(CLOSED_WAKE_S * line.rate) if idle else 0
            try:
                self._bell.get(timeout=SILENT_DEVICE_S / 4)
                while True:
                    self._bell.get_nowait()
            except Empty:
                pass
            slips = self._far_end.slips
            for block, captured_at in line.blocks(self._mark):
                alive_at = time.monotonic()
                self._process(line, block, captured_at)
            if self._far_end.slips != slips:
                self._guard.pause()
            self._laps, self._dropped = line.tap.laps, line.tap.lost
            with self._lock:  # an order may let blocks go that came before it
                self._send()
            if time.monotonic() - alive_at > SILENT_DEVICE_S:
                self._lost_reason = "the microphone's device stands still"
            if self._lost_reason is not None and not self._closing:
                self.on_lost(self._lost_reason)
                return

    def _process(self, line: _Line, near: Pcm, captured_at: float) -> None:
        """10 ms. `captured_at`: when its last sample left the filter; what it holds is `line.delay_s` older."""
        self._meter.push(near)
        gate = self._gate
        barge_in = None
        armed = gate.wants_guard and self._barge_in
        if armed or self._far_end.sounded_since(captured_at - ECHO_TAIL_S):
            far = line.far_end(self._far_end, captured_at + FAR_HEADROOM_S)
            barge_in = self._guard.step(near, far, captured_at, armed=armed)
        else:
            line.far_rests()
        probability = None
        if gate.wants_voice:
            for hop in self._voice_framer.push(near):
                probability = self._voice.probability(hop)
        elif self._voice_framer.held:
            self._voice_framer.clear()
            self._voice.reset()
        with self._lock:
            gate.step(near.tobytes(), captured_at - line.delay_s, probability, barge_in)
            self._send()

    def _send(self) -> None:
        before, frames, after = self._gate.take()
        for edge, at in before:
            self.on_voice(edge, at)
        for pcm, captured_at in frames:
            self._frames += 1
            self.on_frame(pcm, captured_at)
        for edge, at in after:
            self.on_voice(edge, at)


class _Line:
    """From the ring's samples at the device's rate to time-stamped blocks of 160 samples at 16 kHz."""

    def __init__(self, ring: Ring, rate: int) -> None:
        self.tap = Tap(ring)
        self.rate = rate
        self._step = rate // 100
        self._chunk: Pcm = np.zeros(round(RING_S * rate), np.int16)
        self._resampler = Resampler(rate, RATE)
        self.delay_s = self._resampler.delay_s
        self._framer = Framer(FRAME)
        self._far_resampler: Resampler | None = None
        self._far_rate = 0
        self._far_framer = Framer(FRAME)
        self._far_at: float | None = None  # time of the next far sample; None after a rest

    def blocks(self, mark: tuple[int, float]) -> list[tuple[Pcm, float]]:
        """Everything that has arrived. `mark`: a position of the ring and when its sample was captured."""
        chunk = self._chunk[: self.tap.available // self._step * self._step]
        if not len(chunk) or not self.tap.read(chunk):
            return []
        position, at = mark
        end = at + (self.tap.position - position) / self.rate
        frames = self._framer.push(to_pcm(self._resampler.feed(to_float(chunk))))
        behind = range(len(frames) - 1, -1, -1)
        return [
            (frame, end - (left * FRAME + self._framer.held) / RATE) for left, frame in zip(behind, frames, strict=True)
        ]

    def far_end(self, far_end: FarEnd, captured_at: float) -> Pcm:
        """The 10 ms that the loudspeaker played while the microphone's last block was captured.

        Read without a hole or an overlap as long as the time stamps allow it; the filter is the near end's.
        """
        if far_end.rate != self._far_rate:
            self._far_rate = far_end.rate
            self._far_resampler = Resampler(far_end.rate, RATE) if far_end.rate else None
            self._far_framer.clear()
        if self._far_resampler is None:
            return np.zeros(FRAME, np.int16)
        at = captured_at - FRAME / RATE
        if self._far_at is not None:
            if abs(self._far_at - at) > FAR_TOLERANCE_S:
                far_end.slips += 1
            else:
                at = self._far_at
        chunk = np.zeros(far_end.rate // 100, np.int16)
        frames: list[Pcm] = []
        while not frames:  # at odd rates a chunk may be a sample short of a frame
            far_end.read(at, chunk)
            at += len(chunk) / far_end.rate
            frames = self._far_framer.push(to_pcm(self._far_resampler.feed(to_float(chunk))))
        self._far_at = at
        return frames[0]

    def far_rests(self) -> None:
        """Nothing sounds and nobody asks: the next `far_end` may start anywhere."""
        self._far_at = None


def _ignore_frame(pcm: bytes, captured_at: float) -> None:
    pass


def _ignore_voice(edge: VoiceEdge, at: float) -> None:
    pass


def _ignore_lost(reason: str) -> None:
    pass
