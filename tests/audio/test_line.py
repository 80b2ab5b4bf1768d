"""The far end that is handed to the cancellers: its place against the near end."""

from __future__ import annotations

import numpy as np

from kiosk.audio.echo import FRAME
from kiosk.audio.farend import FarEnd
from kiosk.audio.line import Line
from kiosk.audio.ring import Ring

RATE = 16000


def played() -> FarEnd:
    """Half a second of a ramp: each sample tells its place."""
    far_end = FarEnd()
    far_end.open(RATE)
    far_end.write(np.arange(RATE // 2, dtype=np.int16), 10.0, True)
    return far_end


def first(line: Line, far_end: FarEnd, at: float) -> int:
    return int(line.far_end(far_end, at)[0])


def test_a_rest_does_not_move_the_far_end() -> None:
    """Each pause began with stamps that were 1 ms off: another echo path for the canceller, and false interruptions."""
    line, far_end = Line(Ring(RATE), RATE), played()
    begin = first(line, far_end, 10.10)
    for _ in range(9):
        line.far_rests()
    assert first(line, far_end, 10.203) - begin == 10 * FRAME
    assert far_end.slips == 0


def test_behind_a_rest_stamps_that_went_far_are_followed_and_are_no_slip() -> None:
    line, far_end = Line(Ring(RATE), RATE), played()
    begin = first(line, far_end, 10.10)
    line.far_rests()
    assert first(line, far_end, 10.14) - begin == 4 * FRAME
    assert far_end.slips == 0


def test_in_the_middle_of_a_sound_it_is_one() -> None:
    line, far_end = Line(Ring(RATE), RATE), played()
    begin = first(line, far_end, 10.10)
    assert first(line, far_end, 10.14) - begin == 4 * FRAME
    assert far_end.slips == 1
