from __future__ import annotations

import numpy as np
import pytest

from kiosk.rehearsal.acoustics import Convolver, amplitude, shoebox, single_path

BLOCK = 480


def run(convolver: Convolver, signal: np.ndarray) -> np.ndarray:
    return np.concatenate([convolver.step(block) for block in signal.reshape(-1, BLOCK)])


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(3).standard_normal(BLOCK * 60).astype(np.float32)


@pytest.mark.parametrize("length", [1, 479, 480, 481, 9000])
def test_convolution_equals_the_direct_one(noise: np.ndarray, length: int) -> None:
    response = np.random.default_rng(4).standard_normal(length).astype(np.float32)
    convolver = Convolver(BLOCK, 48000)
    convolver.load(response)
    direct = np.convolve(noise, response)[: len(noise)]
    assert np.allclose(run(convolver, noise), direct, atol=2e-3 * np.abs(direct).max())


def test_a_response_longer_than_the_ring_so_far_wraps_around(noise: np.ndarray) -> None:
    response = np.random.default_rng(4).standard_normal(10 * BLOCK).astype(np.float32)
    convolver = Convolver(BLOCK, 10 * BLOCK)
    convolver.load(response)
    direct = np.convolve(noise, response)[: len(noise)]
    assert np.allclose(run(convolver, noise), direct, atol=2e-3 * np.abs(direct).max())


def test_single_path_is_exact_in_delay_and_gain(noise: np.ndarray) -> None:
    convolver = Convolver(BLOCK, 48000)
    convolver.load(single_path(48000, gain_db=-20, delay_ms=35.5))
    out = run(convolver, noise)
    delay = round(48 * 35.5)
    assert np.abs(out[:delay]).max() < 1e-5
    assert np.allclose(out[delay:], 0.1 * noise[:-delay], atol=1e-5)


def test_a_response_loaded_in_mid_signal_meets_the_past(noise: np.ndarray) -> None:
    convolver = Convolver(BLOCK, 48000)
    run(convolver, noise[: BLOCK * 20])
    convolver.load(single_path(48000, gain_db=0, delay_ms=100))
    out = convolver.step(noise[BLOCK * 20 : BLOCK * 21])
    assert np.allclose(out, noise[BLOCK * 10 : BLOCK * 11], atol=1e-4)


def test_no_path_is_silence_and_too_long_a_one_is_refused(noise: np.ndarray) -> None:
    convolver = Convolver(BLOCK, 4800)
    convolver.load(np.ones(10, np.float32))
    convolver.load(None)
    assert not run(convolver, noise[:BLOCK]).any()
    with pytest.raises(ValueError, match="at most"):
        convolver.load(np.ones(48000, np.float32))


def test_shoebox_has_the_energy_and_the_decay_that_were_asked_for() -> None:
    response = shoebox(48000, gain_db=-26, delay_ms=20, rt60_s=0.4).astype(np.float64)
    assert np.sqrt(np.sum(response**2)) == pytest.approx(amplitude(-26), rel=1e-3)
    assert not response[: 48 * 20].any()
    # Schroeder's backward integration over 20 dB of the late part, taken to 60 dB.
    decay = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / np.sum(response**2))
    span = np.flatnonzero((decay < -20) & (decay > -40))
    assert 0.3 < 3 * len(span) / 48000 < 0.5
