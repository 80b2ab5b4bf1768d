"""Every state fits every glass: no text leaves its place, no control is too small or out of reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from kiosk.screen.screens import LANDSCAPE, PORTRAIT, SMALL, Shape, Studio, offences, pictures
from kiosk.settings.schema import Settings


@pytest.fixture(scope="module", params=[PORTRAIT, LANDSCAPE, SMALL], ids=lambda shape: shape.name)
def studio(application: QGuiApplication, request: pytest.FixtureRequest) -> Iterator[Studio]:
    shape: Shape = request.param
    made = Studio(shape, Settings())
    yield made
    made.close()


@pytest.mark.parametrize("name", [picture.name for picture in pictures()])
def test_a_state_fits(studio: Studio, name: str) -> None:
    studio.pose(next(picture for picture in pictures() if picture.name == name))
    assert offences(studio.window) == []


def test_the_geometry_check_can_fail(studio: Studio) -> None:
    studio.pose(next(picture for picture in pictures() if picture.name == "ready"))
    pill = next(item for item in studio.window.quick.rootObject().findChildren(QObject, "pill"))
    width, x = pill.property("width"), pill.property("x")
    pill.setProperty("width", 20)
    pill.setProperty("x", -4000)
    found = " ".join(offences(studio.window))
    pill.setProperty("width", width)
    pill.setProperty("x", x)
    assert "smaller than 20 mm" in found
    assert "leaves the screen" in found
