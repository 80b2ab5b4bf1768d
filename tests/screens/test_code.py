"""What a phone would read off the screen: the drawn picture goes to a reader of such codes."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PySide6.QtGui import QGuiApplication, QImage

from kiosk.screen.code import LONGEST, code_of
from kiosk.screen.gallery.draw import DARK, LIGHT
from kiosk.screen.gallery.poses import ADDRESS, pose
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SMALL, Shape, Studio
from kiosk.settings.house import MUSEUM
from kiosk.settings.schema import Screen, Settings


@pytest.fixture(scope="module", autouse=True)
def application() -> QGuiApplication:
    found = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(found, QGuiApplication)
    return found


def read(image: QImage) -> list[str]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return [found.text for found in zxingcpp.read_barcodes(lines[:, : grey.width()])]


@pytest.mark.parametrize(
    ("shape", "theme", "name", "says"),
    [
        (PORTRAIT, DARK, "notice", [MUSEUM["en"].more_link]),
        (LANDSCAPE, LIGHT, "notice", [MUSEUM["en"].more_link]),
        (SMALL, DARK, "notice", []),  # the words take all the room there is
        (PORTRAIT, LIGHT, "answered-shown", [ADDRESS]),
        (LANDSCAPE, DARK, "answered-shown", [ADDRESS]),
        (SMALL, DARK, "answered-shown", [ADDRESS]),
        (PORTRAIT, DARK, "listening", []),
    ],
)
def test_a_phone_reads_what_the_house_or_the_agent_shows(shape: Shape, theme: str, name: str, says: list[str]) -> None:
    studio = Studio(shape, Settings(screen=Screen(theme=theme)), "en")
    try:
        studio.pose(pose(name, "en"))
        assert read(studio.image()) == says
    finally:
        studio.close()


def test_the_longest_address_still_has_a_code_and_a_longer_one_none() -> None:
    longest = "https://museum.example/".ljust(LONGEST, "x")
    code = code_of(longest)
    rows = np.full((code.size + 8, code.size + 8), 255, np.uint8)
    for run in code.path.split("M")[1:]:
        x, y = (int(number) + 4 for number in run.split("h")[0].split())
        rows[y, x : x + int(run.split("h")[1].split("v")[0])] = 0
    assert [found.text for found in zxingcpp.read_barcodes(np.kron(rows, np.ones((4, 4), np.uint8)))] == [longest]
    assert code_of(longest + "x").path == code_of("").path == ""
