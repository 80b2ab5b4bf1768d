"""Reads a voice socket that is described as data: which message means what, how audio travels, when it is ready.

The file format and the template language are documented in `README.md` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.closing import DEFAULT_CLOSE, MEANINGS
from kiosk.wire.kinds import COMMANDS, CONNECTION_NAMES, EVENTS, MADE_UP, fields, required
from kiosk.wire.pcm import ENCODINGS
from kiosk.wire.shape import Before, Dialect, Entry, Reply, Side, Way
from kiosk.wire.template import Template, TemplateError, parse
from kiosk.wire.toml import Section, Source, nearest

__all__ = ["Before", "Dialect", "Entry", "Reply", "Side", "Way", "dialect_names", "load_dialect", "parse_dialect"]

ENTRY_POINTS = "kiosk.dialects"
_ECHO = tuple("abcdefghijklmnopqrstuvwxyz")  # free names of a reply: what is bound in `to` is written in `send`


def load_dialect(name_or_path: str) -> Dialect:
    """A shipped dialect, one of an installed package (entry points `kiosk.dialects`), or a file (`*.toml`, or a path).

    An entry point names a path-like object of a TOML file. Raises `Fault` (SETTINGS) that names file, line and reason.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path or "\\" in name_or_path:
        path = Path(name_or_path).expanduser()
        try:
            return parse_dialect(path.read_text(encoding="utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise Fault(
                f"the dialect file cannot be read: {why}",
                where=path.name,
                remedy="check the agent's dialect setting",
                code=ExitCode.SETTINGS,
            ) from None
    shipped = files("kiosk.wire") / "dialects" / f"{name_or_path}.toml"
    if shipped.is_file():
        return parse_dialect(shipped.read_text(encoding="utf-8"), shipped.name)
    for point in entry_points(group=ENTRY_POINTS, name=name_or_path):
        found = point.load()
        found = Path(found) if isinstance(found, str) else found
        return parse_dialect(found.read_text(encoding="utf-8"), f"{name_or_path} of {point.value}")
    raise Fault(
        f'there is no dialect "{name_or_path}"; {nearest(name_or_path, dialect_names())}',
        where="the agent's dialect setting",
        remedy="set the name of a dialect, or the path of a .toml file",
        code=ExitCode.SETTINGS,
    )


def dialect_names() -> list[str]:
    """Names that `load_dialect` knows."""
    shipped = (files("kiosk.wire") / "dialects").iterdir()
    names = {entry.name.removesuffix(".toml") for entry in shipped if entry.name.endswith(".toml")}
    return sorted(names | {point.name for point in entry_points(group=ENTRY_POINTS)})


def parse_dialect(text: str, file: str) -> Dialect:
    """A dialect from the text of its file. `file` is named in faults. Raises `Fault` (SETTINGS)."""
    source = Source(file, text)
    top = Section(source, "", 0, source.tables)
    name, about, protocol = top.text("name"), top.text("about", ""), top.text("protocol", "")
    top.close(
        also=(
            *("connect", "before", "ready", "up", "down", "transcripts", "responses", "keepalive", "close"),
            *("command", "event", "reply"),
        )
    )
    connect, ready, lines = source.section("connect"), source.section("ready"), source.section("transcripts")
    responses, keepalive = source.section("responses"), source.section("keepalive")
    up, down = _way(source.section("up"), up=True), _way(source.section("down"), up=False)
    every_s = keepalive.number("every_s", 0, 0, 600)
    dialect = Dialect(
        name=name,
        about=about,
        protocol=protocol,
        url=_template(connect, connect.text("url", "{endpoint}"), CONNECTION_NAMES),
        headers=_template(connect, connect.mapping("headers"), CONNECTION_NAMES),
        subprotocols=connect.texts("subprotocols"),
        compression=connect.flag("compression", False),
        before=_before(source.section("before")) if "before" in source.tables else None,
        ready_when=ready.word("when", ("open", "message", "message_or_timeout"), "message"),
        ready_timeout_s=ready.number("timeout_s", 3.0, 0.1, 60),
        up=up,
        down=down,
        finals=lines.flag("finals", True),
        line_quiet_s=lines.number("quiet_s", 1.5, 0.1, 60),
        responses_begin=responses.word("begin", ("message", "audio"), "message"),
        response_quiet_s=responses.number("quiet_s", 0.0, 0, 60),
        reopen_gap_s=responses.number("reopen_gap_s", 0.25, 0, 10),
        keepalive_s=every_s,
        keepalive=_template(keepalive, keepalive.any("message"), CONNECTION_NAMES) if every_s else None,
        commands=tuple(_entry(s, COMMANDS, up.encoding) for s in source.sections("command")),
        events=tuple(_entry(s, EVENTS, down.encoding) for s in source.sections("event")),
        replies=tuple(_reply(s) for s in source.sections("reply")),
        close_codes=MappingProxyType(_close(source.section("close"))),
    )
    for section in (connect, ready, lines, responses, keepalive):
        section.close()
    _check(dialect, source)
    return dialect


def _way(section: Section, *, up: bool) -> Way:
    way = Way(
        messages=section.word("messages", ("text", "binary"), "text"),
        audio=section.word("audio", ("binary", "json"), "binary"),
        encoding=section.word("encoding", ENCODINGS, "pcm_s16le"),
        rate=int(section.number("rate", 16000, 8000, 48000)),
        frame_ms=int(section.number("frame_ms", 20, 10, 1000)) if up else 20,
        while_speaking=section.word("while_speaking", ("confirmed", "open"), "confirmed") if up else "confirmed",
        end_of_turn=section.word("end_of_turn", ("server", "client"), "server") if up else "server",
    )
    section.close()
    if way.messages == "binary" and way.audio == "binary":
        raise section.fault("messages and audio cannot both be binary frames; nothing tells them apart", "messages")
    return way


def _template(section: Section, tree: Any, names: Mapping[str, str], encoding: str = "pcm_s16le") -> Template:
    if tree is None:
        raise section.fault('"message" is missing')
    try:
        return parse(tree, names, encoding)
    except TemplateError as error:
        raise section.fault(error.reason, error.culprit) from None


def _entry(section: Section, kinds: Mapping[str, type[Any]], encoding: str) -> Entry:
    kind = section.word("is", tuple(kinds))
    item = kinds[kind]
    known = fields(item)
    template = _template(section, section.any("message"), {**CONNECTION_NAMES, **known}, encoding)
    if not template.distinct:
        raise section.fault(f'this template of "{kind}" would match every message', "message")
    constants = section.mapping("with")
    for key, value in constants.items():
        if key not in known:
            raise section.fault(f'"{key}" is no field of {kind}; {nearest(key, tuple(known))}', key)
        kind_of_value = {"str": str, "int": int, "float": int | float, "bool": bool}.get(known[key], object)
        if not isinstance(value, kind_of_value):
            raise section.fault(f'"{key}" of {kind} cannot be {value!r}', key)
    unsaid = required(item) - template.holes - set(constants)
    if missing := unsaid - MADE_UP:
        raise section.fault(f'the template of "{kind}" has no hole for {{{min(missing)}}}', "message")
    optional = section.text("optional", "") if kinds is COMMANDS else ""
    also = section.flag("also", False)
    section.close()
    unsaid |= required(item) & MADE_UP  # an optional hole may find none
    return Entry(kind, item, template, MappingProxyType(constants), frozenset(known), unsaid, optional or None, also)


def _reply(section: Section) -> Reply:
    echoes = {**dict.fromkeys(_ECHO, "json"), **CONNECTION_NAMES}
    to = _template(section, section.any("to"), echoes)
    send = _template(section, section.any("send"), echoes)
    section.close()
    unknown = {name for name in send.holes - to.holes if name in _ECHO}
    if unknown:
        raise section.fault(f'"send" echoes {{{min(unknown)}}}, which "to" does not take', f"{{{min(unknown)}")
    if not to.distinct:
        raise section.fault('"to" would match every message', "to")
    return Reply(to, send)


def _before(section: Section) -> Before:
    body = section.any("body")
    before = Before(
        method=section.word("method", ("GET", "POST"), "POST"),
        url=_template(section, section.text("url", "{endpoint}"), CONNECTION_NAMES),
        headers=_template(section, section.mapping("headers"), CONNECTION_NAMES),
        body=None if body is None else _template(section, body, CONNECTION_NAMES),
        answer=_template(section, section.mapping("answer"), {"url": "str", "token": "str", "session_id": "str"}),
    )
    section.close()
    if not before.answer.holes:
        raise section.fault('"answer" takes nothing; it can take {url}, {token} and {session_id}', "answer")
    return before


def _close(section: Section) -> dict[int, str]:
    codes = dict(DEFAULT_CLOSE)
    for key in section.table:
        if not key.isdigit() or not 1000 <= int(key) <= 4999:
            raise section.fault(f'"{key}" is no close code; they go from 1000 to 4999', key)
        codes[int(key)] = section.word(key, tuple(MEANINGS))
    return codes


def _check(dialect: Dialect, source: Source) -> None:
    """What only the whole file can tell."""
    said, heard = {entry.kind for entry in dialect.commands}, {entry.kind for entry in dialect.events}
    if dialect.up.audio == "json" and "audio" not in said:
        raise source.fault('audio goes up in messages, and no [[command]] is "audio"', source.line("up", 0, "audio"))
    if dialect.down.audio == "json" and "agent_audio" not in heard:
        raise source.fault(
            'audio comes down in messages, and no [[event]] is "agent_audio"', source.line("down", 0, "audio")
        )
    if dialect.up.end_of_turn == "client":
        line = source.line("up", 0, "end_of_turn")
        if "speech_end" not in said:
            raise source.fault('the kiosk ends the turns, and no [[command]] is "speech_end"', line)
        if dialect.up.while_speaking == "open":
            raise source.fault("whoever hears the interruptions must hear the end of a turn too", line)
    if dialect.ready_when == "message" and "ready" not in heard:
        raise source.fault('it is ready on a message, and no [[event]] is "ready"', source.line("ready", 0, "when"))
    if dialect.responses_begin == "message" and "response_started" not in heard:
        raise source.fault(
            'no [[event]] is "response_started"; describe one, or set begin = "audio" in [responses]',
            source.line("responses", 0, "begin"),
        )
    ends = {"response_done", "agent_audio_end"} & heard
    if dialect.responses_begin == "audio" and not dialect.response_quiet_s and not ends:
        raise source.fault("nothing ends a response; set quiet_s in [responses]", source.line("responses", 0, "begin"))
