"""Fingers on a virtual touch screen: real multi-touch events, through the X server to whatever window lies below.

Speaks the protocol of Xorg's `inputtest` driver (xf86-input-inputtest-protocol.h of the X server, version 1.1), which
needs no kernel device. The driver serves one connection for as long as the server lives: a second one is never
answered, not even after the first has gone. So the display keeps the only one, and every answer has a time limit.
"""

from __future__ import annotations

import itertools
import struct
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.children import local_socket

MOST_FINGERS = 10
"""What the device announces (`TouchCount`)."""

_STEP_S = 1 / 60  # a panel reports a moving finger about that often
_AXIS = 65536.0  # the device's range on both axes and for pressure; 65535 would put x = 100 at 99.998
_PRESSURE = 0.5

# Requests and answers by number, and XInput 2's event types.
_VERSION, _SYNC, _TOUCH = 0, 1, 6
_BEGIN, _UPDATE, _END = 18, 19, 20
_VALUATORS = 64
_X_Y_PRESSURE = 0b10011  # axes 0, 1 and 4


class TouchScreen:
    """The panel. Coordinates are pixels of the display, from its upper left corner.

    Blocking; any thread, several at once: two fingers of two threads do not mix. Raises `Fault` NO_DEVICE when the
    X server does not answer in time or is gone, `ValueError` for a place outside the display.
    """

    def __init__(self, path: Path, width: int, height: int, *, answer_s: float = 5.0) -> None:
        self.width, self.height = width, height
        self._lock = threading.Lock()
        self._down: set[int] = set()
        self._socket = local_socket()
        self._socket.settimeout(answer_s)
        try:
            self._socket.connect(str(path))
            self._ask(struct.pack("<IIHH", 12, _VERSION, 1, 1), struct.Struct("<IIHH"), _VERSION)
        except OSError as error:
            self._socket.close()
            raise _mute(str(error)) from error
        except Fault:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def hold(self, x: float, y: float) -> Finger:
        """A finger comes down and stays until its `release`, or until the end of a `with`."""
        self._on_display(x, y)
        with self._lock:
            number = next(number for number in itertools.count() if number not in self._down)
            if number >= MOST_FINGERS:
                raise ValueError(f"{MOST_FINGERS} fingers are down already")
            self._down.add(number)
        return Finger(self, number, x, y)

    def tap(self, x: float, y: float, *, seconds: float = 0.08) -> None:
        """Down and up at one place. 80 ms: a person's tap."""
        with self.hold(x, y):
            time.sleep(seconds)

    def slide(self, x: float, y: float, to_x: float, to_y: float, *, seconds: float = 0.3) -> None:
        """Down at the first place, in a straight line to the second, and up there."""
        with self.hold(x, y) as finger:
            finger.move(to_x, to_y, seconds=seconds)

    # --- the protocol -------------------------------------------------------------------------------------------

    def send(self, number: int, kind: int, x: float, y: float) -> None:
        """One touch event. Returns when the X server has taken it in; used by `Finger`."""
        self._on_display(x, y)
        axes = [x / self.width * _AXIS, y / self.height * _AXIS, 0.0, 0.0, _PRESSURE * _AXIS]
        axes += [0.0] * (2 * _VALUATORS - len(axes))  # the second half holds unaccelerated values
        mask = _X_Y_PRESSURE.to_bytes(_VALUATORS // 8, "little")
        body = struct.pack("<III8s4x", number, kind, 0, mask) + struct.pack(f"<{2 * _VALUATORS}d", *axes)
        with self._lock:
            try:
                self._socket.sendall(struct.pack("<II", 8 + len(body), _TOUCH) + body)
                self._ask(struct.pack("<II", 8, _SYNC), struct.Struct("<II"), _SYNC)
            except OSError as error:
                raise _mute(str(error)) from error
            finally:
                if kind == _END:
                    self._down.discard(number)

    def _on_display(self, x: float, y: float) -> None:
        if not (0 <= x < self.width and 0 <= y < self.height):
            raise ValueError(f"({x:g}, {y:g}) is not on a display of {self.width} x {self.height}")

    def _ask(self, request: bytes, answer: struct.Struct, kind: int) -> None:
        self._socket.sendall(request)
        got = b""
        while len(got) < answer.size:
            part = self._socket.recv(answer.size - len(got))
            if not part:
                raise _mute("it hung up")
            got += part
        if (told := answer.unpack(got)[1]) != kind:
            raise _mute(f"it answered {told} instead of {kind}")


class Finger:
    """One finger that is down, from its making on. `x` and `y` are where it is, in pixels."""

    def __init__(self, screen: TouchScreen, number: int, x: float, y: float) -> None:
        self._screen, self._number = screen, number
        self.x, self.y = x, y
        self._down = True
        screen.send(number, _BEGIN, x, y)

    def move(self, x: float, y: float, *, seconds: float = 0.3) -> None:
        """In a straight line, 60 reports a second, as a panel tells it."""
        if not self._down:
            raise ValueError("the finger is up")
        steps = max(1, round(seconds / _STEP_S))
        from_x, from_y, start = self.x, self.y, time.monotonic()
        for step in range(1, steps + 1):
            time.sleep(max(0.0, start + seconds * step / steps - time.monotonic()))
            to = (from_x + (x - from_x) * step / steps, from_y + (y - from_y) * step / steps)
            self._screen.send(self._number, _UPDATE, *to)
            self.x, self.y = to

    def release(self) -> None:
        """Up, where it is. A finger that is up already stays so."""
        if self._down:
            self._down = False
            self._screen.send(self._number, _END, self.x, self.y)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _mute(why: str) -> Fault:
    return Fault(
        f"the touch screen does not answer: {why}",
        where="the rehearsal's display",
        remedy="start the display anew; its X server serves one connection to the touch screen and no second one",
        code=ExitCode.NO_DEVICE,
    )
