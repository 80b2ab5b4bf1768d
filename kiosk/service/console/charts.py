"""The geometry of charts; pure. Across in percent, so that a chart fits any window; down in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HIGH = 150  # px of the plot
LABELS = 8  # below it, at most
GAP = 0.22  # of a column's place


@dataclass(frozen=True, slots=True)
class Column:
    """`label`: below it, where there is room. `name`: always told."""

    x: float
    width: float
    y: float
    height: float
    name: str
    label: str
    value: int

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True, slots=True)
class Columns:
    """`grid`: heights with their values."""

    columns: tuple[Column, ...]
    grid: tuple[tuple[float, int], ...]
    high: int = HIGH


def columns(rows: Sequence[tuple[str, int]], shorten: bool = False) -> Columns:
    """`rows`: name and value, none below 0. `shorten`: names are days, of which the year is told once."""
    most = ceiling(max((value for _, value in rows), default=0))
    place = 100 / max(1, len(rows))
    every = math.ceil(len(rows) / LABELS)
    made = []
    for number, (name, value) in enumerate(rows):
        height = round(value / most * HIGH, 1)
        label = (name[5:] if shorten else name) if number % every == 0 else ""
        x, width = round(place * (number + GAP / 2), 2), round(place * (1 - GAP), 2)
        made.append(Column(x, width, round(HIGH - height, 1), height, name, label, value))
    lines = sorted({0, most // 2, most})
    return Columns(tuple(made), tuple((round(HIGH - line / most * HIGH, 1), line) for line in lines))


def ceiling(value: int) -> int:
    """A round even number that is not below: 2, 4, 6, 8, 10, 20, 40 and so on."""
    if value <= 10:
        return max(2, value + value % 2)
    step = int(10 ** (len(str(value)) - 2))
    return next(step * factor for factor in (10, 12, 16, 20, 30, 40, 50, 60, 80, 100) if step * factor >= value)


def share(value: float, most: float) -> float:
    """Percent of the longest bar."""
    return round(100 * value / most, 2) if most > 0 else 0.0
