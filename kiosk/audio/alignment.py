"""Whether the echo that a canceller predicts is really in the microphone: can what it leaves be trusted?

The predicted echo, correlated with the microphone over 100 ms and divided by its own power, is 1 where the prediction
stands in the microphone, whoever speaks beside it: 0.95 to 1.05 with the agent alone, 0.65 and more with a visitor 5 dB
below the echo, 0.1 to 0.6 for a second after the loudspeaker slipped by 20 ms (24 simulated minutes, five conditions).
"""

from __future__ import annotations

from math import log10

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.formats import SILENCE_DBFS, Pcm, to_float

FRAME_S = FRAME / RATE
PRESENT = 0.7
"""Below, the predicted echo is not there."""
WELL = 0.9  # it is there again
LOST_S = 0.1  # so long not there: the canceller has lost its path
FOUND_S = 0.2  # so long there, and well removed: it has found it
REMOVED_DB = 8.0
FORGOTTEN_S = 1.0
"""So long beside its path, and the canceller has learned another: that the echo is back in its place says nothing."""
KNOWN_DB = 2.0
"""Enough where the echo is known to stand in its place: a visitor as loud as it leaves no more to be removed than 3."""
AT_MOST_S = 2.5
"""So long an unsettled canceller is waited for while the agent speaks; there are rooms where it never gets better."""
AT_REST_DB = 6.0
"""What is left so little above the room's floor is well removed, however faint the echo was: in the packaged visit's
room it is -53 dBFS, nothing was ever found there, and each start of the loudspeaker made the guard deaf. Less than what
evidence needs above the floor, so that nothing counts that the floor would not have let through."""
SILENT_S = 0.5
"""So long after the far end fell silent its echo has died away: what is heard is a visitor, however unsettled.
Also where nothing was learned yet: where there is no echo, a headset, nothing ever is, and nobody was heard at all. The
price: a stream that starts in pieces, on an overloaded machine, is heard before the far end knows of it."""
_AUDIBLE = 10 ** (-45 / 10)  # mean square; a prediction or a far end below says nothing
_LOUDER = 10 ** (5 / 10)  # a voice so far above the prediction makes the correlation a matter of chance
_MEMORY = 0.903  # per frame: 100 ms
_TINY = 1e-9


class Alignment:
    """Fed with each frame in which the loudspeaker is about. Capture thread only.

    trusted     whether what is left may be taken for a visitor's
    playing         whether the agent is heard in this frame
    predicted_dbfs  level of the predicted echo, this frame and the one before
    """

    def __init__(self) -> None:
        self.trusted = self.playing = False
        self.predicted_dbfs = SILENCE_DBFS
        self._before = 0.0  # mean square of the last frame's prediction
        self._common = self._echo = 0.0  # smoothed: prediction times microphone, prediction squared
        self._heard = self._left = 0.0  # smoothed mean squares while the prediction is audible
        self._settled = False
        self._learned = False  # the canceller has removed the echo of this path once
        self._waited_s = self._found_s = self._lost_s = self._beside_s = self._silent_s = 0.0

    def update(self, near: Pcm, linear: Pcm, far: Pcm, floor_dbfs: float, *, standing: bool = False) -> None:
        """`linear`: `near` less the predicted echo; all of 160 samples. `floor_dbfs`: of what was left so far.
        `standing`: the echo is known to stand where the canceller learned it (`delay.py`)."""
        heard, left, played = to_float(near), to_float(linear), to_float(far)
        echo = heard - left
        predicted = float(echo @ echo) / FRAME
        self.predicted_dbfs = 10 * log10((predicted + self._before) / 2 + _TINY)
        self._before = predicted
        self._common = _MEMORY * self._common + (1 - _MEMORY) * float(heard @ echo) / FRAME
        self._echo = _MEMORY * self._echo + (1 - _MEMORY) * predicted
        audible = predicted > _AUDIBLE
        left_power = float(left @ left) / FRAME
        share = self._common / (self._echo + _TINY)
        playing = self.playing = float(played @ played) / FRAME > _AUDIBLE
        self._silent_s = 0.0 if playing else self._silent_s + FRAME_S
        missing = audible and share < PRESENT and left_power < _LOUDER * predicted
        if audible:
            self._heard = _MEMORY * self._heard + (1 - _MEMORY) * float(heard @ heard) / FRAME
            self._left = _MEMORY * self._left + (1 - _MEMORY) * left_power
        if self._settled:
            self._lost_s = self._lost_s + FRAME_S if missing else 0.0
            if self._lost_s > LOST_S:
                self.slipped()
        else:
            if playing:
                self._waited_s += FRAME_S
                self._beside_s = 0.0 if standing else self._beside_s + FRAME_S
                self._learned &= self._beside_s < FORGOTTEN_S
            at_rest = playing and left_power < 10 ** ((floor_dbfs + AT_REST_DB) / 10)
            if audible or at_rest:
                removed = self._heard > 10 ** (REMOVED_DB / 10) * self._left
                known = standing and self._learned and self._heard > 10 ** (KNOWN_DB / 10) * self._left
                well = at_rest or (share > WELL and (removed or known))
                self._found_s = self._found_s + FRAME_S if well else 0.0
                self._learned |= removed and self._found_s > FOUND_S
            self._settled = self._found_s > FOUND_S or self._waited_s > AT_MOST_S
        self.trusted = (self._settled or self._silent_s > SILENT_S) and not missing

    def rest(self) -> None:
        """Nothing sounds: whatever is heard is no echo."""
        self.trusted = True
        self.predicted_dbfs = SILENCE_DBFS
        self._before = 0.0

    def slipped(self) -> None:
        """The streams jumped against each other: wait until the canceller has found its path again."""
        self._settled = self.trusted = False
        self._heard = self._left = 0.0
        self._waited_s = self._found_s = self._lost_s = self._beside_s = 0.0

    def reset(self) -> None:
        """A new stream."""
        self._common = self._echo = 0.0
        self._learned = False
        self.rest()
        self.slipped()
