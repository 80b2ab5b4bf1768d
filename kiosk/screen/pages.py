"""A sentence set into lines and pages, each word with its place: words are lit one by one, and no line moves.

The paragraph is shaped whole (bidirectional order, line breaks); QML then draws each word as plain text at its place.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGlyphRun, QTextLayout, QTextLine, QTextOption

from kiosk.screen.caption import reads_leftwards

FAMILY = "Readex Pro"
TRACKING = -0.012  # of the size; none where letters are joined, for it would tear them apart
MOST_PIECES = 72  # of a page: as many places as the QML keeps ready
MOST_WORDS = 64
SENTENCE_END, CLAUSE_END = ".!?…؟。", ",;:،؛–—"
CLOSING = "\"'”’»)]"
CLAUSE_SHARE = 0.4  # of a page that a clause must fill for the page to end with it
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ARABIC_MARK, LATIN_MARK = "\u061c", "\u200e"  # invisible letters that lend their direction to what stands beside them

Line = tuple["Word", ...]
Piece = tuple[str, float, float]  # text, left edge, width


@dataclass(frozen=True, slots=True)
class Word:
    """
    text       of a word, or of a piece of it; it may begin with an invisible mark
    x, y       of its upper left corner on the page, pixels
    number     of the word on its page; pieces of one word share it
    """

    text: str
    x: float
    y: float
    width: float
    number: int


@dataclass(frozen=True, slots=True)
class Page:
    """
    first      how many words of the whole text stand on earlier pages
    end        how many stand on these and this one
    leftwards  it is read from right to left
    """

    words: Line = ()
    first: int = 0
    height: float = 0.0
    end: int = 0
    leftwards: bool = False


class Setter:
    """Sets text in one size and width. A text that grows at its end keeps the pages that stand: a live transcript comes
    thirty times a second, and may be an hour long."""

    def __init__(
        self, pixels: int, leading: float, width: float, lines: int, *, by_sentence: bool, leftwards: bool = False
    ) -> None:
        """
        pixels       size of the type
        leading      of the line height
        lines        most on one page
        by_sentence  a page never holds more than one sentence
        leftwards    of the window: every line begins at its right edge, and mixed text runs from there
        """
        self.pixels, self.leading, self.width, self.lines = pixels, leading, width, max(1, lines)
        self._by_sentence = by_sentence
        self._leftwards = leftwards
        self._shaped = lru_cache(maxsize=256)(self._shape)
        self._text = ""
        self._words: list[str] = []
        self._pages: list[Page] = []
        self._pitch = QFontMetricsF(self._font(False)).height() * leading

    def pages(self, text: str) -> tuple[Page, ...]:
        """At least one page."""
        self._take(text)
        while self._pages[-1].end < len(self._words):
            self._pages.append(self._fill(self._pages[-1].end))
        return tuple(self._pages)

    def page_of(self, text: str, word: int) -> Page:
        """The page on which the `word`-th word stands, counted from 0; what follows it is not set yet."""
        self._take(text)
        while self._pages[-1].end <= min(word, len(self._words) - 1):
            self._pages.append(self._fill(self._pages[-1].end))
        return next((page for page in reversed(self._pages) if page.first <= word), self._pages[0])

    def _take(self, text: str) -> None:
        """Keeps the pages that the new text leaves as they are; the last one may still grow."""
        if text == self._text and self._pages:
            return
        words, same = text.split(), self._pages[:-1] if joined(text) is joined(self._text) else []
        while same and words[: same[-1].end] != self._words[: same[-1].end]:
            same.pop()
        self._text, self._words, self._pages = text, words, same
        if not same:
            self._pages.append(self._fill(0))

    def tracking(self, text: str) -> float:
        return 0.0 if joined(text) else self.pixels * TRACKING

    def _fill(self, first: int) -> Page:
        """As many whole sentences as fit, from the `first` word on; of a sentence too long for one page, what fits."""
        best: Page | None = None
        for end in self._sentence_ends(first):
            page = self._page(first, end)
            if page is None:
                break
            best = page
            if self._by_sentence:
                break
        return best or self._part(first)

    def _sentence_ends(self, first: int) -> list[int]:
        """Where sentences after the `first` word end, as far as a page could hold them; the text's end is one."""
        last = min(len(self._words), first + MOST_WORDS)
        bare = (self._words[i].rstrip(CLOSING) for i in range(first, last))
        ends = [first + i for i, word in enumerate(bare, 1) if word and word[-1] in SENTENCE_END]
        return ends if last < len(self._words) or last in ends else [*ends, last]

    def _part(self, first: int) -> Page:
        """The beginning of a long sentence: to the end of a clause where one fills the page well, else whole lines."""
        words = self._words[first : first + MOST_WORDS]
        lines = self._shaped(" ".join(words), joined(self._text))[: self.lines]
        count = max(1, min(len(words), 1 + max((word.number for line in lines for word in line), default=0)))
        for end in range(count, max(1, round(count * CLAUSE_SHARE)), -1):
            if words[end - 1][-1] in CLAUSE_END:
                count = end
                break
        return self._page(first, first + count, cut=True) or Page(first=first, end=first + count)

    def _page(self, first: int, end: int, *, cut: bool = False) -> Page | None:
        """None where the words need more lines than there are; with `cut`, the lines beyond are left out."""
        text = " ".join(self._words[first:end])
        lines = self._shaped(text, joined(self._text))
        if len(lines) > self.lines and not cut:
            return None
        lines = lines[: self.lines]
        words = tuple(word for line in lines for word in line)[:MOST_PIECES]
        return Page(words, first, len(lines) * self._pitch, end, self._runs_leftwards(text))

    def _runs_leftwards(self, text: str) -> bool:
        return reads_leftwards(text) or (self._leftwards and joined(text))

    def _font(self, joins: bool) -> QFont:
        font = QFont(FAMILY)
        font.setPixelSize(self.pixels)
        if not joins:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, self.pixels * TRACKING)
        return font

    def _shape(self, text: str, joins: bool) -> tuple[Line, ...]:
        """`joins`: somewhere in the whole text letters touch, so none of it has tracking."""
        mixed = joined(text)
        leftwards = self._runs_leftwards(text)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if leftwards else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        layout = QTextLayout(text, self._font(joins))
        layout.setTextOption(option)
        layout.beginLayout()
        rows = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width)
            rows.append(line)
        layout.endLayout()
        found: list[Line] = []
        number = 0
        text = _units(text)
        for line in rows:
            shift = self.width - line.horizontalAdvance() if leftwards or self._leftwards else 0.0
            begin, end = line.textStart(), line.textStart() + line.textLength()
            words: list[Word] = []
            for match in re.finditer(r"\S+", text[begin:end]):
                span = begin + match.start(), begin + match.end()
                for piece, x, width in _pieces(line, text, *span) if mixed else [_whole(line, text, *span)]:
                    words.append(Word(_text(piece), x + shift, len(found) * self._pitch, width, number))
                number += 1
            if words:
                found.append(tuple(words))
        return tuple(found)


def joined(text: str) -> bool:
    """Whether it holds letters of a script that runs from right to left, whose letters mostly touch."""
    return RIGHT_TO_LEFT.search(text) is not None


def _units(text: str) -> str:
    """With a character for each of Qt's, which counts in UTF-16. (An emoji is two of them, and whatever stood behind
    one was drawn beside its place, and broken in two at the end of a line.)"""
    if text.isascii():
        return text
    return "".join(c if c <= "\uffff" else _pair(c) for c in text)


def _pair(character: str) -> str:
    number = ord(character) - 0x10000
    return chr(0xD800 + (number >> 10)) + chr(0xDC00 + (number & 0x3FF))


def _text(units: str) -> str:
    """The other way round."""
    return units if units.isascii() else units.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")


def _whole(line: QTextLine, text: str, begin: int, end: int) -> Piece:
    left, right = _x(line, begin), _x(line, end)
    return text[begin:end], left, right - left


def _x(line: QTextLine, cursor: int) -> float:
    """PySide returns the position with the cursor that it belongs to, and annotates the position alone."""
    place: Any = line.cursorToX(cursor)
    return float(place[0] if isinstance(place, tuple) else place)


def _pieces(line: QTextLine, text: str, begin: int, end: int) -> list[Piece]:
    """Where directions mix, a cursor at the edge of a word has two places; its glyphs have one. And a word may come
    apart: the full stop behind two Latin names stands on the left of both in an Arabic sentence."""
    runs = line.glyphRuns(begin, end - begin)
    if len({run.isRightToLeft() for run in runs}) < 2:
        return [_piece(runs, text[begin:end])]
    ways: list[bool] = []
    for place in range(begin, end):
        way = [run.isRightToLeft() for run in line.glyphRuns(place, 1)]
        ways.append(way[0] if way else bool(ways) and ways[-1])  # a sign upon a letter goes with it
    cuts = [0, *(i for i in range(1, len(ways)) if ways[i] is not ways[i - 1]), len(ways)]
    spans = [(begin + first, last - first) for first, last in itertools.pairwise(cuts)]
    return [_piece(line.glyphRuns(*span), text[span[0] : sum(span)]) for span in spans]


def _piece(runs: list[QGlyphRun], text: str) -> Piece:
    edges = [edge for run in runs for edge in _edges(run)]
    left = min((edge[0] for edge in edges), default=0.0)
    right = max((edge[1] for edge in edges), default=left)
    return (ARABIC_MARK if any(run.isRightToLeft() for run in runs) else LATIN_MARK) + text, left, right - left


def _edges(run: QGlyphRun) -> list[tuple[float, float]]:
    """Of each letter. A vowel sign has no width of its own, and may begin left of the letter that it stands on."""
    advances = run.rawFont().advancesForGlyphIndexes(run.glyphIndexes())
    pairs = zip(run.positions(), advances, strict=True)
    return [(place.x(), place.x() + advance.x()) for place, advance in pairs if advance.x() > 0]
