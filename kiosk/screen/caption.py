"""The sentence on the screen and how much of it is lit: a pure reading of one turn of the transcript."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from kiosk.core.transcript import Clause, Turn, word_spans

UNSETTLED = 2  # words at the end of a live partial that recognisers still change
ALL = 1_000_000  # words: more than there ever are
NAME = 24  # characters of a person's name that a line has room for
LONGEST = 20_000  # characters that are laid out; beyond it nobody reads


class Tone(StrEnum):
    """Whose words they are, and so how they are lit."""

    HOST = "host"  # the window's own: all full
    LIVE = "live"  # the visitor's, still changing: the end is muted, and a "…" follows
    ASKED = "asked"  # the visitor's, settled
    VOICE = "voice"  # the agent's: lit by the speaker clock
    CUT = "cut"  # the agent's, interrupted: what was not heard stays grey behind a dash


@dataclass(frozen=True, slots=True)
class Caption:
    """
    settled      words that are lit without asking any clock
    response_id  whose clock lights the rest; None when none does
    clauses      where that response's words stand in its audio
    """

    text: str = field(default="", repr=False)
    tone: Tone = Tone.HOST
    settled: int = 0
    response_id: str | None = None
    clauses: tuple[Clause, ...] = ()

    @property
    def words(self) -> int:
        return len(self.text.split())


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """One line of visible text: control, format-override and private characters are gone, white space is single.

    A joiner inside an emoji or an Arabic word stays; what could turn the direction of the line does not.
    """
    text = text[:LONGEST]
    if not text.isprintable():  # which nearly every text is, and it costs a fiftieth
        text = "".join(c if _visible(c) else " " for c in text)
    return " ".join(text.split())


def _visible(character: str) -> bool:
    if character in "\u200c\u200d":
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def reads_leftwards(text: str) -> bool:
    """The first letter with a direction decides (Unicode bidirectional algorithm, rule P2)."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"


def host(text: str) -> Caption:
    return Caption(text, Tone.HOST, ALL)


def of_visitor(turn: Turn, *, live: bool) -> Caption:
    """What was heard. `live`: it may still change."""
    text = plain(turn.text)
    words = len(text.split())
    if live and not turn.final:
        return Caption(text, Tone.LIVE, max(0, words - UNSETTLED))
    return Caption(text, Tone.ASKED, ALL)


def of_agent(turn: Turn) -> Caption:
    text = plain(turn.text)
    if turn.interrupted:
        return Caption(text, Tone.CUT, min(len(plain(turn.heard).split()), len(text.split())))
    if turn.end_ms is not None or (turn.final and not turn.clauses):
        return Caption(text, Tone.VOICE, ALL)  # heard to its end, or its times are not known
    return Caption(text, Tone.VOICE, 0, turn.response_id, turn.clauses)


@lru_cache(maxsize=8)
def word_starts(clauses: tuple[Clause, ...]) -> tuple[float, ...]:
    """When each word begins in the response's audio, ms."""
    shown = (replace(clause, text=plain(clause.text)) for clause in clauses)
    return tuple(start for clause in shown for start, _ in word_spans(clause))


def lit(caption: Caption, played_ms: float) -> int:
    """How many words of the caption have begun to be heard after `played_ms` of the response's audio."""
    if caption.response_id is None:
        return caption.settled
    starts = word_starts(caption.clauses)
    if caption.clauses and played_ms >= caption.clauses[-1].end_ms and played_ms > 0:
        return min(len(starts), caption.words)
    return min(sum(1 for start in starts if start <= played_ms), caption.words) if played_ms > 0 else 0


def forget() -> None:
    """Empty what is remembered between ticks: it holds a visitor's words."""
    plain.cache_clear()
    word_starts.cache_clear()
