"""The square code that a visitor's phone reads (QR, ISO/IEC 18004), as a path that QML fills."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import segno

LONGEST = 300
"""Characters. What a phone still reads from a tile of 60 mm, at the distance of an arm: modules of 1 mm."""


@dataclass(frozen=True, slots=True)
class Code:
    """
    path    of the dark modules, each 1 by 1, in the syntax of SVG; empty where there is nothing to show
    size    modules on a side, without the quiet ones around
    """

    path: str = ""
    size: int = 0


@lru_cache(maxsize=8)
def code_of(text: str) -> Code:
    """15 % of it may be hidden, by a reflection for one. What is empty or too long has none."""
    if not 0 < len(text) <= LONGEST:
        return Code()
    rows = segno.make_qr(text, error="m", boost_error=False).matrix
    return Code("".join(_runs(bytes(row), y) for y, row in enumerate(rows)), len(rows))


def _runs(row: bytes, y: int) -> str:
    path, x = "", 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            path += f"M{x} {y}h{length}v1h-{length}z"
        x += length
    return path
