"""Sample rates, silence and loudness of speech."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.service.loudness import LEAD_MS, PEAK_DBFS, SPEECH_DBFS, TAIL_MS, normalise, trim
from kiosk.service.resample import Resampler


def tone(hertz: float, rate: int, seconds: float = 1.0, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def dbfs(audio: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(audio.astype(float) ** 2) + 1e-20))


@pytest.mark.parametrize("source", [22_050, 24_000, 48_000])
def test_speech_passes_unchanged(source: int) -> None:
    resample = Resampler(source, 16_000)
    for hertz in (100, 440, 3_000, 6_500):
        out = resample(tone(hertz, source))
        expected = tone(hertz, 16_000)
        assert len(out) == len(expected)
        np.testing.assert_allclose(out[400:-400], expected[400:-400], atol=2e-3)


@pytest.mark.parametrize("source", [22_050, 24_000, 48_000])
def test_nothing_folds_back(source: int) -> None:
    out = Resampler(source, 16_000)(tone(9_000, source))
    assert dbfs(out[400:-400]) < -65


def test_up_is_possible_too() -> None:
    out = Resampler(16_000, 24_000)(tone(3_000, 16_000))
    np.testing.assert_allclose(out[400:-400], tone(3_000, 24_000)[400:-400], atol=2e-3)


@given(st.integers(0, 3000), st.sampled_from([(24_000, 16_000), (22_050, 16_000), (16_000, 16_000)]))
def test_every_length_works(length: int, rates: tuple[int, int]) -> None:
    out = Resampler(*rates)(np.ones(length, np.float32))
    assert len(out) == -(-length * rates[1] // rates[0])


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000])
def test_silence_is_cut_to_what_is_stated(rate: int) -> None:
    silence = np.zeros(rate // 2, np.float32)
    cut = trim(np.concatenate([silence, tone(300, rate, 0.5), silence]), rate)
    assert 1000 * len(cut) / rate == pytest.approx(500 + LEAD_MS + TAIL_MS, abs=21)
    assert cut[0] == cut[-1] == 0


def test_silence_alone_is_nothing() -> None:
    assert len(trim(np.zeros(8_000, np.float32), 16_000)) == 0
    assert len(trim(np.zeros(0, np.float32), 16_000)) == 0


@pytest.mark.parametrize("level", [0.02, 0.1, 0.9])
def test_level_and_peak(level: float) -> None:
    """Something with the crest of speech: bursts of noise, some of them sharp, between pauses."""
    random = np.random.default_rng(3)
    noise = random.standard_normal(32_000) * np.repeat(random.choice([0.001, 0.3, 0.5, 1.0], 64), 500)
    out = normalise((level * noise / np.max(np.abs(noise))).astype(np.float32), 16_000)
    assert np.max(np.abs(out)) <= 10 ** (PEAK_DBFS / 20) + 1e-6
    loud = out.reshape(-1, 160)
    loud = loud[np.array([dbfs(block) for block in loud]) > -45]
    assert dbfs(loud) == pytest.approx(SPEECH_DBFS, abs=0.7)


def test_nothing_is_made_loud() -> None:
    faint = tone(300, 16_000, level=1e-5)
    assert normalise(faint, 16_000) is faint
