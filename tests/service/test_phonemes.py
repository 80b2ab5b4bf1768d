"""Spelling by rule, word by word: what each rule is there for."""

from __future__ import annotations

import pytest

from kiosk.service.kokoro import VOCABULARY
from kiosk.service.phonemes.italian import ITALIAN
from kiosk.service.phonemes.spanish import SPANISH
from kiosk.service.phonemes.spelling import Spelling


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("ciao", "ʧˈao"),
        ("chiesa", "kjˈeza"),
        ("maggio", "mˈadʤo"),
        ("spaghetti", "spaɡˈetti"),
        ("famiglia", "famˈiʎa"),
        ("gli", "ʎi"),
        ("lascia", "lˈaʃa"),
        ("scuola", "skwˈola"),
        ("acqua", "ˈakkwa"),
        ("gnocchi", "ɲˈokki"),
        ("piazza", "pjˈatʦa"),
        ("zio", "ʣˈio"),
        ("rosa", "ɾˈoza"),
        ("perché", "peɾkˈe"),
        ("può", "pwˈɔ"),
        ("isole", "ˈizole"),
        ("telefono", "telˈefono"),
        ("autobus", "ˈautobus"),
        ("due", "dˈue"),
        ("anno", "ˈanno"),
        ("l'ascensore", "laʃensˈoɾe"),
    ],
)
def test_italian(written: str, spoken: str) -> None:
    assert ITALIAN.of(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("churro", "ʧˈurro"),
        ("calle", "kˈaʎe"),
        ("rojo", "rrˈoxo"),
        ("pero", "peɾo"),
        ("alrededor", "alrreðeðˈoɾ"),
        ("queso", "kˈeso"),
        ("guía", "ɡˈia"),
        ("gente", "xˈente"),
        ("pingüino", "pinɡwˈino"),
        ("cinco", "θˈinko"),
        ("zapato", "θapˈato"),
        ("niño", "nˈiɲo"),
        ("tarjeta", "taɾxˈeta"),
        ("autobús", "autoβˈus"),
        ("vino", "bˈino"),
        ("hielo", "ʝˈelo"),
        ("hay", "ˈaj"),
        ("yo", "ʝˈo"),
        ("taxi", "tˈaksi"),
        ("ciudad", "θjuðˈad"),
        ("seis", "sˈeis"),
        ("día", "dˈia"),
        ("joven", "xˈoβen"),
        ("reloj", "rrelˈox"),
    ],
)
def test_spanish(written: str, spoken: str) -> None:
    assert SPANISH.of(written) == spoken


def test_signs_of_a_pause_stay_and_others_say_nothing() -> None:
    assert SPANISH.of("¿Dónde está? «Aquí»; ¡sí!") == "dˈonde estˈa? akˈi; sˈi!"
    assert ITALIAN.of("C’è, forse: “no”…") == "ʧˈɛ, fˈoɾse: nˈo…"


@pytest.mark.parametrize("language", [ITALIAN, SPANISH])
@pytest.mark.parametrize("nothing", ["", " ", "?!", "123", "漢字"])
def test_without_words_nothing_is_said(language: Spelling, nothing: str) -> None:
    assert language.of(nothing) == ""


@pytest.mark.parametrize("language", [ITALIAN, SPANISH])
def test_every_letter_becomes_something_that_the_voices_know(language: Spelling) -> None:
    letters = "abcdefghijklmnopqrstuvwxyzàáèéíìòóùúüñ"
    words = [before + letter + after for letter in letters for before in ["", *"as"] for after in ("", "a", "i", "e")]
    assert set(language.of(" ".join(words))) <= set(VOCABULARY)
