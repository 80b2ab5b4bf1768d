"""When what a canceller leaves may be taken for a visitor's."""

from __future__ import annotations

import numpy as np

from kiosk.audio.alignment import Alignment
from kiosk.audio.echo import FRAME

FLOOR_DBFS = -70.0
RNG = np.random.default_rng(7)


def sound(level: float) -> np.ndarray:
    return RNG.standard_normal(FRAME) * level


def hear(alignment: Alignment, seconds: float, *, left: float = 30, visitor: float = 0, standing: bool = False) -> None:
    """The agent's echo at 1500, of which the filter leaves `left`, and a visitor beside it."""
    for _ in range(round(100 * seconds)):
        echo, rest, voice = sound(1500), sound(left), sound(visitor)
        near = np.rint(echo + rest + voice).astype(np.int16)
        linear = np.rint(rest + voice).astype(np.int16)
        alignment.update(near, linear, near, FLOOR_DBFS, standing=standing)


def beside(alignment: Alignment, seconds: float, *, standing: bool = False) -> None:
    """The echo is not where it is predicted."""
    for _ in range(round(100 * seconds)):
        echo, predicted = sound(1500), sound(1500)
        near = np.rint(echo).astype(np.int16)
        alignment.update(near, np.rint(echo - predicted).astype(np.int16), near, FLOOR_DBFS, standing=standing)


def learned() -> Alignment:
    alignment = Alignment()
    alignment.reset()
    hear(alignment, 1)
    assert alignment.trusted
    return alignment


def test_an_echo_that_is_not_where_it_is_predicted_takes_the_trust_away() -> None:
    alignment = learned()
    beside(alignment, 0.3)
    assert not alignment.trusted


def test_a_visitor_who_talks_all_the_while_keeps_an_unsettled_canceller_from_being_trusted() -> None:
    alignment = learned()
    alignment.slipped()
    hear(alignment, 0.8, visitor=900)
    assert not alignment.trusted


def test_where_the_echo_is_known_to_stand_it_is_trusted_at_once() -> None:
    alignment = learned()
    alignment.slipped()
    hear(alignment, 0.4, visitor=900, standing=True)
    assert alignment.trusted


def test_a_path_that_was_never_learned_is_not_trusted_because_it_stands() -> None:
    alignment = Alignment()
    alignment.reset()
    hear(alignment, 0.8, visitor=900, standing=True)
    assert not alignment.trusted


def test_a_canceller_that_was_long_beside_its_path_has_to_show_that_it_knows_it_again() -> None:
    alignment = learned()
    beside(alignment, 1.5)
    hear(alignment, 0.6, visitor=900, standing=True)
    assert not alignment.trusted
