"""One response on its way to the ear."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kiosk.audio.formats import Pcm, Resampler, to_float, to_pcm


@dataclass(slots=True, eq=False)
class Playback:
    """One response. Every field has one writing thread, named behind it."""

    id: str
    own: bool = False  # an earcon and not the agent; never written again
    start: int = 0  # position in the ring; feeder
    written: int = 0  # samples; feeder
    ended: bool = False  # feeder
    fed: bool = False  # feeder
    waiting_since: float = 0.0  # when the oldest sample that the device has not taken was queued; feeder
    taken: int = 0  # samples; callback
    running: bool = False  # the jitter buffer has let it go; callback
    heard: float = 0.0  # samples, never falls; whoever asks
    flushed: bool = False  # once, flusher
    announced: bool = False  # control
    primed: bool = False  # control
    over_at: float = float("inf")  # when its last sample is heard; callback
    _resampler: Resampler | None = field(default=None, repr=False)
    _rate: int = 0
    _odd: bytes = field(default=b"", repr=False)

    def convert(self, pcm: bytes, rate: int, device_rate: int) -> Pcm:
        """Samples for the device. Feeder. The rate may change, and a sample may be split over two calls."""
        if self._odd:
            pcm = self._odd + pcm
        whole = len(pcm) & ~1
        self._odd = pcm[whole:]
        samples = np.frombuffer(pcm, "<i2", whole // 2).astype(np.int16, copy=False)
        rest = samples[:0]
        if self._rate != rate:
            rest = self.rest()
            self._resampler = Resampler(rate, device_rate, aligned=True) if rate != device_rate else None
            self._rate = rate
        if self._resampler is not None:
            samples = to_pcm(self._resampler.feed(to_float(samples)))
        return np.concatenate((rest, samples)) if len(rest) else samples

    def rest(self) -> Pcm:
        """What the resampler still holds. Feeder; once."""
        resampler, self._resampler = self._resampler, None
        return np.zeros(0, np.int16) if resampler is None else to_pcm(resampler.finish())


@dataclass(frozen=True, slots=True)
class Span:
    """Samples `first`..`first + count` of a response, that leave the loudspeaker from `plays_at` on."""

    playback: Playback
    first: int
    count: int
    plays_at: float
