from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.clock import BlockClock, SampleClock, StreamClock


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


class Device:
    """Blocks of 10 ms that come up to 4 ms late, every fourth in time; stamps that wander by 20 ms as PulseAudio's do.
    What a block holds was captured, or is heard, at `due` + `latency_s`."""

    def __init__(self, latency_s: float, clock: BlockClock) -> None:
        self.clock, self.latency_s, self.due = clock, latency_s, 50.0
        self._rng = np.random.default_rng(5)
        self._n = 0

    def errors_ms(self, blocks: int, *, each_s: float = 0.01) -> np.ndarray:
        errors = []
        for _ in range(blocks):
            self._n += 1
            late = 0.0 if self._n % 4 == 0 else float(self._rng.uniform(0, 0.004))
            wander = 0.02 * np.sin(self._n / 300)
            true = self.due + self.latency_s
            errors.append(1000 * (self.clock.at(self.due + late, true + wander, 0.01) - true))
            self.due += each_s
        return np.array(errors)


@pytest.mark.parametrize("latency_s", [-0.02, 0.055])
def test_stamps_that_wander_do_not_move_the_blocks_of_a_running_stream(latency_s: float) -> None:
    device = Device(latency_s, BlockClock())
    device.errors_ms(200)
    errors = device.errors_ms(5000)
    assert np.ptp(errors) < 1.0
    assert np.abs(errors).max() < 20


def test_a_clock_that_drifts_is_followed_by_the_arrivals() -> None:
    device = Device(0.055, BlockClock())
    device.errors_ms(200, each_s=0.010002)
    errors = device.errors_ms(6000, each_s=0.010002)  # 12 ms in all
    assert np.ptp(errors) < 1.2


def test_sound_that_got_lost_in_the_device_moves_the_blocks_behind_it() -> None:
    device = Device(-0.02, BlockClock())
    before = device.errors_ms(400)[-1]
    device.due += 0.03
    assert device.errors_ms(150)[-1] == pytest.approx(before, abs=1.0)


def test_behind_a_restart_the_burst_stands_at_its_stamps_and_the_rest_where_the_device_will_play_it() -> None:
    clock = BlockClock()
    device = Device(0.055, clock)
    device.errors_ms(400)
    clock.restart()
    device.due += 3.0
    stamps = [device.due + 0.01 * n for n in range(6)]
    assert [clock.at(device.due, stamp, 0.01) for stamp in stamps] == stamps
    device.due += 0.01
    assert np.ptp(device.errors_ms(300)[16:]) < 1.0
