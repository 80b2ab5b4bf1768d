from __future__ import annotations

import numpy as np
import pytest

from kiosk.rehearsal.frameclock import FrameClock, Timeline


def observe(clock: FrameClock, first: int, blocks: int, offset: float, seed: int = 1) -> None:
    """Blocks of 10 ms that arrive late as a busy machine makes them."""
    late = np.random.default_rng(seed).exponential(0.002, blocks)
    for block in range(blocks):
        frame = first + 480 * block
        clock.observe(frame, offset + frame / 48000 + late[block])


def test_offset_is_found_among_late_arrivals() -> None:
    clock = FrameClock(48000)
    observe(clock, 0, 500, offset=100.0)
    assert clock.reading().at(48000) == pytest.approx(101.0, abs=0.0005)
    assert 2 < clock.spread_ms() < 10


def test_blocks_that_seem_early_do_not_pull_it() -> None:
    clock = FrameClock(48000)
    observe(clock, 0, 500, offset=100.0)
    clock.observe(480 * 500 + 240, 100.0 + 480 * 500 / 48000)  # the second half of a split block, 5 ms "early"
    assert clock.reading().at(0) == pytest.approx(100.0, abs=0.0005)


def test_each_stretch_has_its_own_offset_and_both_directions_agree() -> None:
    clock = FrameClock(48000)
    observe(clock, 0, 300, offset=10.0)
    clock.interrupt(480 * 300)
    observe(clock, 480 * 300, 300, offset=12.5)
    timeline = Timeline.from_json(clock.reading().as_json())
    assert timeline.at(1000) == pytest.approx(10.0 + 1000 / 48000, abs=0.0005)
    assert timeline.at(480 * 400) == pytest.approx(12.5 + 4.0, abs=0.0005)
    for frame in (0, 1000, 480 * 300, 480 * 555):
        assert timeline.frame(timeline.at(frame)) == frame
