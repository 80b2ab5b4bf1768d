"""The window by itself, full-screen on a display: tells on standard output how it stands, whenever that changes.

With the word `other`: any other program's window, which takes the screen.
"""

from __future__ import annotations

import json
import sys

from desk import Desk
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QWindow
from recording import Recording

from kiosk.core.session import Phase, Session
from kiosk.screen.gallery.studio import Stillness
from kiosk.screen.window import Window
from kiosk.settings.schema import Settings

LOOK_MS = 20


def locked(application: QGuiApplication) -> None:
    hands = Recording()
    window = Window(Settings(), hands, Stillness(), Stillness(), windowed=False, staff=Desk())
    window.changed(Session(), Session(phase=Phase.ATTRACT))
    window.on_closed = lambda: say({"event": "closed"})
    window.show()
    told: dict[str, object] = {}

    def look() -> None:
        nonlocal told
        quick = window.quick
        place, whole = quick.geometry(), quick.screen().geometry()
        now: dict[str, object] = {
            "event": "window",
            "id": int(quick.winId()),
            "visible": quick.isVisible(),
            "active": quick.isActive(),
            "fills": place == whole and window.first_frame_at is not None,
            "repairs": window.lockdown.repairs,
            "stage": window.staff.stage,
            "calls": len(hands.calls),
        }
        if now != told:
            told = now
            say(now)

    timer = QTimer(application)
    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    application.exec()


def other(application: QGuiApplication) -> None:
    window = QWindow()
    window.showFullScreen()
    window.requestActivate()
    window.activeChanged.connect(lambda: say({"event": "other", "active": window.isActive()}))
    application.exec()


def say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    qt = QGuiApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    (other if "other" in sys.argv else locked)(qt)
