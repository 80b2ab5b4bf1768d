"""A soft room brought to the level that the guard was tuned at: its canceller and its detector know levels, not rooms.

With an echo 9 dB below that of the tuning rooms the guard found 86 % of the visitors 10 dB below it, after 288 ms;
lifted by 9 dB 97 %, after 213 (36 visitors each; 100 % and 232 ms where the echo is loud).
"""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import Pcm

LOUD_DBFS = -25.0
"""What `Lift` finds in the tuning rooms, where the echo is at -26 dBFS, is -23 to -25.5."""
MOST_DB = 12.0
_FIRST_DB = 6.0
_STEP_DB, _APART_DB = 3.0, 2.0
_RISE = 0.05  # of the way to a louder frame
_FALL_DB = 0.01  # a frame: 1 dB a second of the agent's speech
_ECHO_DBFS = -60.0  # what is softer is a pause


class Lift:
    """Capture thread only.

    db      what `apply` lifts by: in steps, and seldom another, for each is another echo path to the canceller
    """

    def __init__(self) -> None:
        self._loud_dbfs = LOUD_DBFS - _FIRST_DB
        self.db = _FIRST_DB

    def hear(self, echo_dbfs: float) -> None:
        """The microphone's level in a frame in which the agent sounds. Whoever speaks beside it makes it louder and the
        lift less, for as long as a voice above the echo needs none."""
        if echo_dbfs > self._loud_dbfs:
            self._loud_dbfs += _RISE * (echo_dbfs - self._loud_dbfs)
        elif echo_dbfs > _ECHO_DBFS:
            self._loud_dbfs -= _FALL_DB
        wanted = min(max(LOUD_DBFS - self._loud_dbfs, 0.0), MOST_DB)
        if abs(wanted - self.db) >= _APART_DB:
            self.db = _STEP_DB * round(wanted / _STEP_DB)

    def apply(self, frame: Pcm) -> Pcm:
        lifted = frame * np.float32(10 ** (self.db / 20))
        return np.asarray(np.clip(np.rint(lifted), -32768, 32767), np.int16)
