"""The screen of the machine from outside: what it shows, and fingers on it, at the places where the window draws its
controls on a portrait glass of 1080 x 1920. (The installed program has no pipe to be asked: it is locked.)"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from virtual import PORTRAIT

from kiosk.core.fault import Fault
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.picture import Pixels

KNOCKS = 7
_CORNER = (12, 12)
_PAD = {str(1 + 3 * row + column): (352 + 188 * column, 1126 + 188 * row) for row in range(3) for column in range(3)}
_PAD |= {"0": (540, 1689), "enter": (728, 1689)}
_PANEL = {
    "back": (540, 1358), "close": (300, 1488), "change": (780, 1488), "restart": (300, 1618), "machine": (780, 1618),
    "before": (300, 1748), "leave": (780, 1748), "leave, without a version before": (300, 1748),
}  # fmt: skip
_SETTLED_S = 1.2  # a sheet has moved in by then, also on a busy machine


class Glass:
    """`display` must be PORTRAIT and stand already."""

    def __init__(self, display: Display, out: Path) -> None:
        assert (display.width, display.height) == PORTRAIT
        self.display, self._out = display, out

    def picture(self, name: str) -> Pixels:
        """Kept as NAME.png. On a busy machine an X server may be late once."""
        for last in (False, False, True):
            try:
                return self.display.screenshot(self._out / f"{name}.png")
            except Fault:
                if last:
                    raise
        raise AssertionError

    # --- fingers ------------------------------------------------------------------------------------------------------

    def tap(self, x: float, y: float) -> None:
        self.display.touch.tap(x, y)
        time.sleep(0.1)

    def let_staff_in(self, pin: str) -> None:
        """The knock in the corner, the PIN: the panel stands afterwards."""
        for _ in range(KNOCKS):
            self.tap(*_CORNER)
        time.sleep(_SETTLED_S)
        for digit in (*pin, "enter"):
            self.tap(*_PAD[digit])
        time.sleep(_SETTLED_S)

    def staff(self, button: str) -> None:
        self.tap(*_PANEL[button])


def difference(one: Pixels, other: Pixels) -> float:
    """The share of pixels that are clearly another colour."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one.astype(np.int16) - other.astype(np.int16)).max(axis=2) > 24).mean())
