"""The list of what was said: changed in place, bounded, and empty once it is forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen.history import MOST_LINES, PIECE, History, lines_of

ASKED = Turn("user", "u", "When does the ferry leave?", final=True)
LONG = "The Alma sails at two and at half past four from the stone pier. " * 230  # some 3,000 words


def told(history: History) -> list[str]:
    """What the list tells its reader, from now on."""
    heard: list[str] = []
    history.rowsInserted.connect(lambda parent, first, last: heard.append(f"new {first}-{last}"))
    history.rowsRemoved.connect(lambda parent, first, last: heard.append(f"gone {first}-{last}"))
    history.dataChanged.connect(lambda first, last: heard.append(f"changed {first.row()}"))
    history.modelReset.connect(lambda: heard.append("all"))
    return heard


def said(history: History) -> list[str]:
    return [history._lines[row].said for row in range(history.rowCount())]


def test_the_newest_comes_first() -> None:
    history = History()
    history.take(Transcript((ASKED, Turn("agent", "a", "At two.", final=True))))
    assert said(history) == ["At two.", ASKED.text]


def test_a_partial_that_grows_changes_one_line() -> None:
    history, speaks = History(), Turn("user", "u2", "And")
    history.take(Transcript((ASKED, speaks)))
    heard = told(history)
    history.take(Transcript((ASKED, replace(speaks, text="And back"))))
    assert heard == ["changed 0"]
    history.take(Transcript((ASKED, replace(speaks, text="And back?", final=True), Turn("agent", "a", "At six."))))
    assert heard[1:] == ["new 0-0", "changed 1"]
    assert said(history) == ["At six.", "And back?", ASKED.text]


def test_a_transcript_without_news_tells_nothing() -> None:
    history = History()
    history.take(Transcript((ASKED,)))
    heard = told(history)
    history.take(Transcript((ASKED,)))
    assert heard == []


def test_a_long_answer_comes_in_pieces_that_make_the_whole() -> None:
    pieces = lines_of(Turn("agent", "a", LONG, final=True))
    assert " ".join(piece.said for piece in pieces) == LONG.strip()[:20_000].strip()
    assert all(len(piece.said) <= PIECE for piece in pieces)
    assert [piece.first for piece in pieces] == [True] + [False] * (len(pieces) - 1)


def test_one_word_without_end_is_broken_too() -> None:
    assert [len(piece.said) for piece in lines_of(Turn("user", "u", "x" * 1000))] == [PIECE, PIECE, 1000 - 2 * PIECE]


@pytest.mark.parametrize("played_ms", [0, 900, 1800, 3000])
def test_what_was_not_heard_is_apart(played_ms: int) -> None:
    clauses = (Clause("The Alma sails at two,", 0, 1500), Clause("from the stone pier.", 1500, 3000))
    turn = Turn(
        "agent",
        "a",
        "The Alma sails at two, from the stone pier.",
        clauses=clauses,
        played_ms=played_ms,
        interrupted=True,
    )
    (line,) = lines_of(turn)
    assert line.said == turn.heard
    assert f"{line.said} {line.rest}".strip() == turn.text


def test_hundreds_of_turns_stay_bounded_and_the_oldest_go() -> None:
    history = History()
    turns = tuple(replace(ASKED, item_id=f"u{number}", text=f"Question {number}") for number in range(MOST_LINES + 50))
    history.take(Transcript(turns))
    assert history.rowCount() == MOST_LINES
    heard = told(history)
    history.take(Transcript((*turns, replace(ASKED, item_id="last", text="Last"))))
    assert heard == ["new 0-0", f"gone {MOST_LINES}-{MOST_LINES}"]
    assert said(history)[0] == "Last"


def test_a_line_is_told_whole_for_its_correction() -> None:
    history = History()
    history.take(Transcript((replace(ASKED, text=LONG),)))
    assert history.text_of("u").startswith("The Alma sails")
    assert len(history.text_of("u")) > 10 * PIECE
    assert history.text_of("nobody") == ""


def test_nothing_is_left_when_it_is_forgotten() -> None:
    history = History()
    history.take(Transcript((replace(ASKED, text="zanzibar-4711"),)))
    history.forget()
    assert history.rowCount() == 0
    assert "zanzibar" not in str(vars(history))


def test_a_person_s_words_stand_under_the_person_s_name() -> None:
    history = History()
    answer = Turn("agent", "a", "At two.", final=True)
    history.take(
        Transcript((ASKED, answer, replace(answer, item_id="p", speaker="Ingrid\u202e of the house, the ferry's")))
    )
    assert [line.person for line in history._lines] == ["Ingrid of the house, the", "", ""]
