"""What moves where there is a GPU, and what stands still where a site asks for calm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem, QQuickView
from PySide6.QtTest import QTest
from recording import Recording

from kiosk.core.legible import pixels_per_mm, sizes
from kiosk.core.ports import MicrophoneFigures, Uplink
from kiosk.core.session import Phase, Session
from kiosk.screen import theme as themes
from kiosk.screen.gallery.poses import poses
from kiosk.screen.gallery.studio import PORTRAIT, Stillness
from kiosk.screen.tongue import Tongues
from kiosk.screen.view import View
from kiosk.screen.window import QML, load_fonts
from kiosk.settings.schema import Settings

LISTENING = Session(phase=Phase.LISTENING, visit=1, consented=True, linked=True, uplink=Uplink.GATED)


class Stage:
    """The window's own QML with a view of one's own."""

    def __init__(self, *, simple: bool, reduced: bool) -> None:
        load_fonts()
        self.still = Stillness()
        self.view = View(
            Session(),
            hands=Recording(),
            microphone=self.still,
            speaker=self.still,
            words=Tongues(Settings()).words_in,
            theme=themes.load("harbour-dark"),
            reduced=reduced,
            simple=simple,
        )
        wide, high = PORTRAIT.width, PORTRAIT.height
        self.view.set_sizes(sizes(wide, high, pixels_per_mm(wide, high, PORTRAIT.diagonal_in * 25.4)))
        self.quick = QQuickView()
        self.view.setParent(self.quick)
        self.quick.resize(wide, high)
        self.quick.setInitialProperties({"view": self.view})
        self.quick.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.quick.setSource(QUrl.fromLocalFile(str(QML)))
        self.quick.show()

    def close(self) -> None:
        self.view.rest()
        self.quick.close()
        self.quick.setSource(QUrl())
        self.quick.deleteLater()
        QGuiApplication.processEvents()

    def bar(self) -> QQuickItem:
        found = self.quick.rootObject().findChild(QQuickItem, "level")
        assert found is not None
        return found


@pytest.fixture
def moving(application: QGuiApplication) -> Iterator[Stage]:
    stage = Stage(simple=False, reduced=False)
    yield stage
    stage.close()


@pytest.fixture
def calm(application: QGuiApplication) -> Iterator[Stage]:
    stage = Stage(simple=False, reduced=True)
    yield stage
    stage.close()


def test_every_state_fades_into_the_next_without_a_complaint(moving: Stage) -> None:
    for language in ("en", "ar"):
        for pose in poses(language):
            moving.still.played_ms = pose.played_ms
            moving.view.renew(pose.session)
            QTest.qWait(15)  # the next comes before the fade is over, as in life
    moving.view.renew(LISTENING)
    QTest.qWait(400)
    assert moving.view.moving


def test_where_calm_is_wanted_a_bar_is_all_that_moves(calm: Stage) -> None:
    calm.still.figures = MicrophoneFigures(level_dbfs=-40.0, floor_dbfs=-62.0)
    calm.view.renew(LISTENING)
    calm.view.tick()
    assert not calm.view.moving
    quiet = calm.bar().width()
    assert calm.bar().isVisible()
    calm.still.figures = MicrophoneFigures(level_dbfs=-34.0, floor_dbfs=-62.0)
    calm.view.tick()
    assert calm.bar().width() > quiet
    calm.view.renew(replace(LISTENING, uplink=Uplink.CLOSED))
    calm.view.tick()
    assert not calm.bar().isVisible()
