"""The canonical items by name, and what their fields can hold. Names are those of `[[command]]` and `[[event]]`."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

from kiosk.wire import canonical
from kiosk.wire.canonical import Command, Event

# What the connection knows beside an item's own fields; templates may substitute these and nothing else.
CONNECTION_NAMES: Mapping[str, str] = {
    "endpoint": "str",
    "session_id": "str",
    "client_id": "str",
    "token": "str",
    "device_id": "str",
    "app": "str",
    "version": "str",
    "locale": "str",
    "protocol": "str",
    "resume_token": "str",
    "now_ms": "int",
}
# These the codec makes up where a provider does not number its responses and lines.
MADE_UP = frozenset({"response_id", "item_id"})
_LOCAL = frozenset({"connected", "closed", "unknown"})


def kind_of(item: type[Command | Event]) -> str:
    """`UserSpeechStarted` is `user_speech_started`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", item.__name__.rstrip("_")).lower()


def _all(base: type[Any]) -> dict[str, type[Any]]:
    found = (value for value in vars(canonical).values() if isinstance(value, type) and issubclass(value, base))
    return {kind_of(item): item for item in found if item is not base}


COMMANDS: Mapping[str, type[Command]] = _all(Command)
EVENTS: Mapping[str, type[Event]] = {name: item for name, item in _all(Event).items() if name not in _LOCAL}


def fields(item: type[Command | Event]) -> Mapping[str, str]:
    """Each field and its natural kind, as `coders.NATURAL` has it."""
    hints = get_type_hints(item)
    return {f.name: _natural(hints[f.name]) for f in dataclasses.fields(item)}


def required(item: type[Command | Event]) -> frozenset[str]:
    """Fields that have no default."""
    missing = dataclasses.MISSING
    return frozenset(f.name for f in dataclasses.fields(item) if f.default is missing and f.default_factory is missing)


def _natural(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arm for arm in get_args(hint) if arm is not type(None))
    if get_origin(hint) is tuple:
        return "strings"
    if get_origin(hint) is Mapping:
        return "map"
    simple = {str: "str", bool: "bool", int: "int", float: "float", bytes: "pcm"}
    return simple.get(hint, "json")
