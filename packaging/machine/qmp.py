"""The hands and eyes of an emulated machine: QEMU's control socket, by which keys, fingers and pictures go."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""

_AXIS = 0x7FFF  # QEMU's absolute pointer goes from 0 to this on both axes
_ANSWER_S = 300.0  # `savevm` writes some GB; everything else answers at once


class QmpError(Exception):
    """QEMU refused a command, or is gone."""


class Qmp:
    """One connection to a QEMU that runs. Blocking; one thread.

    events  what QEMU reported by itself and nobody has taken yet (RESET, SHUTDOWN, ...), oldest first
    """

    def __init__(self, path: Path, *, timeout_s: float = 30.0) -> None:
        self.events: list[str] = []
        end = time.monotonic() + timeout_s
        while True:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.settimeout(_ANSWER_S)
            try:
                self._socket.connect(str(path))
                break
            except OSError as error:
                self._socket.close()
                if time.monotonic() > end:
                    raise QmpError(f"QEMU's socket did not open within {timeout_s:.0f} s ({error})") from None
                time.sleep(0.1)
        self._lines = self._socket.makefile("rb")
        self._read()  # the greeting
        self.do("qmp_capabilities")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def do(self, command: str, **arguments: Any) -> Any:
        """What QEMU answers. Raises `QmpError`, `TimeoutError`."""
        request = {"execute": command, "arguments": arguments}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            answer = self._read()
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise QmpError(f"{command}: {answer['error'].get('desc')}")

    def monitor(self, line: str) -> str:
        """A command of the human monitor, which alone has `savevm` and `loadvm`. Raises `QmpError` for what it says."""
        said = str(self.do("human-monitor-command", **{"command-line": line}))
        if said.startswith("Error"):
            raise QmpError(f"{line}: {said.strip()}")
        return said

    def _read(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            raise QmpError("QEMU is gone")
        message: dict[str, Any] = json.loads(line)
        if "event" in message:
            self.events.append(str(message["event"]))
        return message

    # --- the glass --------------------------------------------------------------------------------------------------

    def picture(self, file: Path) -> Pixels:
        """What the graphics card shows now; `file` is written on the way (PPM) and taken away again."""
        self.do("screendump", filename=str(file))
        data = file.read_bytes()
        file.unlink()
        return of_ppm(data)

    # --- hands ------------------------------------------------------------------------------------------------------

    def move(self, x: float, y: float) -> None:
        """x, y: 0 to 1, from the upper left corner."""
        self._input(*(_abs(axis, value) for axis, value in (("x", x), ("y", y))))

    def press(self, down: bool) -> None:
        """The finger where `move` has led it."""
        self._input({"type": "btn", "data": {"down": down, "button": "left"}})

    def keys(self, *names: str, hold_s: float = 0.1) -> None:
        """Pressed in this order, let go in the other: `keys("ctrl", "alt", "f2")`. Names: QEMU's QKeyCode."""
        for down, order in ((True, names), (False, names[::-1])):
            for name in order:
                key = {"key": {"type": "qcode", "data": name}, "down": down}
                self._input({"type": "key", "data": key})
            time.sleep(hold_s)

    def _input(self, *events: dict[str, Any]) -> None:
        self.do("input-send-event", events=list(events))


def _abs(axis: str, value: float) -> dict[str, Any]:
    return {"type": "abs", "data": {"axis": axis, "value": round(min(max(value, 0.0), 1.0) * _AXIS)}}


def of_ppm(data: bytes) -> Pixels:
    """The picture in a binary PPM file of 8 bits a colour. Raises `ValueError` for any other."""
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    if head is None:
        raise ValueError("no binary PPM picture of 8 bits a colour")
    width, height = int(head[1]), int(head[2])
    if len(data) - head.end() < width * height * 3:
        raise ValueError("the picture is cut short")
    return np.frombuffer(data, np.uint8, width * height * 3, head.end()).reshape(height, width, 3)


def unlike(one: Pixels, other: Pixels) -> float:
    """Which part of two pictures differs, 0 to 1; of two sizes: all of it."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one.astype(np.int16) - other).max(axis=2) > 24).mean())
