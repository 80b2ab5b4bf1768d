"""What the voices say is understood again; noise is not; and a turn is recognised soon after its end."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Samples
from kiosk.service.kokoro import Kokoro
from kiosk.service.loudness import normalise
from kiosk.service.resample import Resampler
from kiosk.service.say import say
from kiosk.service.spoken import spoken
from kiosk.service.stt import DecodeObsolete, DecodeWanted, SpeechBegan, SpeechStream, TurnEnded
from kiosk.service.whisper import Whisper
from kiosk.settings.schema import Service

pytestmark = pytest.mark.models

SETTINGS = Service()


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper(SETTINGS)


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro(SETTINGS)


def heard(kokoro: Kokoro, text: str, voice: str = "am_michael") -> Samples:
    audio = normalise(kokoro.speak(spoken(text), voice=voice), kokoro.rate)
    return Resampler(kokoro.rate, 16_000)(audio)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.casefold())


QUESTIONS = {
    "am_michael": "Where are the toilets, please?",
    "bf_emma": "How much is a ticket for a child?",
    "af_heart": "The museum is closed on Monday.",
}


@pytest.mark.parametrize(("voice", "text"), QUESTIONS.items())
@pytest.mark.parametrize("final", [True, False])
def test_round_trip(whisper: Whisper, kokoro: Kokoro, voice: str, text: str, final: bool) -> None:
    found = whisper.recognise(heard(kokoro, text, voice), final=final)
    assert words(found.text) == words(text)
    assert found.language == "en"
    assert found.confidence > 0.6
    assert " ".join(word for word, _ in found.words) == (found.text if final else "")
    assert all(0 < sure <= 1 for _, sure in found.words)


@pytest.mark.parametrize(
    ("text", "heard_as"),
    [
        ("It opens at 9:30 AM.", r"9[:.]30"),
        ("The fee is €12.50.", r"12 euros and 50|€12[.,]50|12[.,]50"),
        ("It was built in 1905.", r"1905"),
        ("On May 17th it is free.", r"17th|May 17"),
        ("Call 22 33 44 55.", r"22.?33.?44.?55"),
    ],
)
def test_numbers_are_heard_as_they_were_written(whisper: Whisper, kokoro: Kokoro, text: str, heard_as: str) -> None:
    found = whisper.recognise(heard(kokoro, text, "af_heart"), final=True)
    assert re.search(heard_as, found.text), found.text


def noise(seconds: float, dbfs: float) -> Samples:
    return (np.random.default_rng(7).standard_normal(int(16_000 * seconds)) * 10 ** (dbfs / 20)).astype(np.float32)


@pytest.mark.parametrize(
    "audio",
    [np.zeros(16_000, np.float32), np.zeros(0, np.float32), noise(0.05, -20)],
    ids=["silence", "empty", "click"],
)
def test_what_is_no_speech_is_not_decoded(whisper: Whisper, audio: Samples) -> None:
    found = whisper.recognise(audio, final=True)
    assert (found.text, found.confidence) == ("", 0.0)


@pytest.mark.parametrize("dbfs", [-40, -26])
def test_noise_makes_no_turn(dbfs: float) -> None:
    pcm = (noise(20, dbfs) * 32767).astype("<i2").tobytes()
    assert [event for event in SpeechStream().feed(pcm) if isinstance(event, TurnEnded)] == []


def test_noise_under_a_held_button_is_no_words(whisper: Whisper) -> None:
    stream = SpeechStream()
    stream.press()
    stream.feed((noise(1.5, -36) * 32767).astype("<i2").tobytes())
    (ended,) = [event for event in stream.commit() if isinstance(event, TurnEnded)]
    assert stream.keep(whisper.recognise(ended.audio, final=True), ended) == ""


def test_a_streamed_utterance_has_partials_and_a_final_that_was_ready(whisper: Whisper, kokoro: Kokoro) -> None:
    text = "Excuse me, I would like to know how much the ticket is for two adults and one child."
    speech = heard(kokoro, text)
    silence = np.zeros(16_000, np.float32)
    sound = (np.concatenate([silence, speech, silence]) * 32767).astype("<i2").tobytes()
    stream = SpeechStream(450)
    partials: list[str] = []
    guesses: dict[int, str] = {}
    ends: list[tuple[int, TurnEnded]] = []
    begins = 0
    for at in range(0, len(sound), 640):
        for event in stream.feed(sound[at : at + 640]):
            match event:
                case SpeechBegan():
                    begins += 1
                case DecodeWanted(final=False):
                    found = whisper.recognise(event.audio, final=False)
                    if stream.accepts(event.id):
                        partials.append(found.text)
                    stream.finished(event.id)
                case DecodeWanted(final=True):
                    guesses[event.id] = whisper.recognise(event.audio, final=True).text
                case DecodeObsolete():
                    del guesses[event.id]
                case TurnEnded():
                    ends.append((stream.now_ms, event))
    assert begins == len(ends) == 1
    ((told_at, ended),) = ends
    assert words(guesses[ended.decode_id]) == words(text)
    assert len(partials) >= 3
    assert words(partials[0])[:2] == ["excuse", "me"]
    loud = np.flatnonzero(np.abs(speech) > 0.02)
    true_end_ms = 1000 + loud[-1] / 16
    assert told_at - true_end_ms <= 450 + 150
    assert abs(ended.start_ms - (1000 + loud[0] / 16)) <= 150


def test_a_language_that_the_model_lacks_is_a_fault() -> None:
    with pytest.raises(Fault, match='"qq"') as caught:
        Whisper(Service(language="qq"))
    assert caught.value.code is ExitCode.MODEL


def test_the_language_is_found_among_those_allowed(kokoro: Kokoro) -> None:
    several = Whisper(SETTINGS, languages=("fr", "en", "es"))
    assert several.recognise(heard(kokoro, "Where are the toilets, please?"), final=True).language == "en"


def test_a_folder_that_is_no_model_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"model\.bin"):
        Whisper(Service(stt_model=tmp_path))
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(Fault, match="cannot be loaded"):
        Whisper(Service(stt_model=tmp_path))


def test_say_writes_a_file_that_is_understood(whisper: Whisper, tmp_path: Path) -> None:
    path = tmp_path / "line.wav"
    seconds = say(Service(cache=tmp_path / "cache"), "Is there a lift?", "am_michael", path, rate=16_000)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.getnframes() / 16_000 == pytest.approx(seconds)
        pcm = file.readframes(file.getnframes())
    audio = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    assert words(whisper.recognise(audio, final=True).text) == words("Is there a lift?")
    with pytest.raises(Fault, match="cannot be written"):
        say(Service(cache=tmp_path / "cache"), "Is there a lift?", "am_michael", tmp_path / "absent" / "x.wav")
