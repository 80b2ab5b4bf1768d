from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.audio.bargein import BargeIn
from kiosk.audio.delay import EchoDelay
from kiosk.audio.echo import NoCanceller
from kiosk.audio.evidence import Evidence
from kiosk.audio.formats import Pcm, dbfs
from kiosk.audio.guard import Guard
from kiosk.audio.vad import Akiki, Earshot, LeakyCounter, Silero, VoiceDetector, VoiceGate, voice_detector
from kiosk.core.ports import VoiceEdge
from kiosk.rehearsal import g722

SPOKEN = Path("/usr/share/asterisk/sounds/en_US_f_Allison")

HOP = 0.032


def test_evidence_leaks_away_and_remembers_its_beginning() -> None:
    counter = LeakyCounter(96)
    assert not counter.update(True, 32, 1.0)
    assert not counter.update(False, 32, 1.032)
    assert not counter.update(True, 32, 1.064)
    assert not counter.update(True, 32, 1.096)
    assert counter.update(True, 32, 1.128)
    assert counter.since == 1.064


def test_a_voice_starts_after_its_onset_and_stops_after_the_hang_over() -> None:
    gate = VoiceGate(0.5, onset_ms=96, hang_over_ms=320)
    edges = []
    for n in range(40):
        edge = gate.update(0.9 if 5 <= n < 15 else 0.1, 32, n * HOP)
        if edge:
            edges.append((n, *edge))
    (n_start, start, began), (n_stop, stop, ended) = edges
    assert (n_start, start, began) == (7, VoiceEdge.STARTED, pytest.approx(5 * HOP))
    assert (n_stop, stop, ended) == (24, VoiceEdge.STOPPED, pytest.approx(15 * HOP))


def test_a_weak_syllable_holds_the_gate_open_but_does_not_open_it() -> None:
    gate = VoiceGate(0.5, onset_ms=64, hang_over_ms=96)
    assert all(gate.update(0.4, 32, n * HOP) is None for n in range(20))
    gate.begin(1.0)
    assert all(gate.update(0.4, 32, 1 + n * HOP) is None for n in range(20))
    assert gate.speaking


@given(st.lists(st.floats(0, 1), max_size=200))
def test_edges_come_in_pairs(probabilities: list[float]) -> None:
    gate = VoiceGate(0.5, onset_ms=64, hang_over_ms=96)
    edges = [edge[0] for n, p in enumerate(probabilities) if (edge := gate.update(p, 32, n * HOP))]
    assert edges[::2] == [VoiceEdge.STARTED] * len(edges[::2])
    assert edges[1::2] == [VoiceEdge.STOPPED] * len(edges[1::2])
    assert gate.speaking == (len(edges) % 2 == 1)


@pytest.mark.parametrize("detector", [Akiki(), Silero(), Earshot()])
def test_silence_and_hiss_are_no_speech(detector: VoiceDetector) -> None:
    hiss = (np.random.default_rng(4).standard_normal(detector.hop * 30) * 50).astype(np.int16)
    for sound in (np.zeros_like(hiss), hiss):
        detector.reset()
        hops = sound.reshape(-1, detector.hop)
        assert max(detector.probability(hop) for hop in hops) < 0.5


@pytest.mark.parametrize("detector", [Akiki(), Silero(), Earshot()])
def test_a_person_is_speech_from_the_first_syllable_on(detector: VoiceDetector) -> None:
    said = g722.decode((SPOKEN / "please-try-again.g722").read_bytes()[: 8000 * 1])
    hops = said[: len(said) // detector.hop * detector.hop].reshape(-1, detector.hop)
    sure = [n * detector.hop / 16000 for n, hop in enumerate(hops) if detector.probability(hop) >= 0.5]
    loud = [n * detector.hop / 16000 for n, hop in enumerate(hops) if dbfs(hop) > -45]
    assert sure[0] - loud[0] < 0.1
    assert len(sure) * detector.hop / 16000 > 0.3


def test_where_the_cheap_detector_cannot_run_silero_does(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(voice_detector(), Akiki)

    def refuse() -> None:
        raise RuntimeError("no engine for this processor")

    monkeypatch.setattr("akiki.VAD", refuse)
    assert isinstance(voice_detector(), Silero)


class Told:
    """A detector that says what the test wants."""

    hop = 256

    def __init__(self) -> None:
        self.says = 0.0

    def probability(self, pcm: Pcm) -> float:
        return self.says

    def reset(self) -> None:
        pass


LOUD, FAINT = np.full(160, 3000, np.int16), np.full(160, 20, np.int16)


Found = list[tuple[int, VoiceEdge, float]]


def guarded(told: Told) -> Guard:
    decision = BargeIn(duck_ms=64, fire_ms=96, ducked_ms=48, within_ms=250)
    guard = Guard(Evidence(NoCanceller(), told, told, EchoDelay()), decision, threshold=0.5)
    guard.step(FAINT, FAINT, FAINT, None, 0.0, armed=True)  # the room before anybody speaks
    return guard


def run(guard: Guard, near: Pcm, frames: int, *, armed: bool = True, start: int = 0) -> Found:
    found = []
    for n in range(start, start + frames):
        edge = guard.step(near, near, near, None, (n + 1) * 0.01, armed=armed)
        if edge is not None:
            found.append((n, *edge))
    return found


def test_the_guard_ducks_and_confirms_after_its_evidence() -> None:
    told = Told()
    guard = guarded(told)
    assert run(guard, LOUD, 20) == []
    told.says = 0.9
    (duck, suspected, since), (stop, confirmed, began) = run(guard, LOUD, 12, start=20)
    assert (suspected, confirmed) == (VoiceEdge.SUSPECTED, VoiceEdge.BARGE_IN)
    assert duck in (25, 26)  # four hops of 16 ms
    assert stop in (28, 29)  # six
    assert since == began == pytest.approx(0.20, abs=0.017)


def test_the_guard_hears_no_whisper_no_slip_and_nothing_unarmed() -> None:
    told = Told()
    told.says = 0.9
    guard = guarded(told)
    assert run(guard, FAINT, 50) == []
    assert run(guard, LOUD, 50, armed=False) == []
    assert guard.pause(1.0) is None
    assert run(guard, LOUD, 49) == []
    assert run(guard, LOUD, 15)


def test_a_duck_ends_with_the_frames_that_would_have_decided() -> None:
    told = Told()
    told.says = 0.9
    for end in (lambda guard: guard.pause(1.0), lambda guard: guard.disarm(1.0), lambda guard: guard.reset(1.0)):
        guard = guarded(told)
        (_, suspected, _), *rest = run(guard, LOUD, 7)
        assert (suspected, rest) == (VoiceEdge.SUSPECTED, [])
        assert end(guard) == (VoiceEdge.DISMISSED, 1.0)
        assert end(guard) is None
