"""A visit script: the room, and what the visitor does step by step. Read from TOML, refused with file, line and step.

[[step]]
do = "touch"       also press, release, stop, leave
do = "say"         text, hold (with the talk button down)
do = "cut_in"      text, or button = true; after_ms of the agent's speech; within_s until it speaks
do = "wait"        for = listening, agent_speaking or agent_done; within_s
do = "expect"      all, any: words of the newest answer; of = "agent" or "visitor" (what was understood)
do = "pause"       seconds
do = "tap"         x, y, seconds: a finger on the display, in parts of its width and height
do = "slide"       x, y, to_x, to_y, seconds

[display]
width, height      in pixels: the kiosk shows its window on a display of its own
touch, talk, stop, leave = [x, y]     where these are touched by a finger, in parts; others stay orders to the program
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from kiosk.core.fault import ExitCode, Fault

DEFAULT = Path(__file__).parent / "visits" / "harbour.toml"
LONGEST_S = 120.0

Moment = Literal["listening", "agent_speaking", "agent_done"]
Side = Literal["agent", "visitor"]
Place = tuple[float, float]
"""On the display: parts of its width and height, each from 0 to less than 1."""


@dataclass(frozen=True, slots=True)
class RoomSetting:
    """`gain_db` None is a headset, `rt60_s` None a single echo, `noise_dbfs` None a silent room."""

    gain_db: float | None = None
    delay_ms: float = 0.0
    rt60_s: float | None = None
    noise_dbfs: float | None = None
    visitor_dbfs: float = -24.0


@dataclass(frozen=True, slots=True)
class DisplaySetting:
    """A display for the kiosk's window. With a place, an order of that name is a finger there (`talk`: press and
    release); without one it goes to the program's standard input."""

    width: int
    height: int
    touch: Place | None = None
    talk: Place | None = None
    stop: Place | None = None
    leave: Place | None = None

    @property
    def places(self) -> dict[str, Place]:
        """By order."""
        named = {"touch": self.touch, "press": self.talk, "release": self.talk, "stop": self.stop, "leave": self.leave}
        return {order: place for order, place in named.items() if place is not None}


@dataclass(frozen=True, slots=True)
class Touch:
    """One order to the kiosk: `touch` begins a visit; the others are the buttons of their names."""

    do: Literal["touch", "press", "release", "stop", "leave"]


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    hold: bool = False


@dataclass(frozen=True, slots=True)
class CutIn:
    text: str | None = None
    button: bool = False
    after_ms: int = 1500
    within_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Wait:
    for_: Moment
    within_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Expect:
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    of: Side = "agent"


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Tap:
    """A finger, down and up at a place of the display."""

    x: float
    y: float
    seconds: float = 0.08


@dataclass(frozen=True, slots=True)
class Slide:
    """A finger that comes down at one place of the display and goes up at another."""

    x: float
    y: float
    to_x: float
    to_y: float
    seconds: float = 0.3


Step = Touch | Say | CutIn | Wait | Expect | Pause | Tap | Slide

_STEPS: Mapping[str, type[Any]] = {
    **dict.fromkeys(("touch", "press", "release", "stop", "leave"), Touch),
    "say": Say,
    "cut_in": CutIn,
    "wait": Wait,
    "expect": Expect,
    "pause": Pause,
    "tap": Tap,
    "slide": Slide,
}


@dataclass(frozen=True, slots=True)
class Visit:
    name: str
    room: RoomSetting
    steps: tuple[Step, ...]
    display: DisplaySetting | None = None

    def on_display(self, width: int, height: int) -> Visit:
        """The same visit on a display of this size."""
        there = self.display or DisplaySetting(width, height)
        return dataclasses.replace(self, display=dataclasses.replace(there, width=width, height=height))

    @property
    def needs_touch(self) -> bool:
        fingers = any(isinstance(step, Tap | Slide) for step in self.steps)
        return fingers or (self.display is not None and bool(self.display.places))

    @property
    def lines(self) -> list[str]:
        """Every text the visitor says, once, in order."""
        said = [step.text for step in self.steps if isinstance(step, Say | CutIn) and step.text]
        return list(dict.fromkeys(said))


def load(path: Path | None = None) -> Visit:
    """The visit in a file, or the packaged one. Raises `Fault` USAGE that names line, step and what is wrong."""
    path = path or DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise _fault(f"the visit script cannot be read: {error.strerror}", str(path), "check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(f"the visit script is not TOML: {error}", str(path), "mend that line") from error

    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines, 1) if re.match(r"\s*\[\[\s*step\s*\]\]", line)]
    unknown = sorted(set(table) - {"name", "room", "display", "step"})
    if unknown:
        raise _fault(f"{unknown[0]!r} has no meaning here", str(path), "use name, room, display and step")
    steps = table.get("step", [])
    if not isinstance(steps, list) or not steps:
        raise _fault("the visit has no steps", str(path), 'add at least one [[step]] such as do = "touch"')
    room = _fill(RoomSetting, table.get("room", {}), f"{path}:{_table_at('room', lines)}, room")
    display = None
    if "display" in table:
        where = f"{path}:{_table_at('display', lines)}, display"
        display = _fill(DisplaySetting, table["display"], where)
        _on_it(where, *(part for place in display.places.values() for part in place))
    return Visit(
        str(table.get("name", path.stem)),
        room,
        tuple(
            _step(step, f"{path}:{line}, step {number}")
            for number, (step, line) in enumerate(zip(steps, heads, strict=True), 1)
        ),
        display,
    )


def _table_at(name: str, lines: list[str]) -> int:
    """The line of a table's head."""
    heads = (number for number, line in enumerate(lines, 1) if re.match(rf"\s*\[\s*{name}\s*\]", line))
    return next(heads, 1)


def _on_it(where: str, *parts: float) -> None:
    outside = [part for part in parts if not 0 <= part < 1]
    if outside:
        raise _fault(
            f"{outside[0]:g} is no place on the display", where, "use parts of its side, from 0 to less than 1"
        )


def _step(table: Mapping[str, Any], where: str) -> Step:
    verb = table.get("do")
    kind = _STEPS.get(verb) if isinstance(verb, str) else None
    if kind is None:
        raise _fault(f"a step cannot do {verb!r}", where, f"use one of {', '.join(_STEPS)}")
    values = dict(table) if kind is Touch else {key: value for key, value in table.items() if key != "do"}
    step: Step = _fill(kind, values, f"{where} ({verb})")
    match step:
        case CutIn(text=text, button=button) if (text is None) == (not button):
            raise _fault("a cut_in needs either text or button = true", where, "give one of the two")
        case Expect(all=(), any=()):
            raise _fault("an expect without words checks nothing", where, "give all = [...] or any = [...]")
        case Say(text=text) if not text.strip():
            raise _fault("there is nothing to say", where, "give text")
        case Wait(within_s=seconds) | CutIn(within_s=seconds) | Pause(seconds=seconds) if not 0 < seconds <= LONGEST_S:
            raise _fault(f"{seconds:g} s is no time to wait", where, f"use more than 0 and at most {LONGEST_S:g} s")
        case Tap(seconds=seconds) | Slide(seconds=seconds) if not 0 < seconds <= LONGEST_S:
            raise _fault(f"a finger cannot be down for {seconds:g} s", where, f"use at most {LONGEST_S:g} s")
        case Tap(x=x, y=y):
            _on_it(where, x, y)
        case Slide(x=x, y=y, to_x=to_x, to_y=to_y):
            _on_it(where, x, y, to_x, to_y)
    return step


def _fill(kind: type[Any], values: Mapping[str, Any], where: str) -> Any:
    """An instance of a dataclass from a table; the trailing underscore of a field is not part of its key."""
    hints = get_type_hints(kind)
    fields = {field.name.rstrip("_"): field for field in dataclasses.fields(kind)}
    filled: dict[str, Any] = {}
    for key, value in values.items():
        if key not in fields:
            raise _fault(f"{key!r} has no meaning here", where, f"use {', '.join(fields)}")
        filled[fields[key].name] = _fitting(value, hints[fields[key].name], key, where)
    for key, field in fields.items():
        if field.default is dataclasses.MISSING and field.name not in filled:
            raise _fault(f"{key!r} is missing", where, f"add {key}")
    return kind(**filled)


def _fitting(value: Any, hint: Any, key: str, where: str) -> Any:
    kinds: list[Any] = [hint] if isinstance(hint, type) else list(get_args(hint))
    if all(isinstance(kind, str) for kind in kinds):
        if value not in kinds:
            raise _fault(f"{key} cannot be {value!r}", where, f"use one of {', '.join(kinds)}")
        return value
    if Place in kinds:
        if not isinstance(value, list) or [type(part) in {int, float} for part in value] != [True, True]:
            raise _fault(f"{key} is no place", where, f"write {key} = [0.5, 0.9]")
        return (float(value[0]), float(value[1]))
    if Ellipsis in kinds:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _fault(f"{key} is not a list of texts", where, f'write {key} = ["..."]')
        return tuple(value)
    if float in kinds and type(value) is int:
        value = float(value)
    if type(value) not in kinds:
        names = " or ".join(kind.__name__ for kind in kinds if kind is not type(None))
        raise _fault(f"{key} is {value!r} and no {names}", where, f"give {key} a {names}")
    return value


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.USAGE)
