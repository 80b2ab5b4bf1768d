"""What the state machine may ask of the world. Each order has one doer in `app`."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core.ports import Uplink


@dataclass(frozen=True, slots=True)
class Order:
    pass


@dataclass(frozen=True, slots=True)
class Connect(Order):
    """Open a conversation: with `resume_token` the old one, else a new one with a new session ID."""

    session_id: str | None = None
    resume_token: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Disconnect(Order):
    """Close the link cleanly, if there is one. `reason`: idle, user or shutdown."""

    reason: str = "user"


@dataclass(frozen=True, slots=True)
class SetUplink(Order):
    """The uplink gate, and with it the lamp: they are one flag."""

    uplink: Uplink

    @property
    def lamp(self) -> bool:
        return self.uplink not in (Uplink.CLOSED, Uplink.GUARDED)


@dataclass(frozen=True, slots=True)
class Watch(Order):
    """Listen for a hello on the device itself (`on`), or no longer. The uplink is closed and the lamp dark."""

    on: bool


@dataclass(frozen=True, slots=True)
class Forget(Order):
    """Empty the microphone's pre-roll."""


@dataclass(frozen=True, slots=True)
class Silence(Order):
    """Flush the loudspeaker."""


@dataclass(frozen=True, slots=True)
class BeginResponse(Order):
    """Audio of this response is welcome at the loudspeaker."""

    response_id: str


@dataclass(frozen=True, slots=True)
class TellInterrupted(Order):
    """Tell the agent how much of a cut response was heard."""

    response_id: str
    played_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class TellPlayback(Order):
    response_id: str
    state: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class TellSpeech(Order):
    """The talk button: the visitor's turn begins (`begins`), is committed, or is to be forgotten (`discard`)."""

    begins: bool
    discard: bool = False


@dataclass(frozen=True, slots=True)
class TellText(Order):
    """`corrects`: id of the line that was heard wrongly."""

    text: str = field(repr=False)
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class TellLanguage(Order):
    """The language that the visitor reads, two letters; the agent may use it or not."""

    language: str


@dataclass(frozen=True, slots=True)
class TellPage(Order):
    """What the kiosk does by itself, for the agent's house to know: `reprompt` encourages a visitor who is silent,
    `checking` asks whether somebody is still there."""

    page: str


@dataclass(frozen=True, slots=True)
class TellSpeed(Order):
    """Speed of the agent's speech, 1.0 is its own."""

    speed: float


@dataclass(frozen=True, slots=True)
class SetVolume(Order):
    """Gain of the loudspeaker, dB."""

    gain_db: float


@dataclass(frozen=True, slots=True)
class Chime(Order):
    """A short sound of the kiosk's own: `open`, `heard`, `error`, `goodbye`, or `attention`, which is a warning."""

    name: str


@dataclass(frozen=True, slots=True)
class CallPerson(Order):
    """Reach somebody of the house as the settings say; `CallAnswered` follows."""


@dataclass(frozen=True, slots=True)
class TellMuted(Order):
    muted: bool


@dataclass(frozen=True, slots=True)
class TellRating(Order):
    score: int


@dataclass(frozen=True, slots=True)
class Wipe(Order):
    """Forget everything of the visit, everywhere, then report `Wiped`."""
