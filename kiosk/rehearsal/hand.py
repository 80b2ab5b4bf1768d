"""The visitor's hand: fingers on the kiosk's display, which find a control by its name wherever it stands now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import ExitStack

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.programs import Program, phase_of
from kiosk.rehearsal.steps import DisplaySetting, Place, Slide, SlideOff, Tap, TwoFingers
from kiosk.rehearsal.touch import Finger, TouchScreen

CONTROL_OF = {"touch": "glass", "press": "talk", "release": "talk", "stop": "stop"}
"""Orders of a visit that are a finger on a control. (Walking off is none.)"""

FOUND_S = 3.0  # until a control is there and has stopped moving
_AGAIN_S = 0.03
_ANSWER_S = 5.0
_OFF_PX = 12.0  # a finger that far beside the display's edge is off every control


class NoControl(Fault):
    """The kiosk shows no such control."""


class Hand:
    """On the event loop's thread; fingers move on another one. Raises `Fault` NO_DEVICE when the display is gone,
    `NoControl` when the kiosk does not show what is to be touched.

    kiosk    asked where its controls are, through its pipe
    setting  places that the visit gives in parts of the display's sides, instead of controls
    """

    def __init__(self, screen: TouchScreen, kiosk: Program, setting: DisplaySetting | None = None) -> None:
        self._screen, self._kiosk = screen, kiosk
        self._places = setting.places if setting is not None else {}
        self._held: Finger | None = None

    def reaches(self, order: str) -> bool:
        """Whether that order is a finger on the display."""
        return order in self._places or order in CONTROL_OF

    async def order(self, order: str) -> float:
        """A press stays down until the release; everything else is a tap. The monotonic time just before it."""
        if order == "release":
            at = time.monotonic()
            if self._held is not None:
                await asyncio.to_thread(self._held.release)
                self._held = None
            return at
        place = self._places.get(order)
        spot = self._pixels(place) if place else await self.find(CONTROL_OF[order])
        at = time.monotonic()
        if order == "press":
            self._held = await asyncio.to_thread(self._screen.hold, *spot)
        else:
            await asyncio.to_thread(self._screen.tap, *spot)
        return at

    async def tap(self, step: Tap) -> float:
        """The monotonic time just before it."""
        spot = await self._spot(step.control, (step.x, step.y))
        at = time.monotonic()
        await asyncio.to_thread(self._screen.tap, *spot, seconds=step.seconds)
        return at

    async def hold(self, control: str) -> Finger:
        """Down on a control, until its `release`."""
        return await asyncio.to_thread(self._screen.hold, *await self.find(control))

    async def slide(self, step: Slide) -> None:
        here = await self._spot(step.control, (step.x, step.y))
        there = await self._spot(step.to, (step.to_x, step.to_y))
        await asyncio.to_thread(self._screen.slide, *here, *there, seconds=step.seconds)

    async def slide_off(self, finger: Finger, step: SlideOff) -> None:
        """Sideways to the display's edge, or upwards where the finger is there already; then up."""
        away = (_OFF_PX, finger.y) if finger.x > self._screen.width / 4 else (finger.x, _OFF_PX)
        await asyncio.to_thread(finger.move, *away, seconds=step.seconds)
        await asyncio.to_thread(finger.release)

    async def both(self, step: TwoFingers) -> None:
        spots = [await self.find(name) for name in step.controls]

        def press() -> None:
            with ExitStack() as down:
                for spot in spots:
                    down.enter_context(self._screen.hold(*spot))
                time.sleep(step.seconds)

        await asyncio.to_thread(press)

    async def find(self, control: str) -> Place:
        """The middle of a control in pixels, once it stands still. The name is taken as a person writes it."""
        deadline = time.monotonic() + FOUND_S
        last: Place | None = None
        while True:
            shown = await self.shown()
            place = next((spot for name, spot in shown.items() if name.casefold() == control.casefold()), None)
            if place is not None and place == last:
                return place
            if place is None and time.monotonic() > deadline:
                raise self._missing(control, shown)
            last = place
            await asyncio.sleep(_AGAIN_S)

    async def shown(self) -> Mapping[str, Place]:
        """Every control that can be reached now, and its middle in pixels."""
        since = len(self._kiosk.events)
        await self._kiosk.order("where")
        told = await self._kiosk.wait_for(lambda event: event["event"] == "controls", since=since, within_s=_ANSWER_S)
        if told is None:
            raise NoControl(
                f"the kiosk does not say within {_ANSWER_S:g} s where its controls are",
                where="the kiosk's pipe",
                remedy="read its log; its window may hang",
                code=ExitCode.VISIT_FAILED,
            )
        return {name: (float(x), float(y)) for name, (x, y) in told["controls"].items()}

    def _missing(self, control: str, shown: Mapping[str, Place]) -> NoControl:
        phase = next((phase for event in reversed(self._kiosk.events) if (phase := phase_of(event))), "unknown")
        return NoControl(
            f"the kiosk shows no control {control!r} in phase {phase}; it shows {', '.join(sorted(shown)) or 'none'}",
            where="the kiosk's display",
            remedy="touch one that is there, or wait for the phase that has it",
            code=ExitCode.VISIT_FAILED,
        )

    async def _spot(self, control: str | None, parts: tuple[float | None, float | None]) -> Place:
        if control is not None:
            return await self.find(control)
        across, down = parts
        return self._pixels((across or 0.0, down or 0.0))

    def _pixels(self, place: Place) -> Place:
        return place[0] * self._screen.width, place[1] * self._screen.height
