"""Message templates: one shape serves to recognise a message and to write it.

A template is a JSON-like tree, as TOML gives it. What is not a hole must stand in the message as it is written; extra
fields of a message are ignored. The leaves:

    "init", 7, true         this very value
    "{played_ms}"           a hole: a value of the named thing's own kind
    "{played_ms:digits}"    ... which the wire writes in another way (see `coders.WIRE_TYPES`)
    "{rate=16000}"          ... which may be missing and is 16000 then
    "{item_id?}"            ... which may be missing; left out on writing when there is nothing to say
    "{state:started|done>finished}"  one of these words; `wire>ours` where the wire uses another word
    "{=interrupted|killAudio}"       any of these words, the first is written; `{=raw|wave?}` may be missing.
                            Numbers, true, false and null among them are not texts
    "{_}", "{_?}"           anything; anything or nothing
    "Bearer {token}"        a text with holes in it; `{{` and `}}` are braces

A table whose every member may be missing may itself be missing. A list matches element by element, from the front.
Three tables have a meaning of their own: `{"@json" = ...}` is a JSON text inside a string, `{"@any" = ...}` a list of
which one element matches, `{"@sent" = ...}` is written so and never looked at on reading. There are no expressions and
no patterns: a dialect file can name things, not compute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kiosk.wire.coders import NATURAL, Mismatch, coder
from kiosk.wire.nodes import (
    AnyOf,
    Anything,
    Bindings,
    Constant,
    Hole,
    Json,
    Mixed,
    Node,
    Packed,
    Row,
    Sent,
    Table,
    Unfillable,
)

__all__ = ["Bindings", "Json", "Template", "TemplateError", "Unfillable", "fill", "match", "parse"]

_HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?::([^=?{}]+))?(?:=([^{}]*)|(\?))?\}")
_CHOICE = re.compile(r"\{=([^{}?]+)(\?)?\}")
_SPECIAL: Mapping[str, Callable[[Node], Node]] = {"@json": Packed, "@any": AnyOf, "@sent": Sent}


class TemplateError(ValueError):
    """A template that cannot be. `culprit` is the text to look for in the file."""

    def __init__(self, reason: str, culprit: str) -> None:
        self.reason = reason
        self.culprit = culprit
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed tree. `holes` names what it can bind."""

    root: Node
    holes: frozenset[str]

    @property
    def distinct(self) -> bool:
        """Whether there is a message that it does not match."""
        return _demands(self.root)


def parse(tree: Json, names: Mapping[str, str], pcm: str = "pcm_s16le") -> Template:
    """Check a tree once. `names`: what may stand in a hole, and its natural kind (see `coders.NATURAL`).

    `pcm` is the encoding of audio holes that name none. Raises `TemplateError`.
    """
    parser = _Parser(names, pcm)
    return Template(parser.node(tree), frozenset(parser.seen))


def match(template: Template, message: Json) -> Bindings | None:
    """What the message says in the template's holes, or None. Raises `coders.Damaged` for audio that cannot be read."""
    out: Bindings = {}
    return out if template.root.match(message, out) else None


def fill(template: Template, bindings: Mapping[str, Any]) -> Json:
    """The message. Raises `Unfillable` when a needed value is missing or the template has no word for it."""
    return template.root.fill(bindings)


@dataclass(slots=True)
class _Parser:
    names: Mapping[str, str]
    pcm: str
    seen: set[str]

    def __init__(self, names: Mapping[str, str], pcm: str) -> None:
        self.names = names
        self.pcm = pcm
        self.seen = set()

    def node(self, tree: Json) -> Node:
        if isinstance(tree, Mapping):
            return self._table(tree)
        if isinstance(tree, list):
            return Row(tuple(self.node(element) for element in tree))
        if isinstance(tree, str):
            return self._text(tree)
        if isinstance(tree, bool | int | float):
            return Constant((tree,))
        raise TemplateError(f"a template cannot hold a value of the kind {type(tree).__name__}", str(tree))

    def _table(self, tree: Mapping[str, Json]) -> Node:
        special = [key for key in tree if key.startswith("@")]
        if special:
            key = special[0]
            if key not in _SPECIAL:
                raise TemplateError(f'"{key}" is no special table; there are {", ".join(_SPECIAL)}', key)
            if len(tree) > 1:
                raise TemplateError(f'"{key}" must stand alone in its table', key)
            return _SPECIAL[key](self.node(tree[key]))
        members = tuple((key, self.node(value)) for key, value in tree.items())
        return Table(members, optional=bool(members) and all(node.optional for _, node in members))

    def _text(self, text: str) -> Node:
        if whole := _CHOICE.fullmatch(text):
            return Constant(tuple(_plain(word) for word in whole[1].split("|")), optional=whole[2] is not None)
        if text in {"{_}", "{_?}"}:
            return Anything(optional=text == "{_?}")
        if whole := _HOLE.fullmatch(text):
            return self._hole(whole, in_text=False)
        literals, holes, start = [], [], 0
        guarded = text.replace("{{", "\0").replace("}}", "\1")
        for found in _HOLE.finditer(guarded):
            literals.append(guarded[start : found.start()])
            holes.append(self._hole(found, in_text=True))
            start = found.end()
        literals.append(guarded[start:])
        for literal in literals:
            if "{" in literal or "}" in literal:
                raise TemplateError(f'"{text}" is no hole; write {{name}}, {{name:type}}, {{name?}} or {{=a|b}}', text)
        if any(not between for between in literals[1:-1]):
            raise TemplateError(f'"{text}" has two holes with nothing between them', text)
        plain = tuple(literal.replace("\0", "{").replace("\1", "}") for literal in literals)
        return Mixed(plain, tuple(holes)) if holes else Constant((plain[0],))

    def _hole(self, found: re.Match[str], *, in_text: bool) -> Hole:
        name, wire, default, mark = found.groups()
        if name not in self.names:
            near = get_close_matches(name, self.names, 1)
            known = f"did you mean {{{near[0]}}}?" if near else f"known here: {', '.join(sorted(self.names))}"
            raise TemplateError(f"{{{name}}} is not known here; {known}", f"{{{name}")
        natural = self.names[name]
        if in_text and (mark or default is not None):
            raise TemplateError(f"{found[0]} stands inside of a text and cannot be optional", found[0])
        if in_text and wire is None and natural == "int":
            wire = "digits"
        try:
            chosen = coder(natural, wire, self.pcm)
        except ValueError as error:
            raise TemplateError(f"{found[0]}: {error}", found[0]) from None
        if in_text and natural not in {"str", "int"}:
            raise TemplateError(f"{found[0]} holds {NATURAL[natural]} and cannot stand inside of a text", found[0])
        self.seen.add(name)
        value: Any = None
        if default is not None:
            try:
                value = chosen.from_text(default)
            except Mismatch:
                raise TemplateError(f"{found[0]}: the default is not {NATURAL[natural]}", found[0]) from None
        return Hole(name, chosen, optional=mark is not None or default is not None, default=value)


def _demands(node: Node) -> bool:
    if isinstance(node, Table):
        return any(not member.optional for _, member in node.members)
    return not node.optional


def _plain(word: str) -> Json:
    try:
        value = json.loads(word)
    except ValueError:
        return word
    return value if value is None or isinstance(value, bool | int | float) else word
