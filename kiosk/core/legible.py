"""How large and how clear things must be: millimetres to pixels, type and target sizes, contrast. Pure arithmetic.

The rules that a drawn screen is judged by stand here too: sizes, gaps and reach of controls. Lengths in pixels come
with `mm`, the pixels of a millimetre.

Numbers: the look was drawn for a 21.5-inch portrait screen (4.03 px/mm, read from 0.6 m) and a 32-inch landscape one
(2.71 px/mm, read from 0.81 m, so its type is 1.35 times as large). Floors: EN 301 549 8.3 / ADA 707.7.2 (capitals of
4.8 mm), WCAG 2.2 (contrast), 12 mm and 20 mm targets 5 mm apart, reach of 380 to 1220 mm (ADA 308).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

MM_PER_INCH = 25.4
READING_MM = {True: 600.0, False: 810.0}  # portrait, landscape: the distances that the look was drawn for
DRAWN = {True: (1080, 1920, 4.03), False: (1920, 1080, 2.71)}  # width, height, px/mm of the drawings
CAP_SHARE = 0.7  # capitals of the shipped typeface, of the em
SMALLEST_CAPITAL_MM = 4.8
LARGE_DEGREES = 0.7  # cap height of large captions at the viewing distance
SMALLEST_TARGET_MM = 12.0
SMALLEST_MAIN_MM = 20.0
SMALLEST_GAP_MM = 5.0
SMALLEST_KEY_GAP_MM = 1.2  # between the keys of a keyboard
REACH_MM = (380.0, 1220.0)  # above the floor: sitting or standing, an arm gets there
ARM_MM = 400.0  # nobody reads a touch screen from nearer
TEXT_CONTRAST, OUTLINE_CONTRAST = 4.5, 3.0  # WCAG 2.2: 1.4.3 and 1.4.11
ROUNDING_PX = 1.0  # sizes are whole pixels


class Role(StrEnum):
    """What a piece of text is for."""

    HELLO = "hello"
    CAPTION = "caption"
    LARGE = "large"
    STATE = "state"
    BUTTON = "button"
    BODY = "body"
    PLACE = "place"
    LABEL = "label"


TYPE_MM = {
    Role.HELLO: 24.0,
    Role.CAPTION: 16.4,
    Role.LARGE: 25.5,
    Role.STATE: 11.6,
    Role.BUTTON: 11.0,
    Role.BODY: 10.2,
    Role.PLACE: 8.6,
    Role.LABEL: 7.0,
}
DISC_MM = {True: 26.0, False: 36.0}
PILL_MM = {True: 38.0, False: 44.0}
CHIP_MM = 20.0
GAP_MM = {True: 7.0, False: 9.0}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels for one window.

    unit     pixels of the window for one pixel of the drawing; positions and the orb are multiples of it
    mm       pixels for a millimetre
    """

    portrait: bool
    unit: float
    mm: float
    type: dict[Role, int]
    disc: int
    pill: int
    chip: int
    gap: int


def pixels_per_mm(width: int, height: int, diagonal_mm: float) -> float:
    """Of a screen with square pixels."""
    return math.hypot(width, height) / diagonal_mm


def sizes(width: int, height: int, mm: float, distance_mm: float = 0.0) -> Sizes:
    """All sizes for a window of `width` x `height` pixels with `mm` pixels for a millimetre.

    Type follows the millimetres and the viewing distance, but never outgrows the drawing (the layout would break), and
    never falls below the smallest capital. `distance_mm` 0 is the distance that the drawing was made for.
    """
    portrait = height > width
    drawn_width, drawn_height, drawn_mm = DRAWN[portrait]
    unit = min(width / drawn_width, height / drawn_height)
    drawn_reach = READING_MM[portrait] / READING_MM[True]
    reach = max(1.0, (distance_mm or READING_MM[portrait]) / READING_MM[True])
    floor = SMALLEST_CAPITAL_MM / CAP_SHARE * mm

    def letters(millimetres: float) -> int:
        largest = millimetres * drawn_mm * drawn_reach * unit
        return math.ceil(max(min(millimetres * reach * mm, largest) - 0.5, floor))  # rounded, but never below the floor

    def target(millimetres: float, least_mm: float) -> int:
        return math.ceil(max(min(millimetres * mm, millimetres * drawn_mm * unit), least_mm * mm) - 0.5)

    return Sizes(
        portrait=portrait,
        unit=unit,
        mm=mm,
        type={role: letters(millimetres) for role, millimetres in TYPE_MM.items()},
        disc=target(DISC_MM[portrait], SMALLEST_TARGET_MM),
        pill=target(PILL_MM[portrait], SMALLEST_MAIN_MM),
        chip=target(CHIP_MM, SMALLEST_TARGET_MM),
        gap=target(GAP_MM[portrait], SMALLEST_GAP_MM),
    )


def capital_degrees(pixels: float, mm: float, distance_mm: float) -> float:
    """Visual angle of the capitals of a type of `pixels`, degrees."""
    return math.degrees(math.atan(pixels * CAP_SHARE / mm / distance_mm))


def reading_mm(glass: Sizes, distance_mm: float = 0.0) -> float:
    """From where a visitor reads: as declared, else as the drawing was meant, nearer before a small glass."""
    if distance_mm:
        return distance_mm
    drawn_mm = DRAWN[glass.portrait][2]
    return max(ARM_MM, READING_MM[glass.portrait] * min(1.0, glass.unit * drawn_mm / glass.mm))


class Box(NamedTuple):
    """Where something stands on the glass, pixels from its top left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def holds(self, other: Box) -> bool:
        """Whether the other lies within, but for a rounding."""
        slack = ROUNDING_PX
        return (
            other.left >= self.left - slack
            and other.top >= self.top - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def apart(self, other: Box) -> float:
        """The free way between the two; 0 where they touch or overlap."""
        across = max(self.left - other.right, other.left - self.right, 0.0)
        down = max(self.top - other.bottom, other.top - self.bottom, 0.0)
        return math.hypot(across, down)

    def overlap(self, other: Box) -> tuple[float, float]:
        """Width and height of what they share; a negative one is a gap."""
        return (
            min(self.right, other.right) - max(self.left, other.left),
            min(self.bottom, other.bottom) - max(self.top, other.top),
        )


def too_small(target: Box, mm: float, *, main: bool) -> bool:
    """Whether a finger may miss it."""
    least = (SMALLEST_MAIN_MM if main else SMALLEST_TARGET_MM) * mm
    return min(target.width, target.height) < least - ROUNDING_PX


def too_near(one: Box, other: Box, mm: float, *, keys: bool = False) -> bool:
    """Whether a finger may hit the wrong one of two. Between `keys` of a keyboard: a wrong letter costs one touch."""
    return one.apart(other) < (SMALLEST_KEY_GAP_MM if keys else SMALLEST_GAP_MM) * mm - ROUNDING_PX


def out_of_reach(target: Box, glass_height: float, mm: float, bottom_mm: float) -> str:
    """`too high` or `too low` for somebody who sits, or empty. `bottom_mm`: the glass's lower edge above the floor."""
    above = bottom_mm + (glass_height - target.middle[1]) / mm
    lowest, highest = REACH_MM
    return "too low" if above < lowest else "too high" if above > highest else ""


def read_colour(text: str) -> tuple[int, int, int]:
    """`#RRGGBB`. Raises `ValueError`."""
    digits = text.removeprefix("#")
    if len(digits) != 6 or not text.startswith("#") or not all(c in "0123456789abcdefABCDEF" for c in digits):
        raise ValueError(text)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


LIGHT_SHARES = (0.2126, 0.7152, 0.0722)  # of red, green and blue


def linear(channel: int) -> float:
    """Light of a colour channel of 0 to 255, from 0 to 1 (sRGB)."""
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance, 0 black to 1 white (WCAG 2.2)."""
    return sum(share * linear(c) for share, c in zip(LIGHT_SHARES, read_colour(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    return ratio(luminance(one), luminance(other))


def ratio(one: float, other: float) -> float:
    """Contrast of two luminances."""
    darker, lighter = sorted((one, other))
    return (lighter + 0.05) / (darker + 0.05)
