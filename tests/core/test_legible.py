"""Sizes of the look and of the rules, in numbers."""

from __future__ import annotations

import pytest

from kiosk.core import legible
from kiosk.core.legible import MM_PER_INCH, Role, Sizes, contrast, pixels_per_mm, sizes


def of_screen(width: int, height: int, diagonal_in: float, distance_mm: float = 0.0) -> Sizes:
    return sizes(width, height, pixels_per_mm(width, height, diagonal_in * MM_PER_INCH), distance_mm)


PORTRAIT = {"hello": 97, "caption": 66, "large": 103, "state": 47, "button": 44, "body": 41, "label": 28}
LANDSCAPE = {"hello": 88, "caption": 60, "large": 93, "state": 42, "button": 40, "body": 37, "label": 26}


@pytest.mark.parametrize(
    ("screen", "drawn", "disc", "pill"),
    [((1080, 1920, 21.5), PORTRAIT, 105, 153), ((1920, 1080, 32.0), LANDSCAPE, 98, 119)],
)
def test_the_drawn_screens_have_the_drawn_sizes(
    screen: tuple[int, int, float], drawn: dict[str, int], disc: int, pill: int
) -> None:
    found = of_screen(*screen)
    assert {name: found.type[Role(name)] for name in drawn} == drawn
    assert (found.disc, found.pill, round(found.unit, 6)) == (disc, pill, 1.0)


def test_four_times_the_pixels_are_the_same_millimetres() -> None:
    small, large = of_screen(1080, 1920, 21.5), of_screen(2160, 3840, 21.5)
    assert large.unit == 2
    for role in Role:
        assert abs(large.type[role] - 2 * small.type[role]) <= 1


SCREENS = [(1080, 1920, 21.5), (1920, 1080, 32.0), (1920, 1080, 43.0), (1024, 600, 10.1), (800, 1280, 10.1)]


@pytest.mark.parametrize("screen", [*SCREENS, (3840, 2160, 55.0)])
def test_nothing_falls_below_the_floors(screen: tuple[int, int, float]) -> None:
    found = of_screen(*screen)
    assert min(found.type.values()) * legible.CAP_SHARE / found.mm >= legible.SMALLEST_CAPITAL_MM - 0.1
    assert min(found.disc, found.chip) / found.mm >= legible.SMALLEST_TARGET_MM - 0.1
    assert found.pill / found.mm >= legible.SMALLEST_MAIN_MM - 0.1


def test_large_captions_reach_their_angle_at_the_drawn_distance() -> None:
    for width, height, diagonal in SCREENS[:2]:
        found = of_screen(width, height, diagonal)
        distance = legible.READING_MM[found.portrait]
        assert legible.capital_degrees(found.type[Role.LARGE], found.mm, distance) >= legible.LARGE_DEGREES


def test_a_visitor_further_off_gets_larger_type_until_the_drawing_is_full() -> None:
    near, far = of_screen(1920, 1080, 43.0, 600), of_screen(1920, 1080, 43.0, 1500)
    assert near.type[Role.CAPTION] < far.type[Role.CAPTION] == LANDSCAPE["caption"]


@pytest.mark.parametrize(
    ("text", "ratio"),
    [("#F4F7FA", 17.8), ("#A9B4C0", 9.1), ("#4CC9F0", 9.9), ("#B79CFF", 8.4), ("#5EE6A8", 12.2), ("#FFC857", 12.4)],
)
def test_contrast_on_the_dark_ground(text: str, ratio: float) -> None:
    assert contrast(text, "#0B1016") == pytest.approx(ratio, abs=0.1)


def test_contrast_has_its_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("text", ["", "red", "#12345", "#1234567", "#12345g", "123456"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself is the message
        legible.read_colour(text)
