"""Texts are cut where a speaker breathes, the first piece early."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.service.clauses import REST, clauses
from kiosk.service.knowledge import SHIPPED, read

CUT = {
    "We open at ten.": ["We open at ten."],
    "Yes: the first Wednesday of every month is free for everyone.": [
        "Yes:",
        "the first Wednesday of every month is free for everyone.",
    ],
    "We are closed on Mondays. From Tuesday on, the doors open at ten.": [
        "We are closed on Mondays.",
        "From Tuesday on, the doors open at ten.",
    ],
    "Dr. Smith sails at 9.30 with St. Olav. Come with us!": ["Dr. Smith sails at 9.30 with St. Olav.", "Come with us!"],
    "The museum keeps the last wooden rescue boat of the coast and the oldest bell of the harbour.": [
        "The museum keeps the last wooden rescue boat of the coast",
        "and the oldest bell of the harbour.",
    ],
    "": [],
    "  \n ": [],
}


@pytest.mark.parametrize(("text", "pieces"), CUT.items())
def test_cut(text: str, pieces: list[str]) -> None:
    assert clauses(text) == pieces


words = st.text(alphabet="abcdefg.,;:!?-—…' ", max_size=700)


@given(words)
def test_nothing_is_lost(text: str) -> None:
    pieces = clauses(text)
    assert " ".join(pieces) == " ".join(text.split())
    assert all(pieces)


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=12), min_size=1, max_size=200))
def test_no_piece_is_endless(text: list[str]) -> None:
    assert max(map(len, clauses(" ".join(text)))) <= 2 * REST


def test_every_shipped_answer_begins_soon() -> None:
    for entry in read(SHIPPED).entries:
        assert len(clauses(entry.answer)[0]) <= 80, entry.name
