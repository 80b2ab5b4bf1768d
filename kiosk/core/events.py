"""What can happen to a kiosk. Facts, not wishes: each was already true when it was reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.core.ports import Fate


class Timer(StrEnum):
    """The clocks a session can have running; at most one of each."""

    LIMIT = "limit"  # of the present phase
    SILENCE = "silence"  # nobody has said or done anything while the kiosk listens
    VISIT = "visit"  # of the whole visit
    TAIL = "tail"  # after the talk button was released
    RETRY = "retry"  # until the next try to reach the agent
    NOTE = "note"  # until the note "interrupted" goes


class Cause(StrEnum):
    """Why the agent was cut."""

    TOUCH = "touch"
    VOICE = "voice"
    AGENT = "agent"
    LEFT = "left"
    STALL = "stall"


class Part(StrEnum):
    """Which half of the sound a report is about."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Event:
    pass


# --- the program and the site -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started(Event):
    """Settings are read and the sound was tried.

    open_now   the site is open
    opens      else: when it will be, by the clock on the wall, as far as that is known
    pin_needed nobody has chosen a staff PIN yet: no visitor is let in before
    """

    open_now: bool = True
    opens: datetime | None = None
    pin_needed: bool = False


@dataclass(frozen=True, slots=True)
class PinChosen(Event):
    """Staff chose a PIN, and it was read back."""


@dataclass(frozen=True, slots=True)
class HoursBegan(Event):
    pass


@dataclass(frozen=True, slots=True)
class HoursEnded(Event):
    """`opens`: when they begin again, by the clock on the wall, as far as that is known."""

    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wiped(Event):
    """Everything of the last visit is gone."""


@dataclass(frozen=True, slots=True)
class Broke(Event):
    """Something a visitor cannot mend. `sentence` is for staff."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Mended(Event):
    pass


@dataclass(frozen=True, slots=True)
class StaffUnlocked(Event):
    pass


@dataclass(frozen=True, slots=True)
class StaffLocked(Event):
    pass


@dataclass(frozen=True, slots=True)
class SoundLost(Event):
    part: Part


@dataclass(frozen=True, slots=True)
class SoundBack(Event):
    part: Part


@dataclass(frozen=True, slots=True)
class Due(Event):
    """A timer of the session has run out."""

    timer: Timer


# --- the visitor --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touched(Event):
    """The screen outside of any control: begins a visit, or says "I am here"."""


@dataclass(frozen=True, slots=True)
class Agreed(Event):
    """The notice was answered with yes; `speaking` False: the visitor types instead."""

    speaking: bool = True


@dataclass(frozen=True, slots=True)
class Declined(Event):
    pass


@dataclass(frozen=True, slots=True)
class Pressed(Event):
    """The talk button went down. If that cut the agent, `cut` says how much of it was heard."""

    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Released(Event):
    """The talk button came up. `discard`: the finger slid off, and what was said is not to be answered."""

    discard: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of a response was heard when it was cut."""

    response_id: str
    played_ms: float


@dataclass(frozen=True, slots=True)
class CutIn(Event):
    """The loudspeaker was silenced on the visitor's behalf: by Stop, or by a voice the guard confirmed."""

    cause: Cause
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Typed(Event):
    """Typed or touched. `corrects`: id of the line that was heard wrongly."""

    text: str = field(repr=False)
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Muted(Event):
    muted: bool


@dataclass(frozen=True, slots=True)
class LanguageChosen(Event):
    """Two-letter code of a language that the window speaks; for this visit."""

    language: str


@dataclass(frozen=True, slots=True)
class VolumeStepped(Event):
    """Louder (+1) or quieter (-1)."""

    steps: int


@dataclass(frozen=True, slots=True)
class SpeedStepped(Event):
    """The agent is to speak slower (-1) or faster (+1), for this visit."""

    steps: int


@dataclass(frozen=True, slots=True)
class PersonCalled(Event):
    """The visitor asks for somebody of the house, and the site has named how to reach them."""


@dataclass(frozen=True, slots=True)
class CallAnswered(Event):
    """The house was told (`reached`), or nobody could be reached."""

    reached: bool


@dataclass(frozen=True, slots=True)
class VoiceStarted(Event):
    """The microphone's detector hears somebody."""


@dataclass(frozen=True, slots=True)
class VoiceStopped(Event):
    pass


@dataclass(frozen=True, slots=True)
class Finished(Event):
    """The visitor says goodbye: rating, then reset."""

    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Left(Event):
    """The visitor is gone or wants everything gone at once."""


@dataclass(frozen=True, slots=True)
class Rated(Event):
    score: int


# --- the agent ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named(Event):
    """The conversation that is being opened got its session ID."""

    session_id: str


@dataclass(frozen=True, slots=True)
class AgentReady(Event):
    """`language`: the one that the agent speaks, two letters; empty when it does not say."""

    resume_token: str | None = field(repr=False, default=None)
    resume_grace_s: float = 0.0
    language: str = ""


@dataclass(frozen=True, slots=True)
class AgentHears(Event):
    """The agent's own detector noticed the visitor (`speaking` True) or the end of the turn (False)."""

    speaking: bool


@dataclass(frozen=True, slots=True)
class AgentThinks(Event):
    pass


@dataclass(frozen=True, slots=True)
class Words(Event):
    """Words of one item so far, replacing what was known of it.

    Times: of the agent, ms of the response's audio; of the visitor, ms of the session. `speaker`: the person who says
    it in the agent's place, empty for the agent itself.
    """

    role: str
    item_id: str
    text: str = field(repr=False)
    final: bool = False
    response_id: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class ResponseStarted(Event):
    response_id: str


@dataclass(frozen=True, slots=True)
class ResponseDone(Event):
    """The agent has sent all of a response, or gave it up. `silent`: no audio of it ever came."""

    response_id: str
    status: str = "completed"
    silent: bool = False


@dataclass(frozen=True, slots=True)
class AgentCut(Event):
    """The agent told the kiosk to be silent, and the loudspeaker is."""

    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class AgentShows(Event):
    """Something beside the words, until the visitor says the next thing; what is not given stays as it was.

    choices  what the visitor may touch instead of saying it
    card     a title, then short lines
    code     what a phone can read from the screen, an address mostly
    """

    choices: tuple[str, ...] | None = None
    card: tuple[str, ...] | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """A person answers from now on (`active`), or no longer."""

    active: bool
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AgentEnded(Event):
    """The agent said goodbye."""


@dataclass(frozen=True, slots=True)
class LinkLost(Event):
    """The socket is gone, or could not be had. Not `retryable`: only staff can mend it, and `sentence` is for them.

    forgotten  the agent knows nothing of the old conversation any more: only a new one can be had
    busy       the agent talks with as many visitors as it can
    """

    retryable: bool = True
    sentence: str = ""
    cut: Cut | None = None
    forgotten: bool = False
    busy: bool = False


# --- the loudspeaker ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaybackStarted(Event):
    response_id: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded(Event):
    response_id: str
    played_ms: float
    fate: Fate


@dataclass(frozen=True, slots=True)
class PlaybackStalled(Event):
    """The speaker clock has stood still for too long with audio waiting; the loudspeaker was silenced."""

    cut: Cut | None = None
