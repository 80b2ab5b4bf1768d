"""The window's own keyboard: the line that is being typed, and the keys of its language. Qt Virtual Keyboard is GPL."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Qt, Signal, Slot

from kiosk.screen.caption import reads_leftwards
from kiosk.screen.layouts import ERASE, SHIFT, layout_of

LONGEST = 300  # characters of one question
BEGINNING = re.compile(r"^ *$|[.?!] +$")  # of a sentence: a capital follows
COUNTED_FROM = 30  # characters before the end, how many are left is shown


class Keyboard(QObject):
    """One owner of the typed line. GUI thread. Fingers on the glass and a keyboard on the desk type into the same line.

    send    told (text, id of the line that it corrects or None) when Send was touched; the keyboard is closed then
    active  told at each change of the line: typing counts as activity
    """

    changed = Signal()
    keys_changed = Signal()
    upper_changed = Signal()

    def __init__(self, send: Callable[[str, str | None], None], active: Callable[[], None]) -> None:
        super().__init__()
        self._send = send
        self._active = active
        self._typed: str | None = None
        self._corrects: str | None = None
        self._language = ""
        self._languages: tuple[tuple[str, str], ...] = ()
        self._signs = False
        self._shifted: bool | None = None  # None: as the line asks for it

    @property
    def is_up(self) -> bool:
        return self._typed is not None

    def speak(self, language: str, languages: tuple[tuple[str, str], ...] = ()) -> None:
        """The keys of a language. `languages`: (code, own name) of those that a key switches to, in turn."""
        self._language, self._languages = language, languages
        self._show_keys(signs=False)

    def open(self, text: str = "", corrects: str | None = None) -> None:
        """`corrects`: id of the line that was heard wrongly, whose words stand in `text`."""
        self._corrects = corrects
        self._show_keys(signs=False)
        self._set(text[:LONGEST])

    def shut(self) -> None:
        self._corrects = None
        self._set(None)

    def physical(self, key: int, text: str) -> bool:
        """A key of a keyboard on the desk: `Qt.Key` and its text. False when it is not for the line."""
        if not self.is_up:
            return False
        match key:
            case Qt.Key.Key_Backspace:
                self.erase()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.send()
            case Qt.Key.Key_Escape:
                self.close()
            case _ if text and text.isprintable():
                self._add(text)
            case _:
                return False
        return True

    def _add(self, text: str) -> None:
        if self._typed is not None and len(self._typed) + len(text) <= LONGEST:
            self._set(self._typed + text)

    def _set(self, text: str | None) -> None:
        if text == self._typed:
            return
        self._typed = text
        self._shifted = None
        self.changed.emit()
        self.upper_changed.emit()
        if text is not None:
            self._active()

    def _show_keys(self, *, signs: bool) -> None:
        self._signs, self._shifted = signs, None
        self.keys_changed.emit()
        self.changed.emit()  # an empty line begins at the other end
        self.upper_changed.emit()

    def _upper(self) -> bool:
        """The first letter of a sentence is a capital, unless the visitor has touched shift."""
        return BEGINNING.search(self._typed or "") is not None if self._shifted is None else self._shifted

    def _keys(self) -> dict[str, Any]:
        layout = layout_of(self._language)
        rows = layout.signs if self._signs else layout.letters
        across = max(len(row) for row in rows) if self._signs else layout.across
        return {
            "rows": [_widths(row, across) for row in rows],
            "across": across,
            "comma": layout.comma,
            "question": layout.question,
            "other": layout.letters_label if self._signs else "123",
            "leftwards": layout.leftwards,
            "next": self._next()[1],
        }

    def _line_leftwards(self) -> bool:
        """Its first letter decides; an empty line waits where the keys would begin it."""
        return reads_leftwards(self._typed) if self._typed else layout_of(self._language).leftwards

    def _next(self) -> tuple[str, str]:
        """The language that the language key leads to: (code, own name)."""
        codes = [code for code, _ in self._languages]
        if len(codes) < 2 or self._language not in codes:
            return self._language, ""
        return self._languages[(codes.index(self._language) + 1) % len(codes)]

    # --- what a finger does -----------------------------------------------------------------------------------------

    @Slot(str)
    def key(self, text: str) -> None:
        self._add(text)

    @Slot()
    def erase(self) -> None:
        """The last letter with the marks upon it."""
        if self._typed:
            shorter = self._typed[:-1]
            while shorter and unicodedata.combining(self._typed[len(shorter)]):
                shorter = shorter[:-1]
            self._set(shorter)

    @Slot()
    def shift(self) -> None:
        self._shifted = not self._upper()
        self.upper_changed.emit()

    @Slot()
    def turn(self) -> None:
        """To digits and signs, and back."""
        self._show_keys(signs=not self._signs)

    @Slot()
    def switch(self) -> None:
        """To the keys of the next language."""
        self._language = self._next()[0]
        self._show_keys(signs=False)

    @Slot()
    def send(self) -> None:
        text, corrects = (self._typed or "").strip(), self._corrects
        if text:
            self.shut()
            self._send(text, corrects)

    @Slot()
    def close(self) -> None:
        self.shut()

    up = Property(bool, lambda self: self.is_up, notify=changed)
    typed = Property(str, lambda self: self._typed or "", notify=changed)
    left = Property(int, lambda self: LONGEST - len(self._typed or ""), notify=changed)
    lineLeftwards = Property(bool, _line_leftwards, notify=changed)  # noqa: N815
    counted = Property(bool, lambda self: LONGEST - len(self._typed or "") <= COUNTED_FROM, notify=changed)
    upper = Property(bool, _upper, notify=upper_changed)
    keys = Property("QVariantMap", _keys, notify=keys_changed)  # type: ignore[arg-type]


def _widths(row: tuple[str, ...], across: int) -> list[dict[str, Any]]:
    """Each key with its width in keys: shift and erase share what the letters leave free, and are wide themselves."""
    wide = [key for key in row if key in {SHIFT, ERASE}]
    share = (across - len(row) + len(wide)) / max(1, len(wide))
    return [
        {"name": key, "upper": _capital(key), "wide": key in wide, "width": share if key in wide else 1.0}
        for key in row
    ]


def _capital(letter: str) -> str:
    """ß has none that fits one key."""
    return letter.upper() if len(letter.upper()) == 1 else letter
