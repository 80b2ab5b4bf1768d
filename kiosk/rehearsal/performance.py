"""Holds a visit: does one step after the other against the kiosk and the room, each within its time."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.hand import Hand, NoControl
from kiosk.rehearsal.programs import Event, Program, phase_of
from kiosk.rehearsal.roomlink import Room, Span
from kiosk.rehearsal.soundserver import SoundServer
from kiosk.rehearsal.steps import (
    CutIn,
    Expect,
    Fingers,
    Hold,
    Listen,
    Look,
    Pause,
    Plug,
    Say,
    Slide,
    SlideOff,
    Sound,
    Step,
    Tap,
    Touch,
    TwoFingers,
    Type,
    Unplug,
    Wait,
)
from kiosk.rehearsal.visit import Visit
from kiosk.rehearsal.visitor import Line

_SAYING_S = 5.0  # longer than the line itself
_BREATH_S = 0.4  # people wait a moment before they answer; then the kiosk listens
_ANSWER_S = 90.0  # from a question to the end of its answer
_SILENCED_S = 4.0  # from a cut-in's last sample to the order to stop
_HOME = frozenset({"attract", "resetting"})
_KEY_S = 0.04  # a finger that types
_KEYS = {" ": "key-space"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that the visitor said, and where it stands in the recordings."""

    line: Line
    span: Span
    cut_in: bool


@dataclass
class Course:
    """What happened: orders with their times, lines and other sounds with their places, how long
    the agent was only listened to, and what went wrong, in sentences."""

    orders: list[tuple[str, float]] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    sounds: list[tuple[str, Span]] = field(default_factory=list)
    listened_s: float = 0.0


TakePicture = Callable[[str], Awaitable[None]]


class Performance:
    """One visitor in front of one kiosk. `perform` and `do` raise `Fault` when the kiosk or the room ends.

    hand   where the kiosk has a display with touch: what can be done with a finger is done with one
    sound  what can be pulled out in the middle of a visit
    look   takes a picture of the display under a name
    noises built-in sounds as WAV files, by their names
    """

    def __init__(
        self,
        kiosk: Program,
        room: Room,
        lines: Mapping[str, Line],
        tell: Callable[[str], None] = lambda _: None,
        hand: Hand | None = None,
        *,
        sound: SoundServer | None = None,
        look: TakePicture | None = None,
        noises: Mapping[str, Path] | None = None,
    ) -> None:
        self.course = Course()
        self._kiosk, self._room, self._lines, self._tell, self._hand = kiosk, room, lines, tell, hand
        self._server, self._look, self._noises = sound, look, noises or {}
        self._since = 0  # events before this number answer an earlier step

    async def perform(self, visit: Visit) -> Course:
        """The whole visit, or up to the first step that fails: what follows would only fail because of it."""
        for number, step in enumerate(visit.steps, 1):
            problem = await self.do(step)
            if problem:
                self.course.problems.append(f"Step {number}: {problem}")
                return self.course
        return self.course

    async def do(self, step: Step) -> str | None:
        """One step. None, or what went wrong."""
        try:
            return await (self._by_finger(step) if isinstance(step, Fingers) else self._do(step))
        except NoControl as missing:
            return missing.sentence

    async def _do(self, step: Step) -> str | None:
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
                await self.say(step.text, hold=step.hold)
            case CutIn():
                return await self._cut_in(step)
            case Sound():
                await self._sound(step)
            case Listen():
                return await self._listen(step)
            case Wait():
                return await self._wait(step)
            case Expect():
                return self._expect(step)
            case Pause(seconds=seconds):
                await asyncio.sleep(seconds)
            case Look(name=name):
                if self._look is not None:
                    await self._look(name)
            case Unplug(part=part) | Plug(part=part):
                assert self._server is not None, "a visit that pulls a cable has one"
                pull = isinstance(step, Unplug)
                await asyncio.to_thread(self._server.unplug if pull else self._server.plug, part)
        return None

    async def _by_finger(self, step: Fingers) -> str | None:
        hand = self._hand
        assert hand is not None, "a visit with fingers has a display with touch"
        if not isinstance(step, Type):
            self._since = len(self._kiosk.events)
        match step:
            case Tap(control=control):
                at = await hand.tap(step)
                self.course.orders.append((f"tap {control}" if control else "tap", at))
            case Slide():
                await hand.slide(step)
            case TwoFingers():
                await hand.both(step)
            case Hold(control=control, seconds=seconds, text=text):
                finger = await hand.hold(control)
                if text is None:
                    await asyncio.sleep(seconds)
                else:
                    await self.say(text)
                await asyncio.to_thread(finger.release)
            case SlideOff(control=control, text=text):
                finger = await hand.hold(control)
                if text is not None:
                    await self.say(text)
                await hand.slide_off(finger, step)
            case Type(text=text, send=send):
                await self._type(hand, text, send=send)
        return None

    async def _type(self, hand: Hand, text: str, *, send: bool) -> None:
        """As a person does it: the keyboard is opened where it is not up, then one key after the other."""
        if "key-send" not in await hand.shown():
            await hand.tap(Tap("type"))
            await hand.find("key-send")
        for character in text:
            await hand.tap(Tap(_KEYS.get(character, f"key-{character.lower()}"), seconds=_KEY_S))
        self._since = len(self._kiosk.events)
        if send:
            self._tell(f"visitor types: {text}")
            await hand.tap(Tap("key-send"))

    async def _order(self, do: str) -> None:
        self._since = len(self._kiosk.events)
        await self._give(do)

    async def _give(self, do: str) -> None:
        hand = self._hand if self._hand and self._hand.reaches(do) else self._kiosk
        at = await hand.order(do)
        self.course.orders.append((do, at))

    async def say(
        self, text: str, *, hold: bool = False, cut_in: bool = False, against_echo_db: float | None = None
    ) -> None:
        """Until the last sample is in the room."""
        line = self._lines[text]
        if hold:
            await self._give("press")
        self._tell(f"visitor: {text}")
        said = asyncio.wrap_future(self._room.say(line.file, against_echo_db=against_echo_db).said)
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

    async def _sound(self, step: Sound) -> None:
        self._tell(f"({step.name or step.file})")
        file = self._noises[step.name] if step.name else Path(str(step.file))
        span = await asyncio.wrap_future(self._room.say(file, gain_db=step.peak_dbfs).said)
        self.course.sounds.append((step.name or Path(str(step.file)).stem, span))

    async def _listen(self, step: Listen) -> str | None:
        """Asks until the agent has spoken for so long, and hears every answer out."""
        heard_s = 0.0
        for text in itertools.cycle(step.ask):
            await asyncio.sleep(_BREATH_S)
            self._since = len(self._kiosk.events)
            await self.say(text)
            over = await self._kiosk.wait_for(_is("playback_ended"), since=self._since, within_s=_ANSWER_S)
            if over is None:
                return f"the agent did not answer {text!r} to the end within {_ANSWER_S:g} s."
            heard_s += float(over["played_ms"]) / 1000
            if over.get("fate") != "finished":
                return f"the agent was stopped after {heard_s:.0f} s, and nobody spoke."
            if heard_s >= 60 * step.minutes:
                break
        self.course.listened_s += heard_s
        return None

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
            await self.say(step.text, cut_in=True, against_echo_db=step.echo_db)
        flushed = await self._kiosk.wait_for(
            lambda e: e["event"] == "flush" and e.get("id") in {None, started["id"]},
            since=self._since,
            within_s=_SILENCED_S,
        )
        return None if flushed else "the agent was not silenced when the visitor cut in."

    async def _wait(self, step: Wait) -> str | None:
        wanted: Callable[[Event], bool]
        match step.for_:
            case "agent_speaking":
                wanted = _is("playback_started")
            case "agent_done":
                wanted = lambda e: e["event"] == "playback_ended" and e.get("fate") == "finished"  # noqa: E731
            case phase:
                if _phase_now(self._kiosk.events) == phase:
                    return None
                wanted = lambda e: phase_of(e) == phase  # noqa: E731
        came = await self._kiosk.wait_for(wanted, since=self._since, within_s=step.within_s)
        if came is not None:
            return None
        what = {
            "listening": "the kiosk did not listen",
            "agent_speaking": "the agent did not begin to speak",
            "agent_done": "the agent did not finish an answer",
        }.get(step.for_, f"the kiosk was not {step.for_}")
        return f"{what} within {step.within_s:g} s (it was {_phase_now(self._kiosk.events)})."

    def _expect(self, step: Expect) -> str | None:
        role = "agent" if step.of == "agent" else "user"
        words = {e["item"]: e["text"] for e in self._events() if e["event"] == "transcript" and e["role"] == role}
        said = " ".join(words.values())
        known = set(re.findall(r"[\w']+", said.lower()))
        # A phrase is looked for as it stands, a single word as a word: "ten" is not in "attention".
        stops = sum(e["event"] == "flush" and e.get("cause") == "voice" and bool(e.get("id")) for e in self._events())
        if step.stops is not None and stops != step.stops:
            return f"the agent was to be stopped by a voice {step.stops} times, and was {stops} times."
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


def _phase_now(events: list[Event]) -> str | None:
    return next((phase for event in reversed(events) if (phase := phase_of(event))), None)
