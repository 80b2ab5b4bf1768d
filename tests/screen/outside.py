"""What may be done to a window from outside, over the X protocol: by a window manager, a desktop, a keyboard."""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import Any, Self

CLIENT_MESSAGE = 33
KEYSYMS = {"Alt": 0xFFE9, "F4": 0xFFC1, "Escape": 0xFF1B, "Control": 0xFFE3, "q": 0x71, "Super": 0xFFEB}


class _ClientMessage(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("pad", ctypes.c_long * 24),
    )


class Outside:
    """A client of the X server that owns nothing of the kiosk's."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XInternAtom.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(display.encode()))
        assert self._display, f"no display {display}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def close(self, window: int) -> None:
        """As a window manager's close button does."""
        event = _ClientMessage(type=CLIENT_MESSAGE, window=window, message_type=self._atom("WM_PROTOCOLS"), format=32)
        event.data[0] = self._atom("WM_DELETE_WINDOW")
        self._do("XSendEvent", ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))

    def iconify(self, window: int) -> None:
        self._do("XIconifyWindow", ctypes.c_ulong(window), 0)

    def unmap(self, window: int) -> None:
        self._do("XUnmapWindow", ctypes.c_ulong(window))

    def shrink(self, window: int) -> None:
        self._do("XMoveResizeWindow", ctypes.c_ulong(window), 40, 40, 300, 200)

    def type(self, *keys: str) -> None:
        """All down in this order, then all up."""
        codes = [self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(KEYSYMS[key])) for key in keys]
        for code, down in [*((code, 1) for code in codes), *((code, 0) for code in reversed(codes))]:
            self._test.XTestFakeKeyEvent(self._display, code, down, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def _atom(self, name: str) -> int:
        return int(self._x.XInternAtom(self._display, name.encode(), 0))

    def _do(self, call: str, *arguments: Any) -> None:
        getattr(self._x, call)(self._display, *arguments)
        self._x.XSync(self._display, 0)
