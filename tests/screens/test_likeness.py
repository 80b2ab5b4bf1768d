"""The number that compares pictures tells a fault from the noise of font rendering."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from likeness import UNLIKE, difference, kept, side_by_side, small
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem

from kiosk.screen.gallery.geometry import look
from kiosk.screen.gallery.poses import pose
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, Studio
from kiosk.settings.schema import Settings


@pytest.fixture(scope="session", autouse=True)
def application() -> QGuiApplication:
    """It outlives the studios, as it outlives the windows of a kiosk."""
    found = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(found, QGuiApplication)
    return found


@pytest.fixture(scope="module", params=[PORTRAIT, LANDSCAPE], ids=lambda shape: shape.name)
def studio(request: pytest.FixtureRequest) -> Iterator[Studio]:
    made = Studio(request.param, Settings())
    yield made
    made.close()


def picture(studio: Studio) -> QImage:
    QGuiApplication.processEvents()
    return small(studio.image())


def unlikeness(one: QImage, other: QImage) -> float:
    return float(difference(one, other).max())


def named(studio: Studio, name: str) -> QQuickItem:
    standing = look(studio.window)
    return next(thing.item for thing in (*standing.controls, *standing.texts) if thing.name.startswith(name))


def test_a_state_drawn_again_and_kept_is_alike(studio: Studio) -> None:
    drawn = []
    for name in ("ready", "speaking", "ready"):
        studio.pose(pose(name))
        drawn.append(picture(studio))
    assert unlikeness(drawn[0], drawn[2]) < UNLIKE / 3
    assert unlikeness(drawn[0], small(kept(drawn[0]))) < UNLIKE / 2
    assert unlikeness(drawn[0], drawn[1]) > 10 * UNLIKE


def test_other_hinting_of_the_fonts_is_noise(studio: Studio) -> None:
    studio.pose(pose("ready"))
    usual = picture(studio)
    before = [(thing.item, QFont(thing.item.property("font"))) for thing in look(studio.window).texts]
    for item, font in before:
        unhinted = QFont(font)
        unhinted.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        item.setProperty("font", unhinted)
    assert 0 < unlikeness(usual, picture(studio)) < UNLIKE
    for item, font in before:
        item.setProperty("font", font)


@pytest.mark.parametrize(
    ("item", "name", "value"),
    [
        ("Talk", "x", 8.0),  # added to what it was: 2 to 3 mm
        ("Mute", "text", "M te"),
        ("Finish", "text", "Fini h"),
        ("Hello", "text", "Hel o."),
        ("Ready", "color", QColor("#DE7A5E")),
    ],
)
def test_a_fault_is_no_noise(studio: Studio, item: str, name: str, value: object) -> None:
    studio.pose(pose("ready"))
    right = picture(studio)
    changed = named(studio, item)
    if name == "text":
        changed = next(thing.item for thing in look(studio.window).texts if thing.name.startswith(item))
    before = changed.property(name)
    changed.setProperty(name, before + value if isinstance(value, float) else value)
    wrong = picture(studio)
    changed.setProperty(name, before)
    assert unlikeness(right, wrong) > UNLIKE


def test_the_difference_can_be_looked_at() -> None:
    black, spotted = QImage(360, 640, QImage.Format.Format_RGB32), QImage(360, 640, QImage.Format.Format_RGB32)
    black.fill(0)
    spotted.fill(0)
    for x in range(80, 96):
        for y in range(160, 176):
            spotted.setPixelColor(x, y, QColor("white"))
    shown = side_by_side(black, spotted)
    assert (shown.width(), shown.height()) == (1080, 640)
    assert [shown.pixelColor(x, 168).lightness() for x in (88, 360 + 88, 720 + 88, 720 + 200)] == [0, 255, 255, 0]
