"""What was said so far, as a list that QML scrolls: newest first, bounded, changed in place; empty while not shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from kiosk.core.transcript import Transcript, Turn
from kiosk.screen.caption import NAME, plain

MOST_LINES = 600  # the oldest go: a visit of hundreds of turns, or one answer of a hundred thousand words, stays smooth
PIECE = 420  # characters of one entry: a list lays out what is seen, and an answer of 3,000 words is not seen whole

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Line:
    """A turn, or a piece of a long one.

    first   the turn begins here: who speaks is said
    person  who said it in the agent's place; empty for the agent and the visitor
    said    words that were heard; `rest` were cut off
    key     id of the turn and number of the piece
    """

    mine: bool
    first: bool
    said: str = field(repr=False)
    rest: str = field(repr=False)
    live: bool
    item_id: str
    person: str
    key: tuple[str, int]


def lines_of(turn: Turn) -> list[Line]:
    text = plain(turn.text)
    heard = len(text)
    if turn.interrupted:
        words = text.split(" ")
        heard = len(" ".join(words[: len(plain(turn.heard).split())]))
    mine = turn.role == "user"
    live = mine and not turn.final
    person = plain(turn.speaker)[:NAME]
    found: list[Line] = []
    begin = 0
    while begin < len(text):
        end = _break(text, begin)
        cut = max(begin, min(end, heard))
        said, rest = text[begin:cut].strip(), text[cut:end].strip()
        last = end >= len(text)
        key = turn.item_id, len(found)
        found.append(Line(mine, begin == 0, said, rest, live and last, turn.item_id, person, key))
        begin = end
    return found


def _break(text: str, begin: int) -> int:
    """Where the piece that starts at `begin` ends: behind a sentence if it can, else behind a word."""
    end = begin + PIECE
    if end >= len(text):
        return len(text)
    for mark in (". ", "? ", "! ", "؟ ", " "):
        at = text.rfind(mark, begin + PIECE // 2, end)
        if at >= 0:
            return at + len(mark)
    return end


class History(QAbstractListModel):
    """GUI thread. Row 0 is the newest: the list stands on its foot."""

    ROLES = ("mine", "first", "said", "rest", "live", "item_id", "person")

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self._known: dict[str, tuple[Turn, list[Line]]] = {}  # a turn that is the same object has the same lines

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._lines)

    def roleNames(self) -> dict[int, Any]:  # noqa: N802
        return {Qt.ItemDataRole.UserRole + number: name.encode() for number, name in enumerate(self.ROLES)}

    def data(self, index: Index, role: int = 0) -> object:
        number = role - Qt.ItemDataRole.UserRole
        if not index.isValid() or not 0 <= number < len(self.ROLES):
            return None
        return getattr(self._lines[index.row()], self.ROLES[number])

    def take(self, transcript: Transcript) -> None:
        """What is new comes in front; a line that changed is changed where it stands."""
        new = [line for turn in transcript.turns if turn.text.strip() for line in self._lines_of(turn)][-MOST_LINES:]
        new.reverse()
        keys = [line.key for line in self._lines]
        fresh = next((i for i, line in enumerate(new) if keys and line.key == keys[0]), -1)
        if not keys or fresh < 0 or [line.key for line in new[fresh:]] != keys[: len(new) - fresh]:
            self._reset(new)
            return
        if fresh:
            self.beginInsertRows(ROOT, 0, fresh - 1)
            self._lines[:0] = new[:fresh]
            self.endInsertRows()
        if len(self._lines) > len(new):
            self.beginRemoveRows(ROOT, len(new), len(self._lines) - 1)
            del self._lines[len(new) :]
            self.endRemoveRows()
        for row, line in enumerate(new):
            if line != self._lines[row]:
                self._lines[row] = line
                self.dataChanged.emit(self.index(row), self.index(row))

    def _lines_of(self, turn: Turn) -> list[Line]:
        known, lines = self._known.get(turn.item_id, (None, []))
        if known is not turn:
            lines = lines_of(turn)
            self._known[turn.item_id] = turn, lines
        return lines

    def forget(self) -> None:
        self._known.clear()
        if self._lines:
            self._reset([])

    def text_of(self, item_id: str) -> str:
        """All that the visitor said in the turn, as far as it is in the list."""
        return " ".join(line.said for line in reversed(self._lines) if line.item_id == item_id and line.mine)

    def _reset(self, lines: list[Line]) -> None:
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()
