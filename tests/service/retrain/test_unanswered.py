"""Questions that were not known: grouped, counted, and gone when they have an answer.

With the real model and the two lists of retrain_quiz, where every neighbour is a question of its own: 42 of 69 and 40
of 75 pairs that mean the same stand together, and 42 of 85 and 40 of 72 pairs that stand together mean the same (0.50:
59 and 45, of 148 and 114 pairs; 0.70: 29 and 28, of 45 and 37). The rest share their subject, and a person sees them
side by side.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from kiosk.service.embed import MiniLm
from kiosk.service.retrain.unanswered import Asked, Question, counted, grouped
from tests.service.retrain.retrain_quiz import TUNING
from tests.service.retrain.retrain_stage import DUNNO, Bag, House, draft, open_house

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def asked(text: str, minutes_ago: int = 0) -> Asked:
    return Asked(text, NOW - timedelta(minutes=minutes_ago), "s")


def test_the_same_words_count_together_whatever_their_case_and_signs() -> None:
    questions = counted([asked("Who was Berg?", 5), asked("who was berg", 9), asked("WHO, was Berg!", 1), asked("?!")])
    (one,) = questions
    assert (one.words, one.count, one.asked.at) == ("WHO, was Berg!", 3, NOW - timedelta(minutes=1))


def test_groups_stand_in_the_order_of_how_often_they_were_asked() -> None:
    questions = counted([
        *[asked("who was captain berg", 60)] * 2,
        *[asked("is there a cash machine", 30)] * 3,
        asked("who was this captain berg", 1),
        asked("there is a cash machine", 90),
    ])  # fmt: skip
    first, second = grouped(questions, Bag().embed([question.words for question in questions]))
    assert (first.count, first.examples[0]) == (4, "is there a cash machine")
    assert (second.count, second.last) == (3, NOW - timedelta(minutes=1))


def test_nothing_asked_makes_no_groups() -> None:
    assert grouped([], Bag().embed([])) == []


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def test_only_what_would_not_be_known_today_either_is_shown(house: House) -> None:
    house.asked(("who was captain berg", DUNNO, "unknown"), ("where is the lift", "Behind the anchor.", "lift"))
    house.asked(("who was captain berg then", DUNNO, "unknown"), session="t")
    house.asked(("do you have a cash machine", DUNNO, "unknown"), session="u", ago=timedelta(days=1))
    groups = house.retraining.unanswered()
    assert [(group.count, group.examples) for group in groups] == [
        (2, ("who was captain berg then", "who was captain berg")),
        (1, ("do you have a cash machine",)),
    ]
    house.retraining.corrections.save(
        draft("who was captain berg", "who was captain berg then", answer="He built the house."), "eve"
    )
    (left,) = house.retraining.unanswered()
    assert left.examples == ("do you have a cash machine",)
    text = house.retraining.knowledge.in_force().text
    added = text.replace("- What does a ticket", "- Do you have a cash machine?\n- What does a ticket")
    house.retraining.knowledge.save(added, 0, "eve")
    assert house.retraining.unanswered() == []


def test_a_house_that_keeps_no_conversations_has_none(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    file = house.conversations.file
    assert file is not None
    file.unlink()
    assert house.retraining.unanswered() == []
    assert not file.exists()


@pytest.mark.models
def test_questions_that_mean_the_same_come_together() -> None:
    topics = {words: case.asked for case in TUNING for words in (case.asked, *case.same)}
    topics |= {words: words for case in TUNING for words in case.near}
    words = list(topics)
    questions = [Question(each, 1, asked(each)) for each in words]
    groups = grouped(questions, MiniLm().embed(words))
    place = {question.words: number for number, group in enumerate(groups) for question in group.questions}
    pairs = list(combinations(words, 2))
    same = sum(topics[a] == topics[b] for a, b in pairs)
    together = sum(place[a] == place[b] for a, b in pairs)
    both = sum(topics[a] == topics[b] and place[a] == place[b] for a, b in pairs)
    assert both >= same / 2, f"{both} of {same}"
    assert both >= 0.45 * together, f"{both} of {together}"
