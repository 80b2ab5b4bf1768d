"""The rulers of the side-by-side bench: onsets, ends and heard positions are found where they were put."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.rehearsal.acoustics import amplitude
from kiosk.rehearsal.figures import Heard
from kiosk.rehearsal.frameclock import Timeline
from kiosk.rehearsal.waves import resample
from tests.bench.engine import noise
from tests.bench.peer_readings import (
    first_frame_with_sound,
    first_loud_frame,
    first_sound,
    heard_ms,
    missing_ms,
    silence_after,
)

RATE = 48000
BEGAN = 500.0  # when sample 0 sounded


def recording(*stretches: tuple[float, float], dither: float = 0.0) -> Heard:
    """Two seconds with the bench's own noise in these stretches (s), as a sound server would resample it."""
    samples = np.random.default_rng(3).uniform(-dither, dither, 2 * RATE).astype(np.float32)
    for first, last in stretches:
        said = np.frombuffer(noise(last - first, rate=24000), "<i2").astype(np.float32) / 32768
        at = round(first * RATE)
        samples[at : at + 2 * len(said)] += resample(said, 24000, RATE)
    return Heard(samples, Timeline(RATE, ((0, BEGAN),)))


def test_a_beginning_is_found_where_it_is() -> None:
    assert first_sound(recording((0.3, 0.9)), BEGAN, BEGAN + 2) == pytest.approx(BEGAN + 0.3, abs=0.001)
    assert first_sound(recording((0.3, 0.9)), BEGAN + 1, BEGAN + 2) is None


@pytest.mark.parametrize("late_ms", [2.0, 30.0, 120.0, 500.0])
def test_silence_is_as_late_as_it_is(late_ms: float) -> None:
    heard = recording((0.2, 0.8 + late_ms / 1000))
    assert silence_after(heard, BEGAN + 0.8, BEGAN + 1.9) == pytest.approx(late_ms, abs=1.0)


def test_what_falls_silent_before_the_order_was_not_silenced_by_it() -> None:
    assert silence_after(recording((0.2, 0.5)), BEGAN + 0.8, BEGAN + 1.9) is None


def test_one_that_never_stops_has_the_whole_stretch() -> None:
    assert silence_after(recording((0.2, 2.0)), BEGAN + 0.8, BEGAN + 1.4) == pytest.approx(600, abs=1.0)


def test_faint_noise_of_a_device_is_silence() -> None:
    heard = recording((0.2, 0.83), dither=amplitude(-56.0))
    assert silence_after(heard, BEGAN + 0.8, BEGAN + 1.9) == pytest.approx(30, abs=1.0)
    assert heard_ms(heard, BEGAN, BEGAN + 2) == pytest.approx(630, abs=1.0)


def test_an_underrun_was_not_heard() -> None:
    whole, holed = recording((0.2, 1.2)), recording((0.2, 0.6), (0.75, 1.2))
    assert heard_ms(whole, BEGAN, BEGAN + 2) == pytest.approx(1000, abs=1.0)
    assert heard_ms(holed, BEGAN, BEGAN + 2) == pytest.approx(850, abs=1.0)
    assert heard_ms(whole, BEGAN + 1.5, BEGAN + 2) == 0.0
    assert missing_ms(whole, BEGAN, BEGAN + 2) == 0.0
    assert missing_ms(holed, BEGAN, BEGAN + 2) == pytest.approx(150, abs=1.0)


def frames(*levels_dbfs: float | None) -> list[tuple[float, bytes]]:
    """A frame of 20 ms every 20 ms, the first at BEGAN; None is digital silence."""
    return [
        (BEGAN + number * 0.02, bytes(640) if level is None else noise(0.02, level, number))
        for number, level in enumerate(levels_dbfs)
    ]


def test_the_frame_that_brings_a_sound_is_found() -> None:
    heard = frames(None, None, -70.0, -12.0, -12.0)
    assert first_frame_with_sound(heard, BEGAN) == pytest.approx(BEGAN + 0.06)
    assert first_frame_with_sound(heard, BEGAN + 0.07) == pytest.approx(BEGAN + 0.08)
    assert first_frame_with_sound(heard[:3], BEGAN) is None
    assert first_frame_with_sound([(BEGAN + 1, b"")], BEGAN) is None


def test_a_click_is_no_room() -> None:
    click = bytearray(640)
    click[100:102] = b"\x00\x20"
    heard = [(BEGAN + 0.01, bytes(click)), (BEGAN + 0.02, b""), *frames(None, None, -20.0)]
    assert first_loud_frame(heard, BEGAN) == pytest.approx(BEGAN + 0.04)
    assert first_loud_frame(heard[:3], BEGAN) is None
