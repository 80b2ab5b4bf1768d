"""The staff layer fits every glass in every language: nothing leaves it, no key is too small or too near to another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from desk import Desk
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core.session import Phase, Session
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SMALL, Shape, Stillness
from kiosk.screen.window import Window
from kiosk.settings.schema import Screen, Settings, Site

TARGET_MM, APART_MM = 12.0, 5.0


@pytest.fixture(params=[PORTRAIT, LANDSCAPE, SMALL], ids=lambda shape: shape.name)
def shape(request: pytest.FixtureRequest) -> Shape:
    found: Shape = request.param
    return found


@pytest.fixture(params=["en", "de", "ar"])
def window(request: pytest.FixtureRequest, application: QGuiApplication, shape: Shape) -> Iterator[Window]:
    site = Settings(screen=Screen(diagonal_in=shape.diagonal_in), site=Site(language=request.param))
    still, size = Stillness(), (shape.width, shape.height)
    made = Window(site, still, still, still, windowed=False, staff=Desk(), size=size)
    made.quick.show()
    yield made
    made.close()
    QGuiApplication.processEvents()


def place(item: QQuickItem) -> QRectF:
    return QRectF(item.mapToScene(QPointF(0, 0)), item.mapToScene(QPointF(item.width(), item.height()))).normalized()


def shown(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible():
            yield child
            yield from shown(child)


def apart(a: QRectF, b: QRectF) -> float:
    across = max(a.left() - b.right(), b.left() - a.right())
    down = max(a.top() - b.bottom(), b.top() - a.bottom())
    return max(across, down)


def judge(window: Window, *, whole: bool) -> list[str]:
    """What is wrong with what stands on the layer. `whole`: no text may end in dots."""
    QTest.qWait(30)
    window.quick.grabWindow()
    mm, glass = window._mm, QRectF(0, 0, window.quick.width(), window.quick.height())
    items = list(shown(window._layer))
    targets = {i.objectName(): place(i) for i in items if i.objectName().startswith(("pin-", "staff-"))}
    wrong = [f"{name} leaves the glass" for name, at in targets.items() if not glass.contains(at)]
    wrong += [
        f"{name} is {min(at.width(), at.height()) / mm:.1f} mm"
        for name, at in targets.items()
        if min(at.width(), at.height()) < TARGET_MM * mm - 1
    ]
    wrong += [
        f"{a} and {b} are {apart(targets[a], targets[b]) / mm:.1f} mm apart"
        for a, b in combinations(targets, 2)
        if apart(targets[a], targets[b]) < APART_MM * mm - 1
    ]
    for item in items:
        text = str(item.property("text") or "")
        if text and not glass.adjusted(-1, -1, 1, 1).contains(place(item)):
            wrong.append(f"{text!r} leaves the glass")
        if text and whole and item.property("truncated"):
            wrong.append(f"{text!r} ends in dots")
    assert len(targets) >= 5, targets
    return wrong


def test_the_pad_fits(window: Window) -> None:
    window.changed(Session(), Session(phase=Phase.ATTRACT))
    window.staff.knock()
    for _ in range(12):
        window.staff.digit("7")
    assert judge(window, whole=True) == []


def test_the_longest_sentences_of_the_pad_fit(window: Window) -> None:
    window.changed(Session(), Session(phase=Phase.SETUP))
    QTest.qWait(30)
    assert judge(window, whole=True) == []
    for digit in "1234":
        window.staff.digit(digit)
    window.staff.enter()
    assert judge(window, whole=True) == []


def test_the_panel_fits(window: Window) -> None:
    window.changed(Session(), Session(phase=Phase.STAFF))
    desk = window.staff._staff
    assert isinstance(desk, Desk)
    desk.checks = desk.checks[:1]
    desk.facts = lambda: (  # type: ignore[method-assign]
        ("device", "lobby-north"), ("version", "0.3.0"), ("uptime", "1234 h 59 min"), ("visits", "12345"),
        ("agent_reached", "14:05"), ("settings_file", "site.toml"), ("repairs", "12"),
    )  # fmt: skip
    desk.locked = False
    window.staff.knock()
    desk.locked = True
    window.staff.stage_changed.emit()
    window.changed(Session(), Session(phase=Phase.STAFF))
    assert judge(window, whole=True) == []
