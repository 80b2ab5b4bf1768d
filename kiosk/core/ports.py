"""What the siblings offer each other. `app` injects one into another; none of them imports its neighbour.

Audio on every port is little-endian signed 16-bit mono PCM (`bytes`) unless a docstring says otherwise.
Every time is in seconds of `time.monotonic()`, which is one clock for all processes of a Linux machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.core.fault import ExitCode


class Uplink(StrEnum):
    """What may leave the microphone. `CLOSED` is the privacy state: the lamp is off and not one sample goes up."""

    CLOSED = "closed"
    GATED = "gated"  # voice activity opens it, with pre-roll; hang-over closes it
    OPEN = "open"  # everything goes up while it is set
    HELD = "held"  # push-to-talk is down: everything goes up, with the pre-roll before the press
    GUARDED = "guarded"  # the agent speaks: nothing goes up until the guard confirms a visitor


class VoiceEdge(StrEnum):
    """What the microphone's detector noticed. Posted from the capture thread."""

    STARTED = "started"
    STOPPED = "stopped"
    SUSPECTED = "suspected"  # first evidence of a visitor over the agent: the loudspeaker ducks
    DISMISSED = "dismissed"  # it was none, or nobody asks any more: the loudspeaker comes back
    BARGE_IN = "barge_in"  # the guard is sure that a visitor speaks over the agent


class Fate(StrEnum):
    """How the playback of one response ended."""

    FINISHED = "finished"
    FLUSHED = "flushed"


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of a response really left the loudspeaker.

    played_ms   milliseconds of the response's own audio heard, silence of underruns not counted
    queued_ms   milliseconds accepted and not heard yet
    stalled_s   seconds since the position last moved while something was queued; 0 when nothing is queued
    """

    response_id: str
    played_ms: float
    queued_ms: float
    stalled_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MicrophoneFigures:
    """Counters of the capture side since it was opened."""

    frames: int = 0
    overruns: int = 0
    dropped: int = 0
    level_dbfs: float = -120.0
    floor_dbfs: float = -120.0
    overdriven: int = 0  # turns of visitors who were too loud for it


@dataclass(frozen=True, slots=True)
class SpeakerFigures:
    """Counters of the playback side since it was opened."""

    frames: int = 0
    underruns: int = 0
    late_frames_dropped: int = 0
    level_dbfs: float = -120.0


class Microphone(Protocol):
    """The capture side. Methods may be called on any thread; callbacks come on the capture thread.

    Callbacks, set once before `open()`:
    on_frame(pcm, captured_at)  20 ms of 16 kHz audio (640 bytes) that may go up now; `captured_at` is when its last
                                sample was captured
    on_voice(edge, at)          a `VoiceEdge` and when its first evidence was captured
    on_lost(reason)             the device went away; `open()` may be tried again
    """

    on_frame: Callable[[bytes, float], None]
    on_voice: Callable[[VoiceEdge, float], None]
    on_lost: Callable[[str], None]

    def open(self) -> None: ...
    def close(self) -> None: ...
    def set_uplink(self, uplink: Uplink) -> None: ...
    def watch(self, on: bool) -> None:
        """While the uplink is CLOSED: tell when somebody begins to speak. Not one sample of it goes up."""

    def forget(self) -> None:
        """Empty the pre-roll: nothing recorded before this moment can go up."""

    @property
    def uplink(self) -> Uplink: ...
    @property
    def figures(self) -> MicrophoneFigures: ...
    @property
    def alive_at(self) -> float:
        """When sound of the device was last worked on; of one that is lost, when that was."""


class Speaker(Protocol):
    """The playback side. `feed` and `flush` may be called on any thread; callbacks come on the audio control thread.

    Callbacks, set once before `open()`:
    on_started(response_id, at)            the first sample of a response leaves the loudspeaker at `at`
    on_ended(response_id, played_ms, fate) the response was heard to its end, or cut
    on_lost(reason)                        the device went away
    """

    on_started: Callable[[str, float], None]
    on_ended: Callable[[str, float, Fate], None]
    on_lost: Callable[[str], None]

    def open(self) -> None: ...
    def close(self) -> None: ...
    def begin(self, response_id: str) -> None:
        """Frames of this response are welcome from now on, in order of `begin`; a flushed id never is again."""

    def feed(self, response_id: str, pcm: bytes, rate: int) -> bool:
        """Queue audio. False when it was dropped because the response is flushed or unknown."""

    def end(self, response_id: str) -> None:
        """No more audio of this response will come: what is queued plays out, then `on_ended`."""

    def flush(self, response_id: str | None = None) -> Heard:
        """Silence now. Everything queued (of this response, or all) is gone and late frames of it are dropped."""

    def earcon(self, pcm: bytes, rate: int) -> bool:
        """A short sound of the kiosk's own, now. False when a response is begun: that one comes first, and cuts an
        earcon with its first frame. No callback tells of it."""

    def position(self) -> Heard: ...
    def set_volume(self, gain_db: float) -> None:
        """Gain of everything from the next block on, eased over some milliseconds; never past full scale."""

    def duck(self, on: bool) -> None:
        """Quieter while it is not sure yet that a visitor speaks; off brings the level back smoothly. Any thread, at
        once. A flush ends it, and so does the first response after silence."""

    @property
    def figures(self) -> SpeakerFigures: ...
    @property
    def alive_at(self) -> float:
        """When the device last took a block, or was last seen to rest; of one that is lost, when that was."""


class Devices(Protocol):
    """The sound system's devices while the program runs. Methods may be called on any thread and return at once."""

    def watch(self, changed: Callable[[], None]) -> None:
        """`changed` is called when devices came or went, on any thread, until `unwatch`."""

    def unwatch(self) -> None: ...
    def set_free(self, free: bool) -> None:
        """Whether nobody is disturbed when sound moves to a device that the settings like better."""


@dataclass(frozen=True, slots=True)
class PinVerdict:
    """What became of a PIN. `wait_s`: none is taken before; `weak`: too easy to be chosen; `sentence`: a fault."""

    ok: bool
    wait_s: float = 0.0
    weak: bool = False
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the staff panel. `state`: ok, fail or skipped."""

    name: str
    state: str
    sentence: str


class Staff(Protocol):
    """What staff can do at the screen; `app` offers it. Loop thread only; answers come later, on the loop thread."""

    @property
    def locked(self) -> bool:
        """Whether leaving needs the PIN. False in a demo, where Esc leaves."""

    def choose_pin(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        """First start: nobody has chosen one yet. A taken one opens the kiosk."""

    def unlock(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        """The panel opens when the PIN is right."""

    def lock(self) -> None:
        """Back to the visitors."""

    def examine(self, told: Callable[[tuple[Check, ...]], None]) -> None:
        """The doctor's checks that disturb nobody."""

    def facts(self) -> tuple[tuple[str, str], ...]:
        """(what, value) of the moment: device, version, levels, visits, link. No words of visitors."""

    def close_for_now(self, closed: bool) -> None:
        """Closed by hand until staff open it again, or the kiosk is started anew."""

    @property
    def has_sound(self) -> bool:
        """False in safe mode: there are no levels to show."""

    @property
    def ways(self) -> frozenset[ExitCode]:
        """What the program can end for beside leaving to the system: what its supervisor understands."""

    def leave(self, code: ExitCode = ExitCode.STAFF_LEFT) -> None:
        """The program ends; what comes next is its supervisor's."""


class Lamp(Protocol):
    """The light beside the microphone: on exactly while something may leave it."""

    def show(self, lit: bool) -> None: ...


class Hands(Protocol):
    """What a visitor can do with the controls; the engine offers it to the screen. Loop thread only."""

    def touch(self) -> None:
        """The screen outside of any control: begins a visit, or says "I am here"."""

    def press(self) -> None:
        """The talk button went down. Silences the agent at once."""

    def release(self) -> None: ...
    def discard(self) -> None:
        """The finger slid off the talk button: what was said since the press is not to be answered."""

    def silence(self) -> None:
        """Stop: the agent is silent at once, the visitor has the word."""

    def write(self, text: str, corrects: str | None = None) -> None:
        """Typed, or a choice that was touched. `corrects`: id of the line that was heard wrongly."""

    def mute(self, muted: bool) -> None: ...
    def agree(self, speaking: bool) -> None:
        """The notice was answered with yes; `speaking` False: type instead."""

    def decline(self) -> None: ...
    def speak_language(self, language: str) -> None:
        """The visitor reads this language, two letters; on the first screen it begins the visit."""

    def step_volume(self, steps: int) -> None:
        """Louder (+1) or quieter (-1), between the site's bounds, for this visit."""

    def step_speed(self, steps: int) -> None:
        """The agent speaks slower (-1) or faster (+1), for this visit."""

    def call_person(self, plea: str) -> None:
        """Reach somebody of the house; where the site has named nobody, the agent is asked with `plea`."""

    def finish(self) -> None:
        """Goodbye: rating, then reset."""

    def leave(self) -> None: ...
    def rate(self, score: int) -> None:
        """1 yes, 0 a little, -1 not really."""
