"""The knowledge file's format: every mistake is named with its line and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
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
    assert [entry.name for entry in knowledge.entries if len(entry.questions) < 4] == []
    assert [entry.name for entry in knowledge.entries if any(sign.isdigit() for sign in entry.answer)] == []
