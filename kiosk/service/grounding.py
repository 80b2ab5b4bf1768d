"""Whether a sentence that a language model made says only what the house has written. Pure; English number words.

It is refused when it holds a number or a name that no passage has, a sign that cannot be spoken, or too many words
from elsewhere. What it cannot see is a passage's own words put together into something false ("children pay one
hundred and twenty crowns"): who needs every word to be the house's leaves the endpoint out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kiosk.service.numerals import cardinal

KNOWN = 0.6  # part of the longer words that the passages have to hold
LONG = 4  # letters of a word that counts for it
STEM = 5  # letters that two forms of one word share: "ticket", "tickets"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPEAKABLE = re.compile(r"[*_#<>\[\]{}|`\\@/]|https?:|www\.", re.IGNORECASE)
_NUMBER_WORDS = frozenset(word for number in (*range(21), *range(30, 100, 10)) for word in cardinal(number).split()) | {
    "hundred",
    "thousand",
    "million",
    "half",
    "quarter",
    "dozen",
    "first",
    "second",
    "third",
    "noon",
    "midnight",
}
_COMMON = frozenset(
    (
        *(
            "i",
            "the",
            "a",
            "an",
            "it",
            "it's",
            "there",
            "there's",
            "you",
            "we",
            "our",
            "this",
            "that",
            "these",
            "those",
        ),
        *(
            "yes",
            "no",
            "and",
            "but",
            "if",
            "on",
            "in",
            "at",
            "for",
            "from",
            "to",
            "of",
            "sorry",
            "please",
            "here",
            "is",
        ),
        *("are", "she", "he", "they", "he's", "she's", "you'll", "we're", "course"),
    )
)


def ungrounded(sentence: str, passages: Sequence[str]) -> str:
    """Why the sentence must not be said; empty when it may."""
    if _UNSPEAKABLE.search(sentence):
        return "a sign that cannot be spoken"
    written = " ".join(passages)
    known = {word.casefold() for word in _WORD.findall(written)}
    stems = {word[:STEM] for word in known}
    spelled = f" {written.casefold().replace('-', ' ')} "
    found = _WORD.findall(sentence)
    for place, word in enumerate(found):
        folded = word.casefold()
        if any(character.isdigit() for character in folded):
            in_words = cardinal(int(folded)).replace("-", " ") if folded.isdecimal() and folded.isascii() else ""
            if folded not in known and not (in_words and f" {in_words} " in spelled):
                return "a number that is in no passage"
        elif folded in _NUMBER_WORDS and folded != "one" and folded not in known:
            return "a number that is in no passage"
        elif place > 0 and word[0].isupper() and folded not in known and folded not in _COMMON:
            return "a name that is in no passage"
    longer = [word.casefold() for word in found if len(word) >= LONG]
    theirs = sum(word in known or word[:STEM] in stems or word in _COMMON for word in longer)
    return "words that are in no passage" if theirs < KNOWN * len(longer) else ""
