"""Holds a visit: does one step after the other against the kiosk and the room, each within its time."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.hand import Hand
from kiosk.rehearsal.programs import Event, Program
from kiosk.rehearsal.roomlink import Room, Span
from kiosk.rehearsal.visit import CutIn, Expect, Pause, Say, Slide, Step, Tap, Touch, Visit, Wait
from kiosk.rehearsal.visitor import Line

_SAYING_S = 5.0  # longer than the line itself
_BREATH_S = 0.4  # people wait a moment before they answer; then the kiosk listens
_SILENCED_S = 4.0  # from a cut-in's last sample to the order to stop
_HOME = frozenset({"attract", "resetting"})


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that the visitor said, and where it stands in the recordings."""

    line: Line
    span: Span
    cut_in: bool


@dataclass
class Course:
    """What happened: orders with their times, lines with their places, and what went wrong, in sentences."""

    orders: list[tuple[str, float]] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Performance:
    """One visitor in front of one kiosk. `perform` raises `Fault` when the kiosk or the room ends.

    hand  where the kiosk has a display with touch: orders that the visit gives a place are fingers there
    """

    def __init__(
        self,
        kiosk: Program,
        room: Room,
        lines: Mapping[str, Line],
        tell: Callable[[str], None] = lambda _: None,
        hand: Hand | None = None,
    ) -> None:
        self.course = Course()
        self._kiosk, self._room, self._lines, self._tell, self._hand = kiosk, room, lines, tell, hand
        self._since = 0  # events before this number answer an earlier step

    async def perform(self, visit: Visit) -> Course:
        """The whole visit, or up to the first step that fails: what follows would only fail because of it."""
        for number, step in enumerate(visit.steps, 1):
            problem = await self._do(step)
            if problem:
                self.course.problems.append(f"Step {number}: {problem}")
                return self.course
        return self.course

    async def _do(self, step: Step) -> str | None:
        """None, or what went wrong."""
        match step:
            case Touch(do="leave"):
                await self._order("leave")
                gone = await self._kiosk.wait_for(
                    lambda e: e["event"] == "ended" or phase_of(e) in _HOME, since=self._since, within_s=20
                )
                return None if gone else "the visit did not end within 20 s of leaving."
            case Touch(do=do):
                await self._order(do)
            case Say():
                await asyncio.sleep(_BREATH_S)
                self._since = len(self._kiosk.events)
                await self._say(step.text, hold=step.hold)
            case CutIn():
                return await self._cut_in(step)
            case Wait():
                return await self._wait(step)
            case Expect():
                return self._expect(step)
            case Pause(seconds=seconds):
                await asyncio.sleep(seconds)
            case Tap() | Slide():
                assert self._hand is not None, "a visit with fingers has a display with touch"
                self._since = len(self._kiosk.events)
                await (self._hand.tap(step) if isinstance(step, Tap) else self._hand.slide(step))
        return None

    async def _order(self, do: str) -> None:
        self._since = len(self._kiosk.events)
        await self._give(do)

    async def _give(self, do: str) -> None:
        hand = self._hand if self._hand and self._hand.reaches(do) else self._kiosk
        at = await hand.order(do)
        self.course.orders.append((do, at))

    async def _say(self, text: str, *, hold: bool = False, cut_in: bool = False) -> None:
        """Until the last sample is in the room."""
        line = self._lines[text]
        if hold:
            await self._give("press")
        self._tell(f"visitor: {text}")
        said = asyncio.wrap_future(self._room.say(line.file).said)
        try:
            span = await asyncio.wait_for(said, line.seconds + _SAYING_S)
        except TimeoutError:
            raise Fault(
                f"the room stands still: {text!r} was not said in {line.seconds + _SAYING_S:.0f} s",
                where="the rehearsal's room",
                remedy="see that the machine is not overloaded and run the rehearsal again",
                code=ExitCode.VISIT_FAILED,
            ) from None
        self.course.spoken.append(Spoken(line, span, cut_in))
        if hold:
            await self._give("release")

    async def _cut_in(self, step: CutIn) -> str | None:
        started = await self._kiosk.wait_for(_is("playback_started"), since=self._since, within_s=step.within_s)
        if started is None:
            return f"there was nothing to cut into: the agent did not speak within {step.within_s:g} s."
        await asyncio.sleep(max(0.0, started["t"] + step.after_ms / 1000 - time.monotonic()))
        self._since = len(self._kiosk.events)
        if any(e["event"] == "playback_ended" and e["id"] == started["id"] for e in self._kiosk.events):
            return f"the answer was over before {step.after_ms} ms of it: there was nothing to cut into."
        if step.text is None:
            await self._order("stop")
        else:
            await self._say(step.text, cut_in=True)
        flushed = await self._kiosk.wait_for(
            lambda e: e["event"] == "flush" and e.get("id") in {None, started["id"]},
            since=self._since,
            within_s=_SILENCED_S,
        )
        return None if flushed else "the agent was not silenced when the visitor cut in."

    async def _wait(self, step: Wait) -> str | None:
        wanted: Callable[[Event], bool]
        match step.for_:
            case "listening":
                if _phase_now(self._kiosk.events) == "listening":
                    return None
                wanted = lambda e: phase_of(e) == "listening"  # noqa: E731
            case "agent_speaking":
                wanted = _is("playback_started")
            case "agent_done":
                wanted = lambda e: e["event"] == "playback_ended" and e.get("fate") == "finished"  # noqa: E731
        came = await self._kiosk.wait_for(wanted, since=self._since, within_s=step.within_s)
        if came is not None:
            return None
        what = {
            "listening": "the kiosk did not listen",
            "agent_speaking": "the agent did not begin to speak",
            "agent_done": "the agent did not finish an answer",
        }[step.for_]
        return f"{what} within {step.within_s:g} s (it was {_phase_now(self._kiosk.events)})."

    def _expect(self, step: Expect) -> str | None:
        role = "agent" if step.of == "agent" else "user"
        words = {e["item"]: e["text"] for e in self._events() if e["event"] == "transcript" and e["role"] == role}
        said = " ".join(words.values())
        known = set(re.findall(r"[\w']+", said.lower()))
        # A phrase is looked for as it stands, a single word as a word: "ten" is not in "attention".
        missing = [word for word in step.all if word.lower() not in (said.lower() if " " in word else known)]
        found = not step.any or any(word.lower() in (said.lower() if " " in word else known) for word in step.any)
        if missing:
            return f'the {step.of} was expected to say {", ".join(map(repr, missing))}, and said: "{said}"'
        if not found:
            return f'the {step.of} was expected to say one of {", ".join(map(repr, step.any))}, and said: "{said}"'
        return None

    def _events(self) -> list[Event]:
        return self._kiosk.events[self._since :]


def _is(name: str) -> Callable[[Event], bool]:
    return lambda event: event["event"] == name


def phase_of(event: Event) -> str | None:
    """The phase that an event tells of, if it tells of one."""
    return event["phase"] if event["event"] in {"phase", "snapshot"} else None


def _phase_now(events: list[Event]) -> str | None:
    return next((phase for event in reversed(events) if (phase := phase_of(event))), None)
