"""A real window without a display; whatever Qt complains about fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest
from recording import Recording

from kiosk.core.ports import Staff
from kiosk.core.session import Session
from kiosk.screen.gallery.studio import PORTRAIT, Shape, Stillness
from kiosk.screen.window import Window
from kiosk.settings.schema import Screen, Settings


@pytest.fixture(autouse=True)
def complaints() -> Iterator[list[str]]:
    said: list[str] = []

    def hear(kind: QtMsgType, context: object, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and kind is not QtMsgType.QtInfoMsg:
            said.append(message)

    before = qInstallMessageHandler(hear)
    yield said
    QGuiApplication.processEvents()
    qInstallMessageHandler(before)
    assert said == []


@pytest.fixture(scope="session")
def application() -> QGuiApplication:
    found = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(found, QGuiApplication)
    return found


class Glass:
    """A window, the hands behind it, and a finger before it."""

    def __init__(self, shape: Shape, staff: Staff | None = None) -> None:
        self.hands = Recording()
        self.still = Stillness()
        settings = Settings(screen=Screen(diagonal_in=shape.diagonal_in))
        size = (shape.width, shape.height)
        self.window = Window(settings, self.hands, self.still, self.still, windowed=True, staff=staff, size=size)
        self.window.quick.setGeometry(0, 0, *size)
        self.session = Session()
        self.window.show()
        self.until(lambda: self.window.first_frame_at is not None)

    def show(self, session: Session) -> None:
        self.window.changed(self.session, session)
        self.session = session
        QTest.qWait(1)
        self.until(lambda: self.window.view._session is session)
        self.window.quick.grabWindow()  # rows place their controls when a frame is made, not before

    def until(self, ready: Callable[[], object], limit_ms: int = 3000) -> None:
        for _ in range(limit_ms // 10):
            if ready():
                return
            QTest.qWait(10)
        raise AssertionError("it did not come about")

    def item(self, name: str) -> QQuickItem:
        found = [item for item in self.all(self.window.quick.rootObject()) if item.objectName() == name]
        assert found, f"{name} is not on the screen"
        return found[0]

    def control(self, label: str) -> QQuickItem:
        """By the word on it."""
        for item in self.all(self.window.quick.rootObject()):
            control = item.property("control")
            if hasattr(control, "toVariant"):
                control = control.toVariant()
            named = item.property("label") or (control or {}).get("label")
            if named == label and item.property("down") is not None:
                return item
        raise AssertionError(f"no control {label!r} is on the screen")

    def all(self, item: QQuickItem) -> Iterator[QQuickItem]:
        for child in item.childItems():
            if child.isVisible():
                yield child
                yield from self.all(child)

    def texts(self) -> list[str]:
        found = (str(item.property("text") or "") for item in self.all(self.window.quick.rootObject()))
        return [text for text in found if text]

    def middle(self, item: QQuickItem) -> QPoint:
        return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()

    @property
    def calls(self) -> list[tuple[object, ...]]:
        return self.hands.calls


@pytest.fixture(scope="module")
def module_glass(application: QGuiApplication) -> Iterator[Glass]:
    """One window serves a module: making it costs more than all of its tests."""
    glass = Glass(PORTRAIT)
    yield glass
    glass.window.close()
    QGuiApplication.processEvents()


@pytest.fixture
def glass(module_glass: Glass) -> Glass:
    module_glass.show(Session())
    module_glass.hands.calls.clear()
    return module_glass
