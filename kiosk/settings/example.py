"""Writes the example site: every setting with its sentence and its default. `python -m kiosk.settings.example`"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.settings.places import assets
from kiosk.settings.schema import Settings

FILE = assets() / "sites" / "example.toml"
HEAD = """\
# An example site. Every line shows the default; `kiosk check` explains each.
# Secrets (endpoint, Client ID) never stand here.
"""
WORDS = """\
# The site's own words, a table for each language. A site that writes any of these tables replaces all of them, and
# leaves out or empty what the window's own words say well enough; place and guide must be given.
"""
LONGEST = 100  # characters of a list in one line


def text() -> str:
    """The whole file."""
    return HEAD + "".join("\n" + "\n".join(_table(name, table)) + "\n" for name, table in Settings().tables())


def _table(name: str, table: Any) -> Iterator[str]:
    first = next(iter(Settings().words))
    if name == f"words.{first}":
        yield WORDS.rstrip()
    yield f"[{name}]"
    explained = not name.startswith("words.") or name == f"words.{first}"
    for key, field in type(table).model_fields.items():
        if explained:
            yield f"# {field.description}"
        value = getattr(table, key)
        if value is None:
            yield f"# {key} ="
        elif explained or value:
            yield f"{key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        line = "[" + ", ".join(_value(item) for item in value) + "]"
        return line if len(line) <= LONGEST else "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
    if isinstance(value, Path):
        value = str(value)
    return json.dumps(value, ensure_ascii=False)  # strings, numbers and true/false are written alike in TOML


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
