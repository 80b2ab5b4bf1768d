"""What a dialect consists of once it is read. Immutable; built by `dialect.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.wire.canonical import Command, Event
from kiosk.wire.template import Template


class Side(StrEnum):
    """Which end of the socket a codec stands at."""

    CLIENT = "client"  # writes commands, reads events
    SERVER = "server"  # writes events, reads commands


@dataclass(frozen=True, slots=True)
class Entry:
    """One message template for one kind of command or event.

    constants  fields that the message does not carry, and that an item must have for this template to be its words
    fields     all fields of the item; `unsaid` are ids it needs and this provider does not give
    optional   name that `Ready.accepts` must list before this command is sent; None: always sent
    also       tried even when an earlier template of the same kind matched the message
    """

    kind: str
    item: type[Command | Event]
    template: Template
    constants: Mapping[str, Any]
    fields: frozenset[str]
    unsaid: frozenset[str]
    optional: str | None = None
    also: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Whatever matches `to` is answered with `send`, holes echoed."""

    to: Template
    send: Template


@dataclass(frozen=True, slots=True)
class Way:
    """One direction. `messages`: text or binary frames; `audio`: binary frames, or json (inside messages)."""

    messages: str = "text"
    audio: str = "binary"
    encoding: str = "pcm_s16le"
    rate: int = 16000
    frame_ms: int = 20
    while_speaking: str = "confirmed"  # up only: what goes up while the agent speaks, confirmed or open
    end_of_turn: str = "server"  # up only: who finds the end of what a visitor says, server or client


@dataclass(frozen=True, slots=True)
class Before:
    """An HTTP request that comes before the socket. `answer` binds url, token or session_id."""

    method: str
    url: Template
    headers: Template
    body: Template | None
    answer: Template


@dataclass(frozen=True, slots=True)
class Dialect:
    """One voice socket. Immutable; one instance serves any number of connections. Times in seconds, rates in Hz."""

    name: str
    about: str
    protocol: str
    url: Template
    headers: Template
    subprotocols: tuple[str, ...]
    compression: bool
    before: Before | None
    ready_when: str  # open | message | message_or_timeout
    ready_timeout_s: float
    up: Way
    down: Way
    finals: bool  # whether transcripts of this provider ever say that they are final
    line_quiet_s: float  # ... if not, a line ends after this much quiet
    responses_begin: str  # message | audio: whether a response_started comes, or the first audio stands for it
    response_quiet_s: float  # with `audio`: a response ends after this much quiet; 0: it ends with a message
    reopen_gap_s: float  # with `audio`: after a flush, audio counts as late until a gap this long
    keepalive_s: float  # 0: none
    keepalive: Template | None
    commands: tuple[Entry, ...]
    events: tuple[Entry, ...]
    replies: tuple[Reply, ...]
    close_codes: Mapping[int, str] = field(default_factory=dict)

    @property
    def formats(self) -> dict[str, Any]:
        """What a `Ready` that does not speak of audio formats means."""
        return {
            "input_encoding": self.up.encoding,
            "input_rate": self.up.rate,
            "output_encoding": self.down.encoding,
            "output_rate": self.down.rate,
        }

    def entries(self, writing: bool, side: Side) -> tuple[Entry, ...]:
        return self.commands if writing == (side is Side.CLIENT) else self.events
