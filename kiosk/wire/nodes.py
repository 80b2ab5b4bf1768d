"""The parts a message template is made of: each recognises a piece of a message and writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk.wire.coders import Coder, Mismatch

Json = Any
Bindings = dict[str, Any]


class Unfillable(Exception):
    """This template cannot say what the bindings hold."""


class _Absent:
    """Marks a member that is not in a message, or is to be left out of one."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


class Node(Protocol):
    """One part. `match` puts what it finds into `out`; `fill` raises `Unfillable`."""

    @property
    def optional(self) -> bool:
        """Whether the part also matches ABSENT and may fill to it."""

    def match(self, value: Any, out: Bindings) -> bool: ...
    def fill(self, bindings: Mapping[str, Any]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Constant:
    values: tuple[Json, ...]
    optional: bool = False

    def match(self, value: Any, out: Bindings) -> bool:
        if value is ABSENT or (value is None and self.optional):
            return self.optional
        # Python holds True == 1; JSON does not.
        return any(value == known and isinstance(value, bool) == isinstance(known, bool) for known in self.values)

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Anything:
    optional: bool = False

    def match(self, value: Any, out: Bindings) -> bool:
        return self.optional or value is not ABSENT

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        return ABSENT if self.optional else None


@dataclass(frozen=True, slots=True)
class Sent:
    """Written as it stands; on reading whatever is there, or nothing, will do."""

    inner: Node
    optional: bool = True

    def match(self, value: Any, out: Bindings) -> bool:
        return True

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        return self.inner.fill(bindings)


@dataclass(frozen=True, slots=True)
class Hole:
    name: str
    coder: Coder
    optional: bool = False
    default: Any = None

    def match(self, value: Any, out: Bindings) -> bool:
        if value is not ABSENT and value is not None:
            try:
                found = self.coder.read(value)
            except Mismatch:
                # A damaged extra must not cost the message; a word outside of the listed ones is another message.
                if not self.optional or self.coder.strict:
                    return False
            else:
                out.setdefault(self.name, found)
                return True
        if self.optional and self.default is not None:
            out.setdefault(self.name, self.default)
        return self.optional

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        value = bindings.get(self.name)
        if value is None:
            value = self.default
        if self.optional and self.default is None and (value is None or (value in ("", ()) and not self.coder.empty)):
            return ABSENT
        if value is None:
            raise Unfillable(self.name)
        try:
            return self.coder.write(value)
        except Mismatch:
            raise Unfillable(self.name) from None


@dataclass(frozen=True, slots=True)
class Mixed:
    """`literals` has one element more than `holes`."""

    literals: tuple[str, ...]
    holes: tuple[Hole, ...]
    optional: bool = False

    def match(self, value: Any, out: Bindings) -> bool:
        if not isinstance(value, str) or not value.startswith(self.literals[0]):
            return False
        rest = value[len(self.literals[0]) :]
        *inner, last = zip(self.holes, self.literals[1:], strict=True)
        for hole, literal in inner:
            found, between, rest = rest.partition(literal)
            if not between or not hole.match(found, out):
                return False
        hole, literal = last
        return rest.endswith(literal) and hole.match(rest.removesuffix(literal), out)

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        said = [self.literals[0]]
        for hole, literal in zip(self.holes, self.literals[1:], strict=True):
            said += [str(hole.fill(bindings)), literal]
        return "".join(said)


@dataclass(frozen=True, slots=True)
class Table:
    members: tuple[tuple[str, Node], ...]
    optional: bool = False

    def match(self, value: Any, out: Bindings) -> bool:
        if value is ABSENT or value is None:
            return self.optional and all(node.match(ABSENT, out) for _, node in self.members)
        return isinstance(value, Mapping) and all(node.match(value.get(key, ABSENT), out) for key, node in self.members)

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        filled = {key: said for key, node in self.members if (said := node.fill(bindings)) is not ABSENT}
        return ABSENT if self.optional and not filled else filled


@dataclass(frozen=True, slots=True)
class Row:
    """A list, element by element from the front."""

    elements: tuple[Node, ...]
    optional: bool = False

    def match(self, value: Any, out: Bindings) -> bool:
        if not isinstance(value, list):
            return False
        missing = len(self.elements) - len(value)
        padded = [*value, *([ABSENT] * max(0, missing))]
        return all(node.match(item, out) for node, item in zip(self.elements, padded, strict=False))

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        return [said for node in self.elements if (said := node.fill(bindings)) is not ABSENT]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A list of which the first element that fits counts."""

    element: Node
    optional: bool = False

    def match(self, value: Any, out: Bindings) -> bool:
        if not isinstance(value, list):
            return False
        for item in value:
            found: Bindings = {}
            if self.element.match(item, found):
                for name, bound in found.items():
                    out.setdefault(name, bound)
                return True
        return False

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        said = self.element.fill(bindings)
        return [] if said is ABSENT else [said]


@dataclass(frozen=True, slots=True)
class Packed:
    """A JSON text inside of a string. A peer that forgot to pack it is understood too."""

    inner: Node

    @property
    def optional(self) -> bool:
        return self.inner.optional

    def match(self, value: Any, out: Bindings) -> bool:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return False
        return self.inner.match(value, out)

    def fill(self, bindings: Mapping[str, Any]) -> Any:
        said = self.inner.fill(bindings)
        return ABSENT if said is ABSENT else json.dumps(said, separators=(",", ":"))
