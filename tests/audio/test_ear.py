"""Two detectors and a level: whether somebody speaks while the agent is silent."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kiosk.audio.ear import ABOVE_ROOM_DB, HEARD_ROOM_DBFS, Ear
from kiosk.audio.formats import Pcm
from kiosk.audio.vad import Akiki, Earshot, Silero, VoiceDetector, VoiceGate
from kiosk.core.ports import VoiceEdge
from kiosk.rehearsal import g722

SPOKEN = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
RATE = 16000
HOP = 256


class Says:
    """A detector of which the test decides what it thinks."""

    def __init__(self, says: float, hop: int = HOP) -> None:
        self.says, self.hop = says, hop

    def probability(self, pcm: Pcm) -> float:
        return self.says

    def reset(self) -> None:
        pass


def square(dbfs: float, hop: int = HOP) -> Pcm:
    return np.full(hop, round(32768 * 10 ** (dbfs / 20)), np.int16)


def noise(seconds: float, dbfs: float) -> Pcm:
    return np.random.default_rng(1).normal(0, 32768 * 10 ** (dbfs / 20), round(seconds * RATE)).astype(np.int16)


@cache
def said(name: str, dbfs: float) -> Pcm:
    sound = g722.decode((SPOKEN / f"{name}.g722").read_bytes()[: 8000 * 2]).astype(np.float64)
    loud = np.sort(np.mean(sound[: len(sound) // 320 * 320].reshape(-1, 320) ** 2, axis=1))
    level = np.sqrt(np.mean(loud[len(loud) // 2 :]))
    return np.asarray(np.rint(sound * 32768 * 10 ** (dbfs / 20) / level), np.int16)


def begun(pcm: Pcm, sure: VoiceDetector | None = None) -> float | None:
    """Seconds until a gate behind an ear of real detectors opens."""
    ear = Ear(sure or Akiki(), Earshot(), threshold=0.5)
    gate = VoiceGate(0.5, onset_ms=112, hang_over_ms=1000)
    length = ear.hop / RATE
    for number, hop in enumerate(pcm[: len(pcm) // ear.hop * ear.hop].reshape(-1, ear.hop)):
        heard = ear.hear(hop, speaking=gate.speaking)
        edge = gate.update(heard.probability, 1000 * length, number * length, near=heard.believed)
        if edge is not None and edge[0] is VoiceEdge.STARTED:
            return (number + 1) * length
    return None


@pytest.mark.parametrize(
    ("sure", "quick", "above_db", "probable", "believed"),
    [
        (0.3, 0.8, 20, True, True),  # the sure one is late
        (0.001, 0.9, 20, True, False),  # music
        (0.9, 0.2, 20, False, True),
        (0.3, 0.8, ABOVE_ROOM_DB - 1, False, True),  # the room itself
        (0.95, 0.8, ABOVE_ROOM_DB - 1, True, True),
    ],
)
def test_a_beginning_takes_both_and_a_level(
    sure: float, quick: float, above_db: float, probable: bool, believed: bool
) -> None:
    ear = Ear(Says(sure), Says(quick), threshold=0.5)
    heard = ear.hear(square(HEARD_ROOM_DBFS + above_db), speaking=False)
    assert (heard.probability >= 0.5, heard.believed, heard.clear) == (probable, believed, probable)


def test_who_has_begun_may_trail_off_but_not_clearly() -> None:
    ear = Ear(Says(0.4), Says(0.3), threshold=0.5)
    heard = ear.hear(square(HEARD_ROOM_DBFS), speaking=True)
    assert heard.probability == 0.4
    assert not heard.clear


def test_a_long_speech_does_not_become_the_room() -> None:
    ear = Ear(Says(0.3), Says(0.8), threshold=0.5)
    for _ in range(60 * RATE // HOP):
        ear.hear(square(-30), speaking=True)
    assert ear.hear(square(-40), speaking=False).clear


def test_music_that_goes_on_does() -> None:
    ear = Ear(Says(0.3), Says(0.8), threshold=0.5)
    for _ in range(20 * RATE // HOP):
        ear.hear(square(-40), speaking=False)
    assert not ear.hear(square(-38), speaking=False).clear
    assert ear.hear(square(-30), speaking=False).clear


@pytest.mark.parametrize("sure", [Akiki(), Silero()])
def test_a_visitor_is_heard_with_either_detector(sure: VoiceDetector) -> None:
    """The stand-in takes twice as much at a time as the quick one."""
    sure.reset()
    room = noise(4, -62)
    voice = said("please-try-again", -31)
    room[2 * RATE : 2 * RATE + len(voice)] += voice
    at = begun(room, sure)
    assert at is not None
    assert 2.0 < at < 2.6


def test_a_faint_visitor_in_a_quiet_room_is_heard() -> None:
    """25 dB below the loudspeaker's echo, 11 above the noise: before the room was made louder only one in four was."""
    room = noise(4, -62)
    voice = said("please-try-again", -51)
    room[2 * RATE : 2 * RATE + len(voice)] += voice
    assert begun(room) is not None
    assert begun(noise(4, -62)) is None
