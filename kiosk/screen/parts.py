"""What a scene is made of: the compositions, the lamp's glasses, controls and what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.core.policy import Policy
from kiosk.screen.caption import Caption
from kiosk.settings.schema import Settings


class Face(StrEnum):
    """Which composition fills the window."""

    ATTRACT = "attract"
    TALK = "talk"
    NOTICE = "notice"
    FAREWELL = "farewell"
    PLAIN = "plain"


class Mode(StrEnum):
    """What the glass around the lamp does."""

    ATTRACT = "attract"
    READY = "ready"
    CONNECTING = "connecting"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    STILL_THERE = "stillthere"
    NO_SOUND = "nosound"
    PERSON = "person"
    OFFLINE = "offline"
    NONE = "none"


HUE = {
    Mode.LISTENING: "listening",
    Mode.INTERRUPTED: "listening",
    Mode.THINKING: "thinking",
    Mode.SPEAKING: "speaking",
    Mode.STILL_THERE: "needs_you",
    Mode.NO_SOUND: "needs_you",
    Mode.OFFLINE: "needs_you",
}


class Act(StrEnum):
    """What a control does; `Hand` carries it out."""

    TALK = "talk"
    STOP = "stop"
    MUTE = "mute"
    UNMUTE = "unmute"
    TYPE = "type"
    REPEAT = "repeat"
    PERSON = "person"
    FINISH = "finish"
    LEAVE = "leave"
    AGREE = "agree"
    AGREE_TYPING = "agree_typing"
    DECLINE = "decline"
    TOUCH = "touch"
    LOUDER = "louder"
    SOFTER = "softer"
    SLOWER = "slower"
    FASTER = "faster"
    LARGE = "large"
    SOUND = "sound"
    LANGUAGE = "language"
    HISTORY = "history"


class Sheet(StrEnum):
    """What takes the place of the words for a while."""

    NONE = ""
    SOUND = "sound"
    LANGUAGE = "language"
    HISTORY = "history"


class Kind(StrEnum):
    """How a pill looks: ivory is the one thing to press now, coloured means that the microphone is open."""

    SOLID = "solid"
    LIVE = "live"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Control:
    """`share`: how far its dial stands, 0 to 1, once the visitor has turned it; drawn as an arc around the icon."""

    act: Act
    label: str
    icon: str = ""
    kind: Kind = Kind.QUIET
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Dial:
    """How the agent sounds, in steps: `at` of `count` dots are filled. A side is None at its end."""

    less: Control | None
    more: Control | None
    at: int
    count: int


@dataclass(frozen=True, slots=True)
class Language:
    """`name`: what its own readers call it."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class House:
    """What the site allows, as far as it shows.

    volume, speed  steps (lowest, highest) that a visitor can go from the site's own
    start_by_voice a voice begins a visit
    calls          somebody is named who can be called
    """

    volume: tuple[int, int] = (Policy().quietest_steps, Policy().loudest_steps)
    speed: tuple[int, int] = (Policy().slowest_steps, Policy().fastest_steps)
    start_by_voice: bool = False
    calls: bool = False

    @classmethod
    def of(cls, site: Settings) -> House:
        return cls(
            volume=(site.sound.quietest_steps, site.sound.loudest_steps),
            start_by_voice=site.visit.start_by_voice,
            calls=bool(site.person.webhook or site.person.command),
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """
    heard      the visitor's question, above the answer; may be corrected by touch where `correctable`
    heard_id   id of the line that would be corrected
    code       what a phone can read from the screen, an address mostly
    remark     the note says that something is not as it should be: it goes before the choices
    left, main, other, right  the row: two discs, a pill or a pair of them, two discs
    tools      in the brand bar
    earlier    opens what was said before
    dials, more  on the sound sheet: how the agent sounds, and what has no place in the row
    languages  those that can be chosen; empty where there is no choice
    lamp       something may leave the microphone now
    ring       (from, until) of the ring of time, monotonic seconds
    renew_at   when the same session looks different again, monotonic seconds
    """

    face: Face
    mode: Mode
    word: str = ""
    heard: str = field(default="", repr=False)
    caption: Caption = field(default_factory=Caption)
    note: str = ""
    code: str = field(default="", repr=False)
    remark: bool = False
    lines: tuple[str, ...] = ()
    chips: tuple[str, ...] = ()
    left: tuple[Control, ...] = ()
    main: Control | None = None
    other: Control | None = None
    right: tuple[Control, ...] = ()
    tools: tuple[Control, ...] = ()
    earlier: Control | None = None
    dials: tuple[Dial, ...] = ()
    more: tuple[Control, ...] = ()
    languages: tuple[Language, ...] = ()
    lamp: bool = False
    correctable: bool = False
    heard_id: str | None = None
    ring: tuple[float, float] | None = None
    renew_at: float | None = None

    @property
    def hue(self) -> str:
        return HUE.get(self.mode, "rest")

    @property
    def on_screen(self) -> tuple[Control, ...]:
        """What can be touched while no sheet is open."""
        single = (self.main, self.other, self.earlier)
        return (*self.tools, *self.left, *(c for c in single if c is not None), *self.right)

    @property
    def on_sound_sheet(self) -> tuple[Control, ...]:
        sides = (side for dial in self.dials for side in (dial.less, dial.more))
        return (*(side for side in sides if side is not None), *self.more)

    def offers(self, sheet: Sheet) -> bool:
        """Whether there is anything to put on the sheet."""
        match sheet:
            case Sheet.SOUND:
                return any(tool.act is Act.SOUND for tool in self.tools)
            case Sheet.LANGUAGE:
                return any(tool.act is Act.LANGUAGE for tool in self.tools)
            case Sheet.HISTORY:
                return self.earlier is not None
            case Sheet.NONE:
                return True
