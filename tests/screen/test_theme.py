"""Themes are legible, or they are refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from kiosk.core.fault import ExitCode, Fault
from kiosk.screen import theme
from kiosk.settings.places import assets

SHIPPED = sorted(path.stem for path in (assets() / "themes").glob("*.toml"))
DARK = (assets() / "themes" / "harbour-dark.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_theme_is_legible(name: str) -> None:
    assert theme.load(name).name == name


def test_the_shipped_ones_are_the_three() -> None:
    assert SHIPPED == ["harbour-dark", "harbour-light", "high-contrast"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('text = "#F4F7FA"', 'text = "#333333"', ["text #333333 on ground #0B1016", "1.5", "7:1", "changed"]),
        ('line = "#627080"', 'line = "#202830"', ["line #202830", "3:1"]),
        ('listening = "#4CC9F0"', 'listening = "#0B2030"', ["hue.listening #0B2030", "4.5:1"]),
        ('brand = "#F3B08A"', 'brand = "apricot"', ["colour.brand", "'apricot'", "cannot be read"]),
        ('muted = "#A9B4C0"\n', "", ["colour.muted is missing"]),
        ("[hue]", "[hues]", ["the key hues is unknown", "hue?"]),
        ("[hue]\n", "[colour.more]\n", ["colour.more is unknown"]),
        ('brand = "', 'brnad = "', ["the key colour.brnad is unknown", "colour.brand?"]),
        ("light = false", 'light = "no"', ["light = 'no'", "neither true nor false"]),
        ('text = "#F4F7FA"', "text = 7", ["colour.text = '7'", "cannot be read"]),
        ("light = false", "mark = 3", ["mark in the theme is not the name of a file"]),
        ('sky = ["#0B1016", ', "sky = [", ["picture.sky", "four colours"]),
        ("light = false", "light = ", ["not valid TOML"]),
    ],
)
def test_a_theme_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    assert old in DARK
    path = tmp_path / "changed.toml"
    path.write_text(DARK.replace(old, new), encoding="utf-8")
    with pytest.raises(Fault) as fault:
        theme.load(str(path))
    assert fault.value.code is ExitCode.SETTINGS
    for part in said:
        assert part.casefold() in fault.value.sentence.casefold()


def test_a_missing_theme_names_those_that_exist() -> None:
    with pytest.raises(Fault, match="harbour-dark, harbour-light, high-contrast"):
        theme.load("harbor-dark")


# --- a house's own pictures -----------------------------------------------------------------------------------------

SHIP = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="{0}" height="{0}" fill="{1}"/></svg>'
)


def house(folder: Path, *, mark: str = "", attract: str = "") -> Path:
    """A theme file that names its pictures, as a site would write it."""
    lines = [f'{key} = "{value}"' for key, value in (("mark", mark), ("attract", attract)) if value]
    path = folder / "house.toml"
    path.write_text("\n".join([*lines, DARK]), encoding="utf-8")
    return path


def test_a_house_names_its_pictures_beside_its_theme(tmp_path: Path) -> None:
    (tmp_path / "ship.svg").write_text(SHIP.format(64, "#F3B08A"), encoding="utf-8")
    image = QImage(320, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#224466"))
    assert image.save(str(tmp_path / "lobby.png"))
    found = theme.load(str(house(tmp_path, mark="ship.svg", attract="lobby.png")))
    assert (found.mark, found.attract) == (tmp_path / "ship.svg", tmp_path / "lobby.png")


def test_the_shipped_themes_name_none() -> None:
    assert {theme.load(name).mark for name in SHIPPED} == {None}


@pytest.mark.parametrize(
    ("key", "name", "content", "said"),
    [
        ("mark", "ship.svg", None, ["the house's mark cannot be read", "No such file", "correct mark in house.toml"]),
        ("attract", "lobby.jpg", None, ["the picture of the first screen cannot be read", "No such file"]),
        ("mark", "ship.svg", b"<svg", ["the house's mark is broken"]),
        ("mark", "ship.png", b"no picture", ["the house's mark is broken"]),
        ("mark", "ship.png", b"", ["the house's mark is broken"]),
        ("attract", "lobby.png", b"\x89PNG\r\n\x1a\n", ["the picture of the first screen is broken"]),
        ("mark", "ship.bmp", b"BM", ["is not one of .svg, .png"]),
        ("mark", "ship.png", b"\0" * 2_100_000, ["has 2.1 MB, and 2 MB are the most"]),
        ("mark", "ship.svg", SHIP.format(5000, "#FFFFFF").encode(), ["5000 x 5000 pixels, and 2048 a side"]),
        ("mark", "ship.svg", SHIP.format(64, "#101820").encode(), ["only 0% of the house's mark", "light version"]),
        ("mark", "ship.svg", SHIP.format(64, "none").encode(), ["transparent all over"]),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused(
    tmp_path: Path, key: str, name: str, content: bytes | None, said: list[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Fault) as fault:
        theme.load(str(house(tmp_path, **{key: name})))
    assert fault.value.code is ExitCode.SETTINGS
    for part in said:
        assert part.casefold() in fault.value.sentence.casefold()
