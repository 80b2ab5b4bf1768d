"""Touch to pixels: a finger through the X server, and the first pixels of the display that change for it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.hand import Hand
from kiosk.rehearsal.programs import Program
from kiosk.rehearsal.touch import Finger
from tests.bench.engine import Values
from tests.bench.xwatch import Box, XWatch

Seen = NDArray[np.uint32]

STRIPS = (0.2, 0.4, 0.5, 0.6, 0.8)  # of the width
STRIP_PX = 4
STILL_S = 11.0  # attract moves for 10 s
LOOK_S = 1.2
TAP_S = 0.08  # a person's
SETTLED_S = 0.3  # before the end of the look: the listening picture is complete


def strips(display: Display) -> list[Box]:
    """Narrow ones, from top to bottom: whatever changes on the display reaches one of them."""
    return [(round(share * display.width), 0, STRIP_PX, display.height) for share in STRIPS]


def look(glass: XWatch, boxes: list[Box]) -> Seen:
    """0.3 ms, where a picture of the whole takes 50."""
    return np.stack([np.frombuffer(glass.look(box), "<u4") for box in boxes])


@dataclass(frozen=True, slots=True)
class Change:
    """Monotonic seconds. down, up: just before the finger moves; first: of the first look that differed; complete: of
    the first look that is the picture of the end, apart from what still moves then."""

    down: float
    up: float
    first: float | None
    complete: float | None
    look_ms: float


def watch_touch(display: Display, glass: XWatch, place: tuple[float, float]) -> Change:
    boxes = strips(display)
    before = look(glass, boxes)
    down = up = time.monotonic()
    finger = display.touch.hold(*place)
    looks: list[tuple[float, Seen]] = []
    number = 0
    while (now := time.monotonic()) < down + LOOK_S:
        seen = look(glass, boxes)
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
    with XWatch(display.name) as glass:
        for _ in range(repeats):
            await asyncio.sleep(STILL_S)
            since = len(kiosk.events)
            middle = (display.width / 2, display.height * 0.3)
            change = await asyncio.to_thread(watch_touch, display, glass, middle)
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


async def presses(kiosk: Program, display: Display, repeats: int) -> list[float]:
    """A finger comes down on the talk button -> the display shows other pixels there. In a visit; ms.

    It slides off before it goes up, so nothing is asked.
    """
    found = []
    hand = Hand(display.touch, kiosk)
    with XWatch(display.name) as glass:
        for _ in range(repeats):
            x, y = await hand.find("talk")
            box = (round(x) - 60, round(y) - 20, 120, 40)
            fingers: list[Finger] = []
            took = await asyncio.to_thread(
                glass.until_changed, box, lambda x=x, y=y, down=fingers: down.append(display.touch.hold(x, y))
            )
            if took is not None:
                found.append(1000 * took)
            await asyncio.to_thread(fingers[0].move, 20.0, 20.0, seconds=0.1)
            await asyncio.to_thread(fingers[0].release)
            await asyncio.sleep(0.8)
    return found
