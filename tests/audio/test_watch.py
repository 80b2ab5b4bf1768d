"""The watch for a hello: when it stirs, what wakes the costly detector, and what it keeps. Detectors by hand."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.formats import Pcm
from kiosk.audio.vad import Earshot, Silero
from kiosk.audio.watch import AWAKE_S, Watch

FLOOR_DBFS = -60.0


class Ear:
    """Takes whatever is loud for a voice, and counts what it was asked."""

    def __init__(self, hop: int, hears: bool = True) -> None:
        self.hop = hop
        self.hears = hears
        self.asked = 0
        self.resets = 0

    def probability(self, pcm: Pcm) -> float:
        self.asked += 1
        return 0.9 if self.hears and np.abs(pcm).max() > 2000 else 0.1

    def reset(self) -> None:
        self.resets += 1


class Lobby:
    def __init__(self, sure_hears: bool = True) -> None:
        self.light, self.sure = Ear(256), Ear(512, sure_hears)
        self.watch = Watch(self.light, self.sure, threshold=0.5, onset_ms=96)
        self.n = 0

    def hear(self, seconds: float, loudness: int) -> list[float]:
        """Times at which somebody was noticed."""
        noticed = []
        for _ in range(round(seconds * 100)):
            since = self.watch.step(np.full(160, loudness, np.int16), self.n * 0.01, FLOOR_DBFS)
            if since is not None:
                noticed.append(self.n * 0.01)
            self.n += 1
        return noticed


def test_an_empty_lobby_never_wakes_the_costly_detector() -> None:
    lobby = Lobby()
    assert lobby.hear(60, 30) == []
    assert lobby.sure.asked == 0


def test_a_voice_is_noticed_soon_and_the_syllable_before_the_stir_counts() -> None:
    lobby = Lobby()
    lobby.hear(2, 30)
    noticed = lobby.hear(1, 6000)
    assert noticed[0] - 2 < 0.2
    assert lobby.sure.asked > 10


def test_what_the_sure_detector_takes_for_no_voice_begins_nothing() -> None:
    lobby = Lobby(sure_hears=False)
    lobby.hear(1, 30)
    assert lobby.hear(2, 6000) == []


def test_a_voice_far_away_is_none() -> None:
    lobby = Lobby()
    watch = lobby.watch
    for n in range(200):  # as loud as the room is
        assert watch.step(np.full(160, 6000, np.int16), n * 0.01, -16.0) is None
    assert lobby.sure.asked == 0


def test_after_a_stir_the_costly_detector_goes_to_sleep_again() -> None:
    lobby = Lobby(sure_hears=False)
    lobby.hear(1, 6000)
    lobby.hear(AWAKE_S + 0.1, 30)
    asked = lobby.sure.asked
    lobby.hear(5, 30)
    assert lobby.sure.asked == asked


def test_at_rest_nothing_of_what_was_heard_is_kept() -> None:
    lobby = Lobby()
    lobby.hear(0.05, 6000)
    lobby.watch.rest()
    assert not lobby.watch._before
    assert lobby.sure.resets
    assert lobby.light.resets
    resets = lobby.light.resets
    lobby.watch.rest()
    assert lobby.light.resets == resets, "a microphone at work pays nothing for it"


@pytest.mark.parametrize("kind", ["hiss", "hum", "chords"])
def test_no_noise_of_a_house_is_a_hello(kind: str) -> None:
    """The real detectors."""
    t = np.arange(16000 * 6) / 16000
    sound = {
        "hiss": np.random.default_rng(3).standard_normal(t.size) * 300,
        "hum": 3000 * np.sin(2 * np.pi * 50 * t),
        "chords": 1500 * sum(np.sin(2 * np.pi * f * t) for f in (220, 277, 330)) * (np.sin(4 * np.pi * t) > 0),
    }[kind].astype(np.int16)
    watch = Watch(Earshot(), Silero(), threshold=0.5, onset_ms=96)
    noticed = [watch.step(sound[i : i + 160], i / 16000, FLOOR_DBFS) for i in range(0, sound.size - 160, 160)]
    assert noticed == [None] * len(noticed)
