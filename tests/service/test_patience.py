"""How long a pause may last, by the words and by how they sounded."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.core.fault import Fault
from kiosk.service.engines import Recognition
from kiosk.service.kokoro import Kokoro
from kiosk.service.patience import dangles, patience_ms
from kiosk.service.resample import Resampler
from kiosk.service.turn_end import TurnEnd
from kiosk.settings.schema import Service


def patience(text: str, finished: float | None, language: str = "en") -> int:
    return patience_ms(Recognition(text, language, 0.9, finished=finished), 300, 1200)


@pytest.mark.parametrize(
    ("text", "finished", "expected"),
    [
        ("Where are the toilets?", 0.95, 300),
        ("Where are the", 0.95, 1200),
        ("I would like to...", 0.95, 1200),
        ("How much is a ticket for", 0.4, 1200),
        ("How much is a ticket", 0.3, 1200),
        ("How much is a ticket?", 0.65, 750),
        ("What is it for?", 0.9, 300),
        ("", None, 300),
    ],
)
def test_patience(text: str, finished: float | None, expected: int) -> None:
    assert patience(text, finished) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Où sont les", "fr"),
        ("¿Cuánto cuesta una", "es"),
        ("Dove sono i", "it"),
        ("Wo sind die", "de"),
        ("Well,", "ru"),
    ],
)
def test_other_languages_dangle_too(text: str, language: str) -> None:
    assert dangles(text, language)
    assert not dangles("Papagena", language)


def test_where_both_are_the_same_nobody_is_judged() -> None:
    found = Recognition("and the", "en", 0.9, finished=0.1)
    assert patience_ms(found, 400, 200) in {200, 400}


@pytest.mark.models
def test_a_voice_that_comes_to_its_end_sounds_like_it_and_one_that_is_cut_off_does_not() -> None:
    voice, ending = Kokoro(Service()), TurnEnd()
    audio = Resampler(voice.rate, 16_000)(voice.speak("How much is a ticket for a family with three children?"))
    assert ending.probability(audio) > 0.8
    assert ending.probability(audio[: len(audio) * 5 // 8]) < 0.5
    assert 0.0 <= ending.probability(np.zeros(1600, np.float32)) <= 1.0


def test_a_damaged_model_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("kiosk.service.turn_end.assets", lambda: tmp_path)
    with pytest.raises(Fault, match="missing or damaged"):
        TurnEnd()
