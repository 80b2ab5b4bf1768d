"""Touch to pixels: a finger through the X server, and the first pixels of the display that change for it."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.programs import Program
from tests.bench.engine import Values

Seen = NDArray[np.uint32]

STRIPS = (0.2, 0.4, 0.5, 0.6, 0.8)  # of the width
STRIP_PX = 4
STILL_S = 11.0  # attract moves for 10 s
LOOK_S = 1.2
TAP_S = 0.08  # a person's
SETTLED_S = 0.3  # before the end of the look: the listening picture is complete


class Eye:
    """A few narrow strips from top to bottom of a display, by the X protocol's GetImage: 1 ms a look, where a picture
    of the whole costs 50. Blocking; one thread."""

    def __init__(self, display: Display) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(f"/tmp/.X11-unix/X{display.name.removeprefix(':')}")
        self._socket.sendall(struct.pack("<cxHHHHxx", b"l", 11, 0, 0, 0))
        status, _, _, longs = struct.unpack("<BxHHH", self._read(8))
        told = self._read(4 * longs)
        if status != 1:
            raise ConnectionError("the X server refuses the bench")
        vendor, formats = struct.unpack_from("<H", told, 16)[0], told[21]
        (self._root,) = struct.unpack_from("<I", told, 32 + -(-vendor // 4) * 4 + 8 * formats)
        self._height = display.height
        self._xs = [round(share * display.width) for share in STRIPS]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def look(self) -> Seen:
        """One row for each strip."""
        for x in self._xs:
            head = struct.pack("<BBHIhhHHI", 73, 2, 5, self._root, x, 0, STRIP_PX, self._height, 0xFFFFFFFF)
            self._socket.sendall(head)
        return np.stack([np.frombuffer(self._image(), "<u4") for _ in self._xs])

    def _image(self) -> bytes:
        while True:
            head = self._read(32)
            if head[0] == 0:
                raise ConnectionError(f"the X server answers with error {head[1]}")
            if head[0] == 1:  # events are of no interest
                return self._read(4 * struct.unpack_from("<I", head, 4)[0])

    def _read(self, number: int) -> bytes:
        got = bytearray()
        while len(got) < number:
            part = self._socket.recv(number - len(got))
            if not part:
                raise ConnectionError("the X server hung up")
            got += part
        return bytes(got)


@dataclass(frozen=True, slots=True)
class Change:
    """Monotonic seconds. down, up: just before the finger moves; first: of the first look that differed; complete: of
    the first look that is the picture of the end, apart from what still moves then."""

    down: float
    up: float
    first: float | None
    complete: float | None
    look_ms: float


def watch_touch(display: Display, eye: Eye, place: tuple[float, float]) -> Change:
    before = eye.look()
    down = up = time.monotonic()
    finger = display.touch.hold(*place)
    looks: list[tuple[float, Seen]] = []
    number = 0
    while (now := time.monotonic()) < down + LOOK_S:
        seen = eye.look()
        number += 1
        if not np.array_equal(seen, looks[-1][1] if looks else before):
            looks.append((time.monotonic(), seen))
        if up == down and now > down + TAP_S:
            up = time.monotonic()
            finger.release()
    look_ms = 1000 * LOOK_S / number
    if not looks:
        return Change(down, up, None, None, look_ms)
    last = looks[-1][1]
    late = [seen for at, seen in looks if at > down + LOOK_S - SETTLED_S]
    steady = np.all([seen == last for seen in late], axis=0) if late else np.ones_like(last, bool)
    steady &= before != last  # and tells the two pictures apart
    complete = next((at for at, seen in looks if np.array_equal(seen[steady], last[steady])), None)
    return Change(down, up, looks[0][0], complete, look_ms)


async def touches(kiosk: Program, display: Display, repeats: int) -> Values:
    """From attract, when it stands still, into the visit. From the finger's lifting on: a touch acts on release."""
    found: Values = {name: [] for name in ("touch_to_pixels", "touch_to_listening", "touch_to_picture", "look")}
    with Eye(display) as eye:
        for _ in range(repeats):
            await asyncio.sleep(STILL_S)
            since = len(kiosk.events)
            middle = (display.width / 2, display.height * 0.3)
            change = await asyncio.to_thread(watch_touch, display, eye, middle)
            listening = await kiosk.wait_for(lambda e: e.get("phase") == "listening", since=since, within_s=5)
            assert listening is not None
            found["touch_to_listening"].append(1000 * (listening["t"] - change.up))
            if change.first is not None:
                found["touch_to_pixels"].append(1000 * (change.first - change.up))
            if change.complete is not None:
                found["touch_to_picture"].append(1000 * (change.complete - change.up))
            found["look"].append(change.look_ms)
            since = len(kiosk.events)
            await kiosk.order("leave")
            await kiosk.wait_for(lambda e: e.get("phase") == "attract", since=since, within_s=5)
    return found
