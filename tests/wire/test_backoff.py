from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.wire.backoff import Backoff
from kiosk.wire.canonical import Closed

LOST = Closed(1006)
WRONG = Closed(4001, retryable=False)


def test_waits_double_up_to_the_cap_and_never_end():
    backoff = Backoff(lambda: 1.0)
    assert [backoff.delay(LOST, 0.0) for _ in range(7)] == [0.5, 1, 2, 4, 8, 15, 15]
    assert all(backoff.delay(LOST, 0.0) == 15 for _ in range(2000))


@given(st.floats(0, 1), st.integers(0, 50))
def test_full_jitter_stays_in_its_bound(drawn, tries):
    backoff = Backoff(lambda: drawn)
    for _ in range(tries):
        backoff.delay(LOST, 0.0)
    assert 0 <= backoff.delay(LOST, 0.0) <= 15


def test_thirty_seconds_of_ready_start_it_afresh():
    backoff = Backoff(lambda: 1.0)
    for _ in range(5):
        backoff.delay(LOST, 0.0)
    backoff.ready(100.0)
    assert backoff.delay(LOST, 129.9) == 15
    backoff.ready(200.0)
    assert backoff.delay(LOST, 230.0) == 0.5


def test_a_fatal_close_is_tried_slowly():
    assert Backoff(lambda: 0.0).delay(WRONG, 0.0) == 60


def test_the_servers_wish_is_the_least():
    assert Backoff(lambda: 0.0).delay(Closed(4029, retry_after_ms=7000), 0.0) == 7
    assert Backoff(lambda: 0.0).delay(Closed(0, retryable=False, retry_after_ms=90_000), 0.0) == 90


def test_a_retry_at_once_counts_once():
    backoff = Backoff(lambda: 1.0)
    backoff.retry()
    assert [backoff.delay(LOST, 0.0), backoff.delay(LOST, 0.0)] == [0.0, 0.5]
