"""A voice's sample rate -> the wire's, by a polyphase windowed-sinc filter (Kaiser, 70 dB)."""

from __future__ import annotations

from math import ceil, gcd, pi

import numpy as np

from kiosk.service.engines import Samples

STOP_DB = 70.0
TRANSITION = 0.06  # width of the slope, as a part of the lower rate; it ends at that rate's half


class Resampler:
    """Holds the filter for one pair of rates. Any thread."""

    def __init__(self, source: int, target: int) -> None:
        self._up = target // gcd(source, target)
        self._down = source // gcd(source, target)
        lower = min(source, target)
        corner = 0.5 * (1 - TRANSITION) * lower / source  # middle of the slope, cycles per source sample
        slope = TRANSITION * lower / source
        self._half = ceil((STOP_DB - 7.95) / (2.285 * 2 * pi * slope) / 2)  # Kaiser's length for that slope
        beta = 0.1102 * (STOP_DB - 8.7)
        phases = np.arange(self._up)[:, None] / self._up
        distance = np.arange(-self._half + 1, self._half + 1)[None, :] - phases
        window = np.i0(beta * np.sqrt(np.maximum(0.0, 1 - (distance / self._half) ** 2))) / np.i0(beta)
        taps = 2 * corner * np.sinc(2 * corner * distance) * window
        self._taps = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)

    def __call__(self, audio: Samples) -> Samples:
        """A whole clip; its ends are taken as surrounded by silence. Length: ceil(len * target / source)."""
        if self._up == self._down or not len(audio):
            return audio
        length = ceil(len(audio) * self._up / self._down)
        padded = np.pad(audio, (self._half - 1, self._half + self._down))
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * self._half)
        out = np.empty(length, np.float32)
        for first in range(min(self._up, length)):
            start, phase = divmod(first * self._down, self._up)
            count = len(range(first, length, self._up))
            out[first :: self._up] = windows[start :: self._down][:count] @ self._taps[phase]
        return out
