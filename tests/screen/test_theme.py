"""Themes are legible, or they are refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

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
        ("[hue]", "[hues]", ["hue.rest is missing"]),
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
        assert part in fault.value.sentence


def test_a_missing_theme_names_those_that_exist() -> None:
    with pytest.raises(Fault, match="harbour-dark, harbour-light, high-contrast"):
        theme.load("harbor-dark")
