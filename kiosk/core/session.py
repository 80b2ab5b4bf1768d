"""Everything known of the kiosk and of the visit that it is in. Immutable: `machine.step` makes the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from kiosk.core.events import Timer
from kiosk.core.policy import CaptureRule, Policy
from kiosk.core.ports import Uplink
from kiosk.core.transcript import Transcript


class Phase(StrEnum):
    """Where a kiosk can be. "Interrupted" and "no sound" are notes beside the phase, not phases."""

    STARTING = "starting"
    SETUP = "setup"
    CLOSED = "closed"
    ATTRACT = "attract"
    NOTICE = "notice"
    CONNECTING = "connecting"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    HANDOVER = "handover"
    CHECKING = "checking"
    FAREWELL = "farewell"
    RESETTING = "resetting"
    OFFLINE = "offline"
    OUT_OF_ORDER = "out_of_order"
    STAFF = "staff"


TALKING = frozenset({Phase.CONNECTING, Phase.LISTENING, Phase.THINKING, Phase.SPEAKING, Phase.HANDOVER, Phase.CHECKING})
"""Phases in which a visitor and the agent have the word."""

LINKED = TALKING - {Phase.CONNECTING} | {Phase.FAREWELL}
"""Phases in which the link normally stands."""


class Note(StrEnum):
    """What the screen shows beside the phase."""

    INTERRUPTED = "interrupted"
    REPROMPT = "reprompt"
    NO_ANSWER = "no_answer"
    NO_MICROPHONE = "no_microphone"
    NO_SPEAKER = "no_speaker"
    RECONNECTING = "reconnecting"
    BUSY = "busy"  # the agent has too many visitors; the link waits and tries again
    CALLING = "calling"
    CALLED = "called"
    CALL_FAILED = "call_failed"
    WRITING = "writing"


CALL_NOTES = frozenset({Note.CALLING, Note.CALLED})
"""A person of the house was asked for and not refused: a second touch must not ring a second time."""

SOUND_NOTES = frozenset({Note.NO_MICROPHONE, Note.NO_SPEAKER})


@dataclass(frozen=True, slots=True)
class Session:
    """
    open_now     visitors are let in
    opens        else: when they will be, by the clock on the wall, as far as that is known
    visit        visits begun since the program started
    session_id   of the conversation on the wire; None outside of one
    consented    the notice was answered with yes, or the site needs none
    text_only    the visitor types; the microphone stays shut
    pressed      the talk button is down
    turn_open    the agent was told that the visitor's turn began, and not yet that it ended
    linked       the agent is ready and the link stands
    responses    ids of responses begun by the agent and not yet heard to their end, oldest first
    sounding     the first of them leaves the loudspeaker
    ending       the agent said goodbye: farewell follows when it has been heard
    uplink       what may leave the microphone; the lamp is derived from it
    watching     a hello begins the visit: the microphone listens on the device, and nothing leaves it
    timers       when each running timer is due, in `time.monotonic()` seconds
    fault        for staff: why the kiosk is out of order or offline
    choices      what the agent gives the visitor to touch, until the visitor says the next thing
    card         what it shows to read beside its words: a title, then short lines
    code         what it shows for the visitor's phone to read
    language     the visitor's choice for this visit, two letters; empty: the site's own
    agent_language  what the agent speaks, as far as it said
    volume       steps above or below the site's own volume
    speed        steps above or below the agent's own speed
    """

    phase: Phase = Phase.STARTING
    entered_at: float = 0.0
    open_now: bool = True
    opens: datetime | None = None
    visit: int = 0
    began_at: float = 0.0
    session_id: str | None = None
    consented: bool = False
    text_only: bool = False
    muted: bool = False
    pressed: bool = False
    turn_open: bool = False
    linked: bool = False
    responses: tuple[str, ...] = ()
    sounding: bool = False
    ending: bool = False
    uplink: Uplink = Uplink.CLOSED
    watching: bool = False
    transcript: Transcript = field(default_factory=Transcript)
    reprompts: int = 0
    person: str | None = None
    notes: frozenset[Note] = frozenset()
    resume_token: str | None = field(default=None, repr=False)
    resume_until: float = 0.0
    timers: Mapping[Timer, float] = field(default_factory=lambda: MappingProxyType({}))
    fault: str = ""
    choices: tuple[str, ...] = ()
    card: tuple[str, ...] = ()
    code: str = ""
    language: str = ""
    agent_language: str = ""
    volume: int = 0
    speed: int = 0

    @property
    def next_due(self) -> tuple[float, Timer] | None:
        """The timer that runs out first."""
        return min(((at, timer) for timer, at in self.timers.items()), default=None)

    def since_began_ms(self, now: float) -> int:
        return max(0, round((now - self.began_at) * 1000))

    def fresh(self) -> Session:
        """Nothing of the visit is left; what is known of the kiosk itself stays."""
        return replace(
            Session(),
            phase=self.phase,
            entered_at=self.entered_at,
            open_now=self.open_now,
            opens=self.opens,
            visit=self.visit,
            uplink=self.uplink,
            watching=self.watching,
            notes=self.notes & SOUND_NOTES,
        )


def uplink_of(session: Session, policy: Policy) -> Uplink:
    """What may leave the microphone now: a function of the session alone, so that no row of the table can forget it.

    Open only in a visit, after consent, over a standing link, and never while muted. While a response is heard, only
    what the guard confirms goes up (residual echo would make the agent interrupt itself); or everything, where the
    dialect leaves it to the agent to hear an interruption; or nothing, where a voice is not to interrupt (half-duplex).
    A response that is about to be heard changes nothing for a voice: who still speaks then is not cut off, and the
    microphone itself sees to it that the first sample ends that.
    """
    if session.phase not in TALKING or not session.linked or not session.consented:
        return Uplink.CLOSED
    if session.muted or session.text_only or session.ending or Note.NO_MICROPHONE in session.notes:
        return Uplink.CLOSED
    if session.pressed:
        return Uplink.HELD
    if policy.capture is CaptureRule.PUSH_TO_TALK:
        return Uplink.CLOSED
    if session.responses:
        if not policy.voice_barge_in:
            return Uplink.CLOSED
        if policy.uplink_while_speaking_open:
            return Uplink.OPEN
        if session.sounding or policy.capture is CaptureRule.OPEN:
            return Uplink.GUARDED
    return Uplink.OPEN if policy.capture is CaptureRule.OPEN else Uplink.GATED


def watching_of(session: Session, policy: Policy) -> bool:
    """Whether the microphone listens for a hello: on the first screen alone, where the uplink is closed."""
    return policy.start_by_voice and session.phase is Phase.ATTRACT and Note.NO_MICROPHONE not in session.notes
