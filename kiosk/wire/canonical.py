"""What the rest of the program says to a voice agent and hears from it, whatever the provider's own words are.

A dialect (`dialect.py`) turns these into frames and back. Field names are the hole names of the dialect's
templates; a field whose default is used may be left out of a message. Ids are opaque strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.fault import Fault

Json = Any  # a value that JSON can hold; checked by the templates, not by the type system


@dataclass(frozen=True, slots=True)
class Command:
    """From the kiosk to the agent."""


@dataclass(frozen=True, slots=True)
class Event:
    """From the agent to the kiosk."""


# --- commands -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start(Command):
    """Opens a conversation. `client_id` is a secret: it is left out of `repr`."""

    session_id: str
    client_id: str = field(repr=False, default="")
    device_id: str = ""
    app: str = ""
    version: str = ""
    now_ms: int = 0
    protocol: str = ""
    resume_token: str | None = field(repr=False, default=None)
    input_encoding: str = "pcm_s16le"
    input_rate: int = 16000
    output_encoding: str = "pcm_s16le"
    output_rate: int = 16000


@dataclass(frozen=True, slots=True)
class Audio(Command):
    """Microphone audio. `pcm`: signed 16-bit little-endian mono at the dialect's input rate."""

    pcm: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpeechStart(Command):
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class SpeechEnd(Command):
    """The visitor released the button or fell silent: the turn is committed.

    With `discard` (the finger slid off the button) it is to be forgotten instead; an agent that does not know the field
    takes it as committed.
    """

    offset_ms: int = 0
    discard: bool | None = None


@dataclass(frozen=True, slots=True)
class Text(Command):
    """Typed or touched instead of spoken; with `corrects`, the right words for an item that was misheard."""

    text: str = field(repr=False)
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Context(Command):
    locale: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Interrupt(Command):
    """The visitor cut in. `played_ms` is what really left the loudspeaker."""

    response_id: str
    played_ms: int
    reason: str = "user_speech"


@dataclass(frozen=True, slots=True)
class Playback(Command):
    """`state`: started, finished or flushed."""

    response_id: str
    state: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class Mute(Command):
    muted: bool


@dataclass(frozen=True, slots=True)
class Rate(Command):
    speed: float


@dataclass(frozen=True, slots=True)
class ToolResult(Command):
    call_id: str
    result: Json = None


@dataclass(frozen=True, slots=True)
class Feedback(Command):
    score: int
    item_id: str | None = None
    comment: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Ping(Command):
    id: int
    now_ms: int = 0


@dataclass(frozen=True, slots=True)
class End(Command):
    """`reason`: idle, user or shutdown."""

    reason: str = "user"


# --- events ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected(Event):
    """The socket stands; nothing was said yet."""


@dataclass(frozen=True, slots=True)
class Ready(Event):
    """The agent listens. `accepts` lists the optional commands it takes; empty means none of them."""

    session_id: str = ""
    conversation_id: str = ""
    accepts: tuple[str, ...] = ()
    input_encoding: str = "pcm_s16le"
    input_rate: int = 16000
    output_encoding: str = "pcm_s16le"
    output_rate: int = 16000
    idle_s: float | None = None
    max_s: float | None = None
    resume_token: str | None = field(repr=False, default=None)
    resume_grace_s: float = 0.0
    agent_name: str = ""
    language: str = ""
    languages: tuple[str, ...] = ()
    voice: str = ""


@dataclass(frozen=True, slots=True)
class UserSpeechStarted(Event):
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class UserSpeechStopped(Event):
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Transcript(Event):
    """Words of either side. `role`: user or agent. `mode`: replace, delta or cumulative.

    `speaker`: the person whose words these are, said in the agent's place and with its voice; None for its own.
    """

    role: str
    text: str = field(repr=False)
    item_id: str = ""
    response_id: str | None = None
    final: bool = False
    mode: str = "replace"
    start_ms: int | None = None
    end_ms: int | None = None
    language: str | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class TranscriptCorrected(Event):
    """After a cut: what the agent counts as said."""

    item_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Thinking(Event):
    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseStarted(Event):
    response_id: str


@dataclass(frozen=True, slots=True)
class AgentAudio(Event):
    """Speech of the agent. `response_id` None: it belongs to the newest `ResponseStarted`."""

    pcm: bytes = field(repr=False)
    rate: int = 16000
    response_id: str | None = None
    seq: int | None = None
    text: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class AgentAudioEnd(Event):
    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseDone(Event):
    """`status`: completed, interrupted, cancelled or failed."""

    response_id: str
    status: str = "completed"


@dataclass(frozen=True, slots=True)
class Flush(Event):
    """Silence now. `scope`: all, response (this id), or up_to (this id and all before it)."""

    scope: str = "all"
    response_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mark(Event):
    name: str


@dataclass(frozen=True, slots=True)
class ToolCall(Event):
    call_id: str
    name: str
    arguments: Json = None


@dataclass(frozen=True, slots=True)
class ToolCancel(Event):
    call_id: str


@dataclass(frozen=True, slots=True)
class Show(Event):
    """Something for the screen beside the words. `kind`: choices, card, image, map or qr."""

    kind: str
    content: Json = None


@dataclass(frozen=True, slots=True)
class Handover(Event):
    """A person takes the conversation (`active`), or gives it back."""

    to: str = "human"
    name: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Metrics(Event):
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pong(Event):
    id: int
    now_ms: int = 0


@dataclass(frozen=True, slots=True)
class ResumeUpdate(Event):
    token: str = field(repr=False)
    grace_s: float = 0.0


@dataclass(frozen=True, slots=True)
class GoAway(Event):
    time_left_ms: int = 0


@dataclass(frozen=True, slots=True)
class Warning_(Event):  # noqa: N801 - `Warning` is a builtin
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Error(Event):
    code: str = ""
    message: str = ""
    fatal: bool = False
    retryable: bool = True
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Ended(Event):
    """The agent says goodbye; the socket closes next."""

    reason: str = ""
    usage: Json = None


@dataclass(frozen=True, slots=True)
class Closed(Event):
    """The socket is gone, or never stood. Comes exactly once for each try, as its last event.

    code     close code; 1006 where none came, 0 where no socket ever stood
    reason   our own words for the code, never the peer's
    fault    what a person can mend, where there is such a thing
    """

    code: int
    reason: str = ""
    clean: bool = False
    retryable: bool = True
    retry_after_ms: int | None = None
    fault: Fault | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unknown(Event):
    """A message no template matched. `type` names it; its content is not kept."""

    type: str = ""
