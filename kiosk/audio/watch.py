"""Listens for a hello while nothing may leave the microphone: a cheap detector always, the sure one when it stirs.

Earshot costs 0.01 ms for 16 ms of sound and takes a good deal of music for voices; the sure one takes next to none, and
costs twice as much, or where it is Silero 5 % of a core for an empty lobby.
"""

from __future__ import annotations

from collections import deque

from kiosk.audio.formats import Framer, Pcm, dbfs
from kiosk.audio.vad import RATE, LeakyCounter, VoiceDetector

NEAR_DB = 9.0  # above the room's floor: somebody who stands here, not somebody in the next room
AWAKE_S = 0.6  # how long the sure detector goes on after the last stir
BEFORE_BLOCKS = 16  # of 10 ms from before the stir that the sure one hears too: the syllable has begun already


class Watch:
    """Capture thread only. What it keeps of the sound, 160 ms, is for the detector alone and never goes up.

    threshold, onset_ms     as the voice gate's (`capture.voice_threshold`, `capture.onset_ms`)
    """

    def __init__(self, light: VoiceDetector, sure: VoiceDetector, *, threshold: float, onset_ms: float) -> None:
        self._light, self._sure = light, sure
        self._threshold = threshold
        self._evidence = LeakyCounter(onset_ms)
        self._light_framer, self._sure_framer = Framer(light.hop), Framer(sure.hop)
        self._before: deque[Pcm] = deque(maxlen=BEFORE_BLOCKS)
        self._awake_until = float("-inf")
        self._rested = True

    def step(self, near: Pcm, captured_at: float, floor_dbfs: float) -> float | None:
        """10 ms. Returns the time of the first evidence when somebody speaks.

        captured_at     when the last sample was captured
        floor_dbfs      of the room's noise
        """
        self._rested = False
        for hop in self._light_framer.push(near):
            if self._light.probability(hop) >= self._threshold and dbfs(hop) > floor_dbfs + NEAR_DB:
                self._awake_until = captured_at + AWAKE_S
        if captured_at > self._awake_until:
            if not self._before:  # it was awake until now
                self._sleep()
            self._before.append(near)
            return None
        waiting = [*self._before, near]
        self._before.clear()
        hop_ms = 1000 * self._sure.hop / RATE
        since = None
        for block in waiting:
            for hop in self._sure_framer.push(block):
                hit = self._sure.probability(hop) >= self._threshold
                if self._evidence.update(hit, hop_ms, captured_at - hop_ms / 1000):
                    since = self._evidence.since
                    self._evidence.reset()
        return since

    def rest(self) -> None:
        """Nobody watches any more: nothing of what was heard is kept."""
        if not self._rested:
            self._rested = True
            self._awake_until = float("-inf")
            self._before.clear()
            self._light_framer.clear()
            self._light.reset()
            self._sleep()

    def _sleep(self) -> None:
        self._evidence.reset()
        self._sure_framer.clear()
        self._sure.reset()
