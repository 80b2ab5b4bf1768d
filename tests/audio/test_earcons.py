"""The earcons are what the script makes, short, eased, at their loudness, and no speech to our own detectors."""

from __future__ import annotations

import importlib.util
import wave
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kiosk.app.earcons import ALWAYS, NAMES, WARM_UP, Earcons
from kiosk.audio.formats import Resampler, to_float, to_pcm
from kiosk.audio.hearing import Hearing
from kiosk.audio.webrtc import WebRtcCanceller
from kiosk.core.ports import Uplink
from kiosk.rehearsal.g722 import decode
from kiosk.settings.places import assets
from kiosk.settings.sound import Capture, Sound

FOLDER = assets() / "earcons"
SPOKEN = Path("/usr/share/asterisk/sounds/en_US_f_Allison")


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
    assert set(make.LOUDNESS_LU) == set(NAMES)
    make.main(tmp_path)
    for name in NAMES:
        made, kept = samples(name, tmp_path)[0], samples(name)[0]
        assert len(made) == len(kept)
        # Not byte for byte: another processor may round a sine differently in the last bit.
        assert np.abs(made - kept).max() <= 1, "run python assets/earcons/make.py"


@pytest.mark.parametrize("name", NAMES)
def test_each_is_short_and_begins_and_ends_without_a_click(name: str) -> None:
    sound, rate = samples(name)
    assert len(sound) / rate <= {ALWAYS: 0.5, WARM_UP: 1.1}.get(name, 0.25)
    peak = np.abs(sound).max()
    assert peak < 0.5 * 32768
    edge = rate // 1000
    assert np.abs(sound[:edge]).max() < 0.1 * peak
    assert np.abs(sound[-edge:]).max() < 0.01 * peak
    if name == WARM_UP:
        return
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
    assert len({tuple(hertz for hertz, _ in notes) for notes in script().NOTES.values()}) == len(NAMES) - 1, (
        "the breath has no notes"
    )


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
    quiet = Earcons(Sound(earcons=False, warm_up=False))
    assert [name for name in NAMES if quiet.get(name)] == [ALWAYS]
    with pytest.raises(KeyError):
        quiet.get("fanfare")


def test_the_breath_teaches_the_canceller_the_room() -> None:
    """In the first two seconds of the first answer the guard's canceller takes far more away behind it."""
    speech = decode((SPOKEN / "demo-instruct.g722").read_bytes()[: 8000 * 4]).astype(np.float32) / 32768
    speech = speech[np.flatnonzero(np.abs(speech) > 0.02)[0] :][: 2 * 16000] * np.float32(0.6)
    path = np.random.default_rng(1).standard_normal(3200) * np.exp(-np.arange(3200) / 900) * 0.1
    path[:60], path[60] = 0, 0.6

    def taken_away(before: np.ndarray) -> float:
        far = np.concatenate((np.zeros(8000, np.float32), before, np.zeros(8000, np.float32), speech))
        near = np.convolve(far, path)[: len(far)].astype(np.float32)
        canceller, out = WebRtcCanceller(), []
        for at in range(0, len(far) - 159, 160):
            out.append(canceller.process(to_pcm(near[at : at + 160]), to_pcm(far[at : at + 160])))
        left, first = np.concatenate(out).astype(float), len(far) - len(speech)
        echo = near[first : len(left)].astype(float) * 32768
        return float(10 * np.log10(np.mean(echo**2) / max(1.0, np.mean(left[first:] ** 2))))

    sound, rate = samples(WARM_UP)
    resampler = Resampler(rate, 16000, aligned=True)
    breath = np.concatenate((resampler.feed(to_float(sound.astype(np.int16))), resampler.finish()))
    cold, warm = taken_away(np.zeros(len(breath), np.float32)), taken_away(breath)
    assert warm > cold + 10
    assert warm > 25


def test_they_follow_the_loudness_of_speech() -> None:
    usual, moved = (
        np.frombuffer(Earcons(sound).get("open") or b"", "<i2") for sound in (Sound(), Sound(loudness_lufs=-29))
    )
    assert np.abs(moved).max() == pytest.approx(np.abs(usual).max() / 2, rel=0.01)
