"""What is queued for the loudspeaker, what the device has taken, and what was heard. No thread and no device in it.

All responses share one ring, each one stretch of it, in the order in which they were begun. Three clocks meet here:
samples written by the wire, samples taken by the device's callback, and samples heard, which follow from the time
stamps of the blocks that are in flight between the two last.
"""

from __future__ import annotations

import logging
import threading
from collections import deque

from kiosk.audio.formats import Pcm
from kiosk.audio.jitter import JitterDepth
from kiosk.audio.loudness import Leveller
from kiosk.audio.response import Playback, Span
from kiosk.audio.ring import Ring
from kiosk.core.ports import Heard

log = logging.getLogger(__name__)

MARGIN_S = 0.5
"""Samples the device has taken stay in the ring this long: after an abort, those of other responses go out again."""
_FLUSHED_IDS = 256
_WORTH_IT_S = 0.02  # silence in front of a response that is worth a restart of the stream
_SPANS = 128  # blocks; the device holds 60 at the most (300 ms of 5 ms blocks)


class PlaybackQueue:
    """
    rate            of the device, Hz
    jitter_s        audio that must be queued before a response starts, or starts again after an underrun
    jitter_most_s   the same where frames come late: up to here it grows with them (`JitterDepth`)
    loudness_lufs   what agents are brought to; None leaves them as they are
    limit_s         most audio that may wait; what does not fit is refused, because overwriting would tear a sentence

    `begin`, `feed`, `end`: any thread, one lock among them. `flush`, `position`: any thread, no lock. `fill`: the
    device's callback, no lock. `cut`, `started`, `finished`: the audio control thread.
    """

    def __init__(
        self,
        rate: int,
        *,
        jitter_s: float,
        jitter_most_s: float = 0.0,
        limit_s: float,
        loudness_lufs: float | None = None,
    ) -> None:
        self.rate = rate
        self.underruns = 0
        self.frames = 0
        self.late = 0
        self.refused = 0
        self._depth = JitterDepth(jitter_s, jitter_most_s)
        self._limit = round(limit_s * rate)
        self._ring = Ring(self._limit + round(MARGIN_S * rate))
        self._leveller = Leveller(rate, loudness_lufs)
        self._lock = threading.Lock()
        self._live: dict[str, Playback] = {}
        self._order: deque[Playback] = deque()
        self._spans: deque[Span] = deque(maxlen=_SPANS)
        self._flushed_ids: deque[str] = deque(maxlen=_FLUSHED_IDS)

    # --- the wire's side ----------------------------------------------------------------------------------------

    def begin(self, response_id: str, *, own: bool = False) -> None:
        """`own`: a sound of the kiosk's own, which comes at its right loudness."""
        with self._lock:
            if response_id in self._live or response_id in self._flushed_ids:
                return
            playback = Playback(response_id, own)
            self._live[response_id] = playback
            self._order.append(playback)

    def feed(self, response_id: str, pcm: bytes, rate: int, now: float) -> bool:
        """False when it was dropped: flushed, unknown, ended (a later response was fed), or the queue is full."""
        with self._lock:
            playback = self._live.get(response_id)
            if playback is None or playback.flushed or playback.ended:
                self.late += 1
                return False
            samples = playback.convert(pcm, rate, self.rate)
            if not playback.own:
                if not playback.fed:
                    self._leveller.pause()
                samples = self._leveller.level(samples)
            if self._used() + len(samples) > self._limit:
                if not self.refused:
                    log.warning("the playback queue is full (%g s): agent audio is refused", self._limit / self.rate)
                self.refused += 1
                return False
            if not playback.own:
                self._arrived(playback, now)
            self._append(playback, samples, now)
            self.frames += 1
            return True

    def end(self, response_id: str, now: float) -> None:
        with self._lock:
            playback = self._live.get(response_id)
            if playback is not None and not playback.ended:
                self._finish(playback, now)

    def _arrived(self, playback: Playback, now: float) -> None:
        if playback.fed:
            self._depth.arrived(playback.written / self.rate, now)
        else:
            self._depth.begin(now)

    def _append(self, playback: Playback, samples: Pcm, now: float) -> None:
        if not playback.fed:
            # Its stretch of the ring begins here, so everything begun earlier is complete.
            for earlier in self._order_before(playback):
                self._finish(earlier, now)
            for earlier in self._live.values():  # the first word does not wait for an earcon
                earlier.flushed |= earlier.own and not playback.own
            playback.start = self._ring.written
            playback.fed = True
        if playback.written == playback.taken:
            playback.waiting_since = now
        self._ring.write(samples)
        playback.written += len(samples)

    def _finish(self, playback: Playback, now: float) -> None:
        rest = playback.rest() if playback.own else self._leveller.level(playback.rest())
        if len(rest) and not playback.flushed:
            self._append(playback, rest, now)
        playback.ended = True

    def _order_before(self, playback: Playback) -> list[Playback]:
        earlier = []
        for other in tuple(self._live.values()):
            if other is playback:
                break
            if not other.ended:
                earlier.append(other)
        return earlier

    def _used(self) -> int:
        """Samples between the first that is still needed and the last written."""
        needed = [p.start + p.taken for p in tuple(self._live.values()) if p.fed and not p.flushed]
        return self._ring.written - min(needed) if needed else 0

    # --- anybody ------------------------------------------------------------------------------------------------

    def flush(self, response_id: str | None, now: float) -> tuple[Heard, bool]:
        """What was heard of the response that was sounding (or was asked for), and whether the device holds some of it.

        One store per response; the callback passes over it from its next block on. A flush of one response by its id
        also turns away frames of it that come before its `begin`. The id in the result is empty when nothing was cut.
        """
        if response_id is not None and response_id not in self._flushed_ids:
            self._flushed_ids.append(response_id)
        heard = Heard("", 0.0, 0.0)
        in_flight = False
        for playback in reversed(tuple(self._live.values())):
            if playback.flushed or response_id not in (None, playback.id) or self._is_over(playback, now):
                continue
            if not playback.own:
                heard = self._heard(playback, now)
            playback.flushed = True
            if playback.id not in self._flushed_ids:
                self._flushed_ids.append(playback.id)
        for span in tuple(self._spans):
            if span.playback.flushed and span.plays_at + span.count / self.rate > now:
                in_flight = True
        return heard, in_flight

    def position(self, now: float) -> Heard:
        """Of the oldest response that is not over; an empty id when there is none."""
        for playback in tuple(self._live.values()):
            if not playback.flushed and not playback.own:
                return self._heard(playback, now)
        return Heard("", 0.0, 0.0)

    @property
    def busy(self) -> bool:
        """Whether anything is begun and not over."""
        return bool(self._live)

    @property
    def speaks(self) -> bool:
        """Whether an agent is about to be heard, or is."""
        return any(not playback.own and not playback.flushed for playback in tuple(self._live.values()))

    def _heard(self, playback: Playback, now: float) -> Heard:
        samples, moved_at = playback.heard, 0.0
        if not playback.flushed:
            for span in reversed(tuple(self._spans)):
                if span.playback is playback and span.plays_at <= now:
                    within = min(span.count, (now - span.plays_at) * self.rate)
                    samples = max(samples, span.first + within)
                    moved_at = min(now, span.plays_at + span.count / self.rate)
                    break
            playback.heard = samples
        queued = max(0.0, playback.written - samples)
        stalled = 0.0
        if queued and playback.fed:
            stalled = max(0.0, now - max(moved_at, playback.waiting_since))
        return Heard(playback.id, 1000 * samples / self.rate, 1000 * queued / self.rate, stalled)

    # --- the device's side --------------------------------------------------------------------------------------

    def fill(self, out: Pcm, plays_at: float, now: float) -> bool:
        """Fill a block of the device; False when all of it is silence."""
        at, size = 0, len(out)
        order = self._order
        while at < size and order:
            playback = order[0]
            if playback.flushed:
                order.popleft()
                continue
            ended = playback.ended  # read before `written`: the feeder writes first and ends then
            ready = playback.written - playback.taken
            if not playback.running:
                if not (ended or self._ripe(playback, ready, now)):
                    break
                playback.running = True
            count = min(size - at, ready)
            if count:
                self._ring.copy(playback.start + playback.taken, out[at : at + count])
                self._spans.append(Span(playback, playback.taken, count, plays_at + at / self.rate))
                playback.taken += count
                at += count
            if ended and playback.taken == playback.written:
                playback.over_at = plays_at + at / self.rate
                order.popleft()
                continue
            if at < size:
                # Dry in the middle: collect again before going on, or every frame to come would click.
                playback.running = False
                self.underruns += 1
                break
        if at < size:
            out[at:] = 0
        return at > 0

    def peak_ahead(self, count: int) -> int:
        """Largest magnitude of the `count` samples behind the last block filled, as far as they are here."""
        if not self._order or not self._order[0].running:
            return 0
        playback = self._order[0]
        return self._ring.peak(playback.start + playback.taken, min(count, playback.written - playback.taken))

    def _ripe(self, playback: Playback, ready: int, now: float) -> bool:
        if not ready:
            return False
        depth_s = self._depth.seconds
        return ready >= depth_s * self.rate or now - playback.waiting_since >= depth_s

    # --- the audio control thread -------------------------------------------------------------------------------

    def started(self, now: float) -> list[tuple[str, float]]:
        """Responses whose first sample has left the loudspeaker since the last call, and when."""
        result = []
        for span in tuple(self._spans):
            playback = span.playback
            if not playback.announced and not playback.flushed and span.plays_at <= now:
                playback.announced = True
                result.append((playback.id, span.plays_at))
        return result

    def over(self, now: float) -> list[tuple[Heard, bool]]:
        """Responses that are over since the last call, and whether they were flushed. They are forgotten here."""
        result = []
        sounding = False  # one that is not over: those begun after it have to wait for it
        for playback in tuple(self._live.values()):
            if playback.flushed:
                result.append((self._heard(playback, now), True))
            elif not sounding and self._is_over(playback, now):
                result.append((Heard(playback.id, 1000 * playback.written / self.rate, 0.0), False))
            else:
                sounding = True
                continue
            with self._lock:
                del self._live[playback.id]
        return result

    def _is_over(self, playback: Playback, now: float) -> bool:
        return (
            playback.ended and playback.taken == playback.written and (not playback.written or now >= playback.over_at)
        )

    def hurries(self, now: float, device_s: float) -> bool:
        """Whether the next response waits behind nothing but silence, with enough queued to fill the device at once.

        True once a response. With less queued the device would be filled with all there is and run dry on the first
        late frame.
        """
        for playback in tuple(self._live.values()):
            if playback.flushed:
                continue
            if playback.primed or not playback.written:
                return False
            if not playback.ended and playback.written < (device_s + self._depth.seconds) * self.rate:
                return False
            playback.primed = True
            starts = next((span.plays_at for span in tuple(self._spans) if span.playback is playback), None)
            return starts is None or starts - now > _WORTH_IT_S
        return False

    def cut(self, at: float) -> None:
        """The device dropped what would have been heard after `at`. What of it was not flushed is taken again.

        Only while no callback runs.
        """
        back: list[Playback] = []
        kept: deque[Span] = deque(maxlen=_SPANS)
        for span in self._spans:
            playback = span.playback
            if span.plays_at + span.count / self.rate <= at:
                kept.append(span)
            elif not playback.flushed and playback not in back:
                heard = span.first + max(0, round((at - span.plays_at) * self.rate))
                playback.heard = max(playback.heard, heard)
                playback.taken = heard
                playback.over_at = float("inf")
                back.append(playback)
        self._spans = kept
        for playback in reversed(back):
            playback.waiting_since = at
            if playback not in self._order:
                self._order.appendleft(playback)
