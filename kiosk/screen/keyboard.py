"""The window's own keyboard: the line that is being typed, and the keys of its language. Qt Virtual Keyboard is GPL."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, QObject, Signal, Slot

LONGEST = 300  # characters of one question

LAYOUTS: dict[str, tuple[str, ...]] = {"en": ("1234567890", "qwertyuiop", "asdfghjkl’", "zxcvbnm,.?")}
"""Rows of keys by language."""


class Keyboard(QObject):
    """One owner of the typed line. GUI thread.

    send    told (text, id of the line that it corrects or None) when Send was touched; the keyboard is closed then
    active  told at each change of the line: typing counts as activity
    """

    changed = Signal()
    rows_changed = Signal()

    def __init__(self, send: Callable[[str, str | None], None], active: Callable[[], None]) -> None:
        super().__init__()
        self._send = send
        self._active = active
        self._typed: str | None = None
        self._corrects: str | None = None
        self._language = "en"

    @property
    def is_up(self) -> bool:
        return self._typed is not None

    def speak(self, language: str) -> None:
        """The keys of a language; of English where it has none."""
        self._language = language if language in LAYOUTS else "en"
        self.rows_changed.emit()

    def open(self, text: str = "", corrects: str | None = None) -> None:
        """`corrects`: id of the line that was heard wrongly, whose words stand in `text`."""
        self._corrects = corrects
        self._set(text)

    def shut(self) -> None:
        self._corrects = None
        self._set(None)

    def _set(self, text: str | None) -> None:
        if text != self._typed:
            self._typed = text
            self.changed.emit()
            if text is not None:
                self._active()

    @Slot(str)
    def key(self, text: str) -> None:
        if self._typed is not None and len(self._typed) + len(text) <= LONGEST:
            self._set(self._typed + text)

    @Slot()
    def erase(self) -> None:
        if self._typed:
            self._set(self._typed[:-1])

    @Slot()
    def send(self) -> None:
        text, corrects = (self._typed or "").strip(), self._corrects
        self.shut()
        self._send(text, corrects)

    @Slot()
    def close(self) -> None:
        self.shut()

    up = Property(bool, lambda self: self.is_up, notify=changed)
    typed = Property(str, lambda self: self._typed or "", notify=changed)
    rows = Property("QVariantList", lambda self: list(LAYOUTS[self._language]), notify=rows_changed)  # type: ignore[arg-type]
