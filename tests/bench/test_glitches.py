"""The bench's own ruler: a lost, a doubled and a silent block are found, a tone that grows slowly is not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bench.glitches import glitches, tone

RATE = 48000


@pytest.mark.parametrize("samples", [240, 480, 960, 2400])
def test_a_block_that_is_lost_doubled_or_silent_is_one_glitch(samples: int) -> None:
    whole = tone(3.0, RATE)
    at = RATE + 77
    lost = np.concatenate([whole[:at], whole[at + samples :]])
    doubled = np.concatenate([whole[:at], whole[at - samples :]])
    silent = whole.copy()
    silent[at : at + samples] = 0
    for broken in (lost, doubled, silent):
        assert glitches(broken, RATE) == [pytest.approx(at / RATE, abs=0.02)]


def test_what_is_whole_has_none() -> None:
    whole = tone(3.0, RATE)
    assert glitches(whole, RATE) == []
    assert glitches(whole * np.linspace(0.5, 1.4, len(whole), dtype=np.float32), RATE) == []
