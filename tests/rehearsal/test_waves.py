from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import waves


@pytest.mark.parametrize(
    ("rate", "to"), [(16000, 48000), (24000, 48000), (8000, 48000), (48000, 16000), (22050, 48000)]
)
def test_resampling_keeps_a_tone_in_place(rate: int, to: int) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(rate) / rate).astype(np.float32)
    expected = np.sin(2 * np.pi * 1000 * np.arange(to) / to)
    out = waves.resample(tone, rate, to)
    inner = slice(to // 10, -to // 10)
    assert len(out) == to
    assert np.abs(out[inner] - expected[inner]).max() < 1e-3


def test_resampling_down_lets_no_alias_through() -> None:
    tone = np.sin(2 * np.pi * 12000 * np.arange(48000) / 48000).astype(np.float32)
    assert np.abs(waves.resample(tone, 48000, 16000)[1600:-1600]).max() < 1e-3


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, 4800).astype(np.float32)
    waves.write(tmp_path / "a.wav", samples, 48000)
    back, rate = waves.read(tmp_path / "a.wav")
    assert rate == 48000
    assert np.abs(back - samples).max() <= 1 / 32768


def test_what_is_no_16_bit_wav_is_refused_by_name(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "8.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 100)
    (tmp_path / "no.wav").write_text("this is no sound")
    for name in ("8.wav", "no.wav"):
        with pytest.raises(Fault, match=name) as caught:
            waves.read(tmp_path / name)
        assert caught.value.code is ExitCode.AUDIO_FORMAT


def test_the_span_of_speech_leaves_out_the_silence_around_it() -> None:
    samples = 1e-4 * np.random.default_rng(1).standard_normal(48000).astype(np.float32)
    samples[9600:33600] += 0.2 * np.sin(np.arange(24000) * 0.1).astype(np.float32)
    first, end = waves.speech_span(samples, 48000)
    assert abs(first - 9600) <= 240
    assert abs(end - 33600) <= 240
