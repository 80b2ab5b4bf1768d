"""Which engine is chosen, what a text sounds like, and what is kept of it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Samples
from kiosk.service.script import Piece
from kiosk.service.spoken_cache import SpokenCache
from kiosk.service.tts import Diction, Speech, choose, open_speech
from kiosk.settings.schema import Service


class Clock:
    """Time that passes only when an engine speaks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Humming:
    """A real, if simple, voice: a hum of 50 ms for each letter between two silences."""

    rate = 24_000

    def __init__(self, name: str = "humming", clock: Clock | None = None, factor: float = 0.1) -> None:
        self.name = name
        self.said: list[tuple[str, str | None, float]] = []
        self._clock = clock or Clock()
        self._factor = factor

    def voices(self) -> list[str]:
        return ["hum"]

    def speak(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Samples:
        self.said.append((text, voice, speed))
        seconds = 0.05 * len(text) / speed
        self._clock.now += self._factor * (seconds + 0.4)
        silence = np.zeros(int(0.2 * self.rate), np.float32)
        hum = 0.05 * np.sin(2 * np.pi * 200 * np.arange(int(seconds * self.rate)) / self.rate)
        return np.concatenate([silence, hum.astype(np.float32), silence])


def absent(settings: Service) -> Humming:
    raise Fault("it is not here", where="the test", remedy="do without", code=ExitCode.MODEL)


AUTO = Service(tts="auto")


@pytest.mark.parametrize(
    ("kokoro", "piper", "chosen"),
    [(0.3, 0.1, "kokoro"), (0.9, 0.1, "piper"), (3.0, 2.0, "piper"), (2.0, 3.0, "kokoro")],
)
def test_auto_takes_the_first_that_is_fast_enough_else_the_fastest(kokoro: float, piper: float, chosen: str) -> None:
    clock = Clock()
    engines = {
        "kokoro": lambda settings: Humming("kokoro", clock, kokoro),
        "piper": lambda settings: Humming("piper", clock, piper),
    }
    assert choose(AUTO, engines, clock).name == chosen


def test_auto_passes_over_what_is_not_installed() -> None:
    clock = Clock()
    assert choose(AUTO, {"kokoro": absent, "piper": lambda s: Humming("piper", clock)}, clock).name == "piper"
    with pytest.raises(Fault, match="It is not here"):
        choose(AUTO, {"kokoro": absent, "piper": absent}, clock)


def test_a_named_engine_is_taken_untimed() -> None:
    engine = Humming("piper", factor=9)
    assert choose(Service(tts="piper"), {"piper": lambda s: engine}) is engine
    assert engine.said == []


def test_an_unknown_engine_is_named_with_the_known() -> None:
    with pytest.raises(Fault, match=r'"shout".*use one of auto, piper'):
        choose(Service(tts="shout"), {"piper": lambda s: Humming()})


def test_a_model_file_needs_its_engine_named(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"service\.tts_model"):
        choose(Service(tts="auto", tts_model=tmp_path / "x.onnx"), {})


@pytest.fixture
def engine() -> Humming:
    return Humming()


@pytest.fixture
def speech(engine: Humming, tmp_path: Path) -> Speech:
    return Speech(Diction(engine, 16_000), Service(), SpokenCache(tmp_path))


TEXT = "We open at 10:00, and close at five. On Monday we are closed."


def test_clauses_are_spoken_normalised_and_shown_as_written(speech: Speech, engine: Humming) -> None:
    pieces = list(speech.pieces(TEXT))
    assert " ".join(piece.text for piece in pieces) == TEXT
    assert engine.said[0][0] == "We open at ten o'clock, and close at five."
    assert all(piece.rate == 16_000 and len(piece.pcm) % 2 == 0 for piece in pieces)


def test_pauses_stand_between_clauses_and_not_after_the_last(speech: Speech) -> None:
    first, last = speech.pieces(TEXT)
    samples = [np.frombuffer(piece.pcm, "<i2") for piece in (first, last)]
    trailing = [len(each) - 1 - int(np.flatnonzero(np.abs(each) > 30)[-1]) for each in samples]
    assert trailing[0] / 16 == pytest.approx(320 + 50, abs=15)
    assert trailing[1] / 16 == pytest.approx(50, abs=15)


def test_only_what_is_asked_for_is_made(speech: Speech, engine: Humming) -> None:
    next(speech.pieces(TEXT))
    assert len(engine.said) == 1


def test_fixed_text_is_made_once(speech: Speech, engine: Humming, tmp_path: Path) -> None:
    assert not speech.cached(TEXT)
    made = list(speech.pieces(TEXT, cacheable=True))
    assert speech.cached(TEXT)
    count = len(engine.said)
    again = list(Speech(Diction(engine, 16_000), Service(), SpokenCache(tmp_path)).pieces(TEXT))
    assert [(piece.text, piece.pcm) for piece in again] == [(piece.text, piece.pcm) for piece in made]
    assert all(piece.cached for piece in again)
    assert len(engine.said) == count


def test_other_text_is_not_kept(speech: Speech, tmp_path: Path) -> None:
    list(speech.pieces(TEXT))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", [{"speed": 1.2}, {"voice": "bf_emma"}])
def test_another_voice_or_speed_is_another_sound(speech: Speech, change: dict[str, object]) -> None:
    list(speech.pieces(TEXT, cacheable=True))
    assert not speech.cached(TEXT, **change)  # type: ignore[arg-type]


def test_a_damaged_file_is_made_again(speech: Speech, engine: Humming, tmp_path: Path) -> None:
    good = list(speech.pieces(TEXT, cacheable=True))
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-2])
    count = len(engine.said)
    assert [piece.pcm for piece in speech.pieces(TEXT, cacheable=True)] == [piece.pcm for piece in good]
    assert len(engine.said) > count
    assert all(piece.cached for piece in speech.pieces(TEXT))


def test_no_word_is_in_the_cache_folder(speech: Speech, tmp_path: Path) -> None:
    list(speech.pieces("Secretword.", cacheable=True))
    (path,) = tmp_path.iterdir()
    assert b"ecretword" not in path.read_bytes()
    assert "ecretword" not in path.name


def test_the_cache_keeps_to_its_size_and_drops_the_oldest(tmp_path: Path) -> None:
    cache = SpokenCache(tmp_path, limit_bytes=3 * 1032)
    for age, key in enumerate("abc"):
        cache.store(key, bytes(1000))
        os.utime(next(path for path in tmp_path.iterdir() if path.stem == key), (1000 + age, 1000 + age))
    assert cache.read("a") == bytes(1000)  # used now: no longer the oldest
    cache.store("d", bytes(1000))
    assert "b" not in cache
    assert all(key in cache for key in "acd")


def test_a_cache_that_cannot_be_written_is_only_logged(
    engine: Humming, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    speech = Speech(Diction(engine, 16_000), Service(), SpokenCache(blocked))
    assert list(speech.pieces(TEXT, cacheable=True))
    assert list(speech.pieces(TEXT, cacheable=True))
    assert len(caplog.records) == 1


def test_text_without_words_is_no_sound(speech: Speech) -> None:
    assert list(speech.pieces(" … ?! ")) == []
    assert speech.cached("…")


@pytest.mark.models
def test_the_installed_voice_speaks_at_the_wires_rate(tmp_path: Path) -> None:
    speech = open_speech(Service(tts="piper", cache=tmp_path), rate=16_000)
    pieces: list[Piece] = list(speech.pieces("Good morning. The boat leaves at noon.", cacheable=True))
    sound = np.frombuffer(b"".join(piece.pcm for piece in pieces), "<i2")
    assert 1.5 < len(sound) / 16_000 < 5
    peak = np.abs(sound.astype(float)).max() / 32768
    assert 0.1 < peak < 0.75, "3 dB below full scale, and what the change of rate overshoots (0.714 was seen)"
    assert [piece.pcm for piece in speech.pieces("Good morning. The boat leaves at noon.")] == [p.pcm for p in pieces]
