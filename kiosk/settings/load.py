"""Reads the settings in layers (defaults < site file < environment) and says where each value came from.

Anything wrong is a `Fault` that names the key, the file and line, and the nearest name that would be right.
"""

from __future__ import annotations

import difflib
import itertools
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import languages, places
from kiosk.settings.house import HouseWords
from kiosk.settings.schema import Settings

PREFIX = "KIOSK_"
SECRETS = frozenset({"endpoint", "client_id", "clientid", "token", "api_key", "password", "secret"})
HIDDEN = frozenset(
    {"person.webhook", "person.command", "service.conversations_db", "service.house_db", "gateway.registry"}
)
"""Settings whose value lets others in, or ring: shown is only whether they are set, and of a command its program."""
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and for each dotted key the layer it came from: "default", "FILE:LINE" or "environment NAME"."""

    settings: Settings
    layers: Mapping[str, str]

    def explain(self) -> Iterator[dict[str, Any]]:
        """For each setting: key, value, layer, meaning, and when a change takes effect."""
        for table, section in self.settings.tables():
            for name, field in type(section).model_fields.items():
                key = f"{table}.{name}"
                extra = field.json_schema_extra
                yield {
                    "key": key,
                    "value": getattr(section, name),
                    "layer": self.layers.get(key, DEFAULT),
                    "meaning": field.description or "",
                    "takes_effect": extra["takes_effect"] if isinstance(extra, dict) else "",
                }


def load(site_file: Path | None = None, environment: Mapping[str, str] | None = None) -> Loaded:
    """`site_file` None: the user's own `site.toml` if there is one, else defaults."""
    environment = os.environ if environment is None else environment
    explicit = site_file is not None
    path = site_file or places.config() / "site.toml"
    layers: dict[str, str] = {}
    values: dict[str, Any] = {}
    if explicit or path.exists():
        text = _read(path)
        table = _parse(text, path)
        lines = _lines(text)
        _refuse_secrets(table, lines, path)
        values = table
        layers.update({key: f"{path.name}:{line}" for key, line in lines.items()})
    layers.update(overlay(values, environment))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _explain(error, layers, path) from None
    languages.check(settings, layers)
    return Loaded(settings, layers)


def overlay(values: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Puts what the environment says over `values`, as a settings file would. The layer of each dotted key."""
    layers: dict[str, str] = {}
    for key, name, value in _environment(environment):
        place, (*tables, field) = values, key.split(".")
        for part in tables:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                break  # the schema says what is wrong with it
            place = inner
        else:
            place[field] = value
        layers[key] = f"environment {name}"
    return layers


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else (error.strerror or "cannot be read")
        raise Fault(
            f"the settings file cannot be read: {reason}",
            where=str(path),
            remedy="name a readable TOML file with --site, or leave it out to use the defaults",
            code=ExitCode.SETTINGS,
        ) from None


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Fault(
            f"the settings file is not valid TOML: {error}",
            where=str(path),
            remedy="correct that line; a setting is written as name = value below its [section]",
            code=ExitCode.SETTINGS,
        ) from None


def _lines(text: str) -> dict[str, int]:
    """Line of each `table.key`, for messages. Good enough for plain tables, which is all the schema has."""
    section = ""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            section = header[1]
            for table in itertools.accumulate(section.split("."), lambda outer, inner: f"{outer}.{inner}"):
                found.setdefault(table, number)
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            found.setdefault(f"{section}.{key[1]}" if section else key[1], number)
    return found


def _refuse_secrets(table: Mapping[str, Any], lines: Mapping[str, int], path: Path) -> None:
    for key in _keys(table):
        if key.rsplit(".", 1)[-1].lower().replace("-", "_") in SECRETS:
            raise Fault(
                f"the setting {key} is a secret, and a settings file is copied and backed up",
                where=f"{path}, line {lines.get(key, '?')}",
                remedy="remove the line, and put EXEI_VOICE_ENDPOINT and EXEI_VOICE_CLIENT_ID into the environment, "
                "or the endpoint and Client ID into the 0600 credentials file or the keyring",
                code=ExitCode.SETTINGS,
            )


def _keys(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        yield prefix + name
        if isinstance(value, Mapping):
            yield from _keys(value, f"{prefix}{name}.")


class _Environment(BaseSettings):
    """Only lends its parsing of environment variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")


def _environment(environment: Mapping[str, str]) -> Iterator[tuple[str, str, Any]]:
    """(dotted key, variable, value) of each KIOSK_SECTION__NAME."""
    source = EnvSettingsSource(_Environment)
    for name in sorted(environment):
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        key = name[len(PREFIX) :].lower().replace("__", ".")
        table, _, field = key.rpartition(".")
        model = _model(table)
        if model is None or field not in model.model_fields:
            raise _unknown(key, f"environment variable {name}")
        value: Any = environment[name]
        if source.field_is_complex(model.model_fields[field]):
            try:
                value = json.loads(value)
            except json.JSONDecodeError:
                value = environment[name]  # the schema says what is wrong with it
        yield key, name, value


def _model(table: str) -> type[BaseModel] | None:
    """Of a table by its name in the file."""
    section, _, language = table.partition(".")
    if section == "words":
        return HouseWords if language and "." not in language else None
    field = Settings.model_fields.get(section)
    model: Any = field.annotation if field is not None and not language else None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _known(words: str) -> Iterator[str]:
    """Every name that may stand in the file. `words`: the table of a language that is meant."""
    for section in Settings.model_fields:
        yield section
        table = words if section == "words" else section
        model = _model(table)
        yield from (f"{table}.{name}" for name in (model.model_fields if model else ()))


def _unknown(key: str, where: str) -> Fault:
    table = key.rpartition(".")[0]
    known = list(_known(table if table.startswith("words.") else "words.en"))
    near = difflib.get_close_matches(key, known, 1, 0.5)
    if not near and "." in key:  # right name, wrong section
        near = [name for name in known if name.endswith("." + key.rsplit(".", 1)[-1])][:1]
    hint = f"did you mean {near[0]}" if near else "list them with `kiosk check`"
    return Fault(
        f"there is no setting {key}", where=where, remedy=f"{hint}; remove or rename it", code=ExitCode.SETTINGS
    )


def _explain(error: ValidationError, layers: Mapping[str, str], path: Path) -> Fault:
    found = error.errors(include_url=False, include_input=True)
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])  # a slip leaves its key missing
    parts = [str(part) for part in first["loc"] if part != "[key]"]
    key = ".".join(parts)
    above = (".".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    layer = next((layers[name] for name in above if name in layers), path.name)
    if first["type"] == "extra_forbidden":
        return _unknown(key, layer)
    if first["type"] == "missing":
        return Fault(
            f"the setting {key} is missing",
            where=layer,
            remedy="add it to that table; example.toml shows what each table holds",
            code=ExitCode.SETTINGS,
        )
    message = first["msg"].removeprefix("Input ").rstrip(".")
    shown = "what it is holds a secret" if key in HIDDEN else f"it is {first['input']!r}"
    return Fault(
        f"the setting {key} {message} ({shown})",
        where=layer,
        remedy="correct the value; `kiosk check` explains each setting with its bounds",
        code=ExitCode.SETTINGS,
    )
