"""Kokoro: phonemes are never lost, voices are checked, and the sound holds the words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.kokoro import LONGEST, VOCABULARY, Kokoro, split
from kiosk.service.phonemes.english import English
from kiosk.service.voices import AGENT, ROWS, SHA256, STYLE, VISITORS, Voices
from kiosk.settings.places import assets
from kiosk.settings.schema import Service


@given(st.text(alphabet="aɹˈt .,;!?", max_size=2500))
def test_split_loses_nothing_but_spaces(phonemes: str) -> None:
    pieces = split(phonemes)
    assert all(0 < len(piece) <= LONGEST for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(phonemes.split())


def test_split_prefers_the_end_of_a_sentence() -> None:
    assert split("aa, bb. cc, dd ee", 12) == ["aa, bb.", "cc, dd ee"]
    assert split("aaaa bbbb, cccc dddd", 14) == ["aaaa bbbb,", "cccc dddd"]
    assert split("aaaa bbbb cccc", 11) == ["aaaa bbbb", "cccc"]
    assert split("aaaabbbbcccc", 5) == ["aaaab", "bbbcc", "cc"]


def test_the_dictionarys_phonemes_are_in_the_vocabulary() -> None:
    phonemes = English().of(
        "The quick brown fox jumps over the lazy dog; which azure vision, George? Boys enjoy things!"
    )
    assert set(phonemes) <= VOCABULARY.keys()
    assert len(VOCABULARY) == len(set(VOCABULARY.values())) == 114


def test_shipped_voices_are_the_pinned_ones() -> None:
    voices = Voices()
    assert {AGENT, *VISITORS} <= set(SHA256) <= set(voices.names())
    for name in SHA256:
        styles = voices.styles(name)
        assert styles.shape == (ROWS, STYLE)
        assert np.isfinite(styles).all()


def test_an_unknown_voice_is_named_with_the_nearest() -> None:
    with pytest.raises(Fault, match="use af_heart") as caught:
        Voices().styles("af_hart")
    assert caught.value.code is ExitCode.MODEL


def test_a_changed_voice_is_refused(tmp_path: Path) -> None:
    data = bytearray((assets() / "voices" / "af_heart.bin").read_bytes())
    data[1000] ^= 1
    (tmp_path / "af_heart.bin").write_bytes(data)
    with pytest.raises(Fault, match="damaged"):
        Voices(tmp_path).styles("af_heart")


def test_a_voice_of_ones_own_needs_the_right_size(tmp_path: Path) -> None:
    (tmp_path / "mine.bin").write_bytes(np.zeros((ROWS, STYLE), "<f4").tobytes())
    (tmp_path / "short.bin").write_bytes(bytes(100))
    voices = Voices(tmp_path)
    assert voices.styles("mine").shape == (ROWS, STYLE)
    with pytest.raises(Fault, match="damaged"):
        voices.styles("short")


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro(Service())


@pytest.mark.models
def test_it_speaks(kokoro: Kokoro) -> None:
    audio = kokoro.speak("We open at ten.")
    assert audio.dtype == np.float32
    assert 0.8 < len(audio) / kokoro.rate < 3
    assert 0.05 < np.abs(audio).max() <= 1.2


@pytest.mark.models
def test_voices_and_speeds_differ(kokoro: Kokoro) -> None:
    normal = kokoro.speak("Where is the boat?")
    assert len(kokoro.speak("Where is the boat?", speed=1.3)) < 0.9 * len(normal)
    other = kokoro.speak("Where is the boat?", voice="am_michael")
    assert len(other) != len(normal) or not np.allclose(other, normal)


@pytest.mark.models
def test_nothing_to_say_is_no_sound(kokoro: Kokoro) -> None:
    assert len(kokoro.speak("…")) == 0


@pytest.mark.models
def test_an_unknown_voice_is_a_fault(kokoro: Kokoro) -> None:
    with pytest.raises(Fault, match="no voice"):
        kokoro.speak("Hello.", voice="nobody")


@pytest.mark.models
def test_another_file_than_a_model_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"this is no model")
    with pytest.raises(Fault, match="no ONNX model") as caught:
        Kokoro(Service(tts_model=path))
    assert caught.value.code is ExitCode.MODEL
