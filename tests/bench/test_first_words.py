"""The bench's own ruler: a word is found where it stands, and a word that lost its beginning is clipped."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench.agent_peer import RATE
from tests.bench.first_words import find

WORD = (np.convolve(np.random.default_rng(2).standard_normal(RATE // 2), np.ones(8) / 8, "same") * 0.1).astype(
    np.float32
)
HISS = (0.001 * np.random.default_rng(3).standard_normal(2 * RATE)).astype(np.float32)


def wire(lead_ms: float) -> np.ndarray:
    """A turn in which the word stands after so much of the room; before it began, where that is negative."""
    lead = round(lead_ms * RATE / 1000)
    return np.concatenate([HISS[: max(lead, 0)], WORD[max(-lead, 0) :], HISS[:4000]])


@pytest.mark.parametrize(("lead_ms", "clipped"), [(300, False), (60, False), (40, True), (0, True), (-30, True)])
def test_a_word_is_found_where_it_stands(lead_ms: float, clipped: bool) -> None:
    found = find(WORD, wire(lead_ms))
    assert found.lead_ms == pytest.approx(lead_ms, abs=0.1)
    assert found.clipped is clipped


def test_another_word_or_none_is_clipped() -> None:
    assert find(WORD, HISS).clipped
    assert find(WORD, HISS[:0]).clipped


def test_a_hole_in_its_beginning_is_clipped() -> None:
    holed = wire(300)
    holed[4800:8000] = 0
    assert find(WORD, holed).clipped
