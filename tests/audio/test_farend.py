from __future__ import annotations

import numpy as np

from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Resampler, to_float, to_pcm
from kiosk.audio.line import Line
from kiosk.audio.ring import Ring

RATE = 48000


def played(far_end: FarEnd, start: float, blocks: int, value: int, jitter: float = 0.0) -> None:
    rng = np.random.default_rng(1)
    for n in range(blocks):
        stamp = start + n * 0.01 + float(rng.uniform(-jitter, jitter))
        far_end.write(np.full(480, value, np.int16), stamp, sounding=value != 0)


def at(far_end: FarEnd, when: float, samples: int = 480) -> np.ndarray:
    out = np.full(samples, 99, np.int16)
    far_end.read(when, out)
    return out


def test_it_is_read_by_time_and_is_silence_elsewhere() -> None:
    far_end = FarEnd()
    assert not at(far_end, 5.0).any()
    far_end.open(RATE)
    played(far_end, 100.0, 20, 7)
    assert (at(far_end, 100.05) == 7).all()
    assert not at(far_end, 99.9).any()
    assert not at(far_end, 100.3).any()
    half = at(far_end, 100.195)
    assert (half[:240] == 7).all()
    assert not half[240:].any()


def test_wandering_stamps_leave_no_hole() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 150, 7, jitter=0.004)
    assert (at(far_end, 100.5, RATE // 2) == 7).all()
    assert far_end.slips == 0


def test_a_device_that_skipped_is_followed_and_counted() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 60, 7)
    played(far_end, 100.65, 60, 8)
    assert far_end.slips == 1
    assert (at(far_end, 101.0) == 8).all()


def test_the_first_stamps_of_a_burst_are_put_right_without_a_slip() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 8, 7)
    played(far_end, 100.083, 30, 8)  # 3 ms later than the burst had said
    assert far_end.slips == 0
    edge = at(far_end, 100.383, 960)  # the end of the line, at its right time
    assert not edge[2:].any()
    assert (at(far_end, 100.37) == 8).all()


def test_what_was_cut_was_not_played() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 20, 7)
    far_end.cut(100.1)
    assert (at(far_end, 100.09) == 7).all()
    assert not at(far_end, 100.1, 4800).any()
    assert not far_end.sounded_since(100.11)
    played(far_end, 100.15, 5, 9)
    assert not at(far_end, 100.11, 1900).any()
    assert (at(far_end, 100.16) == 9).all()
    assert far_end.slips == 0
    assert far_end.level(100.18) < far_end.level(100.09) + 5


def test_near_and_far_end_meet_at_the_same_time() -> None:
    """An echo of 10 ms in the air stands 10 ms after the far end, through ring, filters and framers of both ends."""
    sound = (np.random.default_rng(2).standard_normal(RATE) * 3000).astype(np.int16)
    far_end = FarEnd()
    far_end.open(RATE)
    for n in range(100):
        far_end.write(sound[n * 480 : n * 480 + 480], 50.0 + n * 0.01, sounding=True)
    ring = Ring(RATE)
    line = Line(ring, RATE)
    near, far = [], []
    for n in range(50):
        ring.write(sound[n * 480 : n * 480 + 480])
        for block, captured_at in line.blocks((n * 480, 50.01 + n * 0.01)):
            near.append(block)
            far.append(line.far_end(far_end, captured_at))
    near_line, far_line = np.concatenate(near).astype(float), np.concatenate(far).astype(float)
    lag = np.argmax(np.correlate(near_line[2000:6000], far_line[2000:6000], "full")) - 3999
    assert lag == 160
    reference = to_pcm(Resampler(RATE, 16000).feed(to_float(sound)))
    np.testing.assert_allclose(near_line[1000:2000], reference[1000:2000], atol=1)
