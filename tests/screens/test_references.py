"""The face of the kiosk as it was last looked at and found right.

`pytest tests/screens --renew` draws the references anew. Look at them before they are committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from likeness import UNLIKE, difference, kept, side_by_side, small
from PySide6.QtGui import QGuiApplication, QImage

from kiosk.screen.gallery.draw import DARK, HIGH, LIGHT, Picture
from kiosk.screen.gallery.poses import pose
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SMALL, Shape, Studio
from kiosk.settings.schema import Screen, Settings

FOLDER = Path(__file__).parent / "reference"
MOST_BYTES = 2_000_000

ROWS: tuple[tuple[Shape, str, str, str], ...] = (
    (PORTRAIT, DARK, "en", "attract notice ready hearing thinking speaking speaking-large interrupted sound earlier"),
    (PORTRAIT, DARK, "en", "typing called stillthere offline nosound farewell outoforder pin staff"),
    (LANDSCAPE, DARK, "de", "attract notice hearing speaking typing stillthere farewell"),
    (PORTRAIT, DARK, "ar", "attract ready speaking typing"),
    (PORTRAIT, LIGHT, "en", "attract speaking farewell"),
    (LANDSCAPE, HIGH, "en", "listening speaking"),
    (SMALL, DARK, "en", "ready speaking typing"),
)
PICTURES = tuple(Picture(shape, theme, lang, name) for shape, theme, lang, names in ROWS for name in names.split())


@pytest.fixture(scope="module", autouse=True)
def application() -> QGuiApplication:
    found = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(found, QGuiApplication)
    return found


@pytest.fixture(scope="module")
def drawn(application: QGuiApplication) -> dict[str, QImage]:
    """Every picture that has a reference, as it is drawn now."""
    return dict(draw_all())


def draw_all() -> Iterator[tuple[str, QImage]]:
    for (shape, theme, language), pictures in groupby(PICTURES, key=lambda p: (p.shape, p.theme, p.language)):
        studio = Studio(shape, Settings(screen=Screen(theme=theme)), language)
        for picture in pictures:
            studio.pose(pose(picture.pose, language))
            yield picture.name, small(studio.image())
        studio.close()


@pytest.mark.parametrize("name", [picture.name for picture in PICTURES])
def test_it_looks_as_it_did(name: str, drawn: dict[str, QImage], tmp_path: Path, renew: bool) -> None:
    file = FOLDER / f"{name}.png"
    if renew:
        FOLDER.mkdir(exist_ok=True)
        assert kept(drawn[name]).save(str(file))
        return
    assert file.exists(), f"there is no reference {file.name}: look at the picture, and renew"
    reference = small(QImage(str(file)))
    unlike = float(difference(drawn[name], reference).max())
    if unlike > UNLIKE:
        shown = tmp_path / f"{name}.png"
        side_by_side(drawn[name], reference).save(str(shown))
        pytest.fail(f"{name} looks different ({unlike:.3f}, and {UNLIKE} is the most): see {shown}")


def test_every_reference_is_compared_and_they_are_small() -> None:
    files = list(FOLDER.glob("*.png"))
    assert {file.stem for file in files} == {picture.name for picture in PICTURES}
    assert sum(file.stat().st_size for file in files) < MOST_BYTES
