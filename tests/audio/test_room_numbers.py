"""The whole measurement in synthetic rooms: a good one, a deaf canceller's, a quiet one, one with somebody in it."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest
from synthetic_room import RATE, shown, tapes

from kiosk.audio import room
from kiosk.audio.echo import NoCanceller
from kiosk.audio.formats import to_pcm
from kiosk.audio.hearing import Hearing
from kiosk.audio.room import GuardChain
from kiosk.audio.stimulus import levelled, spoken_like
from kiosk.settings.sound import Capture

AHEAD_S = 0.02


def test_a_good_room() -> None:
    played = shown()
    near, far = tapes(played.samples, delay_ms=9.0, gain_db=-12.0, noise_db=-64.0, drift_ppm=15.0)
    found = room.measure(near, far, played, GuardChain(Capture()), Capture(), ahead_s=AHEAD_S)
    assert found.loop is not None
    assert found.loop.path_ms == pytest.approx(9.0, abs=0.5)
    assert found.loop.drift_ppm == pytest.approx(15.0, abs=1.0)
    assert found.noise_dbfs == pytest.approx(-64.0, abs=0.5)
    assert found.echo_gain_db == pytest.approx(-12.0, abs=0.3)
    assert found.squeezed_db == pytest.approx(0.0, abs=0.3)
    assert isnan(found.clipping.at_dbfs)
    assert found.cancelled.steady_db > 25
    assert found.alarms.in_s == pytest.approx(8.0, abs=0.5)
    assert found.alarms.interruptions == 0


def test_without_a_canceller_the_kiosk_would_stop_itself() -> None:
    """The count can count: the same guard, with nothing that takes the echo away."""
    played = shown()
    near, far = tapes(played.samples, gain_db=-6.0)
    aligned = room.survey.together(near, far, ahead_s=AHEAD_S)
    bare = Hearing(Capture(guard_engine="none", speech_engine="none"))
    found = room.alarms(bare, *aligned, [(4 * 16000, 12 * 16000)])
    assert found.interruptions >= 1  # after each the gate stays open for as long as a voice goes on
    assert found.a_minute == pytest.approx(found.interruptions * 60 / 8)


def test_an_overdriven_microphone() -> None:
    played = shown()
    near, far = tapes(played.samples, gain_db=14.0, clip=0.5)
    found = room.measure(near, far, played, NoCanceller(), Capture(), ahead_s=AHEAD_S)
    assert found.clipping.at_dbfs == pytest.approx(-6.0, abs=0.1)
    assert found.squeezed_db > 3
    assert found.cancelled.steady_db == pytest.approx(0.0, abs=0.1)


def test_a_loudspeaker_that_the_microphone_does_not_hear() -> None:
    played = shown()
    near, far = tapes(played.samples, gain_db=-100.0, noise_db=-55.0)
    found = room.measure(near, far, played, GuardChain(Capture()), Capture(), ahead_s=AHEAD_S)
    assert found.loop is None
    assert found.echo_dbfs < -65
    assert isnan(found.squeezed_db)
    assert found.alarms.interruptions == 0


@pytest.mark.parametrize(("level_db", "spoken"), [(-30.0, True), (-45.0, True), (-30.0, False)])
def test_somebody_in_the_room(level_db: float, spoken: bool) -> None:
    dice = np.random.default_rng(4)
    line = 10 ** (-70 / 20) * dice.standard_normal(5 * RATE)
    if spoken:
        voice = levelled(spoken_like(RATE, 3.0), RATE, level_db)
        line[RATE : RATE + len(voice)] += voice
    found = room.visitor_dbfs(to_pcm(line.astype(np.float32)), RATE)
    assert found == pytest.approx(level_db if spoken else nan, abs=2.5, nan_ok=True)
