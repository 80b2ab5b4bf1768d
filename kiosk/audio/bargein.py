"""From evidence to orders while the agent speaks: duck it early, stop it when sure, blank what cannot be trusted. Pure.

A duck that was wrong costs a moment of quieter speech, a stop that was wrong costs the answer. So the first evidence
only ducks; and ducked, the agent's echo is 13 dB weaker, which makes what still sounds like a visitor worth more.
"""

from __future__ import annotations

from enum import Enum

from kiosk.audio.vad import LeakyCounter
from kiosk.core.ports import VoiceEdge

DUCK_HEARD_MS = 90.0
"""From an order to an echo that obeys it: 69 ms until the loudspeaker is 3 dB quieter, 80 until it is 10 (measured on
the rig), and the canceller's own delay."""

Edge = tuple[VoiceEdge, float]


class Stage(Enum):
    QUIET = "quiet"
    DUCKED = "ducked"
    CONFIRMED = "confirmed"
    BLANKED = "blanked"


class BargeIn:
    """Counts hops of evidence; one call of `update` or `rest` for each stretch of sound, in order.

    duck_ms     evidence that ducks the agent (SUSPECTED)
    fire_ms     evidence that stops it (BARGE_IN), of hops from before the duck is heard
    ducked_ms   evidence that stops it, of hops in which the duck is heard
    within_ms   after the duck; by then it is stopped, or restored (DISMISSED)

    Evidence leaks: a hop without takes away what a hop with gave. Each SUSPECTED is followed by one of the other two,
    whatever is called; after a BARGE_IN nothing is told until `rest`.
    """

    def __init__(self, *, duck_ms: float, fire_ms: float, ducked_ms: float, within_ms: float) -> None:
        self.stage = Stage.QUIET
        self._first = LeakyCounter(min(duck_ms, fire_ms))
        self._all = LeakyCounter(fire_ms)
        self._ducked = LeakyCounter(ducked_ms)
        self._within_ms = within_ms
        self._since_duck_ms = 0.0
        self._blank_ms = 0.0

    @property
    def duck_heard(self) -> bool:
        """Whether what is heard now was played ducked."""
        return self.stage is Stage.DUCKED and self._since_duck_ms >= DUCK_HEARD_MS

    def update(self, hit: bool, length_ms: float, at: float) -> Edge | None:
        """A stretch of sound that begins at the monotonic time `at`. The edge's time is that of the first evidence."""
        match self.stage:
            case Stage.QUIET:
                return self._listen(hit, length_ms, at)
            case Stage.DUCKED:
                return self._make_sure(hit, length_ms, at)
            case Stage.BLANKED:
                self._pass(length_ms)
        return None

    def rest(self, length_ms: float, at: float) -> Edge | None:
        """Nobody asks now, or a stream begins anew: evidence is forgotten, the blanking goes on."""
        ducked = self.stage is Stage.DUCKED
        self._forget(Stage.BLANKED if self._blank_ms else Stage.QUIET)
        self._pass(length_ms)
        return (VoiceEdge.DISMISSED, at) if ducked else None

    def blank(self, length_ms: float, at: float) -> Edge | None:
        """For this long nothing counts as evidence: the echo path moved, and the canceller lets echo through."""
        ducked = self.stage is Stage.DUCKED
        self._blank_ms = max(self._blank_ms, length_ms)
        if self.stage is not Stage.CONFIRMED:
            self._forget(Stage.BLANKED)
        return (VoiceEdge.DISMISSED, at) if ducked else None

    def _listen(self, hit: bool, length_ms: float, at: float) -> Edge | None:
        suspected = self._first.update(hit, length_ms, at)
        confirmed = self._all.update(hit, length_ms, at)
        if confirmed:
            self.stage = Stage.CONFIRMED
            return VoiceEdge.BARGE_IN, self._all.since
        if not suspected:
            return None
        self.stage = Stage.DUCKED
        self._since_duck_ms = 0.0
        return VoiceEdge.SUSPECTED, self._first.since

    def _make_sure(self, hit: bool, length_ms: float, at: float) -> Edge | None:
        heard = self.duck_heard
        self._since_duck_ms += length_ms
        fired = self._all.update(hit, length_ms, at)
        if fired or (heard and self._ducked.update(hit, length_ms, at)):
            self.stage = Stage.CONFIRMED
            return VoiceEdge.BARGE_IN, self._first.since
        if self._since_duck_ms >= self._within_ms:
            self._forget(Stage.QUIET)
            return VoiceEdge.DISMISSED, at
        return None

    def _pass(self, length_ms: float) -> None:
        self._blank_ms = max(0.0, self._blank_ms - length_ms)
        if self.stage is Stage.BLANKED and not self._blank_ms:
            self.stage = Stage.QUIET

    def _forget(self, stage: Stage) -> None:
        self.stage = stage
        self._first.reset()
        self._all.reset()
        self._ducked.reset()
