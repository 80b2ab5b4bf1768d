"""A screenshot of every state that a kiosk goes through in a visit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.fault import Fault
from kiosk.rehearsal import picture
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.programs import Event, Program, phase_of

SETTLE_S = 0.8
"""From the change of a state to its picture: longer than any transition, shorter than most states."""

GLIMPSE_S = 0.15
"""From the change of a state that has no picture yet to one that stands for it, should the state not last."""

MOST = 2
"""Pictures of one state in a visit. Each costs 0.1 s of a core, beside the programs that are being measured."""

_TOGETHER_S = 0.1  # a note and a phase of one step of the kiosk arrive apart by less
_BLANK_S = 10.0  # for the first picture of a window, on a busy machine
_WHILE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its file, relative to the report, and when its state began, seconds after the first."""

    file: str
    at_s: float


class Screens:
    """Follows one kiosk. `taken` maps a state, such as "speaking" or "listening, interrupted", to its picture. A state
    that lasts less than `GLIMPSE_S` has none: nobody has seen it. All methods on the loop's thread.

    trouble  is told, in a sentence, when a picture cannot be had or the kiosk has drawn nothing
    """

    def __init__(self, display: Display, kiosk: Program, folder: Path, trouble: Callable[[str], None]) -> None:
        self.taken: dict[str, Shot] = {}
        self._display, self._kiosk, self._folder, self._trouble = display, kiosk, folder, trouble
        self._patience_s = _BLANK_S
        self._files: dict[str, Path] = {}  # by state; numbered in the order of their first try
        self._settled = 0  # events before this number have their picture
        self._first_at: float | None = None
        self._progress = asyncio.Event()

    async def follow(self) -> None:
        """Until it is cancelled, or the kiosk ends."""
        self._folder.mkdir(exist_ok=True)
        for old in self._folder.glob("[0-9][0-9]-*.png"):  # of an earlier rehearsal
            old.unlink()
        number, phase, note, changed = 0, "", "", 0.0
        glimpsed = ""
        with suppress(Fault):  # the kiosk has ended; whoever needs it says so
            while True:
                waiting = self._settled < number
                state = ", ".join(filter(None, (phase, note)))
                wait_s = _WHILE_S
                if waiting:
                    wait_s = SETTLE_S if state in self.taken or state == glimpsed else GLIMPSE_S
                event = await self._kiosk.wait_for(_is_state, since=number, within_s=wait_s)
                if event is not None:
                    number = self._kiosk.events.index(event, number) + 1
                    glimpsed = ""
                    if event["event"] == "note":
                        note, changed = event["note"], event["t"]
                    elif came := phase_of(event):
                        note = note if event["t"] - changed < _TOGETHER_S else ""
                        phase, changed = came, event["t"]
                elif waiting and not await self._take(state, changed, again=state == glimpsed):
                    continue
                elif waiting and state != glimpsed and not note and wait_s == GLIMPSE_S:
                    glimpsed = state  # and once more when it has settled
                elif waiting:
                    note = glimpsed = ""
                    self._settled = number
                    self._progress.set()

    async def look(self, name: str) -> None:
        """A picture of what is there now, under a name of the visit's own."""
        await asyncio.sleep(GLIMPSE_S)  # until what was just done is on the glass
        await self._take(name, time.monotonic(), again=False)

    async def caught_up(self, *, within_s: float) -> None:
        """When the state that the kiosk is in now has its picture, or the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                states = (number for number, event in enumerate(self._kiosk.events, 1) if _is_state(event))
                newest = max(states, default=0)
                while self._settled < newest:
                    self._progress.clear()
                    await self._progress.wait()

    async def _take(self, state: str, since: float, *, again: bool) -> bool:
        """Whether it is done with: a window that has not drawn yet is given time. `again`: instead of the last one."""
        names = (state, *(f"{state} {k}" for k in range(2, MOST + 1)))
        name = next(reversed([n for n in names if n in self.taken]), None) if again else None
        name = name or next((n for n in names if n not in self.taken), None)
        if name is None:
            return True
        plain = name.replace(", ", "-").replace(" ", "-")
        file = self._files.setdefault(name, self._folder / f"{len(self._files) + 1:02d}-{plain}.png")
        try:
            blank = picture.is_blank(await asyncio.to_thread(self._display.screenshot, file))
        except Fault as fault:
            self._trouble(fault.sentence)
            return True
        if blank and time.monotonic() - since < self._patience_s:
            return False
        if blank and self._patience_s:
            self._trouble(f"The kiosk's display was blank in {state!r}.")
            self._patience_s = 0.0  # told once
        self._first_at = self._first_at if self._first_at is not None else since
        self.taken[name] = Shot(f"{self._folder.name}/{file.name}", round(since - self._first_at, 1))
        return True


def _is_state(event: Event) -> bool:
    """What changes the screen. (A kiosk tells that a visit has ended a moment before the phase that follows.)"""
    return phase_of(event) is not None or event["event"] in {"note", "ended"}
