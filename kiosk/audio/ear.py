"""Whether somebody speaks while the agent is silent: two detectors and a level make one opinion of each hop.

Akiki alone began up to 1.4 s late, or never: of 1296 visitors (tuning material, 5 dB below the agent's echo, in a quiet
room, beside clatter and music) 52 lost their beginning, 15 of those were not heard at all. Earshot hears each of them
within 0.5 s, and takes music for voices. Together they lost 2 of 864.
"""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

import numpy as np

from kiosk.audio.formats import Framer, Pcm, dbfs, to_float, to_pcm
from kiosk.audio.vad import RATE, VoiceDetector, VoiceGate

WEIGHT = 0.2
"""Of akiki's log odds against Earshot's: it is often unsure where a voice is, and seldom sure where none is."""
PRIOR = 0.2  # log odds that the two must bring along
SUREST = 0.004  # nobody is surer than this, either way
BELIEVED = 0.02  # akiki must say so much once while somebody begins, or it is music
ALONE = 0.9  # so sure, akiki needs no second
ABOVE_ROOM_DB = 5.0  # a voice stands out of what the room is like while nobody speaks
HEARD_ROOM_DBFS = -53.0
"""A softer room is made so loud for the detectors, both of which miss faint voices: 16 dB above the noise of a quiet
room akiki alone did not hear 23 of 108, the ear 3 of 72."""
MOST_GAIN_DB = 12.0
RISE_DB_S, FALL_DB_S = 2.0, 1.0
"""The gaps between two notes, or two pieces, leave the room as loud as the music."""


class Heard(NamedTuple):
    """
    probability     of speech
    believed        whether the sure detector does not rule it out
    clear           whether this would be evidence that somebody begins, also of who has begun long ago
    """

    probability: float
    believed: bool
    clear: bool


class Ear:
    """One call of `hear` for each hop in which nothing sounds. Capture thread only.

    hop     samples of 16 kHz int16 that one call takes
    """

    def __init__(
        self, sure: VoiceDetector, quick: VoiceDetector, *, threshold: float, room_dbfs: float | None = None
    ) -> None:
        """`sure` is seldom wrong and may be late, `quick` the other way.

        threshold   probability that is evidence of a beginning
        room_dbfs   of the room's noise, where it is known
        """
        self.hop = sure.hop
        self._sure, self._quick = sure, quick
        self._quick_framer = Framer(quick.hop)
        self._threshold = threshold
        self._room_dbfs = HEARD_ROOM_DBFS if room_dbfs is None else room_dbfs
        self._quick_says = 0.0

    def hear(self, pcm: Pcm, *, speaking: bool) -> Heard:
        """A hop. `speaking`: whether somebody has begun; then the sure one is enough, who speaks may trail off."""
        level = dbfs(pcm)
        gain_db = min(max(HEARD_ROOM_DBFS - self._room_dbfs, 0.0), MOST_GAIN_DB)
        heard = to_pcm(to_float(pcm) * np.float32(10 ** (gain_db / 20))) if gain_db else pcm
        sure = self._sure.probability(heard)
        for hop in self._quick_framer.push(heard):
            self._quick_says = self._quick.probability(hop)
        begins = 1 / (1 + exp(PRIOR - _log_odds(self._quick_says) - WEIGHT * _log_odds(sure)))
        if level <= self._room_dbfs + ABOVE_ROOM_DB and sure < ALONE:
            begins = 0.0
        clear = begins >= self._threshold
        if speaking:
            # Music rings on in the quick one: for going on the two must be as sure as they were for the beginning.
            return Heard(max(sure, begins - VoiceGate.RELEASE), True, clear)
        length_s = len(pcm) / RATE
        self._room_dbfs += min(max(level - self._room_dbfs, -FALL_DB_S * length_s), RISE_DB_S * length_s)
        return Heard(begins, sure >= BELIEVED, clear)

    def reset(self) -> None:
        """What the detectors remember is not what comes next. The room is the same."""
        self._sure.reset()
        self._quick.reset()
        self._quick_framer.clear()
        self._quick_says = 0.0


def _log_odds(probability: float) -> float:
    held = min(max(probability, SUREST), 1 - SUREST)
    return log(held / (1 - held))
