"""How well the guide understands: the shipped file asked in words that it does not have, with the real model.

What was seen is in kiosk/service/README.md (`python -m tests.bench.answers`); the floors are two below it, because
another processor may round otherwise.
"""

from __future__ import annotations

import pytest
from guide import shipped_guide

from kiosk.service.engines import Turn
from kiosk.service.knowledge import SHIPPED, read
from kiosk.service.openers import words
from tests.bench.answer_questions import DIALOGUES, QUESTIONS
from tests.bench.answers import Row, dialogues, questions
from tests.bench.answers_fit import TUNING

pytestmark = pytest.mark.models


def missed(rows: list[Row]) -> str:
    return "\n".join(f"{row.outcome:8} {row.line}" for row in rows if row.outcome != "right")


def right(rows: list[Row]) -> int:
    return sum(row.outcome == "right" for row in rows)


def test_blind_questions() -> None:
    rows = questions(shipped_guide(), "blind", QUESTIONS, str)
    assert right(rows) >= 133, missed(rows)


def test_blind_dialogues() -> None:
    rows = dialogues(shipped_guide(), "blind", DIALOGUES, str)
    assert right(rows) >= 33, missed(rows)


def test_dialogues_that_were_tuned_on() -> None:
    lines = [line.strip() for line in TUNING.read_text("utf-8").splitlines() if " / " in line]
    talks = [(entry, said.split(" / ")) for entry, said in (line.split(": ", 1) for line in lines)]
    rows = dialogues(shipped_guide(), "tuned", [(tuple(said[:-1]), said[-1], entry) for entry, said in talks], str)
    assert len(rows) - right(rows) <= 10, missed(rows)


def test_no_blind_question_stands_in_the_file() -> None:
    """Nor one that says the same in nearly the same words: whoever copies it there makes the figures worthless."""
    file = [frozenset(words(question)) for entry in read(SHIPPED).entries for question in entry.questions]
    for question, _ in QUESTIONS:
        said = frozenset(words(question))
        assert not any(len(said & other) >= 0.9 * len(said | other) for other in file), question


def test_a_pronoun_stands_for_what_was_answered_not_for_what_was_asked_about_before() -> None:
    guide = shipped_guide()
    history: list[Turn] = []
    for said in ("Where is the lighthouse lens?", "Where is the whale?", "Thank you!"):
        history += [Turn("user", said), Turn("agent", guide.answer(said, history, "en").text)]
    assert guide.answer("How long is it?", history, "en").source == "whale"
