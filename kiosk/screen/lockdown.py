"""What the full-screen window lets through and what not: the staff corner, keys, closing, and how it comes back.

Below all of QML, so that a screen that went wrong locks nobody in. What a window manager or a desktop keeps for itself
(Super, Alt+Tab, a lock screen, blanking) no program can take from it: the kiosk session around it has to be set so.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEventPoint, QGuiApplication, QScreen
from PySide6.QtQuick import QQuickView

from kiosk.settings.schema import Corner

log = logging.getLogger(__name__)

KNOCK_WITHIN_S = 4.0
CORNER_MM = 25.0
CORNER_SHARE = 0.2  # of the shorter side, where 25 mm would be much of a small glass
LOOK_MS = 300  # between two looks at whether the window is where it belongs

PRESSES = frozenset({QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.MouseButtonPress})
KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})
NEVER = frozenset(
    {
        QEvent.Type.NativeGesture,
        QEvent.Type.ContextMenu,
        QEvent.Type.DragEnter,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.Wheel,
    }
)
MOUSE = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick})


class Knock:
    """Taps in a corner, counted. A tap anywhere else, or too slow a rhythm, begins anew."""

    def __init__(self, corner: Corner, taps: int, *, leftwards: bool = False) -> None:
        """`leftwards`: the site's own language is read from right to left, so that it starts on the right."""
        self._at_top = corner in {Corner.TOP_START, Corner.TOP_END}
        self._at_left = (corner in {Corner.TOP_START, Corner.BOTTOM_START}) is not leftwards
        self._times: deque[float] = deque(maxlen=taps)

    def tap(self, x: float, y: float, *, width: float, height: float, mm: float, now: float) -> bool:
        """Whether this was the last of them. Pixels; `mm`: pixels for a millimetre."""
        side = min(CORNER_MM * mm, CORNER_SHARE * min(width, height))
        across, down = (x if self._at_left else width - x), (y if self._at_top else height - y)
        if not (across <= side and down <= side):
            self._times.clear()
            return False
        self._times.append(now)
        if len(self._times) < (self._times.maxlen or 0) or now - self._times[0] > KNOCK_WITHIN_S:
            return False
        self._times.clear()
        return True


class Lockdown(QObject):
    """Watches one window from the moment it is made. GUI thread.

    on_knock   the staff corner was tapped as often as the settings say
    on_key     a key went down (Qt's key code, its text); no key has any other effect
    on_closed  the window was closed from outside; never told where it is `full`, which cannot be closed
    repairs    how often it had to be put back
    """

    def __init__(self, quick: QQuickView, knock: Knock, mm: Callable[[], float], *, full: bool) -> None:
        super().__init__(quick)
        self.on_knock: Callable[[], None] = lambda: None
        self.on_key: Callable[[int, str], None] = lambda key, text: None
        self.on_closed: Callable[[], None] = lambda: None
        self.repairs = 0
        self._quick = quick
        self._knock = knock
        self._mm = mm
        self._full = full
        self._home = quick.screen().name()
        self._away = False
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._watch)
        quick.installEventFilter(self)

    def begin(self) -> None:
        """The window was shown: from now on it stays."""
        if self._full:
            self._look.start()

    def end(self) -> None:
        """The program itself closes the window."""
        self._look.stop()
        self._full = False
        self.on_closed = lambda: None

    # --- what comes from outside ------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if kind in KEYS:
            if kind is QEvent.Type.KeyPress:
                self.on_key(event.key(), event.text())  # type: ignore[attr-defined]
            event.accept()
            return True
        if kind in PRESSES:
            for at in _pressed(event):
                size = {"width": float(self._quick.width()), "height": float(self._quick.height())}
                if self._knock.tap(at.x(), at.y(), **size, mm=self._mm(), now=time.monotonic()):
                    self.on_knock()
                    return True
        if kind is QEvent.Type.Close:
            return self._refuse_close(event)
        return kind in NEVER or (kind in MOUSE and event.button() is not Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]

    def _refuse_close(self, event: QEvent) -> bool:
        if not self._full:
            self.on_closed()
            return False
        log.warning("something outside wanted to close the window; it stays")
        event.ignore()
        return True

    # --- where the window belongs -----------------------------------------------------------------------------------

    def _screen(self) -> QScreen:
        """The one it was opened on; while that is unplugged, the system's first."""
        home = next((screen for screen in QGuiApplication.screens() if screen.name() == self._home), None)
        return home or QGuiApplication.primaryScreen()

    def _amiss(self) -> str:
        """What is wrong with the window's place; empty when nothing is."""
        quick, screen = self._quick, self._screen()
        if quick.windowStates() & Qt.WindowState.WindowMinimized:
            return "minimised"
        if not quick.isVisible() or not quick.isExposed():
            return "hidden"
        if quick.screen() is not screen and quick.screen().name() != screen.name():
            return "on another screen"
        if not quick.windowStates() & Qt.WindowState.WindowFullScreen or quick.geometry() != screen.geometry():
            return "not filling the screen"
        if not quick.isActive():
            return "behind another window"
        return ""

    def _watch(self) -> None:
        amiss = self._amiss()
        if amiss:
            if not self._away:  # once for each time it goes, however many looks it takes to come back
                self.repairs += 1
                log.warning("the window was %s: it is put back", amiss)
            self._put_back()
        self._away = bool(amiss)

    def _put_back(self) -> None:
        quick, screen = self._quick, self._screen()
        if quick.screen().name() != screen.name():
            quick.setScreen(screen)
        if quick.windowStates() & Qt.WindowState.WindowFullScreen and quick.geometry() != screen.geometry():
            quick.setWindowStates(Qt.WindowState.WindowNoState)  # else showing it full-screen would change nothing
        if quick.isVisible() and not quick.isExposed():
            quick.hide()  # somebody took it off the screen behind Qt's back, which would not show it a second time
        quick.setGeometry(screen.geometry())
        quick.showFullScreen()
        quick.raise_()
        quick.requestActivate()


def _pressed(event: Any) -> list[Any]:
    """Where fingers or the mouse went down with this event; a mouse that Qt makes of a touch is not a second tap."""
    if event.type() is QEvent.Type.MouseButtonPress:
        real = event.source() is Qt.MouseEventSource.MouseEventNotSynthesized
        return [event.position()] if real else []
    return [point.position() for point in event.points() if point.state() is QEventPoint.State.Pressed]
