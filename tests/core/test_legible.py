"""Sizes of the look and of the rules, in numbers."""

from __future__ import annotations

import pytest

from kiosk.core import legible
from kiosk.core.legible import MM_PER_INCH, Box, Role, Sizes, contrast, pixels_per_mm, sizes


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
    assert min(found.type.values()) * legible.CAP_SHARE / found.mm >= legible.SMALLEST_CAPITAL_MM
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


def test_a_small_glass_is_read_from_nearer_and_a_declared_distance_counts() -> None:
    drawn, small = of_screen(1080, 1920, 21.5), of_screen(1024, 600, 10.1)
    assert legible.reading_mm(drawn) == pytest.approx(600, abs=1)
    assert legible.reading_mm(small) == legible.ARM_MM
    assert legible.reading_mm(small, 900) == 900


MM = 4.0  # pixels


@pytest.mark.parametrize(
    ("width_mm", "height_mm", "main", "small"),
    [(12, 12, False, False), (11, 30, False, True), (30, 11, False, True), (20, 20, True, False), (19, 40, True, True)],
)
def test_small_targets(width_mm: float, height_mm: float, main: bool, small: bool) -> None:
    assert legible.too_small(Box(8, 8, 8 + width_mm * MM, 8 + height_mm * MM), MM, main=main) is small


@pytest.mark.parametrize(
    ("left_mm", "top_mm", "keys", "near"),
    [
        (15, 0, False, False), (14, 0, False, True), (0, 15, False, False), (5, 5, False, True),
        (13.3, 13.3, False, True), (13.6, 13.6, False, False),  # corner to corner counts along the diagonal
        (11.5, 0, True, False), (10.5, 0, True, True),
    ],
)  # fmt: skip
def test_near_targets(left_mm: float, top_mm: float, keys: bool, near: bool) -> None:
    one = Box(0, 0, 10 * MM, 10 * MM)
    other = Box(left_mm * MM, top_mm * MM, (left_mm + 10) * MM, (top_mm + 10) * MM)
    assert legible.too_near(one, other, MM, keys=keys) is legible.too_near(other, one, MM, keys=keys) is near


@pytest.mark.parametrize(
    ("middle_mm", "bottom_mm", "said"),
    [(400, 800, ""), (500, 800, "too high"), (20, 350, "too low"), (40, 350, ""), (0, 380, ""), (420, 800, "")],
)
def test_reach(middle_mm: float, bottom_mm: float, said: str) -> None:
    """`middle_mm` above the lower edge of a glass 500 mm high."""
    y = (500 - middle_mm) * MM
    assert legible.out_of_reach(Box(0, y - 30, 100, y + 30), 500 * MM, MM, bottom_mm) == said


def test_boxes() -> None:
    glass, inside, beside = Box(0, 0, 100, 100), Box(0, 10, 100.9, 20), Box(90, 10, 110, 20)
    assert glass.holds(inside)
    assert not glass.holds(beside)
    assert glass.overlap(beside) == (10, 10)
    assert glass.apart(beside) == 0
    assert glass.apart(Box(103, 104, 120, 120)) == 5


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
