from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.clock import SampleClock, StreamClock


def test_a_late_callback_does_not_move_the_mapping() -> None:
    clock = StreamClock(window=10)
    rng = np.random.default_rng(2)
    for n in range(50):
        current = 1000 + n * 0.01
        late = 0.0 if n % 5 == 0 else float(rng.uniform(0, 0.02))
        at = clock.at(current - 900 + late, current, current + 0.05, 0.0)
    assert at == pytest.approx(current - 900 + 0.05, abs=1e-9)


def test_a_stepped_wall_clock_is_followed_within_two_windows() -> None:
    clock = StreamClock(window=10)
    for n in range(40):
        step = 3600.0 if n >= 15 else 0.0
        at = clock.at(n * 0.01, 1000 + n * 0.01 + step, 1000.05 + n * 0.01 + step, 0.0)
    assert at == pytest.approx(39 * 0.01 + 0.05)


@pytest.mark.parametrize("event", [0.0, -1.0, 5000.0])
def test_stamps_that_cannot_be_right_are_not_believed(event: float) -> None:
    assert StreamClock().at(10.0, 1000.0, event, 0.06) == pytest.approx(10.06)


def test_wandering_stamps_are_smoothed_and_a_jump_is_followed() -> None:
    clock = SampleClock(16000)
    rng = np.random.default_rng(3)
    times = [clock.at(n * 160, n * 0.01 + float(rng.uniform(-0.004, 0.004))) - n * 0.01 for n in range(300)]
    assert max(abs(error) for error in times[100:]) < 0.0015
    assert clock.at(300 * 160, 3.5) == pytest.approx(3.0, abs=0.0015)  # one stray stamp
    jumped = [clock.at(n * 160, n * 0.01 + 0.5) for n in range(301, 310)]
    assert jumped[-1] == pytest.approx(309 * 0.01 + 0.5, abs=0.001)
