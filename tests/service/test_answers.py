"""What the guide does with a match: follow, repeat, offer, end. With the shipped file and the real model."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from guide import model, shipped_guide

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.engines import Answer, Card, Turn
from kiosk.service.knowledge import SHIPPED, Action, parse, read
from kiosk.settings.schema import Service

pytestmark = pytest.mark.models

ENTRY = {entry.name: entry for entry in read(SHIPPED).entries}
SETTINGS = Service()


@pytest.fixture
def guide() -> KnowledgeAnswers:
    return shipped_guide()


def after(guide: KnowledgeAnswers, agent: str, question: str) -> Answer:
    return guide.answer(question, [Turn("user", "so tell me"), Turn("agent", agent)], "en")


def test_written_questions_find_their_own_entry(guide: KnowledgeAnswers) -> None:
    strays = [
        (question, name)
        for name, entry in ENTRY.items()
        for question in entry.questions[::10]
        if guide.answer(question, [], "en").source != name
    ]
    assert strays == []


@pytest.mark.parametrize(
    ("question", "action"),
    [
        ("goodbye", "end"),
        ("a person please", "person"),
        ("who won the football game", "unknown"),
        ("where is the lift", "none"),
    ],
)
def test_actions(guide: KnowledgeAnswers, question: str, action: str) -> None:
    answer = guide.answer(question, [], "en")
    assert answer.action == action
    assert answer.text == ENTRY[answer.source].answer
    assert 0.0 <= answer.score <= 1.0


@pytest.mark.parametrize("question", ["", "  ", "?!", "…"])
def test_no_words_are_unknown(guide: KnowledgeAnswers, question: str) -> None:
    answer = guide.answer(question, [], "en")
    assert (answer.action, answer.score) == ("unknown", 0.0)


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Hello, um, excuse me, where is the lift?", "lift"),
        ("Hi Maren! How are you? Where is the lift?", "lift"),
        ("Thank you. And what time do you close?", "hours"),
        ("Hello, Maren!", "hello"),
        ("Um…", "wait"),
    ],
)
def test_a_greeting_gives_way_to_a_question(guide: KnowledgeAnswers, question: str, source: str) -> None:
    assert guide.answer(question, [], "en").source == source


def test_repeat_says_the_last_answer_again(guide: KnowledgeAnswers) -> None:
    answer = after(guide, ENTRY["lift"].answer, "say that again please")
    assert (answer.text, answer.action, answer.cacheable) == (ENTRY["lift"].answer, "none", True)


def test_repeat_says_an_interrupted_answer_to_its_end(guide: KnowledgeAnswers) -> None:
    assert after(guide, ENTRY["lift"].answer[:30] + "–", "repeat that").text == ENTRY["lift"].answer
    assert after(guide, SETTINGS.greeting[:20], "repeat that").text == SETTINGS.greeting


def test_repeat_of_words_that_are_not_from_the_file_is_not_cached(guide: KnowledgeAnswers) -> None:
    answer = after(guide, "A colleague wrote this.", "repeat that")
    assert (answer.text, answer.cacheable) == ("A colleague wrote this.", False)


def test_a_beginning_that_two_answers_share_is_not_guessed_at(guide: KnowledgeAnswers) -> None:
    shared = "I'm calling someone right now."
    assert after(guide, shared, "repeat that").text == shared


def test_repeat_with_nothing_said(guide: KnowledgeAnswers) -> None:
    answer = guide.answer("repeat that", [], "en")
    assert (answer.text, answer.action) == (ENTRY["repeat"].answer, "none")


def test_yes_takes_what_was_offered(guide: KnowledgeAnswers) -> None:
    answer = after(guide, ENTRY["unknown"].answer, "yes please")
    assert (answer.source, answer.action, answer.text) == ("person", "person", ENTRY["person"].answer)


def test_yes_without_an_offer_calls_nobody(guide: KnowledgeAnswers) -> None:
    for answer in (after(guide, ENTRY["lift"].answer, "yes please"), guide.answer("yes please", [], "en")):
        assert (answer.source, answer.action) == ("yes", "none")


def test_no_after_an_offer_calls_nobody(guide: KnowledgeAnswers) -> None:
    assert after(guide, ENTRY["unknown"].answer, "no thanks").action == "none"


def test_fixed_has_the_greeting_and_every_answer_once(guide: KnowledgeAnswers) -> None:
    texts = list(guide.fixed())
    assert len(texts) == len(set(texts))
    said = (entry.answer for entry in ENTRY.values() if entry.action is not Action.ASK)
    assert set(texts) == {SETTINGS.greeting, *said}


HOUSE = """
## heis
- Where is the lift?
- How do I get upstairs?
title: the lift
about: the lift
card: The lift | Straight ahead
choices: the stairs
Straight ahead.

## trapp
- Where are the stairs?
- How do I walk up?
title: the stairs
Behind you.

## which
action: ask
Did you mean …, or …?

## unknown
action: unknown
I do not know that.
"""


def house(threshold: float = 0.35) -> KnowledgeAnswers:
    return KnowledgeAnswers(Service(threshold=threshold), parse(HOUSE, "house.md"), model())


def test_the_threshold_is_the_settings_one() -> None:
    question = "could you tell me where the lift is"
    assert house().answer(question, [], "en").source == "heis"
    assert house(threshold=1.0).answer(question, [], "en").action == "unknown"


def test_what_is_shown_comes_with_the_answer() -> None:
    answer = house().answer("Where is the lift?", [], "en")
    assert answer.card == Card("The lift", ("Straight ahead",))
    assert answer.choices == ("the stairs",)
    assert answer.passages[0] == "Straight ahead."


def test_it_asks_back_between_two_that_are_equally_near() -> None:
    guide = house()
    answer = guide.answer("where is the way", [], "en")
    assert answer.action == "ask", answer
    assert answer.text in ("Did you mean the lift, or the stairs?", "Did you mean the stairs, or the lift?")
    assert set(answer.choices) == {"The lift", "The stairs"}
    for choice in answer.choices:
        assert guide.answer(choice, [Turn("agent", answer.text)], "en").source in ("heis", "trapp")


def test_a_file_of_the_house(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "hus.md"
    path.write_text(
        "## heis\n- Hvor er heisen?\nRett frem.\n\n## unknown\naction: unknown\nDet vet jeg ikke.\n", "utf-8"
    )
    with caplog.at_level(logging.WARNING):
        guide = KnowledgeAnswers(Service(knowledge=path, language="no", greeting=""), model=model())
    assert "no model here understands 'no'" in caplog.text
    assert guide.answer("Hvor er heisen", [], "no").text == "Rett frem."
    assert list(guide.fixed()) == ["Rett frem.", "Det vet jeg ikke."]


def test_a_wrong_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        KnowledgeAnswers(Service(knowledge=tmp_path / "none.md"))
    assert caught.value.code is ExitCode.KNOWLEDGE
