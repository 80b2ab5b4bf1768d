"""A visit script: the room, and what the visitor does step by step. Read from TOML, refused with file, line and step.

[[step]]
do = "touch"       also press, release, stop, leave
do = "say"         text, hold (with the talk button down)
do = "cut_in"      text, or button = true; after_ms of the agent's speech; within_s until it speaks; echo_db: how much
                   louder than the agent's echo the visitor is at the microphone (-10 is weaker)
do = "sound"       name = clap or cough, or file = a WAV beside the script; peak_dbfs at the microphone
do = "listen"      minutes of the agent's speech; ask: lines that are said in turn, each answer is heard to its end
do = "wait"        for = agent_speaking, agent_done or a phase such as listening, farewell, attract; within_s
do = "expect"      all, any: words of the newest answer; of = "agent" or "visitor" (what was understood);
                   stops: how often a voice stopped the agent since the visitor's last line or touch
do = "pause"       seconds
do = "look"        name: a picture of the display as it is now (every state has one by itself)
do = "unplug"      part = microphone, loudspeaker or server (the sound server is killed); "plug" brings it back

Any step with on_glass = true is left out where there is no display with touch.

Fingers on the display, which needs touch. A control has a name that no language and no layout changes: stop, talk,
type, mute, person, finish, repeat, key-a, face1, ...; or the words on it; "glass" is the window beside all controls.
do = "tap"         control, or x, y in parts of the display's width and height; seconds
do = "hold"        control; seconds, or text that is said meanwhile
do = "slide"       control and to, or x, y, to_x, to_y; seconds
do = "slide_off"   control; text that is said before the finger slides off; seconds
do = "two_fingers" controls = [one, other]; seconds
do = "type"        text, key after key on the window's keyboard; send = false leaves it there

[display]
width, height      in pixels: the kiosk shows its window on a display of its own
touch, talk, stop, leave = [x, y]     where these are touched by a finger, instead of on the control of that name
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.steps import (
    LONGEST_S,
    SOUNDS,
    STEPS,
    CutIn,
    DisplaySetting,
    Expect,
    Fingers,
    Hold,
    Listen,
    Pause,
    Place,
    RoomSetting,
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

SHIPPED = Path(__file__).parent / "visits"
DEFAULT = "harbour"
LONGEST_LISTEN_MIN = 60.0


@dataclass(frozen=True, slots=True)
class Visit:
    """`on_glass`: numbers of the steps, from 0, that are left out where no finger can reach a display."""

    name: str
    room: RoomSetting
    steps: tuple[Step, ...]
    display: DisplaySetting | None = None
    on_glass: frozenset[int] = frozenset()

    def without_glass(self) -> Visit:
        """The same visit where there is no display, or none with touch."""
        steps = tuple(step for number, step in enumerate(self.steps) if number not in self.on_glass)
        return dataclasses.replace(self, steps=steps, on_glass=frozenset())

    def on_display(self, width: int, height: int) -> Visit:
        """The same visit on a display of this size."""
        there = self.display or DisplaySetting(width, height)
        return dataclasses.replace(self, display=dataclasses.replace(there, width=width, height=height))

    @property
    def needs_touch(self) -> bool:
        fingers = any(isinstance(step, Fingers) for step in self.steps)
        return fingers or (self.display is not None and bool(self.display.places))

    @property
    def unplugs(self) -> bool:
        return any(isinstance(step, Unplug) for step in self.steps)

    @property
    def lines(self) -> list[str]:
        """Every text the visitor says, once, in order."""
        said = [step.text for step in self.steps if isinstance(step, Say | CutIn | Hold | SlideOff) and step.text]
        said += [text for step in self.steps if isinstance(step, Listen) for text in step.ask]
        return list(dict.fromkeys(said))

    @property
    def listens_s(self) -> float:
        """How long the agent is to speak while the visitor only listens."""
        return sum(60 * step.minutes for step in self.steps if isinstance(step, Listen))


def load(path: Path | None = None) -> Visit:
    """The visit in a file, or a packaged one by its name (None: the harbour museum's).

    Raises `Fault` USAGE that names line, step and what is wrong.
    """
    shipped = SHIPPED / f"{path or DEFAULT}.toml"
    if path is None or (not path.exists() and not path.suffix and shipped.exists()):
        path = shipped
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        remedy = f"check the path, or name one of {_names()}"
        raise _fault(f"the visit script cannot be read: {error.strerror}", str(path), remedy) from error
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
    on_glass = frozenset(
        number
        for number, (step, line) in enumerate(zip(steps, heads, strict=True))
        if _on_glass(step, f"{path}:{line}, step {number + 1}")
    )
    return Visit(
        str(table.get("name", path.stem)),
        room,
        tuple(
            _step(step, f"{path}:{line}, step {number}", path.parent)
            for number, (step, line) in enumerate(zip(steps, heads, strict=True), 1)
        ),
        display,
        on_glass,
    )


def _on_glass(step: Mapping[str, Any], where: str) -> bool:
    """Takes that key out of a step."""
    told = step.pop("on_glass", False) if isinstance(step, dict) else False
    if type(told) is not bool:
        raise _fault(f"on_glass is {told!r} and no bool", where, "give on_glass = true")
    return told


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


def _one_of(where: str, named: bool, parts: tuple[float | None, ...], ways: str) -> None:
    """A finger is told where: by name, or by every part of its place."""
    if named == all(part is not None for part in parts) or (named and any(part is not None for part in parts)):
        raise _fault("the finger is not told where", where, f"give {ways}")
    _on_it(where, *(part for part in parts if part is not None))


def _names() -> str:
    return ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))


def _step(table: Mapping[str, Any], where: str, folder: Path) -> Step:
    verb = table.get("do")
    kind = STEPS.get(verb) if isinstance(verb, str) else None
    if kind is None:
        raise _fault(f"a step cannot do {verb!r}", where, f"use one of {', '.join(STEPS)}")
    values = dict(table) if kind is Touch else {key: value for key, value in table.items() if key != "do"}
    step: Step = _fill(kind, values, f"{where} ({verb})")
    match step:
        case CutIn(text=text, button=button) if (text is None) == (not button):
            raise _fault("a cut_in needs either text or button = true", where, "give one of the two")
        case Expect(all=(), any=(), stops=None):
            raise _fault("an expect without words or stops checks nothing", where, "give all, any or stops")
        case Sound(name=name, file=file) if (name is None) == (file is None):
            raise _fault("a sound needs either a name or a file", where, "give one of the two")
        case Sound(name=str(name)) if name not in SOUNDS:
            raise _fault(f"no sound is called {name!r}", where, f"use one of {', '.join(SOUNDS)}, or a file")
        case Sound(file=str(file)):
            if not (folder / file).is_file():
                raise _fault(f"there is no file {file!r} beside the visit", where, "give the name of a WAV file there")
            return dataclasses.replace(step, file=str((folder / file).absolute()))
        case Listen(minutes=minutes) if not 0 < minutes <= LONGEST_LISTEN_MIN:
            raise _fault(f"nobody listens for {minutes:g} minutes", where, f"use at most {LONGEST_LISTEN_MIN:g}")
        case Listen(ask=()):
            raise _fault("there is nothing to ask", where, 'give ask = ["..."]')
        case Say(text=text) if not text.strip():
            raise _fault("there is nothing to say", where, "give text")
        case Wait(within_s=seconds) | CutIn(within_s=seconds) | Pause(seconds=seconds) if not 0 < seconds <= LONGEST_S:
            raise _fault(f"{seconds:g} s is no time to wait", where, f"use more than 0 and at most {LONGEST_S:g} s")
        case Tap(seconds=held) | Hold(seconds=held) | Slide(seconds=held) if not 0 < held <= LONGEST_S:
            raise _fault(f"a finger cannot be down for {held:g} s", where, f"use at most {LONGEST_S:g} s")
        case Tap(control=name, x=x, y=y):
            _one_of(where, name is not None, (x, y), "control, or x and y")
        case Slide(control=name, to=to, x=x, y=y, to_x=to_x, to_y=to_y):
            _one_of(where, None not in (name, to), (x, y, to_x, to_y), "control and to, or x, y, to_x and to_y")
        case TwoFingers(controls=names) if len(names) != 2:
            raise _fault(f"{len(names)} controls are not two", where, 'give controls = ["stop", "mute"]')
        case Type(text=text) if not text.strip():
            raise _fault("there is nothing to type", where, "give text")
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
