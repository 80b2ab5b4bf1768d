"""The first screen greets in several languages in turn: each stands long enough to be read, and nothing slides."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from kiosk.screen.words import Words

TURN_S = 8.0
MOST = 4  # languages; more would come round too seldom


class Greeting(QObject):
    """GUI thread. `words` are those that greet now; `turned` says that they are others."""

    turned = Signal()

    def __init__(self, words: Callable[[str], Words], *, turning: bool, turn_s: float = TURN_S) -> None:
        """`turning` False: the window's own language alone greets."""
        super().__init__()
        self._words_in = words
        self._turning = turning
        self._codes: list[str] = [""]
        self._at = 0
        self.standing = False
        self._timer = QTimer(self)
        self._timer.setInterval(round(turn_s * 1000))
        self._timer.timeout.connect(self._turn)

    @property
    def words(self) -> Words:
        return self._words_in(self._codes[self._at])

    def stand(self, standing: bool, language: str = "") -> None:
        """The first screen is shown, or is not any more: it begins with the window's own language."""
        if standing != self.standing:
            self.standing = standing
            own = self._words_in(language)
            others = [code for code, _ in own.languages if code != own.language]
            self._codes = [language, *others][: MOST if self._turning else 1]
            self._at = 0
            if standing and len(self._codes) > 1:
                self._timer.start()
            else:
                self._timer.stop()

    def _turn(self) -> None:
        self._at = (self._at + 1) % len(self._codes)
        self.turned.emit()
