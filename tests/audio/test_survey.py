"""What is known about a synthetic room is found in its tapes."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from synthetic_room import LEAD_S, LOUDSPEAKER_S, MICROPHONE_S, RATE, shown, tapes

from kiosk.audio import survey
from kiosk.audio.echo import NoCanceller
from kiosk.audio.formats import Pcm, to_pcm
from kiosk.audio.stimulus import Piece, Programme, spoken_like
from kiosk.audio.tape import Tape
from kiosk.audio.webrtc import WebRtcCanceller


@pytest.fixture(scope="module")
def played() -> Programme:
    return shown()


def found(near: Tape, far: Tape, programme: Programme) -> list[survey.Echo]:
    return [survey.find(near, far, moved(piece)) for piece in programme.of("chirp")]


def moved(piece: Piece) -> Piece:
    lead = round(LEAD_S * RATE)
    return Piece(piece.kind, piece.first + lead, piece.last + lead)


def seen(near: Tape, far: Tape, programme: Programme) -> survey.Loop:
    loop = survey.loop(near, far, found(near, far, programme))
    assert loop is not None
    return loop


@pytest.mark.parametrize("delay_ms", [1.5, 10.0, 60.0, 300.0])
def test_the_delay_of_the_air_is_what_the_stamps_do_not_tell(played: Programme, delay_ms: float) -> None:
    loop = seen(*tapes(played.samples, delay_ms=delay_ms), played)
    assert loop.path_ms == pytest.approx(delay_ms, abs=0.5)
    assert loop.told_ms == pytest.approx(1000 * (LOUDSPEAKER_S + MICROPHONE_S), abs=1.0)
    assert loop.slips == 0


def test_stamps_that_tell_too_little_show_as_a_longer_path(played: Programme) -> None:
    loop = seen(*tapes(played.samples, delay_ms=10.0, stamps_err_ms=-25.0), played)
    assert loop.path_ms == pytest.approx(-15.0, abs=0.5)


@pytest.mark.parametrize("drift_ppm", [-120.0, -8.0, 0.0, 3.0, 60.0, 250.0])
def test_drift_is_found_to_one_part_in_a_million(played: Programme, drift_ppm: float) -> None:
    assert seen(*tapes(played.samples, drift_ppm=drift_ppm), played).drift_ppm == pytest.approx(drift_ppm, abs=1.0)


def test_lost_samples_are_a_slip_and_no_drift(played: Programme) -> None:
    loop = seen(*tapes(played.samples, lost=960), played)
    assert loop.slips
    assert isnan(loop.drift_ppm)


def test_a_microphone_that_does_not_hear_the_loudspeaker(played: Programme) -> None:
    near, far = tapes(played.samples, gain_db=-90.0, noise_db=-50.0)
    echoes = found(near, far, played)
    assert not any(echo.found for echo in echoes)
    assert survey.loop(near, far, echoes) is None


def test_an_echo_that_is_below_the_noise_is_still_found(played: Programme) -> None:
    loop = seen(*tapes(played.samples, gain_db=-40.0, noise_db=-50.0), played)
    assert loop.path_ms == pytest.approx(10.0, abs=0.5)


@pytest.mark.parametrize("gain_db", [-6.0, -20.0, -35.0])
def test_levels(played: Programme, gain_db: float) -> None:
    near, far = tapes(played.samples, gain_db=gain_db, noise_db=-60.0)
    noise = survey.noise_db(near.pcm[: round(2 * RATE)], RATE)
    assert noise == pytest.approx(-60.0, abs=0.5)
    speech = [(p.first, p.last) for p in map(moved, played.of("speech"))]
    lag = 10.0 / 1000 * RATE
    echo = survey.level_db(near, [(first + lag, last + lag) for first, last in speech], noise)
    assert echo - survey.level_db(far, speech) == pytest.approx(gain_db, abs=0.3)


@pytest.mark.parametrize("clip", [1.0, 0.3, 0.05])
def test_flat_tops_are_found_at_any_height(played: Programme, clip: float) -> None:
    near, _ = tapes(played.samples, gain_db=14.0, clip=clip, noise_db=-70.0)
    found = survey.clipping(near.pcm)
    assert found.at_dbfs == pytest.approx(20 * np.log10(clip), abs=0.05)
    assert found.share > 0.001


def test_speech_that_fits_is_not_called_clipped(played: Programme) -> None:
    for gain_db in (-30.0, -12.0, 0.0):
        near, _ = tapes(played.samples, gain_db=gain_db)
        assert isnan(survey.clipping(near.pcm).at_dbfs)
    assert isnan(survey.clipping(np.zeros(4800, np.int16)).at_dbfs)


class HalfCanceller:
    """Takes 20 dB after it has run for three seconds, and 6 before."""

    frames = 0

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self.frames += 1
        return to_pcm(near.astype(np.float32) / 32768 * np.float32(0.1 if self.frames > 300 else 0.5))

    def reset(self) -> None:
        self.frames = 0


def test_the_gain_of_a_canceller() -> None:
    near = to_pcm(spoken_like(16000, 10.0))
    far = np.zeros_like(near)
    sounding = [(0, len(near))]
    found = survey.cancelled(HalfCanceller(), near, far, sounding)
    assert found.first_db == pytest.approx(6.0, abs=0.1)
    assert found.steady_db == pytest.approx(20.0, abs=0.1)
    nothing = survey.cancelled(NoCanceller(), near, far, sounding)
    assert nothing.steady_db == pytest.approx(0.0, abs=0.01)


def test_the_real_canceller_on_laid_together_ends(played: Programme) -> None:
    """Both ends as the capture thread would see them: with a drift, stamps that wander, and a delay."""
    near, far = tapes(played.samples, delay_ms=12.0, drift_ppm=20.0, noise_db=-75.0)
    both = survey.together(near, far, ahead_s=0.02)
    sounding = [(p.first // 3, p.last // 3) for p in map(moved, played.of("speech"))]
    assert survey.cancelled(WebRtcCanceller(), *both, sounding).steady_db > 25
    late = survey.together(near, far, ahead_s=-0.2)  # the far end comes when the echo is over: nothing to cancel with
    assert survey.cancelled(WebRtcCanceller(), *late, sounding).steady_db < 15
