"""How loud an agent speaks, and the gain that makes every agent as loud as the next. Pure; the feeder's thread.

Voices come at levels 20 dB apart, and a visitor should not have to find the volume for each. Loudness is measured as in
ITU-R BS.1770-4: K-weighted, in blocks of 400 ms that overlap by three quarters, gated at -70 LUFS and at 10 LU below
the loudness of what passes; but over the last ten seconds of speech instead of over a whole programme.
"""

from __future__ import annotations

from collections import deque
from math import log10, pi, tan

import numpy as np

from kiosk.audio.formats import Floats, Pcm, to_float
from kiosk.audio.limiter import CEILING

HOP_S = 0.1
_HOPS = 4  # in a block of 400 ms
_MEMORY = 100  # blocks, one a hop: ten seconds
_ABSOLUTE_LUFS = -70.0
_RELATIVE_LU = 10.0
PIECE_S = 0.02
MOST_DB = 12.0
DB_PER_S = 3.0
PAUSE_S = 0.1
_PAUSE_LU = 20.0


def k_weighting(rate: int, bins: int) -> Floats:
    """Power gain of BS.1770's two filters at the frequencies of a real spectrum with `bins` bins.

    The standard tabulates them for 48 kHz; these are the same two analogue filters, carried over to any rate.
    """
    z = np.exp(-1j * np.linspace(0, pi, bins))
    k, q, high = tan(pi * 1681.974450955533 / rate), 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    shelf = (high + middle * k / q + k * k) + 2 * (k * k - high) * z + (high - middle * k / q + k * k) * z**2
    shelf /= (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    k, q = tan(pi * 38.13547087602444 / rate), 0.5003270373238773
    low_cut = (1 - z) ** 2 * (1 + k / q + k * k)
    low_cut /= (1 + k / q + k * k) + 2 * (k * k - 1) * z + (1 - k / q + k * k) * z**2
    return np.asarray(np.abs(shelf * low_cut) ** 2, np.float32)


class Loudness:
    """Loudness of what was pushed last, mono.

    The weighting is done on the spectrum of each hop: by Parseval's theorem the power of the filtered sound, without a
    recursive filter, which would be a loop over samples.
    """

    def __init__(self, rate: int) -> None:
        self._hop: Floats = np.zeros(round(HOP_S * rate), np.float32)
        self._filled = 0
        weights = k_weighting(rate, len(self._hop) // 2 + 1)
        weights[1 : len(weights) - (len(self._hop) % 2 == 0)] *= 2  # a real spectrum shows each of these once
        self._weights: Floats = weights / np.float32(len(self._hop)) ** 2
        self._hops: deque[float] = deque(maxlen=_HOPS)
        self._blocks: deque[float] = deque(maxlen=_MEMORY)

    def push(self, samples: Floats) -> None:
        at = 0
        while at < len(samples):
            count = min(len(samples) - at, len(self._hop) - self._filled)
            self._hop[self._filled : self._filled + count] = samples[at : at + count]
            self._filled += count
            at += count
            if self._filled == len(self._hop):
                self._filled = 0
                spectrum = np.fft.rfft(self._hop)
                self._hops.append(float(self._weights @ (spectrum.real**2 + spectrum.imag**2)))
                if len(self._hops) == _HOPS:
                    power = sum(self._hops) / _HOPS
                    if lufs(power) > _ABSOLUTE_LUFS:
                        self._blocks.append(power)

    @property
    def lufs(self) -> float | None:
        """None before 400 ms of sound."""
        if not self._blocks:
            return None
        blocks = np.array(self._blocks)
        gate = blocks.mean() * 10 ** (-_RELATIVE_LU / 10)
        return lufs(float(blocks[blocks >= gate].mean()))


def lufs(power: float) -> float:
    """Of a mean square that was K-weighted; full scale is 1."""
    return -0.691 + 10 * log10(max(power, 1e-12))


class Leveller:
    """Brings speech to a loudness: at most 12 dB up or down, 3 dB a second, and at once only where nobody hears it.

    target_lufs     None: everything passes as it is

    What it knows outlives a response, since the next one is most likely by the same voice. Nothing is known before the
    first 400 ms.
    """

    def __init__(self, rate: int, target_lufs: float | None) -> None:
        self._target = target_lufs
        self._piece = round(PIECE_S * rate)
        self._rate = rate
        self._loudness = Loudness(rate)
        self._goal_db = 0.0
        self._gain_db = 0.0
        self._quiet_s = PAUSE_S

    @property
    def gain_db(self) -> float:
        return self._gain_db

    def pause(self) -> None:
        """A new response: its first word may have another gain than the last of the one before."""
        self._quiet_s = PAUSE_S

    def level(self, samples: Pcm) -> Pcm:
        """The same number of samples. Looks at all of them before it turns the first one."""
        if self._target is None or not len(samples):
            return samples
        line = to_float(samples)
        self._loudness.push(line)
        found = self._loudness.lufs
        if found is not None:
            self._goal_db = min(MOST_DB, max(-MOST_DB, self._target - found))
        threshold = 10 ** (((found or _ABSOLUTE_LUFS) - _PAUSE_LU) / 10)
        turned = False
        for at in range(0, len(line), self._piece):
            turned |= self._turn(line[at : at + self._piece], threshold)
        if not turned:
            return samples
        line *= np.float32(32768)
        np.rint(line, out=line)
        np.clip(line, -32768, 32767, out=line)
        return line.astype(np.int16)

    def _turn(self, piece: Floats, threshold: float) -> bool:
        """In place; whether anything was changed."""
        seconds = len(piece) / self._rate
        quiet = float(piece @ piece) / len(piece) < threshold
        step = MOST_DB * 2 if self._quiet_s >= PAUSE_S else DB_PER_S * seconds
        self._quiet_s = self._quiet_s + seconds if quiet else 0.0
        before = self._gain_db
        self._gain_db += min(step, max(-step, self._goal_db - before))
        peak = float(np.abs(piece).max())
        if self._gain_db > 0 and peak * _linear(self._gain_db) > CEILING:
            self._gain_db = max(0.0, -_decibels(peak / CEILING))  # too much for this voice: at once, a peak is short
        first, last = _linear(before), _linear(self._gain_db)
        if first != last:
            piece *= np.linspace(first, last, len(piece), dtype=np.float32)
        elif last != 1.0:
            piece *= np.float32(last)
        return not first == last == 1.0


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _decibels(ratio: float) -> float:
    return 20 * log10(ratio)
