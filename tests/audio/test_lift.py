from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.lift import MOST_DB, Lift


def after(echo_dbfs: float, seconds: float) -> Lift:
    lift = Lift()
    for _ in range(round(100 * seconds)):
        lift.hear(echo_dbfs)
    return lift


@pytest.mark.parametrize(("echo_dbfs", "db"), [(-25.0, 0.0), (-12.0, 0.0), (-34.0, 9.0), (-50.0, MOST_DB)])
def test_an_echo_is_brought_to_the_level_of_the_tuning_rooms_and_by_no_more_than_it_may(
    echo_dbfs: float, db: float
) -> None:
    assert after(echo_dbfs, 30).db == pytest.approx(db, abs=3.0)


def test_a_louder_room_is_followed_within_a_second_and_a_softer_one_slowly() -> None:
    lift = after(-34.0, 5)
    for _ in range(100):
        lift.hear(-25.0)
    assert lift.db == 0.0
    for _ in range(100):
        lift.hear(-34.0)
    assert lift.db == 0.0
    for _ in range(300):
        lift.hear(-34.0)
    assert lift.db == 3.0


def test_pauses_say_nothing() -> None:
    lift = after(-25.0, 5)
    for _ in range(1000):
        lift.hear(-90.0)
    assert lift.db == 0.0


def test_what_is_lifted_does_not_wrap_around() -> None:
    frame = np.array([100, -100, 30000, -30000], np.int16)
    assert after(-50.0, 30).apply(frame).tolist() == [398, -398, 32767, -32768]
