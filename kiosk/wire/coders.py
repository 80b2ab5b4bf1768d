"""How one value of a message is written on the wire.

A hole's natural kind comes from the field it fills (`NATURAL`); `WIRE_TYPES` lists the ways to write each kind.
"""

from __future__ import annotations

import base64
import binascii
import math
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kiosk.wire import pcm

NATURAL = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "strings": "a list of texts",
    "map": "a table of numbers",
    "json": "any value",
    "pcm": "audio",
}
WIRE_TYPES: Mapping[str, tuple[str, ...]] = {
    "str": ("str", "int"),  # int: an id that the wire counts in numbers
    "int": ("int", "digits"),  # digits: a number written as a text
    "float": ("float",),
    "bool": ("bool",),
    "strings": ("strings",),
    "map": ("map",),
    "json": ("json",),
    # base64 of the dialect's encoding or of the named one; ints is a list of 16-bit samples
    "pcm": ("b64", "b64.pcm_s16le", "b64.mulaw", "b64.wav", "ints"),
}


class Mismatch(Exception):
    """The value is not of this kind."""


class Damaged(Exception):
    """Audio that cannot be decoded. The message is recognised, its content is not usable."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded audio of a message. `rate` is None where the container does not tell (Hz)."""

    pcm: bytes
    rate: int | None = None


@dataclass(frozen=True, slots=True)
class Coder:
    """`strict`: a value that does not fit means another message, even where the hole is optional.

    `empty`: an empty value says something and is written by an optional hole too.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    from_text: Callable[[str], Any]
    strict: bool = False
    empty: bool = False


def coder(natural: str, wire: str | None, encoding: str) -> Coder:
    """The coder for a hole. `wire` is what stands behind its colon. Raises ValueError with a reason for a person."""
    if wire is not None and ("|" in wire or ">" in wire):
        if natural not in {"str", "json"}:
            raise ValueError(f"a choice of words does not fit {NATURAL[natural]}")
        return _words(wire)
    known = WIRE_TYPES[natural]
    wire = wire or known[0]
    if wire not in known:
        near = get_close_matches(wire, known, 1)
        raise ValueError(
            f'"{wire}" cannot hold {NATURAL[natural]}; ' + (f"did you mean {near[0]}?" if near else f"use {known}")
        )
    if natural == "pcm":
        return _ints() if wire == "ints" else _base64(wire.partition(".")[2] or encoding)
    if natural == "str" and wire == "int":
        return Coder(_read_str, _read_int, str)
    return _PLAIN[wire]


def _read_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    # Some providers count their ids in numbers; ours are opaque texts.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Mismatch


def _read_int(value: Any) -> int:
    if isinstance(value, bool):
        raise Mismatch
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise Mismatch from None
    raise Mismatch


def _read_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Mismatch
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise Mismatch from None
    if not math.isfinite(number):
        raise Mismatch
    return number


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Mismatch
    return value


def _read_strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Mismatch
    return tuple(value)


def _read_map(value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise Mismatch
    return {str(key): _read_float(number) for key, number in value.items()}


def _text_bool(text: str) -> bool:
    if text not in {"true", "false"}:
        raise Mismatch
    return text == "true"


def _same(value: Any) -> Any:
    return value


def _no_text(text: str) -> Any:
    raise Mismatch


_PLAIN = {
    "str": Coder(_read_str, str, str),
    "int": Coder(_read_int, _read_int, _read_int),
    "digits": Coder(_read_int, lambda value: str(_read_int(value)), _read_int),
    "float": Coder(_read_float, _read_float, _read_float),
    "bool": Coder(_read_bool, _read_bool, _text_bool),
    "strings": Coder(_read_strings, list, lambda text: tuple(text.split("|"))),
    "map": Coder(_read_map, dict, _no_text, empty=True),
    "json": Coder(_same, _same, str, empty=True),
}


def _words(spec: str) -> Coder:
    ours: dict[str, str] = {}
    wires: dict[str, str] = {}
    for word in spec.split("|"):
        wire, _, canonical = word.partition(">")
        if not wire:
            raise ValueError(f'"{spec}" has an empty word')
        ours[wire] = canonical or wire
        wires.setdefault(canonical or wire, wire)

    def look(table: Mapping[str, str]) -> Callable[[Any], str]:
        def find(value: Any) -> str:
            if not isinstance(value, str) or value not in table:
                raise Mismatch
            return table[value]

        return find

    return Coder(look(ours), look(wires), look({word: word for word in wires}), strict=True)


def _base64(encoding: str) -> Coder:
    def read(value: Any) -> Sound:
        if not isinstance(value, str):
            raise Damaged("audio that is not a base64 text")
        try:
            data = base64.b64decode(value, validate=True)
            return Sound(*pcm.decode(encoding, data))
        except (binascii.Error, ValueError) as error:
            raise Damaged(str(error)) from None

    def write(value: Any) -> str:
        sound = value if isinstance(value, Sound) else Sound(value)
        return base64.b64encode(pcm.encode(encoding, sound.pcm, sound.rate or 16000)).decode("ascii")

    return Coder(read, write, _no_text)


def _ints() -> Coder:
    def read(value: Any) -> Sound:
        if not isinstance(value, list):
            raise Damaged("audio that is not a list of samples")
        try:
            return Sound(pcm.little_endian(array("h", value)))
        except (TypeError, OverflowError):
            raise Damaged("samples that are not 16-bit numbers") from None

    def write(value: Any) -> list[int]:
        return pcm.samples(value.pcm if isinstance(value, Sound) else value)

    return Coder(read, write, _no_text)
