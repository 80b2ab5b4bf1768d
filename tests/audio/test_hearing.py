"""The whole of what is heard, without devices: real engines, recorded speech, an echo made here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.audio.formats import Pcm
from kiosk.audio.hearing import Hearing
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.rehearsal import acoustics, g722
from kiosk.settings.sound import Capture

RATE = 16000
SPOKEN = Path("/usr/share/asterisk/sounds/en_US_f_Allison")


@cache
def recorded(name: str, seconds: float) -> Pcm:
    return g722.decode((SPOKEN / f"{name}.g722").read_bytes()[: round(8000 * seconds)])


class Kiosk:
    """A hearing, and a day that goes by in frames."""

    def __init__(self, capture: Capture | None = None) -> None:
        self.hearing = Hearing(capture or Capture())
        self.edges: list[tuple[VoiceEdge, float]] = []
        self.sent: list[tuple[Pcm, float]] = []
        self.now = 0.0

    def hear(self, near: Pcm, far: Pcm | None = None) -> None:
        for at in range(0, len(near) - 159, 160):
            self.now += 0.01
            self.hearing.step(near[at : at + 160], None if far is None else far[at : at + 160], self.now)
            before, frames, after = self.hearing.take()
            self.edges += before + after
            self.sent += [(np.frombuffer(pcm, np.int16), when) for pcm, when in frames]


def quiet(seconds: float) -> Pcm:
    return np.random.default_rng(1).normal(0, 8, round(seconds * RATE)).astype(np.int16)


def echo_of(far: Pcm, gain_db: float = -6.0) -> Pcm:
    response = acoustics.shoebox(RATE, gain_db=gain_db, delay_ms=20)
    return (np.convolve(far, response)[: len(far)] + quiet(len(far) / RATE)).astype(np.int16)


def plucked(seconds: float, dbfs: float) -> NDArray[np.float64]:
    """Two broken chords a second under a melody, with overtones and vibrato."""
    rng = np.random.default_rng(3)
    beat = np.arange(RATE // 2) / RATE
    swell = np.minimum(1, beat / 0.02) * np.exp(-6 * beat)
    vibrato = np.cumsum(1 + 0.005 * np.sin(2 * np.pi * 5.5 * beat)) / RATE
    line = np.zeros(round(seconds * RATE))
    for number, start in enumerate(range(0, len(line), len(beat))):
        root = (0, 5, 7, 0)[number // 4 % 4]
        melody = root + (0, 2, 4, 7, 9)[rng.integers(5)]
        for semitones, loud in ((melody, 1.0), (root, 0.3), (root + 4, 0.3), (root + 7, 0.3)):
            pitch = 130 * 2 ** (semitones / 12)
            for overtone in range(1, 20):
                tone = np.sin(2 * np.pi * overtone * pitch * vibrato) / overtone
                line[start : start + len(beat)] += loud * swell * tone
    return np.asarray(line * (32768 * 10 ** (dbfs / 20) / np.sqrt(np.mean(line**2))))


def test_open_without_a_loudspeaker_sends_the_microphone_as_it_is() -> None:
    """One frame later, as the canceller would; the time of each sample is right."""
    kiosk = Kiosk()
    kiosk.hearing.gate.set_uplink(Uplink.OPEN, 0.0)
    said = recorded("hello", 1)
    kiosk.hear(said)
    sent = np.concatenate([pcm for pcm, _ in kiosk.sent])
    first = kiosk.sent[0][1] - 0.02
    start = round(first * RATE)  # of what was said: 10 ms of silence came out before it
    assert start == -160
    np.testing.assert_array_equal(sent[160:], said[: len(sent) - 160])
    assert len(sent) > 0.95 * len(said)


def test_a_voice_after_silence_goes_up_with_its_pre_roll() -> None:
    kiosk = Kiosk()
    kiosk.hearing.gate.set_uplink(Uplink.GATED, 0.0)
    kiosk.hear(np.concatenate([quiet(1), recorded("please-try-again", 1.5), quiet(2)]))
    (started, at), (stopped, _) = kiosk.edges
    assert (started, stopped) == (VoiceEdge.STARTED, VoiceEdge.STOPPED)
    assert kiosk.sent[0][1] < at - 0.2


def test_the_agent_does_not_interrupt_itself_and_a_visitor_does() -> None:
    kiosk = Kiosk()
    kiosk.hearing.gate.set_uplink(Uplink.GUARDED, 0.0)
    agent = recorded("demo-congrats", 8)
    kiosk.hear(echo_of(agent[: 5 * RATE]), agent[: 5 * RATE])
    assert kiosk.edges == []
    assert kiosk.sent == []
    near = echo_of(agent)[5 * RATE :].astype(np.int32)
    said = recorded("please-try-again", 1)
    near[RATE : RATE + len(said)] += said
    kiosk.hear(near.clip(-32768, 32767).astype(np.int16), agent[5 * RATE :])
    assert [kind for kind, _ in kiosk.edges] == [VoiceEdge.SUSPECTED, VoiceEdge.BARGE_IN]
    assert 6.0 < kiosk.edges[0][1] < 6.3
    assert kiosk.sent[0][1] < kiosk.edges[0][1]


def test_a_faint_echo_that_moved_leaves_the_guard_deaf_for_a_moment_only() -> None:
    """Below -45 dBFS nothing was ever found again: each start of the loudspeaker made it deaf for 2.5 s."""
    kiosk = Kiosk()
    kiosk.hearing.gate.set_uplink(Uplink.GUARDED, 0.0)
    agent = recorded("demo-congrats", 8)
    near = echo_of(agent, gain_db=-36.0).astype(np.int32)
    kiosk.hear(near[: 5 * RATE].astype(np.int16), agent[: 5 * RATE])
    kiosk.hearing.slipped(kiosk.now)
    said = recorded("please-try-again", 1)
    at = 5 * RATE + 4 * RATE // 5  # behind the half second in which a slip blanks
    near[at : at + len(said)] += said
    kiosk.hear(near[5 * RATE :].clip(-32768, 32767).astype(np.int16), agent[5 * RATE :])
    assert [kind for kind, _ in kiosk.edges[:2]] == [VoiceEdge.SUSPECTED, VoiceEdge.BARGE_IN]
    assert kiosk.edges[0][1] < 6.2


def test_music_in_the_lobby_neither_ducks_nor_stops_the_agent() -> None:
    """18 dB below the loudspeaker's echo. Earshot alone takes plucked chords for a voice at every other beat."""
    kiosk = Kiosk()
    kiosk.hearing.gate.set_uplink(Uplink.GUARDED, 0.0)
    agent = recorded("demo-congrats", 10)
    near = echo_of(agent, gain_db=-12.0) + plucked(10, dbfs=-44.0)
    kiosk.hear(near.clip(-32768, 32767).astype(np.int16), agent)
    assert kiosk.edges == []


def test_a_hello_is_noticed_while_closed_and_nothing_goes_up() -> None:
    kiosk = Kiosk()
    kiosk.hearing.watching = True
    kiosk.hear(np.concatenate([quiet(1), recorded("hello", 1), quiet(0.5)]))
    assert [kind for kind, _ in kiosk.edges][:1] == [VoiceEdge.STARTED]
    assert kiosk.sent == []


def test_where_the_system_cancels_nothing_is_cancelled_twice() -> None:
    """The near end comes clean; what goes up is that, although the loudspeaker sounds."""
    kiosk = Kiosk()
    kiosk.hearing.cancelled = True
    kiosk.hearing.gate.set_uplink(Uplink.OPEN, 0.0)
    said = recorded("hello", 1)
    kiosk.hear(said, recorded("demo-congrats", 1)[: len(said)])
    sent = np.concatenate([pcm for pcm, _ in kiosk.sent])
    np.testing.assert_array_equal(sent[160:], said[: len(sent) - 160])
