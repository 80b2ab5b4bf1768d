"""A step of the volume neither clicks nor clips, and the site's own volume costs nothing."""

from __future__ import annotations

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
    samples = tone(0.1, 0.9)
    assert np.array_equal(play(Volume(RATE), samples), samples)


def test_a_step_is_eased_and_reached() -> None:
    volume, samples = Volume(RATE), np.full(RATE // 10, 8192, np.int16)
    volume.set(-6.0)
    heard = play(volume, samples)
    assert np.isclose(heard[-1], 8192 * 10 ** (-6 / 20), rtol=2e-3)
    assert np.abs(np.diff(heard.astype(int))).max() < 33, "a jump is a click"


def test_louder_never_leaves_full_scale() -> None:
    volume = Volume(RATE)
    volume.set(12.0)
    heard = play(volume, tone(0.2, 0.9))
    top = np.abs(heard.astype(int)).max()
    assert 0.8 * 32767 < top <= 32767
    assert (np.abs(heard.astype(int)) == top).sum() < 0.2 * len(heard), "bent, not clipped"


def test_a_new_device_starts_with_the_same_volume() -> None:
    volume = Volume(RATE)
    volume.set(-20.0)
    heard = play(volume.rated(16000), np.full(480, 16384, np.int16))
    assert np.allclose(heard, 1638, atol=2)
