"""The log-mel spectrogram against its definition, written out with sums, and against figures of faster-whisper 1.x."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kiosk.service.mel import LogMel


def sweep() -> np.ndarray:
    """Two seconds from 100 Hz up to 6.1 kHz, fading."""
    t = np.arange(32_000) / 16_000
    return (0.5 * np.sin(2 * np.pi * (100 * t + 1500 * t * t)) * np.linspace(1, 0.1, 32_000)).astype(np.float32)


def test_figures_of_the_reference() -> None:
    mel = LogMel()(sweep())
    assert mel.shape == (80, 200)
    assert mel.dtype == np.float32
    figures = [mel[10, 20], mel[40, 100], mel[79, 199], mel.mean()]
    assert figures == pytest.approx([-0.07607043, -0.56698847, -0.40810978, -0.45244038], abs=1e-5)


def test_figures_of_the_reference_with_128_bands() -> None:
    mel = LogMel(128)(sweep())
    assert mel.shape == (128, 200)
    figures = [mel[10, 20], mel[40, 100], mel.mean()]
    assert figures == pytest.approx([-0.44808757, -0.5070609, -0.4100093], abs=1e-5)


@pytest.mark.parametrize("window", [0, 57, 199])
def test_one_window_by_the_definition(window: int) -> None:
    audio = sweep()
    padded = np.pad(audio.astype(float), 200, mode="reflect")[window * 160 :][:400]
    n = np.arange(400)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / 400)
    bins = np.arange(201)
    spectrum = np.exp(-2j * np.pi * np.outer(bins, n) / 400) @ (padded * hann)
    power = np.abs(spectrum) ** 2

    def mel(hertz: float) -> float:
        return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)

    def hertz(mel: float) -> float:
        return mel * 200 / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)

    edges = [hertz(mel(8000) * k / 81) for k in range(82)]
    bands = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        weight = [max(0.0, min((f - low) / (middle - low), (high - f) / (high - middle))) for f in bins * 40.0]
        bands.append(2 / (high - low) * float(np.dot(weight, power)))
    whole = LogMel()(audio)
    floor = float(whole.max())
    expected = [max((math.log10(max(band, 1e-10)) + 4) / 4, floor - 2) for band in bands]
    np.testing.assert_allclose(whole[:, window], expected, atol=1e-4)


def test_silence_is_flat() -> None:
    mel = LogMel()(np.zeros(16_000, np.float32))
    assert np.all(mel == mel[0, 0])
