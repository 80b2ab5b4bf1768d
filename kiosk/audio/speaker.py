"""The loudspeaker: queue, jitter buffer, clock and flush around one output stream."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from kiosk.audio.backend import Backend, Device, Stream
from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Pcm
from kiosk.audio.playback import PlaybackQueue
from kiosk.audio.volume import Volume
from kiosk.core.fault import Fault
from kiosk.core.ports import Fate, Heard, SpeakerFigures
from kiosk.settings.sound import Sound

log = logging.getLogger(__name__)

TICK_S = 0.010
REST_S = 5.0
"""Silence after which the stream rests: a running one costs 1.3 % of a core, and a kiosk is idle most of its day."""
SILENT_DEVICE_S = 2.0
"""Without a callback for this long a running stream counts as lost: sound servers do hang without saying so."""
_MOST_AHEAD_S = 0.5
EARCON = "\0earcon-"
"""Begins the id of a sound of the kiosk's own: no agent can send it."""


class StreamSpeaker:
    """Implements `kiosk.core.ports.Speaker` on a backend's output stream.

    Threads: the sound system's callback fills blocks; the audio control thread (one, from `open` to `close`) aborts
    and starts the stream and tells `on_started`, `on_ended`, `on_lost`; everything else may be called on any thread.

    `open` blocks for tens of milliseconds and raises `Fault` (NO_DEVICE, AUDIO_FORMAT).
    """

    def __init__(self, backend: Backend, sound: Sound, far_end: FarEnd, *, duck_db: float = 13.0) -> None:
        self.on_started: Callable[[str, float], None] = _ignore_started
        self.on_ended: Callable[[str, float, Fate], None] = _ignore_ended
        self.on_lost: Callable[[str], None] = _ignore_lost
        self._backend = backend
        self._sound = sound
        self._far_end = far_end
        self._queue = self._new_queue(sound.rate_hz)
        self._volume = Volume(sound.rate_hz, duck_db)
        self._stream: Stream | None = None
        self._device: Device | None = None
        self._thread: threading.Thread | None = None
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._closing = False
        self._cut_asked = False
        self._lost_reason: str | None = None
        self._resting = False
        self._alive_at = self._tended_at = time.monotonic()
        self._ahead_s = 0.0
        self._idle_since = 0.0
        self._earcons = 0

    # --- life ---------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the device and start its stream. Again after a loss; what was queued before is gone."""
        self.close()
        self._lost_reason = None
        self._closing = self._cut_asked = self._resting = False
        stream = self._backend.open_output(self._fill, self._lost)
        self._far_end.open(stream.rate)
        self._queue = self._new_queue(stream.rate)
        self._volume = self._volume.rated(stream.rate)
        self._ahead_s = stream.latency_s
        self._stream = stream
        self._stand_on(stream.device)
        self._alive_at = self._tended_at = self._idle_since = time.monotonic()
        try:
            stream.start()
        except Fault:
            self._stream = None
            stream.close()
            raise
        self._thread = threading.Thread(target=self._control, args=(stream,), name="audio control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Silence and give the device back. Not from a callback of this speaker."""
        self._closing = True
        self._bell.put(None)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    # --- responses ----------------------------------------------------------------------------------------------

    def begin(self, response_id: str) -> None:
        """Frames of this response are welcome from now on; wakes a resting stream, so that it runs when they come.

        Behind nothing it ends a duck: what was ducked is over. Behind a response that sounds it does not.
        """
        if self._stream is not None:
            if not self._queue.busy:
                self._volume.duck(False)
            self._queue.begin(response_id)
            self._bell.put(None)

    def feed(self, response_id: str, pcm: bytes, rate: int) -> bool:
        """Queue mono PCM16 of any rate and length.

        False when it was dropped: the response is flushed, unknown or ended; a later one was fed already (audio is
        heard in the order of `begin`); `queue_limit_s` is reached; or the device is not open. Each is counted.
        """
        if self._stream is None:
            return False
        taken = self._queue.feed(response_id, pcm, rate, time.monotonic())
        self._bell.put(None)
        return taken

    def earcon(self, pcm: bytes, rate: int) -> bool:
        """Mono PCM16, at the loudness that it is to be heard at. False when something is begun or sounds."""
        if self._stream is None or self._queue.speaks:
            return False
        self._earcons += 1
        name = f"{EARCON}{self._earcons}"
        self._queue.begin(name, own=True)
        taken = self._queue.feed(name, pcm, rate, time.monotonic())
        self.end(name)
        return taken

    def end(self, response_id: str) -> None:
        self._queue.end(response_id, time.monotonic())
        self._bell.put(None)

    def flush(self, response_id: str | None = None) -> Heard:
        """Silence now; returns what was heard of the response that was cut, with an empty id when there was none.

        Takes no lock and waits for nothing: the queue is passed over from this moment on, the samples inside of the
        device go with the abort that follows on the control thread within a millisecond or two.

        The cut is hard, by measurement: in 66 cuts of speech, the sound above 4 kHz in the 5 ms around the cut was at
        -37 and -34 dBFS (p95 of two runs), in the 5 ms windows of the speech itself at -40 and -33 dBFS (p95), and 9 %
        of the cuts were above the latter where 5 % would be by chance: a consonant more than a click. A fade would have
        to be played behind the 50-80 ms that the device holds already, or behind the gap that the abort leaves.
        """
        heard, in_flight = self._queue.flush(response_id, time.monotonic())
        if in_flight:
            self._cut_asked = True
        self._volume.duck(False)
        self._bell.put(None)
        return heard

    def position(self) -> Heard:
        """Of the response that sounds, or is next to; an empty id when there is none."""
        return self._queue.position(time.monotonic())

    def set_volume(self, gain_db: float) -> None:
        self._volume.set(gain_db)

    def duck(self, on: bool) -> None:
        """Quieter by `capture.duck_db`, or back; no lock and no wait. A flush ends it."""
        self._volume.duck(on)

    @property
    def figures(self) -> SpeakerFigures:
        queue = self._queue
        return SpeakerFigures(
            frames=queue.frames,
            underruns=queue.underruns,
            late_frames_dropped=queue.late + queue.refused,
            level_dbfs=self._far_end.level(time.monotonic()),
        )

    @property
    def alive_at(self) -> float:
        return self._tended_at if self._resting else min(self._tended_at, self._alive_at)

    # --- the sound system's threads -------------------------------------------------------------------------------

    def _fill(self, block: Pcm, plays_at: float) -> None:
        now = time.monotonic()
        sounding = self._queue.fill(block, plays_at, now)
        if sounding:
            self._volume.apply(block, self._queue.peak_ahead(self._volume.ahead))
        else:
            self._volume.settle()
        self._far_end.write(block, plays_at, sounding)
        self._alive_at = now
        ahead = plays_at + len(block) / self._queue.rate - now
        if self._ahead_s < ahead < _MOST_AHEAD_S:
            self._ahead_s = ahead

    def _lost(self, reason: str) -> None:
        self._lost_reason = reason
        self._bell.put(None)

    # --- the audio control thread ---------------------------------------------------------------------------------

    def _control(self, stream: Stream) -> None:
        """Until `close`, or until the device is lost."""
        while not self._closing:
            self._await_bell(TICK_S if self._queue.busy else SILENT_DEVICE_S / 4)
            try:
                self._tend(stream)
            except Fault as fault:
                self._lost_reason = fault.what
            self._tell()
            self._tended_at = time.monotonic()
            if self._lost_reason is not None:
                self.on_lost(self._lost_reason)
                return

    def _await_bell(self, timeout_s: float) -> None:
        try:
            self._bell.get(timeout=timeout_s)
            while True:  # one look answers all rings
                self._bell.get_nowait()
        except Empty:
            pass

    def _tend(self, stream: Stream) -> None:
        """Cut, hurry, rest, wake, watch."""
        now = time.monotonic()
        busy = self._queue.busy
        if stream.device is not self._device:
            self._stand_on(stream.device)
            self._far_end.slips += 1  # the echo comes another way now
        if self._cut_asked:
            self._cut_asked = False
            self._restart(stream)
        elif busy and self._resting:
            self._resting = False
            self._alive_at = now
            stream.start()
        elif self._queue.hurries(now, self._ahead_s):
            self._restart(stream)
        if busy:
            self._idle_since = now
        elif not self._resting and now - self._idle_since > REST_S:
            stream.abort()
            self._far_end.cut(now)
            self._resting = True
        if not self._resting and time.monotonic() - self._alive_at > SILENT_DEVICE_S:
            self._lost_reason = "the loudspeaker's device stands still"

    @property
    def device_name(self) -> str:
        """Of the one that it stands on, or stood on last; empty before the first `open`."""
        return self._device.name if self._device is not None else ""

    def _stand_on(self, device: Device) -> None:
        self._device = device
        self._far_end.in_room = not device.headset

    def _restart(self, stream: Stream) -> None:
        """What the device holds is dropped (0.5 ms), and the stream filled anew (1 ms)."""
        if self._resting:
            return
        stream.abort()
        at = time.monotonic()
        self._queue.cut(at)
        self._far_end.cut(at)
        self._alive_at = at
        stream.start()

    def _tell(self) -> None:
        now = time.monotonic()
        for response_id, at in self._queue.started(now):
            if not response_id.startswith(EARCON):
                self.on_started(response_id, at)
        for heard, flushed in self._queue.over(now):
            if not heard.response_id.startswith(EARCON):
                self.on_ended(heard.response_id, heard.played_ms, Fate.FLUSHED if flushed else Fate.FINISHED)

    def _new_queue(self, rate: int) -> PlaybackQueue:
        sound = self._sound
        return PlaybackQueue(
            rate,
            jitter_s=sound.jitter_ms / 1000,
            jitter_most_s=sound.jitter_most_ms / 1000,
            limit_s=sound.queue_limit_s,
            loudness_lufs=sound.loudness_lufs if sound.level_agents else None,
        )


def _ignore_started(response_id: str, at: float) -> None:
    pass


def _ignore_ended(response_id: str, played_ms: float, fate: Fate) -> None:
    pass


def _ignore_lost(reason: str) -> None:
    pass
