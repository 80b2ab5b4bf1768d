"""Which sheet stands in the place of the words: how it sounds, languages, what was said. One at most, none for long."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from kiosk.core.session import Phase, Session
from kiosk.screen.history import History
from kiosk.screen.parts import Scene, Sheet

IDLE_S = 30.0  # without a touch; the next visitor must not find it open, nor the slow reader lose it at once


class Sheets(QObject):
    """GUI thread. The one owner of which sheet is open, and of the lines of the history while it is."""

    changed = Signal()

    def __init__(self, idle_s: float = IDLE_S) -> None:
        super().__init__()
        self.open = Sheet.NONE
        self.history = History()
        self.history.setParent(self)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(round(idle_s * 1000))
        self._idle.timeout.connect(self.shut)

    def toggle(self, sheet: Sheet, session: Session) -> None:
        """A second touch of what opened it closes it."""
        self._set(Sheet.NONE if sheet is self.open else sheet)
        if self.open is Sheet.HISTORY:
            self.history.take(session.transcript)

    def shut(self) -> None:
        self._set(Sheet.NONE)

    def touched(self) -> None:
        """Somebody is there: the time begins anew."""
        if self.open is not Sheet.NONE:
            self._idle.start()

    def renew(self, old: Session, new: Session, scene: Scene) -> None:
        """Closed when nothing is left to put on it, when the visit is another, when something happens behind it."""
        if self.open is Sheet.NONE:
            return
        if new.visit != old.visit or not scene.offers(self.open) or _asks(old, new):
            self.shut()
        elif self.open is Sheet.HISTORY:
            if _goes_on(old, new):
                self.shut()
            else:
                self.history.take(new.transcript)

    def _set(self, sheet: Sheet) -> None:
        if sheet is Sheet.NONE:
            self._idle.stop()
        else:
            self._idle.start()
        if sheet is not Sheet.HISTORY:
            self.history.forget()
        if sheet is not self.open:
            self.open = sheet
            self.changed.emit()


def _asks(old: Session, new: Session) -> bool:
    """The kiosk wants to know whether anyone is there, or was answered: what it says then is not to be hidden."""
    return new.phase is not old.phase and (new.phase is Phase.CHECKING or old.phase is Phase.NOTICE)


def _goes_on(old: Session, new: Session) -> bool:
    """The visitor speaks again, or the answer begins."""
    if (new.pressed and not old.pressed) or (new.phase is Phase.SPEAKING and old.phase is not Phase.SPEAKING):
        return True
    said = {turn.item_id for turn in old.transcript.turns if turn.role == "user"}
    return any(turn.item_id not in said for turn in new.transcript.turns[-2:] if turn.role == "user")
