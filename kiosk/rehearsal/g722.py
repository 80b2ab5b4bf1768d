"""A decoder for ITU-T G.722 at 64 kbit/s, for recordings of human speech that Debian ships in this form.

Two sub-bands of ADPCM, 6 bits below 4 kHz and 2 bits above, joined by a 24-tap quadrature mirror filter; 16 kHz out.
Integer arithmetic throughout, as in the recommendation (2012), whose tables stand below. About 5 x real time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_QMF = (3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11)
# Step sizes are exp2(n/32) in Q11.
_INVERSE_LOG = (
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
)  # fmt: skip
# Lower band: levels of the 6-bit words, and of the 4-bit ones that drive the predictor, Q15.
_LOWER_6 = (
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
    -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
    24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
)  # fmt: skip
_LOWER_4 = (0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0)
_LOWER_LOG = (-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60)
_UPPER_2 = (-7408, -1616, 7408, 1616)
_UPPER_LOG = (798, -214, 798, -214)


class _Band:
    """One sub-band's adaptive predictor (two poles, six zeros) and quantiser scale."""

    def __init__(self, det: int, log_limit: int, log_shift: int) -> None:
        self.det, self.log = det, 0
        self._log_limit, self._log_shift = log_limit, log_shift
        self._poles, self._zeros = [0, 0], [0] * 6
        self._past_r, self._past_p, self._past_d = [0, 0], [0, 0], [0] * 6
        self.zero_part = self.prediction = 0

    def adapt(self, d: int, log_step: int) -> None:
        """Takes in the quantised difference `d` of this sample and prepares the next prediction and scale."""
        self.log = min(max(((self.log * 127) >> 7) + log_step, 0), self._log_limit)
        shift = self._log_shift - (self.log >> 11)
        mantissa = _INVERSE_LOG[(self.log >> 6) & 31]
        self.det = (mantissa << -shift if shift < 0 else mantissa >> shift) << 2

        p, r = _clip(self.zero_part + d), _clip(self.prediction + d)
        first, second = self._poles
        same_1, same_2 = (p >= 0) == (self._past_p[0] >= 0), (p >= 0) == (self._past_p[1] >= 0)
        lean = _clip(first << 2)
        lean = min(-lean if same_1 else lean, 32767)
        second = min(max((128 if same_2 else -128) + (lean >> 7) + ((second * 32512) >> 15), -12288), 12288)
        first = (192 if same_1 else -192) + ((first * 32640) >> 15)
        limit = 15360 - second
        self._poles = [min(max(first, -limit), limit), second]

        step = 0 if d == 0 else 128
        self._zeros = [
            ((zero * 32640) >> 15) + (step if (d >= 0) == (past >= 0) else -step)
            for zero, past in zip(self._zeros, self._past_d, strict=True)
        ]
        self._past_d = [d, *self._past_d[:5]]
        self._past_r, self._past_p = [r, self._past_r[0]], [p, self._past_p[0]]

        pole_part = _clip(sum((a * _clip(2 * r)) >> 15 for a, r in zip(self._poles, self._past_r, strict=True)))
        self.zero_part = _clip(sum((b * _clip(2 * d)) >> 15 for b, d in zip(self._zeros, self._past_d, strict=True)))
        self.prediction = _clip(pole_part + self.zero_part)


def decode(data: bytes) -> NDArray[np.int16]:
    """16 kHz samples, two for each byte."""
    lower, upper = _Band(32, 18432, 8), _Band(8, 22528, 10)
    low, high = np.empty(len(data), np.int64), np.empty(len(data), np.int64)
    for index, code in enumerate(data):
        word, top = code & 63, code >> 6
        low[index] = min(max(lower.prediction + ((lower.det * _LOWER_6[word]) >> 15), -16384), 16383)
        lower.adapt((lower.det * _LOWER_4[word >> 2]) >> 15, _LOWER_LOG[word >> 2])
        difference = (upper.det * _UPPER_2[top]) >> 15
        high[index] = min(max(upper.prediction + difference, -16384), 16383)
        upper.adapt(difference, _UPPER_LOG[top])
    return _join(low, high)


def _join(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.int16]:
    """The receive quadrature mirror filter: both half-rate bands to one signal of twice the rate."""
    taps = np.array(_QMF)
    past = np.zeros(len(taps) - 1, np.int64)
    out = np.empty(2 * len(low), np.int64)
    count = len(low)
    out[1::2] = np.convolve(np.concatenate([past, low + high]), taps[::-1], "valid")[:count]
    out[0::2] = np.convolve(np.concatenate([past, low - high]), taps, "valid")[:count]
    joined: NDArray[np.int16] = np.clip(out >> 11, -32768, 32767).astype(np.int16)
    return joined


def _clip(value: int) -> int:
    return min(max(value, -32768), 32767)
