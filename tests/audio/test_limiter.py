"""Nothing is louder than -1 dBFS at the loudspeaker, and what is turned down stays clean."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from kiosk.audio.limiter import CEILING
from kiosk.audio.volume import Volume

RATE = 48000
BLOCK = 480
TOP = CEILING * 32768


def play(samples: np.ndarray, gain_db: float, block: int = BLOCK) -> np.ndarray:
    """As the speaker does it: each block with the peak of what the queue holds behind it."""
    volume = Volume(RATE)
    volume.set(gain_db)
    volume.settle()
    heard = samples.copy()
    for at in range(0, len(heard), block):
        behind = samples[at + block : at + block + volume.ahead].astype(int)
        volume.apply(heard[at : at + block], int(np.abs(behind).max()) if len(behind) else 0)
    return heard


def tone(seconds: float, peak: float, hertz: float = 440.0) -> np.ndarray:
    at = np.arange(round(seconds * RATE)) / RATE
    return np.rint(32767 * peak * np.sin(2 * np.pi * hertz * at)).astype(np.int16)


def speech_like(seconds: float) -> np.ndarray:
    """Voiced pulses under syllables, with a crest factor of speech."""
    rng = np.random.default_rng(3)
    at = np.arange(round(seconds * RATE)) / RATE
    pulses = sum(np.cos(2 * np.pi * 130 * n * at + rng.uniform(0, 6)) / n for n in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 4 * at), 0, 1) * (0.4 + 0.6 * np.abs(np.sin(2 * np.pi * 0.7 * at)))
    voice = pulses * syllables
    return np.rint(0.95 * 32767 * voice / np.abs(voice).max()).astype(np.int16)


@pytest.mark.parametrize("gain_db", [0.0, 6.0, 12.0, 18.0])
@pytest.mark.parametrize("block", [240, 480, 441, 1920])
def test_no_peak_is_above_the_ceiling(gain_db: float, block: int) -> None:
    for samples in (
        speech_like(1.0),
        tone(0.3, 1.0),
        np.where(np.arange(9600) % 2400 == 77, 32767, 50).astype(np.int16),
    ):
        assert np.abs(play(samples, gain_db, block).astype(int)).max() <= TOP + 1


def test_a_steady_tone_is_turned_down_and_not_bent() -> None:
    heard = play(tone(1.0, 0.95), 12.0)[RATE // 2 :].astype(float)
    assert heard.max() > 0.97 * TOP
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    at = 440 * len(heard) // RATE
    tone_power = spectrum[at - 3 : at + 4].sum()
    assert 10 * np.log10((spectrum[5:].sum() - tone_power) / tone_power) < -60, "harmonics: a limiter that bends"


def test_peaks_of_speech_are_a_slow_gain_and_nothing_else() -> None:
    """What is heard is the sound times a gain that moves at the pace of the release and the look-ahead."""
    samples = speech_like(2.0)
    heard = play(samples, 9.0).astype(float)
    loud = np.abs(samples) > 500
    gain = heard[loud] / samples[loud]
    steps = np.abs(np.diff(gain)) / np.maximum(1, np.diff(np.flatnonzero(loud)))
    assert gain.min() < 0.5 * gain.max(), "it had something to do"
    assert np.percentile(steps, 99.9) < 10 ** (9 / 20) / 200, "no faster than the look-ahead"


def test_below_the_ceiling_nothing_is_touched() -> None:
    samples = tone(0.2, 0.89)
    assert np.array_equal(play(samples, 0.0), samples)


def test_it_lets_go_within_a_fifth_of_a_second() -> None:
    samples = np.concatenate((tone(0.2, 0.9), tone(0.5, 0.1)))
    heard = play(samples, 6.0).astype(float)
    assert np.abs(heard[-RATE // 10 :]).max() == pytest.approx(3276.7 * 10 ** (6 / 20), rel=0.01)


def test_limiting_takes_no_memory() -> None:
    volume, block = Volume(RATE), tone(0.04, 0.9)
    volume.set(12.0)
    volume.apply(block.copy(), 0)
    tracemalloc.start()
    try:
        for _ in range(5):
            volume.apply(block, 32000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4000, "a block of floats is 7680 bytes"
