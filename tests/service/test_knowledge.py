"""The knowledge file's format: every mistake is named with its line and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Card
from kiosk.service.knowledge import LONGEST_ANSWER, SHIPPED, Action, parse, read

UNKNOWN = "## unknown\naction: unknown\nI do not know that.\n"
LIFT = "## lift\n- Where is the lift?\nStraight ahead.\n"


def fault(text: str) -> Fault:
    with pytest.raises(Fault) as caught:
        parse(text, "house.md")
    assert caught.value.code is ExitCode.KNOWLEDGE
    return caught.value


def test_an_entry_with_everything() -> None:
    text = (
        "# Ways\n\nnotes\n<!-- ## not\nan entry -->\n## lift\n- Where is the  lift?\n* Lift\n\noffers: unknown\n"
        "Opener: yes\n\nYes: straight\n   ahead.\n\nBehind the anchor.\n" + UNKNOWN
    )
    lift, unknown = parse(text, "house.md").entries
    assert (lift.name, lift.line) == ("lift", 6)
    assert lift.questions == ("Where is the lift?", "Lift")
    assert lift.answer == "Yes: straight ahead. Behind the anchor."
    assert (lift.action, lift.offers, lift.opener) == (Action.NONE, "unknown", True)
    assert (unknown.questions, unknown.opener) == ((), False)


def test_dashes_of_word_processors() -> None:
    entry = parse("## lift\n– Lift\n• Elevator\n-Stairs\nStraight ahead.\n" + UNKNOWN, "house.md").entries[0]
    assert entry.questions == ("Lift", "Elevator", "Stairs")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("## lift\nStraight ahead.\n" + UNKNOWN, 1, "no question"),
        ("## lift\n- Lift\n" + UNKNOWN, 1, "no answer"),
        (LIFT + "## Lift\n- Elevator\nThere.\n" + UNKNOWN, 4, 'an entry "Lift" already'),
        (LIFT + "## stairs\n- where is the LIFT?\nThere.\n" + UNKNOWN, 5, '"lift" has this question'),
        ("- Lift\n" + LIFT + UNKNOWN, 1, "before the first entry"),
        (LIFT + "- Elevator\n" + UNKNOWN, 4, "after the answer"),
        (LIFT + "action: end\n" + UNKNOWN, 4, "after the answer"),
        ("## lift\n-\nThere.\n" + UNKNOWN, 2, "question is empty"),
        ("## lift\n- " + "x" * 201 + "\nThere.\n" + UNKNOWN, 2, "201 characters"),
        ("## lift\n- Lift\naction: end\naction: end\nThere.\n" + UNKNOWN, 4, "twice"),
        ("## lift\n- Lift\nacton: end\nThere.\n" + UNKNOWN, 3, 'write "action"'),
        ("## lift\n- Lift\nActions: end\nThere.\n" + UNKNOWN, 3, 'write "action"'),
        ("## lift\n- Lift\naction: persn\nThere.\n" + UNKNOWN, 1, 'write "person"'),
        ("## lift\n- Lift\nopener: perhaps\nThere.\n" + UNKNOWN, 1, '"perhaps" is no value'),
        ("## lift\n- Lift\noffers: unknwn\nThere.\n" + UNKNOWN, 1, 'write "unknown"'),
        ("## lift\n- Lift\nThere, **really**.\n" + UNKNOWN, 3, "cannot be spoken"),
        ("##lift\n- Lift\nThere.\n" + UNKNOWN, 1, "heading"),
        ("### lift\n- Lift\nThere.\n" + UNKNOWN, 1, "heading"),
        (LIFT + "<!-- forgotten\n" + UNKNOWN, 4, "never closed"),
        (UNKNOWN + UNKNOWN.replace("## unknown", "## other"), 4, "already"),
        ("<!-- one\ntwo -->\n## lift\n- Lift\n" + UNKNOWN, 3, "no answer"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, says: str) -> None:
    found = fault(text)
    assert found.where == f"house.md, line {line}"
    assert says in found.sentence


def test_an_answer_may_be_as_long_as_anybody_listens() -> None:
    parse("## lift\n- Lift\n" + "x" * LONGEST_ANSWER + "\n" + UNKNOWN, "house.md")
    assert (
        f"{LONGEST_ANSWER + 1} characters"
        in fault("## lift\n- Lift\n" + "x" * (LONGEST_ANSWER + 1) + "\n" + UNKNOWN).what
    )


def test_no_entries_and_nothing_for_the_unknown() -> None:
    assert "no entries" in fault("# A house\n").what
    assert "action: unknown" in fault(LIFT).remedy


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="no knowledge file") as caught:
        read(tmp_path / "house.md")
    assert caught.value.code is ExitCode.KNOWLEDGE
    assert caught.value.where == str(tmp_path / "house.md")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        read(tmp_path)


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "house.md"
    path.write_bytes(b"## lift\n- Lift\nNo caf\xe9 there.\n")
    with pytest.raises(Fault, match="not UTF-8") as caught:
        read(path)
    assert caught.value.where == f"{path}, line 3"


def test_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "house.md"
    path.write_bytes(b"\xef\xbb\xbf" + (LIFT + UNKNOWN).replace("\n", "\r\n").encode())
    assert read(path).entries[0].answer == "Straight ahead."


def test_the_shipped_house_is_short_to_listen_to() -> None:
    knowledge = read(SHIPPED)
    assert [entry.name for entry in knowledge.entries if len(entry.answer) > 220] == []
    assert [entry.name for entry in knowledge.entries if len(entry.questions) < 4] == ["which"]  # it asks
    assert [entry.name for entry in knowledge.entries if any(sign.isdigit() for sign in entry.answer)] == []


def test_what_is_shown_beside_an_answer() -> None:
    text = """
## price
- What does it cost?
title: ticket prices
about: the ticket
card: Tickets | Adults 120 kr | Children 60 kr
code: https://museum.example/tickets?day=today
choices: the lift | Where is the exit?
A ticket is one hundred and twenty crowns.

## lift
- Where is the lift?
title: the lift
Straight ahead.

## exit
- Where is the exit?
Behind you.

## which
action: ask
Did you mean …, or …?

## unknown
action: unknown
I do not know that.
"""
    price = parse(text, "house.md").named("price")
    assert price.questions == ("What does it cost?", "ticket prices")  # a title is understood, too
    assert (price.title, price.about) == ("ticket prices", "the ticket")
    assert price.card == Card("Tickets", ("Adults 120 kr", "Children 60 kr"))
    assert price.code == "https://museum.example/tickets?day=today"
    assert price.choices == ("the lift", "Where is the exit?")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("choices: Where is the exit", 'nothing answers the choice "Where is the exit"'),
        ("choices: a | b | c | d", '"choices" has an empty part, or more than 3'),
        ("choices: a | | b", '"choices" has an empty part, or more than 3'),
        ("code: museum.example/tickets", 'the code "museum.example/tickets" is no address'),
        ("code: https://museum.example/" + "x" * 300, "is no address that a phone can read"),
        ("card: ", '"card" has an empty part, or more than 6'),
        (f"title: {'x' * 41}", "is too long for a button"),
        ("title: the stairs", 'two entries have the title "the stairs"'),
    ],
)
def test_what_cannot_be_shown_is_named_with_its_line(lines: str, what: str) -> None:
    text = f"""## lift
- Where is the lift?
{lines}
Straight ahead.

## stairs
- Where are the stairs?
title: the stairs
Behind you.

## unknown
action: unknown
I do not know that.
"""
    with pytest.raises(Fault) as caught:
        parse(text, "house.md")
    assert what in caught.value.what
    assert "line" in caught.value.where


def test_words_that_ask_back_have_two_gaps() -> None:
    with pytest.raises(Fault) as caught:
        parse("## which\naction: ask\nWhat?\n\n## unknown\naction: unknown\nNo.\n", "house.md")
    assert "asks back without two" in caught.value.what
