"""Gain on what goes up: slow, bounded, never past its ceiling; and microphones that are overdriven."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.formats import dbfs, to_pcm
from kiosk.audio.gain import CEILING, MOST_DB, SLOPE_DB_S, UplinkGain
from kiosk.audio.overdrive import Overdrive

SOFT = to_pcm((10 ** (-45 / 20) * np.random.default_rng(1).standard_normal(160)).astype(np.float32))


def test_it_rises_by_3_db_a_second_of_speech_and_no_further_than_allowed() -> None:
    gain = UplinkGain()
    steps = []
    for _ in range(400):
        before = gain.gain_db
        gain.hear(-60.0, 32.0)
        steps.append(gain.gain_db - before)
    assert max(steps) <= SLOPE_DB_S * 0.032 + 1e-9
    assert gain.gain_db == MOST_DB
    gain.apply(SOFT)
    assert dbfs(gain.apply(SOFT)) == pytest.approx(dbfs(SOFT) + MOST_DB, abs=0.5)


def test_what_is_loud_enough_is_not_touched() -> None:
    gain = UplinkGain()
    for _ in range(100):
        gain.hear(-20.0, 32.0)
    assert gain.apply(SOFT) is SOFT


def test_a_shout_behind_a_whisper_does_not_pass_the_ceiling() -> None:
    gain = UplinkGain()
    for _ in range(400):
        gain.hear(-60.0, 32.0)
    gain.apply(SOFT)
    shout = np.full(160, 30000, np.int16)
    assert np.abs(gain.apply(shout).astype(int)).max() <= CEILING
    assert np.abs(gain.apply(shout).astype(int)).max() == pytest.approx(CEILING, abs=2)


def test_only_a_turn_that_is_overdriven_is_counted() -> None:
    overdrive = Overdrive()
    overdrive.spoke(np.full(512, 20000, np.int16))
    overdrive.turn_over()
    overdrive.spoke(np.full(512, -32768, np.int16))
    overdrive.spoke(np.full(512, 32767, np.int16))
    overdrive.turn_over()
    overdrive.turn_over()
    assert overdrive.turns == 1
