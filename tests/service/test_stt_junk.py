"""What is taken for a visitor's words and what for noise."""

from __future__ import annotations

import pytest

from kiosk.service.engines import Recognition
from kiosk.service.junk import is_junk

NOISE = [
    "",
    " ",
    ".",
    "...",
    "the",
    "The.",
    "and the",
    "And the...",
    "You",
    "I",
    "so",
    "Uh.",
    "oh, um",
    "[Music]",
    "(sighs)",
    "♪ la la ♪",
    "*coughs*",
    "[BLANK_AUDIO]",
    "Thanks for watching!",
    "Thank you so much for watching.",
    "Please subscribe to my channel.",
    "Subtitles by the Amara.org community",
    "www.amara.org",
    "Transcription by CastingWords",
    "no no no no no",
    "See you in the next video.",
]
WORDS = [
    "Yes.",
    "No.",
    "Hello",
    "Hi",
    "Stop!",
    "Help.",
    "Thanks.",
    "Thank you.",
    "Okay",
    "Bye.",
    "Where?",
    "Why not?",
    "Toilets",
    "How much is it?",
    "no no",
    "Is it open?",
    "the boat",
    "What is that?",
    "Tickets",
    "More.",
    "Louder",
]


@pytest.mark.parametrize("text", NOISE)
def test_noise(text: str) -> None:
    assert is_junk(Recognition(text, "en", 0.9), voiced_ms=800)


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    assert not is_junk(Recognition(text, "en", 0.8), voiced_ms=400)


def test_thanks_out_of_nothing_are_not_believed() -> None:
    assert is_junk(Recognition("Thank you.", "en", 0.8), voiced_ms=0)
    assert is_junk(Recognition("Thank you.", "en", 0.2), voiced_ms=600)


def test_short_words_of_other_languages_are_words() -> None:
    assert not is_junk(Recognition("an", "de", 0.8), voiced_ms=400)
