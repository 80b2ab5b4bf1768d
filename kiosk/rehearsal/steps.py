"""What a visit is made of: the room, the display, and each thing that a visitor does. Plain data, read by `visit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

LONGEST_S = 120.0

Moment = Literal[
    "listening",
    "agent_speaking",
    "agent_done",
    "attract",
    "notice",
    "connecting",
    "thinking",
    "speaking",
    "handover",
    "checking",
    "farewell",
    "offline",
    "out_of_order",
]
"""The agent begins or finishes an answer, or the kiosk is in that phase."""

Side = Literal["agent", "visitor"]
Part = Literal["microphone", "loudspeaker", "server"]
"""Of the sound: what can be pulled out."""

SOUNDS = ("clap", "cough")
"""That are built in."""

Place = tuple[float, float]
"""On the display: parts of its width and height, each from 0 to less than 1."""


@dataclass(frozen=True, slots=True)
class RoomSetting:
    """`gain_db` None is a headset, `rt60_s` None a single echo, `noise_dbfs` None a silent room.

    drive_db      how far a full-scale sound drives the loudspeaker into its limit; None: it is linear
    babble_dbfs   level of people who talk among themselves, at the microphone
    visitor_dbfs  level of the visitor's speech at the microphone, unless a step says how much above the echo it is
    """

    gain_db: float | None = None
    delay_ms: float = 0.0
    rt60_s: float | None = None
    noise_dbfs: float | None = None
    drive_db: float | None = None
    babble_dbfs: float | None = None
    visitor_dbfs: float = -24.0


@dataclass(frozen=True, slots=True)
class DisplaySetting:
    """A display for the kiosk's window. On one with touch, the orders touch, press, release and stop are fingers on the
    controls that the kiosk shows for them; an order with a place here is a finger there."""

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
    """`echo_db`: how much louder than the agent's echo the visitor is at the microphone; below zero: weaker."""

    text: str | None = None
    button: bool = False
    after_ms: int = 1500
    within_s: float = 20.0
    echo_db: float | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """Something that is no speech, at a peak of `peak_dbfs` at the microphone. `name`: built in, or `file`: a WAV."""

    name: str | None = None
    file: str | None = None
    peak_dbfs: float = -12.0


@dataclass(frozen=True, slots=True)
class Listen:
    """The visitor asks one thing after another and hears every answer to its end, until the agent has spoken for so
    long. An answer that stops by itself fails the visit."""

    minutes: float
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    for_: Moment
    within_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Expect:
    """`stops`: how often a voice, or what was taken for one, stopped the agent since the visitor's last line."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    of: Side = "agent"
    stops: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class Look:
    """A picture of the display as it is now, beside those of every state."""

    name: str


# --- fingers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tap:
    """A finger, down and up on a control, or at a place of the display."""

    control: str | None = None
    x: float | None = None
    y: float | None = None
    seconds: float = 0.08


@dataclass(frozen=True, slots=True)
class Hold:
    """A finger that stays on a control, so long or while the visitor says something."""

    control: str
    seconds: float = 1.0
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Slide:
    """A finger that comes down on one control or place and goes up on another."""

    control: str | None = None
    to: str | None = None
    x: float | None = None
    y: float | None = None
    to_x: float | None = None
    to_y: float | None = None
    seconds: float = 0.3


@dataclass(frozen=True, slots=True)
class SlideOff:
    """A finger that comes down on a control, perhaps while something is said, and slides off it before it goes up."""

    control: str
    text: str | None = None
    seconds: float = 0.3


@dataclass(frozen=True, slots=True)
class TwoFingers:
    """Down on two controls at the same time, and up."""

    controls: tuple[str, ...]
    seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Type:
    """Key after key on the window's own keyboard, which is opened where it is not; then Send."""

    text: str
    send: bool = True


# --- what befalls the kiosk ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unplug:
    part: Part


@dataclass(frozen=True, slots=True)
class Plug:
    part: Part


Fingers = Tap | Hold | Slide | SlideOff | TwoFingers | Type
Step = Touch | Say | CutIn | Sound | Listen | Wait | Expect | Pause | Look | Fingers | Unplug | Plug

STEPS: Mapping[str, type[Any]] = {
    **dict.fromkeys(("touch", "press", "release", "stop", "leave"), Touch),
    "say": Say,
    "cut_in": CutIn,
    "sound": Sound,
    "listen": Listen,
    "wait": Wait,
    "expect": Expect,
    "pause": Pause,
    "look": Look,
    "tap": Tap,
    "hold": Hold,
    "slide": Slide,
    "slide_off": SlideOff,
    "two_fingers": TwoFingers,
    "type": Type,
    "unplug": Unplug,
    "plug": Plug,
}
