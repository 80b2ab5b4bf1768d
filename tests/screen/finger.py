"""A finger before the glass."""

from __future__ import annotations

from conftest import Glass
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest


class Finger:
    """A touch, through Qt's own delivery."""

    device: QPointingDevice | None = None

    def __init__(self, glass: Glass, number: int = 0) -> None:
        Finger.device = Finger.device or QTest.createTouchDevice()
        self._window, self._number = glass.window.quick, number

    def press(self, at: QPoint) -> None:
        QTest.touchEvent(self._window, self.device).press(self._number, at, self._window).commit()

    def move(self, at: QPoint) -> None:
        QTest.touchEvent(self._window, self.device).move(self._number, at, self._window).commit()

    def release(self, at: QPoint) -> None:
        QTest.touchEvent(self._window, self.device).release(self._number, at, self._window).commit()

    def tap(self, at: QPoint) -> None:
        self.press(at)
        self.release(at)

    def drag(self, begin: QPoint, end: QPoint, steps: int = 8) -> None:
        self.press(begin)
        for step in range(1, steps + 1):
            self.move(begin + (end - begin) * step / steps)
            QTest.qWait(12)
        self.release(end)
