"""The visitor's hand: orders of a visit that are fingers on the kiosk's display."""

from __future__ import annotations

import asyncio
import time

from kiosk.rehearsal.touch import Finger, TouchScreen
from kiosk.rehearsal.visit import DisplaySetting, Place, Slide, Tap


class Hand:
    """Turns places, in parts of the display's sides, into fingers on it. On the event loop's thread; fingers move on
    another one. Raises `Fault` NO_DEVICE when the display is gone."""

    def __init__(self, screen: TouchScreen, setting: DisplaySetting) -> None:
        self._screen, self._places = screen, setting.places
        self._held: Finger | None = None

    def reaches(self, order: str) -> bool:
        """Whether the visit says where that order is touched."""
        return order in self._places

    async def order(self, order: str) -> float:
        """A press stays down until the release; everything else is a tap. The monotonic time just before it."""
        at = time.monotonic()
        place = self._pixels(self._places[order])
        if order == "press":
            self._held = await asyncio.to_thread(self._screen.hold, *place)
        elif order != "release":
            await asyncio.to_thread(self._screen.tap, *place)
        elif self._held is not None:
            await asyncio.to_thread(self._held.release)
            self._held = None
        return at

    async def tap(self, step: Tap) -> None:
        await asyncio.to_thread(self._screen.tap, *self._pixels((step.x, step.y)), seconds=step.seconds)

    async def slide(self, step: Slide) -> None:
        there = self._pixels((step.to_x, step.to_y))
        await asyncio.to_thread(self._screen.slide, *self._pixels((step.x, step.y)), *there, seconds=step.seconds)

    def _pixels(self, place: Place) -> Place:
        return place[0] * self._screen.width, place[1] * self._screen.height
