"""Where words stand in their clause, and which of them were heard."""

from __future__ import annotations

import pytest

from kiosk.core.transcript import BREATH, Clause, heard_text, word_spans

PLAIN = Clause("one three a", 1000, 1900)  # nine letters
SIGNED = Clause("One, three.", 0, 100 * (8 + BREATH))


def test_words_share_their_clause_by_letters() -> None:
    assert word_spans(PLAIN) == [(1000, 1300), (1300, 1800), (1800, 1900)]


def test_a_voice_breathes_at_a_sign_and_not_behind_the_last_word() -> None:
    assert word_spans(SIGNED) == [(0, 300), (300 + 100 * BREATH, SIGNED.end_ms)]


@pytest.mark.parametrize("text", ["", "…", "– –"])
def test_a_clause_without_letters_stops_nobody(text: str) -> None:
    assert len(word_spans(Clause(text, 0, 500))) == len(text.split())


@pytest.mark.parametrize(
    ("played_ms", "heard"),
    [
        (1000, ""),
        (1149, ""),
        (1150, "one"),
        (1549, "one"),
        (1550, "one three"),
        (1900, "one three a"),
        (2400, "one three a"),
    ],
)
def test_a_word_was_heard_when_half_of_it_was(played_ms: int, heard: str) -> None:
    assert heard_text("one three a", (PLAIN,), played_ms) == heard
