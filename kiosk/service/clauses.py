"""A text cut into the pieces that are spoken one after the other, the first one short so that sound begins soon."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kiosk.service.signs import ABBREVIATIONS

FIRST = 40  # characters of the first piece: about 2.5 s of speech, made in 0.6 s
REST = 120  # some 8 s of speech; the memory of a voice grows with its longest piece
GROWTH = 3  # a piece is made while the one before it plays, so it may be this much longer
SHORTEST = 12  # a sentence shorter than this is not left alone: voices slur single words
LONE_SENTENCE = 60  # a first sentence longer than this, without a comma, is cut before a conjunction

_ABBREVIATED = frozenset({short.casefold() for short in ABBREVIATIONS if short.endswith(".")} | {"st.", "no.", "kr."})
_BREAK = re.compile(r"[.!?…]+[\"'”’)]*(?=\s)|[,;:][\"'”’)]*(?=\s)|\s[–—-](?=\s)")
_CONJUNCTION = re.compile(r"\s(?=(?:and|but|or|which|because|where|when|while|until|from|with|through)\s)")


def clauses(text: str, *, first: int = FIRST, rest: int = REST) -> list[str]:
    """Pieces that give the text again when joined with spaces. None is empty; a sentence's end also ends a piece.

    `first` and `rest` are lengths in characters that pieces keep to where the text has a place to be cut; where it has
    none, a piece is cut between words at twice that length.
    """
    text = " ".join(text.split())
    pieces: list[str] = []
    held = ""
    for part, ends_sentence in _parts(text, first):
        longest = first if not pieces else min(rest, max(2 * first, GROWTH * len(pieces[-1])))
        if held and len(held) + 1 + len(part) > longest:
            pieces.append(held)
            held = ""
        held = f"{held} {part}".strip()
        if ends_sentence and len(held) >= SHORTEST:
            pieces.append(held)
            held = ""
    if held and pieces and len(held) < SHORTEST:
        pieces[-1] = f"{pieces[-1]} {held}"
    elif held:
        pieces.append(held)
    return [cut for piece in pieces for cut in _between_words(piece, 2 * rest)]


def _parts(text: str, first: int) -> Iterator[tuple[str, bool]]:
    """The smallest parts: (text, whether a sentence ends with it)."""
    start = 0
    opening = True
    for match in _BREAK.finditer(text):
        mark = match[0].strip()[:1]
        end = match.end()
        if mark == "." and _is_abbreviation(text[start:end]):
            continue
        if text[start:end].strip():
            yield from _opening(text[start:end].strip(), mark in ".!?…", first if opening else None)
            opening = False
        start = end
    if text[start:].strip():
        yield from _opening(text[start:].strip(), True, first if opening else None)


def _opening(part: str, ends_sentence: bool, first: int | None) -> Iterator[tuple[str, bool]]:
    """The very first part is cut before a conjunction when it is long. `first` None: this is a later one."""
    if first is not None and len(part) > LONE_SENTENCE:
        places = [match.start() for match in _CONJUNCTION.finditer(part) if SHORTEST <= match.start() <= first * 3 // 2]
        if places:
            yield part[: places[-1]], False
            yield part[places[-1] :].strip(), ends_sentence
            return
    yield part, ends_sentence


def _is_abbreviation(text: str) -> bool:
    last = text.rsplit(maxsplit=1)[-1].lstrip("(\"'“‘").casefold()
    return last in _ABBREVIATED or re.fullmatch(r"(?:[^\W\d_]\.)+", last) is not None


def _between_words(piece: str, longest: int) -> Iterator[str]:
    while len(piece) > longest:
        at = piece.rfind(" ", 1, longest + 1)
        if at <= 0:
            break  # one word of that length: the engine cuts its phonemes
        yield piece[:at]
        piece = piece[at + 1 :]
    yield piece
