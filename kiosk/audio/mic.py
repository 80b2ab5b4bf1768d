"""The microphone: one capture thread that takes the device's blocks to `Hearing`, and what may go up from there.

A shell: device, thread, lock, and finding out that the device went away. What is heard is decided in `hearing.py`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from kiosk.audio.backend import Backend, Stream
from kiosk.audio.clock import SampleClock
from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Pcm
from kiosk.audio.hearing import ECHO_TAIL_S, Hearing
from kiosk.audio.line import RING_S, Line, late_for
from kiosk.audio.profile import Profile
from kiosk.audio.ring import Ring
from kiosk.core.fault import Fault
from kiosk.core.ports import MicrophoneFigures, Uplink, VoiceEdge
from kiosk.settings.sound import Capture

log = logging.getLogger(__name__)

SILENT_DEVICE_S = 2.0
"""Without a block, or with zeros alone, a microphone counts as lost: sound servers hang without saying so, and hand the
stream of one that was unplugged to whatever else is there."""
CLOSED_WAKE_S = 0.1
"""While nothing may go up and nothing sounds, the capture thread looks only this often: a wake costs more than
the work."""
WARN_EVERY_S = 600.0
FAR_HEADROOM_S = 0.020
"""The far end is handed over this much ahead of the near end. Both streams' time stamps may be some 10 ms wrong, and a
canceller finds any delay but a negative one."""


class CaptureMicrophone:
    """Implements `kiosk.core.ports.Microphone` on a backend's input stream.

    Callbacks come on the capture thread and must return at once: while they run, `set_uplink` and `forget` of other
    threads wait, and so nothing at all goes up after `set_uplink(CLOSED)` or `forget` has returned.

    `open` blocks for tens of milliseconds and raises `Fault` (NO_DEVICE, AUDIO_FORMAT).
    """

    def __init__(self, backend: Backend, capture: Capture, far_end: FarEnd, profile: Profile | None = None) -> None:
        self.on_frame: Callable[[bytes, float], None] = _ignore_frame
        self.on_voice: Callable[[VoiceEdge, float], None] = _ignore_voice
        self.on_lost: Callable[[str], None] = _ignore_lost
        self._backend = backend
        self._far_end = far_end
        self._hearing = Hearing(capture, profile)
        self._far_late_s = late_for(profile.path_ms if profile else None)
        self._overdriven = 0
        self._warned_at = float("-inf")
        self._lock = threading.RLock()
        self._starts = self._slips = self._cuts = 0
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
        self._alive_at = time.monotonic()

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
            self._hearing.restart(time.monotonic())
            self._hearing.cancelled = stream.device.cancelled
        line = Line(self._ring, stream.rate)
        line.far_later(self._far_late_s)
        self._stream = stream
        try:
            stream.start()
        except Fault:
            self._stream = None
            stream.close()
            raise
        self._thread = threading.Thread(target=self._listen, args=(line, stream), name="capture", daemon=True)
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
            self._hearing.gate.set_uplink(uplink, time.monotonic())
        self._bell.put(None)

    def forget(self) -> None:
        """In force when this returns; also ends a tail."""
        with self._lock:
            self._hearing.forget(time.monotonic())

    def watch(self, on: bool) -> None:
        """Tell of a voice (STARTED) while the uplink is CLOSED, and let nothing of it go up."""
        self._hearing.watching = on
        self._bell.put(None)

    @property
    def uplink(self) -> Uplink:
        """What is in force: HELD until the tail after a release is up."""
        return self._hearing.gate.uplink

    @property
    def figures(self) -> MicrophoneFigures:
        return MicrophoneFigures(
            frames=self._frames,
            overruns=self._laps,
            dropped=self._dropped,
            level_dbfs=self._hearing.meter.level,
            floor_dbfs=self._hearing.meter.floor,
            overdriven=self._hearing.overdrive.turns,
        )

    @property
    def alive_at(self) -> float:
        return self._alive_at

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

    def _listen(self, line: Line, stream: Stream) -> None:
        self._listen_on(line, stream)
        with self._lock:
            self._hearing.ended(time.monotonic())
            self._send()
        if self._lost_reason is not None and not self._closing:
            self.on_lost(self._lost_reason)

    def _listen_on(self, line: Line, stream: Stream) -> None:
        """Until `close`, or until the device is lost: what came last is not heard then, it may be another's sound."""
        alive_at = self._alive_at = time.monotonic()
        device = stream.device
        sound_at: float | None = None  # zeros from the beginning on are a silent file, not a microphone that went
        while not self._closing:
            idle = self._hearing.idle and not self._far_end.sounded_since(alive_at - ECHO_TAIL_S)
            self._wake_at = round(CLOSED_WAKE_S * line.rate) if idle else 0
            try:
                self._bell.get(timeout=SILENT_DEVICE_S / 4)
                while True:
                    self._bell.get_nowait()
            except Empty:
                pass
            if self._lost_reason is not None:
                return
            if stream.device is not device:
                device = stream.device
                with self._lock:
                    self._hearing.cancelled = device.cancelled
                    self._hearing.slipped(time.monotonic())
            for block, captured_at in line.blocks(self._mark):
                alive_at = self._alive_at = time.monotonic()
                if block.any():
                    sound_at = alive_at
                self._process(line, block, captured_at)
            self._laps, self._dropped = line.tap.laps, line.tap.lost
            with self._lock:  # an order may let blocks go that came before it
                self._send()
            if time.monotonic() - alive_at > SILENT_DEVICE_S:
                self._lost_reason = "the microphone's device stands still"
            elif sound_at is not None and alive_at - sound_at > SILENT_DEVICE_S:
                self._lost_reason = "the microphone gives nothing but zeros"
            if self._lost_reason is not None:
                return

    def _process(self, line: Line, near: Pcm, captured_at: float) -> None:
        """10 ms. `captured_at`: when its last sample left the filter; what it holds is `line.delay_s` older."""
        far = None
        if self._far_end.sounded_since(captured_at - ECHO_TAIL_S):
            far = line.far_end(self._far_end, captured_at + FAR_HEADROOM_S)
        else:
            line.far_rests()
        with self._lock:
            if self._far_end.starts != self._starts:
                self._starts = self._far_end.starts
                self._hearing.begun()
            if self._far_end.slips != self._slips:
                self._slips = self._far_end.slips
                self._hearing.slipped(captured_at)
            if self._far_end.cuts != self._cuts:
                self._cuts = self._far_end.cuts
                self._hearing.flushed(captured_at)
            self._hearing.step(near, far, captured_at - line.delay_s)
            self._send()
        if self._hearing.echo_late_s:
            line.far_later(self._hearing.echo_late_s)
        if self._hearing.overdrive.turns != self._overdriven:
            self._overdriven = self._hearing.overdrive.turns
            if captured_at - self._warned_at > WARN_EVERY_S:
                self._warned_at = captured_at
                log.warning("a visitor overdrives the microphone: lower its gain, and run `kiosk doctor --sound`")

    def _send(self) -> None:
        before, frames, after = self._hearing.take()
        for edge, at in before:
            self.on_voice(edge, at)
        for pcm, captured_at in frames:
            self._frames += 1
            self.on_frame(pcm, captured_at)
        for edge, at in after:
            self.on_voice(edge, at)


def _ignore_frame(pcm: bytes, captured_at: float) -> None:
    pass


def _ignore_voice(edge: VoiceEdge, at: float) -> None:
    pass


def _ignore_lost(reason: str) -> None:
    pass
