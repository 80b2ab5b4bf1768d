"""A sentence set into lines and pages, each word with its place: words are lit one by one, and no line moves.

The paragraph is shaped whole (bidirectional order, line breaks); QML then draws each word as plain text at its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextLine, QTextOption

from kiosk.screen.caption import reads_leftwards

FAMILY = "Readex Pro"
MOST_WORDS = 72  # of a page: as many places as the QML keeps ready
SENTENCE = re.compile(r"(?<=[.!?…؟。])\s+")
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Word:
    """`x`, `y`, `width` in pixels from the page's upper left corner."""

    text: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Page:
    """`first`: how many words of the whole text stand on earlier pages."""

    words: tuple[Word, ...] = ()
    first: int = 0
    height: float = 0.0


class Setter:
    """Sets text in one size and width; keeps what it set last, for the same text comes thirty times a second."""

    def __init__(self, pixels: int, leading: float, width: float, lines: int, *, by_sentence: bool) -> None:
        """
        pixels       size of the type
        leading      of the line height
        lines        most on one page
        by_sentence  a page never holds more than one sentence
        """
        self.pixels, self.leading, self.width, self.lines = pixels, leading, width, max(1, lines)
        self._by_sentence = by_sentence
        self._lines = lru_cache(maxsize=512)(self._shape)  # an answer grows at its end: the rest is set already
        self._set: tuple[str, tuple[Page, ...]] = ("", (Page(),))

    def pages(self, text: str) -> tuple[Page, ...]:
        """At least one page."""
        if text != self._set[0]:
            self._set = text, self._pages(text)
        return self._set[1]

    def page_of(self, text: str, word: int) -> Page:
        """The page on which the `word`-th word stands, counted from 0."""
        pages = self.pages(text)
        return next((page for page in reversed(pages) if page.first <= word), pages[0])

    def _pages(self, text: str) -> tuple[Page, ...]:
        pages: list[Page] = []
        held: list[Word] = []
        held_text, first = "", 0
        for sentence in SENTENCE.split(text):
            for piece in self._pieces(sentence):
                together = f"{held_text} {piece}".strip()
                both = self._lines(together)
                if held and (self._by_sentence or not self._fits(both)):
                    pages.append(self._page(held, first))
                    first += len(held)
                    held_text, both = piece, self._lines(piece)
                else:
                    held_text = together
                held = [word for line in both for word in line]
        if held or not pages:
            pages.append(self._page(held, first))
        return tuple(pages)

    def _pieces(self, sentence: str) -> list[str]:
        """The sentence, or as many whole lines of it as a page holds, again and again."""
        lines = self._lines(sentence)
        if self._fits(lines):
            return [sentence]
        pieces: list[str] = []
        chunk: list[list[Word]] = []
        for line in lines:
            if chunk and not self._fits([*chunk, line]):
                pieces.append(" ".join(word.text for row in chunk for word in row))
                chunk = []
            chunk.append(line)
        return [*pieces, " ".join(word.text for row in chunk for word in row)]

    def _fits(self, lines: list[list[Word]]) -> bool:
        if sum(len(line) for line in lines) > MOST_WORDS:
            return False
        return not lines or max(word.y for line in lines for word in line) < self.lines * self._pitch - 1

    def _page(self, words: list[Word], first: int) -> Page:
        return Page(tuple(words), first, max((word.y for word in words), default=-self._pitch) + self._pitch)

    @property
    def _pitch(self) -> float:
        return QFontMetricsF(self._font(False)).height() * self.leading

    def _font(self, joined: bool) -> QFont:
        """`joined`: a script whose letters touch, which tracking would tear apart."""
        font = QFont(FAMILY)
        font.setPixelSize(self.pixels)
        if not joined:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, -self.pixels * 0.012)
        return font

    def tracking(self, text: str) -> float:
        return 0.0 if RIGHT_TO_LEFT.search(text) else -self.pixels * 0.012

    def _shape(self, text: str) -> list[list[Word]]:
        joined = bool(RIGHT_TO_LEFT.search(text))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        direction = Qt.LayoutDirection.RightToLeft if reads_leftwards(text) else Qt.LayoutDirection.LeftToRight
        option.setTextDirection(direction)
        option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        layout = QTextLayout(text, self._font(joined))
        layout.setTextOption(option)
        layout.beginLayout()
        rows = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width)
            rows.append(line)
        layout.endLayout()
        found: list[list[Word]] = []
        leftwards = reads_leftwards(text)
        for number, line in enumerate(rows):
            shift = self.width - line.naturalTextWidth() if leftwards else 0.0
            begin, end = line.textStart(), line.textStart() + line.textLength()
            words = []
            for match in re.finditer(r"\S+", text[begin:end]):
                x, width = (_glyphs if joined else _cursors)(line, begin + match.start(), begin + match.end())
                words.append(Word(match[0], x + shift, number * self._pitch, width))
            if words:
                found.append(words)
        return found


def _cursors(line: QTextLine, begin: int, end: int) -> tuple[float, float]:
    left, right = _x(line, begin), _x(line, end)
    return left, right - left


def _x(line: QTextLine, cursor: int) -> float:
    """PySide returns the position with the cursor that it belongs to, and annotates the position alone."""
    place: Any = line.cursorToX(cursor)
    return float(place[0] if isinstance(place, tuple) else place)


def _glyphs(line: QTextLine, begin: int, end: int) -> tuple[float, float]:
    """Where directions mix, a cursor at the edge of a word has two places; its glyphs have one."""
    rects = [run.boundingRect() for run in line.glyphRuns(begin, end - begin)]
    origins = [point.x() for run in line.glyphRuns(begin, end - begin) for point in run.positions()]
    left = min(origins, default=0.0)
    return left, max((rect.right() for rect in rects), default=left) - left
