"""Looks at a part of an X display hundreds of times a second, to see when its pixels change."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

_Z_PIXMAP = 2
_ALL_PLANES = ctypes.c_ulong(-1)


class _Image(ctypes.Structure):
    """The beginning of Xlib's XImage."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("width", "height", "xoffset", "format")),
        ("data", ctypes.c_void_p),
        *((name, ctypes.c_int) for name in ("byte_order", "bitmap_unit", "bitmap_bit_order", "bitmap_pad", "depth")),
        *((name, ctypes.c_int) for name in ("bytes_per_line", "bits_per_pixel")),
    )


Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the display."""


class XWatch:
    """One connection to the X server; one thread. A look at 200 x 40 pixels takes some 0.2 ms."""

    def __init__(self, display: str) -> None:
        self._x11 = ctypes.CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x11.XGetImage.restype = ctypes.POINTER(_Image)
        self._x11.XFree.argtypes = (ctypes.c_void_p,)
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        assert self._display.value, f"no X server at {display}"
        self._root = ctypes.c_ulong(self._x11.XDefaultRootWindow(self._display))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x11.XCloseDisplay(self._display)

    def look(self, box: Box) -> bytes:
        image = self._x11.XGetImage(self._display, self._root, *box, _ALL_PLANES, _Z_PIXMAP)
        assert image, f"{box} is not on the display"
        seen = ctypes.string_at(image.contents.data, image.contents.bytes_per_line * image.contents.height)
        self._x11.XFree(image.contents.data)
        self._x11.XFree(ctypes.cast(image, ctypes.c_void_p))
        return seen

    def until_changed(self, box: Box, act: Callable[[], object], within_s: float = 2.0) -> float | None:
        """Seconds from just before `act` to the first look at changed pixels; None when they stay, or never rest."""
        if (before := self._at_rest(box)) is None:
            return None
        began = time.monotonic()
        act()
        while time.monotonic() - began < within_s:
            if self.look(box) != before:
                return time.monotonic() - began
        return None

    def _at_rest(self, box: Box, quiet_s: float = 0.25, within_s: float = 3.0) -> bytes | None:
        """What is there once it has not changed for a while: only then is a change the finger's."""
        began = since = time.monotonic()
        before = self.look(box)
        while time.monotonic() - began < within_s:
            time.sleep(0.005)
            now = self.look(box)
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > quiet_s:
                return before
        return None

    def changes(self, box: Box, until: Callable[[], bool]) -> list[float]:
        """When a look differed from the one before, monotonic seconds."""
        found, before = [], self.look(box)
        while not until():
            now = self.look(box)
            if now != before:
                found.append(time.monotonic())
                before = now
            time.sleep(0.002)
        return found
