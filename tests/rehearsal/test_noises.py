from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import noises, waves
from kiosk.rehearsal.mixture import Line, Mixture
from kiosk.rehearsal.visitor import RECORDINGS

RATE = 48000
BLOCK = RATE // 100


@pytest.mark.parametrize(("name", "gone_after_s"), [("clap", 0.05), ("cough", 0.45)])
def test_a_built_in_sound_is_short_and_at_full_scale(name: str, gone_after_s: float, tmp_path: Path) -> None:
    samples, rate = waves.read(noises.prepare(RATE, tmp_path)[name])
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    assert rate == RATE
    assert np.abs(samples).max() == pytest.approx(1.0, abs=0.001)
    assert loud[-1] / RATE < gone_after_s


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="apt-get install asterisk-core-sounds-en-g722")
def test_babble_never_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noises, "_BABBLE_S", 2.0)  # decoding takes a fifth of it for each talker
    people = noises.babble(16000)
    assert 20 * np.log10(np.sqrt(np.mean(people**2))) == pytest.approx(noises.BABBLE_DBFS, abs=0.1)
    tenths = np.sqrt(np.mean(people.reshape(-1, 1600) ** 2, axis=1))
    assert tenths.min() > 0.1 * tenths.max()


def test_babble_without_recordings_names_their_package(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="asterisk-core-sounds") as fault:
        noises.babble(16000, tmp_path)
    assert fault.value.code is ExitCode.MISSING_PACKAGE


def test_a_visitor_is_as_much_below_the_echo_as_the_visit_says() -> None:
    """The echo's level is what reaches the microphone, whatever the loudspeaker gave."""
    mixture = Mixture(RATE)
    mixture.path.load(np.array([0.5], np.float32))
    pick = np.random.default_rng(3)
    for frame in range(0, 100 * BLOCK, BLOCK):
        mixture.step(0.2 * pick.standard_normal(BLOCK).astype(np.float32), frame)
    voice = 0.7 * np.sign(pick.standard_normal(10 * BLOCK)).astype(np.float32)
    mixture.lines.append(Line("v", voice, against_echo_db=-10.0))
    heard = np.concatenate([mixture.step(np.zeros(BLOCK, np.float32), 0)[0] for _ in range(10)])
    assert 20 * np.log10(np.sqrt(np.mean(heard**2)) / 0.1) == pytest.approx(-10.0, abs=0.5)


def test_a_loudspeaker_at_its_limit_makes_overtones() -> None:
    mixture = Mixture(RATE)
    mixture.path.load(np.array([1.0], np.float32))
    tone = (0.9 * np.sin(2 * np.pi * 1000 * np.arange(BLOCK) / RATE)).astype(np.float32)
    third = [np.abs(np.fft.rfft(mixture.step(tone, 0)[0]))[30]]
    mixture.drive = 2.0
    third.append(np.abs(np.fft.rfft(mixture.step(tone, 0)[0]))[30])
    assert third[1] > 100 * third[0]
