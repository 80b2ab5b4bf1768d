"""What Whisper hears: the log-mel spectrogram of 16 kHz audio, in numpy.

Method and constants: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022), section 2.2:
windows of 25 ms every 10 ms, mel bands on Slaney's scale with equal area, logarithm cut 8 decades below the loudest
cell, scaled to about -1..1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.service.engines import Samples

RATE = 16_000
WINDOW = 400  # samples: 25 ms
HOP = 160  # samples: 10 ms

Spectrogram = NDArray[np.float32]


class LogMel:
    """Holds the filter bank. `bands` is 80 for Whisper up to large-v2 and 128 for large-v3. Any thread."""

    def __init__(self, bands: int = 80) -> None:
        self._filters = _filter_bank(bands)
        phase = 2 * np.pi * np.arange(WINDOW) / WINDOW
        self._window = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)  # periodic Hann

    def __call__(self, audio: Samples) -> Spectrogram:
        """Audio of at least 25 ms -> float32 (bands, len(audio) // 160)."""
        padded = np.pad(np.asarray(audio, np.float32), WINDOW // 2, mode="reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
        windows = windows[: len(audio) // HOP]  # the reference drops the window that is centred on the end
        power = np.abs(np.fft.rfft(windows * self._window, axis=-1)) ** 2
        mel = self._filters @ power.T.astype(np.float32)
        level = np.log10(np.maximum(mel, 1e-10))
        level = np.maximum(level, level.max() - 8.0)
        spectrogram: Spectrogram = ((level + 4.0) / 4.0).astype(np.float32)
        return spectrogram


def _filter_bank(bands: int) -> NDArray[np.float32]:
    """Triangles between neighbouring mel points, each of area 1 over hertz: float32 (bands, WINDOW // 2 + 1)."""
    points = _hertz(np.linspace(0.0, _mel(RATE / 2), bands + 2))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    low, middle, high = points[:-2, None], points[1:-1, None], points[2:, None]
    triangle = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
    return (np.maximum(0.0, triangle) * 2.0 / (high - low)).astype(np.float32)


# Slaney's mel scale: 200/3 Hz a step up to 1 kHz, from there 27 steps for each factor of 6.4.
_STEP_HZ = 200.0 / 3.0
_CORNER = 1000.0 / _STEP_HZ
_LOG_STEP = np.log(6.4) / 27.0


def _mel(hertz: float) -> float:
    return hertz / _STEP_HZ if hertz < 1000.0 else _CORNER + float(np.log(hertz / 1000.0)) / _LOG_STEP


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mel * _STEP_HZ
    logarithmic = 1000.0 * np.exp((np.maximum(mel, _CORNER) - _CORNER) * _LOG_STEP)
    return np.where(mel < _CORNER, linear, logarithmic)
