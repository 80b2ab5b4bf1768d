"""What the doctor plays: as loud as it says, and a voice to those who listen for voices."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio import stimulus
from kiosk.audio.formats import Framer, to_pcm
from kiosk.audio.vad import Earshot, Silero, VoiceDetector


@pytest.mark.parametrize("detector", [Silero, Earshot])
def test_the_voice_that_says_nothing_is_a_voice(detector: type[VoiceDetector]) -> None:
    """Else a count of false alarms on its echo would be none because nobody would be alarmed by anything."""
    ear = detector()
    line = to_pcm(stimulus.spoken_like(16000, 8.0))
    sure = [ear.probability(hop) >= 0.5 for hop in Framer(ear.hop).push(line)]
    assert np.mean(sure) > 0.5


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
def test_a_programme_says_truly_what_stands_where(rate: int) -> None:
    speech = stimulus.spoken_like(rate, 6.0)
    shown = stimulus.programme(rate, speech, [np.ones(rate // 10, np.float32)])
    assert shown.samples[0] != 0
    assert np.abs(shown.samples).max() < 0.9
    level = {piece.kind: stimulus.active_db(shown.samples[piece.first : piece.last], rate) for piece in shown.pieces}
    assert level == {
        "chirp": pytest.approx(stimulus.CHIRP_DB, abs=0.3),
        "soft chirp": pytest.approx(stimulus.CHIRP_DB - stimulus.SOFTER_DB, abs=0.3),
        "earcon": pytest.approx(stimulus.EARCON_DB, abs=0.3),
        "speech": pytest.approx(stimulus.SPEECH_DB, abs=1.0),
    }
    assert sum(piece.last - piece.first for piece in shown.of("speech")) == len(speech)
    gaps = [(a.last, b.first) for a, b in zip(shown.pieces, shown.pieces[1:], strict=False)]
    assert all(not shown.samples[last:first].any() for last, first in gaps)


def test_a_silent_voice_has_no_level_and_stays_silent() -> None:
    assert stimulus.active_db(np.zeros(1600, np.float32), 16000) == -np.inf
    assert not stimulus.levelled(np.zeros(1600, np.float32), 16000, -20.0).any()
