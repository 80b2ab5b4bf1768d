"""The earcons are what the script makes, short, eased, at their loudness, and no speech to our own detectors."""

from __future__ import annotations

import importlib.util
import wave
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kiosk.app.earcons import ALWAYS, NAMES, Earcons
from kiosk.audio.formats import Resampler, to_float, to_pcm
from kiosk.audio.hearing import Hearing
from kiosk.core.ports import Uplink
from kiosk.settings.places import assets
from kiosk.settings.sound import Capture, Sound

FOLDER = assets() / "earcons"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("earcons_make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def samples(name: str, folder: Path = FOLDER) -> tuple[np.ndarray, int]:
    with wave.open(str(folder / f"{name}.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float), file.getframerate()


def test_the_files_are_what_the_script_makes(tmp_path: Path) -> None:
    make = script()
    assert set(make.NOTES) == set(NAMES)
    make.main(tmp_path)
    for name in NAMES:
        made, kept = samples(name, tmp_path)[0], samples(name)[0]
        assert len(made) == len(kept)
        # Not byte for byte: another processor may round a sine differently in the last bit.
        assert np.abs(made - kept).max() <= 1, "run python assets/earcons/make.py"


@pytest.mark.parametrize("name", NAMES)
def test_each_is_short_and_begins_and_ends_without_a_click(name: str) -> None:
    sound, rate = samples(name)
    assert len(sound) / rate <= (0.5 if name == ALWAYS else 0.25)
    peak = np.abs(sound).max()
    assert peak < 0.5 * 32768
    edge = rate // 1000
    assert np.abs(sound[:edge]).max() < 0.1 * peak
    assert np.abs(sound[-edge:]).max() < 0.01 * peak
    # A click is broad: in no 5 ms is there more than a trace above all partials.
    size = rate // 200
    windows = np.lib.stride_tricks.sliding_window_view(sound, size)[:: size // 2] * np.hanning(size)
    spectra = np.abs(np.fft.rfft(windows)) ** 2
    assert spectra[:, 5000 // 200 :].sum(axis=1).max() < 1e-4 * spectra.sum(axis=1).max()


def test_they_stand_at_their_loudness_below_speech() -> None:
    make = script()
    for name in NAMES:
        found = make.loudest((samples(name)[0] / 32768).astype(np.float32))
        assert found == pytest.approx(make.SPEECH_LUFS + make.LOUDNESS_LU[name], abs=0.1)


def test_each_is_told_from_the_others_by_its_notes() -> None:
    assert len({tuple(hertz for hertz, _ in notes) for notes in script().NOTES.values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_none_is_a_visitor_to_our_own_hearing(name: str) -> None:
    """The gate is open, and the loudspeaker stands so near that its sound comes back as loud as the file."""
    sound, rate = samples(name)
    resampler = Resampler(rate, 16000, aligned=True)
    still = np.zeros(8000, np.float32)
    line = np.concatenate((still, resampler.feed(to_float(sound.astype(np.int16))), resampler.finish(), still))
    far = to_pcm(line[: len(line) // 160 * 160])
    for level in (0.3, 1.0, 2.0):
        near = np.roll(to_pcm(line[: len(far)] * np.float32(level)), 160)
        hearing = Hearing(Capture())
        hearing.gate.set_uplink(Uplink.GATED, 0.0)
        for at in range(0, len(far), 160):
            hearing.step(near[at : at + 160], far[at : at + 160], at / 16000)
            before, frames, after = hearing.take()
            assert (before, frames, after) == ([], [], [])


def test_a_site_can_switch_them_off_but_not_the_warning() -> None:
    quiet = Earcons(Sound(earcons=False))
    assert [name for name in NAMES if quiet.get(name)] == [ALWAYS]
    with pytest.raises(KeyError):
        quiet.get("fanfare")


def test_they_follow_the_loudness_of_speech() -> None:
    usual, moved = (
        np.frombuffer(Earcons(sound).get("open") or b"", "<i2") for sound in (Sound(), Sound(loudness_lufs=-29))
    )
    assert np.abs(moved).max() == pytest.approx(np.abs(usual).max() / 2, rel=0.01)
