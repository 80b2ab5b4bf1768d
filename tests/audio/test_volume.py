"""A step of the volume or a duck does not click, and the site's own volume costs nothing."""

from __future__ import annotations

import tracemalloc

import numpy as np

from kiosk.audio.volume import Volume

RATE = 48000


def tone(seconds: float, peak: float) -> np.ndarray:
    return (32767 * peak * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)).astype(np.int16)


def play(volume: Volume, samples: np.ndarray) -> np.ndarray:
    heard = samples.copy()
    for at in range(0, len(heard), 480):
        volume.apply(heard[at : at + 480])
    return heard


def test_at_first_nothing_is_changed() -> None:
    samples = tone(0.1, 0.89)
    assert np.array_equal(play(Volume(RATE), samples), samples)


def test_a_step_is_eased_and_reached() -> None:
    volume, samples = Volume(RATE), np.full(RATE // 10, 8192, np.int16)
    volume.set(-6.0)
    heard = play(volume, samples)
    assert np.isclose(heard[-1], 8192 * 10 ** (-6 / 20), rtol=2e-3)
    assert np.abs(np.diff(heard.astype(int))).max() < 33, "a jump is a click"


def test_a_new_device_starts_with_the_same_volume() -> None:
    volume = Volume(RATE)
    volume.set(-20.0)
    heard = play(volume.rated(16000), np.full(480, 16384, np.int16))
    assert np.allclose(heard, 1638, atol=2)


def ducked(volume: Volume, on: bool, seconds: float) -> np.ndarray:
    volume.duck(on)
    return play(volume, np.full(round(seconds * RATE), 16384, np.int16)).astype(int)


def test_a_duck_is_down_within_20_ms_and_back_within_150_without_a_click() -> None:
    volume = Volume(RATE, 13.0)
    down = ducked(volume, True, 0.05)
    assert np.allclose(down[960:], 16384 * 10 ** (-13 / 20), atol=2)
    up = ducked(volume, False, 0.2)
    assert up[4800] < 16300, "restored as a swell"
    assert (up[7200:] >= 16383).all()
    for curve in (down, up):
        assert np.abs(np.diff(curve)).max() < 20, "a jump is a click"


def test_volume_and_duck_multiply() -> None:
    volume = Volume(RATE, 12.0)
    volume.set(-6.0)
    assert np.isclose(ducked(volume, True, 0.1)[-1], 16384 * 10 ** (-18 / 20), rtol=2e-3)


def test_in_silence_a_gain_is_there_at_once() -> None:
    volume = Volume(RATE, 13.0)
    ducked(volume, True, 0.05)
    volume.duck(False)
    volume.settle()
    assert (play(volume, np.full(480, 16384, np.int16)) == 16384).all()


def test_the_callback_takes_no_memory_while_it_turns_a_gain() -> None:
    volume, block = Volume(RATE, 13.0), np.full(1920, 8000, np.int16)
    volume.set(-3.0)
    volume.apply(block)
    tracemalloc.start()
    try:
        volume.duck(True)
        for _ in range(20):
            volume.apply(block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4000, "views and numbers only; a block of floats is 7680 bytes"
