"""What the end of a socket means: whether to try again, and what a person can mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.canonical import Closed


@dataclass(frozen=True, slots=True)
class Meaning:
    """One reason why sockets close. `remedy` and `code` are there where a person can do something about it."""

    reason: str
    retryable: bool = False
    clean: bool = False
    remedy: str = ""
    code: ExitCode = ExitCode.NOT_A_VOICE_SOCKET


STRANGER, REVOKED, WRONG_CODE = 4461, 4463, 4464  # what only a gateway says
TRY_LATER = 1013

_CHECK_BOTH = "compare the endpoint and the Client ID with the agent's Voice API page"

# The words a dialect's [close] table may use.
MEANINGS: Mapping[str, Meaning] = {
    "done": Meaning("the conversation is over", clean=True),
    "ended": Meaning("the agent had already ended this conversation", clean=True),
    "idle": Meaning("the agent ended the conversation because nobody spoke", clean=True),
    "going_away": Meaning("the agent's server is going away", retryable=True),
    "lost": Meaning("the connection to the agent was lost", retryable=True),
    "server_error": Meaning("the agent's server failed", retryable=True),
    "try_later": Meaning("the agent's server asks to try again later", retryable=True),
    "rate_limited": Meaning("the agent's server has too many requests from here", retryable=True),
    "init_timeout": Meaning("the agent's server got no opening message in time", retryable=True),
    "session_in_use": Meaning("the agent's server says that this session id is in use", retryable=True),
    "protocol": Meaning(
        "the agent's server found a fault in the WebSocket protocol",
        remedy="check that no proxy stands between this machine and the agent",
    ),
    "audio_format": Meaning(
        "the agent refused the format of the audio",
        remedy="set encoding and rate under [up] of the dialect to what the agent takes",
        code=ExitCode.AUDIO_FORMAT,
    ),
    "unreadable": Meaning(
        "the agent could not read what was sent",
        remedy="check that the dialect and its audio format are those of this agent",
        code=ExitCode.AUDIO_FORMAT,
    ),
    "policy": Meaning("the agent refused this device by its policy", remedy=_CHECK_BOTH, code=ExitCode.CREDENTIALS),
    "too_big": Meaning("the agent refused a message as too big", remedy="check that the dialect is that of this agent"),
    "bad_init": Meaning(
        "the agent did not understand the opening message", remedy="check that the dialect is that of this agent"
    ),
    "client_id": Meaning(
        "the Client ID was refused",
        remedy="copy the Client ID from the agent's Voice API page again",
        code=ExitCode.CREDENTIALS,
    ),
    "forbidden": Meaning("the agent refused this device", remedy=_CHECK_BOTH, code=ExitCode.CREDENTIALS),
    "gateway_stranger": Meaning(
        "the gateway does not know this kiosk, or it has another key now",
        remedy="have a code made with `kiosk gateway devices add` and enrol it: `kiosk secrets enrol`",
        code=ExitCode.CREDENTIALS,
    ),
    "gateway_revoked": Meaning(
        "the gateway was told to let this kiosk in no more",
        remedy="ask whoever keeps the gateway; a new code lets it in again",
        code=ExitCode.CREDENTIALS,
    ),
    "unknown_agent": Meaning(
        "the agent or the resumed conversation is not known there", remedy=_CHECK_BOTH, code=ExitCode.CREDENTIALS
    ),
}

DEFAULT_CLOSE: Mapping[int, str] = {
    1000: "done",
    1001: "going_away",
    1002: "protocol",
    1003: "audio_format",
    1005: "lost",
    1006: "lost",
    1007: "unreadable",
    1008: "policy",
    1009: "too_big",
    1011: "server_error",
    1012: "try_later",
    1013: "try_later",
    1015: "lost",
    4000: "bad_init",
    4001: "client_id",
    4003: "forbidden",
    4004: "unknown_agent",
    4008: "init_timeout",
    4009: "session_in_use",
    4010: "ended",
    4029: "rate_limited",
    4031: "idle",
    STRANGER: "gateway_stranger",
    REVOKED: "gateway_revoked",
}


def closed(meaning: str, code: int, *, retry_after_ms: int | None = None) -> Closed:
    """The event for one of `MEANINGS`. Nothing the peer wrote is in it: a close reason may echo a secret."""
    known = MEANINGS[meaning]
    fault = None
    if known.remedy:
        where = f"close code {code}" if code else "the voice link"
        fault = Fault(known.reason, where=where, remedy=known.remedy, code=known.code)
    return Closed(
        code=code,
        reason=known.reason,
        clean=known.clean,
        retryable=known.retryable,
        retry_after_ms=retry_after_ms,
        fault=fault,
    )


def closed_by_code(table: Mapping[int, str], code: int) -> Closed:
    """The event for a close code, by the dialect's table. A code nobody listed may be tried again."""
    meaning = table.get(code) or DEFAULT_CLOSE.get(code)
    if meaning is None:
        return Closed(code=code, reason=f"the agent closed with code {code}", retryable=True)
    return closed(meaning, code)


def refused(fault: Fault, *, retryable: bool, retry_after_ms: int | None = None, code: int = 0) -> Closed:
    """The event for a socket that never stood, or that this side had to give up."""
    return Closed(code=code, reason=fault.what, retryable=retryable, retry_after_ms=retry_after_ms, fault=fault)
