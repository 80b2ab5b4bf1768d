"""The opening message as it passes a gateway: read through the dialect, and written again with other names in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.codec import Frame, FrameRefused
from kiosk.wire.coders import Damaged
from kiosk.wire.dialect import Dialect
from kiosk.wire.messages import NotJson, loads
from kiosk.wire.template import Bindings, Template, Unfillable, fill, match

EXCHANGED = frozenset({"endpoint", "client_id", "token"})
"""What only the gateway knows; a kiosk says its own name instead."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One conversation's opening message. `said`: what stands in its holes; may hold a resume token."""

    template: Template
    binary: bool
    said: Bindings

    @property
    def client_id(self) -> str:
        """Empty where this dialect says none in it."""
        return str(self.said.get("client_id") or "")

    @property
    def resumes(self) -> bool:
        return bool(self.said.get("resume_token"))

    def written(self, names: Mapping[str, str]) -> Frame:
        """The same with these names. Raises `FrameRefused` when it cannot be said."""
        try:
            text = json.dumps(fill(self.template, {**self.said, **names}), separators=(",", ":"))
        except Unfillable as missing:
            raise FrameRefused(4000, f"the opening message lacks {missing}") from None
        return text.encode() if self.binary else text


def has_opening(dialect: Dialect) -> bool:
    """Whether a conversation in this dialect begins with a message of the kiosk's."""
    return any(entry.kind == "start" for entry in dialect.commands)


def read_opening(dialect: Dialect, frame: Frame) -> Opening:
    """Raises `FrameRefused` for anything else than an opening message of this dialect."""
    binary = dialect.up.messages == "binary"
    if isinstance(frame, bytes) != binary:
        raise FrameRefused(4000, "the opening message must come first")
    try:
        message = loads(frame)
        for entry in dialect.commands:
            if entry.kind == "start" and (said := match(entry.template, message)) is not None:
                return Opening(entry.template, binary, said)
    except (NotJson, Damaged):
        raise FrameRefused(1007, "this message is not JSON") from None
    raise FrameRefused(4000, "the opening message must come first and be complete")


def check_relayed(dialect: Dialect) -> None:
    """Raises `Fault` for a dialect that says what only the gateway knows in other messages than the opening one:
    those pass unread."""
    taken = dialect.before.answer.holes if dialect.before is not None else frozenset[str]()
    secret = EXCHANGED | (taken & {"session_id"})
    others = [(entry.kind, entry.template) for entry in dialect.commands if entry.kind != "start"]
    others += [("reply", reply.send) for reply in dialect.replies]
    others += [("keepalive", dialect.keepalive)] if dialect.keepalive is not None else []
    for kind, template in others:
        if said := secret & template.holes:
            raise Fault(
                f'the dialect {dialect.name} says {{{min(said)}}} in "{kind}" too; a gateway puts it into the opening '
                "message alone",
                where="agent.dialect",
                remedy="leave it out there if the agent allows it; else its kiosks need no gateway, but Client IDs",
                code=ExitCode.SETTINGS,
            )
