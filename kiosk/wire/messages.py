"""From the text of one message to the canonical item it stands for."""

from __future__ import annotations

import json
import re
from typing import Any

from kiosk.wire.canonical import Command, Event
from kiosk.wire.coders import Sound
from kiosk.wire.dialect import Entry
from kiosk.wire.template import Bindings

_NAMING_KEYS = ("type", "event", "op", "kind")


class NotJson(ValueError):
    """The frame holds no JSON."""


def loads(frame: str | bytes) -> Any:
    """Raises `NotJson`; NaN and Infinity are not JSON."""
    try:
        return json.loads(frame, parse_constant=_refuse)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise NotJson from None


def build(entry: Entry, found: Bindings) -> Command | Event:
    """The item that a matched template stands for."""
    values = {name: value for name, value in found.items() if name in entry.fields}
    sound = values.get("pcm")
    if isinstance(sound, Sound):
        values["pcm"] = sound.pcm
        if "rate" in entry.fields:
            # A container knows better than the message around it. 0: nobody said, it is as `Ready` announced.
            values["rate"] = sound.rate or values.get("rate", 0)
    unsaid = {name: "" for name in entry.unsaid if name not in values}
    return entry.item(**{**unsaid, **values, **entry.constants})


def type_of(message: Any) -> str:
    """A name for a message nobody knows: never its content."""
    if not isinstance(message, dict):
        return f"JSON.{type(message).__name__}"
    named = (message[key] for key in _NAMING_KEYS if isinstance(message.get(key), str))
    return re.sub(r"[^A-Za-z0-9_.:-]", "?", next(named, next(iter(message), "empty")))[:40]


def _refuse(name: str) -> Any:
    raise ValueError(name)
