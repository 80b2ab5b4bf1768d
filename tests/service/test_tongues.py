"""Each language has its own knowledge, beside the house's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.engines import Answer, Turn
from kiosk.service.knowledge import SHIPPED, knowledge_file
from kiosk.service.multilingual import Multilingual
from kiosk.service.tongues import Tongues
from kiosk.settings.schema import Service
from tests.bench.language_lists import ASKED

pytestmark = pytest.mark.models


class House:
    """What answers in the house's language."""

    name = "house"
    reads_knowledge = True

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        return Answer(question, "house", 1.0)

    def fixed(self) -> Iterator[str]:
        return iter(())


@pytest.fixture(scope="module")
def tongues() -> Tongues:
    return Tongues(Service(), House())


@pytest.mark.parametrize(
    ("knowledge", "house", "language", "file"),
    [
        (None, "en", "en", SHIPPED),
        (None, "en", "es", SHIPPED.with_name("harbour-museum.es.md")),
        (None, "es", "es", SHIPPED.with_name("harbour-museum.es.md")),
        (Path("/site/hotel.md"), "es", "es", Path("/site/hotel.md")),
        (Path("/site/hotel.md"), "es", "en", Path("/site/hotel.en.md")),
    ],
)
def test_where_a_language_s_knowledge_stands(knowledge: Path | None, house: str, language: str, file: Path) -> None:
    assert knowledge_file(Service(knowledge=knowledge, language=house), language) == file


def test_spanish_is_answered_from_spanish(tongues: Tongues) -> None:
    spanish = tongues.of("es")
    assert spanish is tongues.of("es")
    assert spanish.answer("¿Dónde están los servicios?", [], "es").source == "toilets"
    assert "Abrimos a las diez" in " ".join(spanish.fixed())
    assert tongues.of("en").answer("Where?", [], "en").source == "house"


def test_a_language_without_a_file_is_named_and_answered_by_the_house(tongues: Tongues) -> None:
    assert tongues.missing("fr") == SHIPPED.with_name("harbour-museum.fr.md")
    assert tongues.missing("es") is tongues.missing("en") is None
    assert tongues.of("fr").answer("Où ?", [], "fr").source == "house"


def test_questions_that_the_file_was_not_written_from(tongues: Tongues) -> None:
    """Bounds under what was measured: `packaging/bench languages`."""
    spanish = tongues.of("es")
    assert isinstance(spanish, KnowledgeAnswers)
    told = [(entry, spanish.answer(question, [], "es").source) for question, entry in ASKED["es"]]
    known = [right == found for right, found in told if right != "unknown"]
    declined = [found == "unknown" for right, found in told if right == "unknown"]
    assert sum(known) >= 0.85 * len(known)
    assert sum(declined) >= 0.7 * len(declined)


def test_sentences_of_one_meaning_are_near_across_languages() -> None:
    one, other, third = Multilingual().embed(
        ["Where are the toilets?", "¿Dónde están los baños?", "¿Cuánto cuesta la entrada?"]
    )
    assert one @ other > 0.7 > one @ third
