"""How far the echo has moved since the cancellers learned its path, told by the sound itself.

Each start of the loudspeaker's stream puts the far end some tenths of a millisecond beside its last place, an underrun
by a block or two, and clocks that drift apart move it all the while. Time stamps are not good enough: a tenth of a
millisecond leaves 10 dB of the echo at 500 Hz. Near and far end are: whitened, their cross spectrum is the room's
phases, and correlated with those remembered it has a peak at the way by which the room has moved. On the rig, with a
visitor 10 dB louder than the echo, it is right to 0.01 ms in every window of 0.4 s.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.formats import Floats, Pcm

_SIZE = 8192
_FAR = 8000  # samples that are looked at; an echo is up to 100 ms older than the first of the near end
_NEAR = 6400
_EVERY = 10  # frames between two looks
_LEAST = 15  # audible frames that a look needs
_AUDIBLE = (32768 * 10 ** (-45 / 20)) ** 2
_FARTHEST = RATE * 8 // 100
"""80 ms: a sound server that ran dry moved the echo by 10, 20 and 60."""
_CLEAR = 12.0
"""A peak so many standard deviations high is one; the rig gives 20 to 50, chance 5 to 8."""
_CLEAR_ENOUGH = 9.0
_RECENT = RATE // 5
_AGREE = 0.5  # samples; two looks in a row say the same
_STILL = 0.5  # samples; less is no move
_NEXT_TO = 1.6  # samples; a canceller that is so far beside its path hardly loses it
_REMEMBER = 0.1  # of a look goes into what is remembered of the room
_DRIFTED = 4.0  # samples
_APART = 4  # looks: what two so far apart see has no sound in common
_FORGOTTEN = 20  # clear looks at another room, and it is the one
_BAND_HZ = (150, 5500)
_TINY = 1e-9

Spectrum = NDArray[np.complex64]

_hertz = np.fft.rfftfreq(_SIZE, 1 / RATE)
_BAND = ((_hertz > _BAND_HZ[0]) & (_hertz < _BAND_HZ[1])).astype(np.float32)


class EchoDelay:
    """Capture thread only. 0.3 % of a core while the loudspeaker sounds.

    standing    the echo has been seen where it was learned since `rest` and `doubt`
    """

    def __init__(self) -> None:
        self.standing = False
        self._near: Floats = np.zeros(_FAR, np.float32)
        self._far: Floats = np.zeros(_FAR, np.float32)
        self._audible: NDArray[np.bool_] = np.zeros(_NEAR // FRAME, np.bool_)
        self._frames = 0
        self._room: Spectrum | None = None  # whitened cross spectrum, where the echo is in its place
        self._lost = 0  # looks since that was last recognised
        self._seen: deque[Spectrum] = deque(maxlen=_APART)
        self._before: float | None = None  # what the last look said

    def step(self, near: Pcm, far: Pcm) -> float:
        """10 ms. Seconds by which the echo comes later than it was learned: hand the far end over so much later.

        0.0 where it stands, and where nobody knows. What is returned is taken as done.
        """
        _shift_in(self._near, near)
        _shift_in(self._far, far)
        self._audible[:-1] = self._audible[1:]
        self._audible[-1] = float(self._far[-FRAME:] @ self._far[-FRAME:]) / FRAME > _AUDIBLE
        self._frames += 1
        if self._frames % _EVERY or np.count_nonzero(self._audible) < _LEAST:
            return 0.0
        return self._look()

    def elsewhere(self) -> bool:
        """Whether the echo of the last 0.2 s is clearly seen, and not in its place: sooner than `step` can tell."""
        if self._room is None:
            return False
        moved, height = _peak(self._spectrum(_RECENT), self._room)
        return height > _CLEAR_ENOUGH and abs(moved) > _NEXT_TO

    def doubt(self) -> None:
        """The streams may have moved against each other."""
        self.standing = False
        self._before = None

    def rest(self) -> None:
        """Nothing sounds."""
        self.doubt()
        if self._audible.any():
            self._near[:] = self._far[:] = 0
            self._seen.clear()
            self._audible[:] = False

    def reset(self) -> None:
        """Another path: it is learned anew."""
        self.rest()
        self._room = None

    def _learn(self, seen: Spectrum) -> None:
        """A room is what two looks that have no sound in common agree on: the first, and one that was rebuilt. Clocks
        may drift apart meanwhile."""
        if len(self._seen) == _APART and (self._room is None or self._lost > _FORGOTTEN):
            moved, height = _peak(seen, self._seen[0])
            if height > _CLEAR and abs(moved) < _DRIFTED:
                self._room, self._lost = seen, 0
        self._seen.append(seen)

    def _spectrum(self, size: int) -> Spectrum:
        """Of the last `size` samples of the near end, with the far end that can be heard in them; whitened."""
        near = self._near.copy()
        near[:-size] = 0
        cross = np.fft.rfft(near, _SIZE) * np.conj(np.fft.rfft(self._far, _SIZE))
        power = np.abs(cross)
        return np.asarray(_BAND * cross / (power + 0.05 * power.mean() + _TINY), np.complex64)

    def _look(self) -> float:
        seen = self._spectrum(_NEAR)
        self._learn(seen)
        if self._room is None:
            return 0.0
        moved, height = _peak(seen, self._room)
        self._lost = 0 if height > _CLEAR else self._lost + 1
        before, self._before = self._before, moved if height > _CLEAR else None
        if before is None or self._before is None or abs(moved - before) > _AGREE:
            return 0.0
        self.standing = abs(moved) < _NEXT_TO
        if abs(moved) < _STILL:
            self._room += _REMEMBER * (seen - self._room)
            return 0.0
        self._before = None
        self._seen.clear()
        self._far = np.roll(self._far, round(moved))
        return moved / RATE


def _peak(seen: Spectrum, room: Spectrum) -> tuple[float, float]:
    """How much later the echo came, (samples, and between them; height of the peak in standard deviations)."""
    correlation = np.fft.irfft(seen * np.conj(room), _SIZE)
    near = np.concatenate((correlation[-_FARTHEST:], correlation[: _FARTHEST + 1]))
    at = int(np.argmax(near))
    height = float(near[at] / (np.std(correlation) + _TINY))
    place = float(at - _FARTHEST)
    if 0 < at < len(near) - 1:
        left, top, right = (float(value) for value in near[at - 1 : at + 2])
        place += 0.5 * (left - right) / min(left - 2 * top + right, -_TINY)
    return place, height


def _shift_in(line: Floats, frame: Pcm) -> None:
    line[:-FRAME] = line[FRAME:]
    line[-FRAME:] = frame
