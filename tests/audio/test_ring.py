from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiosk.audio.ring import Ring, Tap


def count(first: int, number: int) -> np.ndarray:
    return np.arange(first, first + number).astype(np.int16)


@given(st.integers(1, 50), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=40))
def test_a_tap_reads_in_order_and_accounts_for_every_sample(capacity: int, steps: list[tuple[int, int]]) -> None:
    ring = Ring(capacity)
    tap = Tap(ring)
    read = 0
    for number, wanted in steps:
        ring.write(count(ring.written, number))
        out = np.zeros(wanted, np.int16)
        if tap.read(out):
            np.testing.assert_array_equal(out, count(tap.position - wanted, wanted))
            read += wanted
        assert tap.position == read + tap.lost
        assert 0 <= tap.available <= max(capacity, 30)


def test_a_lapped_reader_goes_on_with_the_newest_half() -> None:
    ring = Ring(100)
    tap = Tap(ring)
    ring.write(count(0, 250))
    out = np.zeros(10, np.int16)
    assert tap.read(out)
    np.testing.assert_array_equal(out, count(200, 10))
    assert (tap.laps, tap.lost) == (1, 200)


def test_positions_stay_readable_until_they_are_overwritten() -> None:
    ring = Ring(8)
    ring.write(count(0, 6))
    ring.write(count(6, 6))
    out = np.zeros(8, np.int16)
    ring.copy(4, out)
    np.testing.assert_array_equal(out, count(4, 8))


def test_nothing_is_read_while_too_little_is_there() -> None:
    ring = Ring(8)
    tap = Tap(ring)
    ring.write(count(0, 3))
    assert not tap.read(np.zeros(4, np.int16))
    assert tap.position == 0
