"""Reading a TOML file so that whatever is wrong with it is said with file, line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from kiosk.core.fault import ExitCode, Fault

T = TypeVar("T")


class Source:
    """A file's text, and where in it things stand. `name` is shown to people: a file name, no directories."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._lines = text.splitlines()
        try:
            self.tables: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            raise self.fault(f"this is not TOML: {error}", int(found[1]) if found else len(self._lines)) from None

    def fault(self, reason: str, line: int, remedy: str = "correct this line") -> Fault:
        return Fault(reason, where=f"{self.name}, line {max(1, line)}", remedy=remedy, code=ExitCode.SETTINGS)

    def line(self, section: str, index: int, culprit: str) -> int:
        """Line of `culprit` in the section (the `index`-th of its name), or of the section's head, or 1."""
        if not section:
            # A key of the file itself: before the first head, or itself a head.
            heads = [n for n, text in enumerate(self._lines) if text.lstrip().startswith("[")]
            named = [n for n in heads if culprit and culprit in self._lines[n]]
            head, end = 0, heads[0] if heads else None
            if named and not any(culprit in text for text in self._lines[:end]):
                return named[0] + 1
        else:
            head_pattern = re.compile(rf"\s*\[\[?\s*{re.escape(section)}\s*\]\]?\s*(#.*)?$")
            heads = [n for n, text in enumerate(self._lines) if head_pattern.match(text)]
            if index >= len(heads):
                return 1
            head = heads[index]
            # A sub-table ([connect.headers], [event.message]) belongs to its section.
            others = (
                n
                for n in range(head + 1, len(self._lines))
                if re.match(r"\s*\[", self._lines[n])
                and not re.match(rf"\s*\[\[?\s*{re.escape(section)}\.", self._lines[n])
            )
            end = next(others, None)
        for number in range(head, len(self._lines) if end is None else end):
            text = self._lines[number]
            if not text.lstrip().startswith("#") and culprit in text:
                return number + 1
        return head + 1

    def section(self, name: str) -> Section:
        table = self.tables.get(name, {})
        if not isinstance(table, dict):
            raise self.fault(f'"{name}" must be a table, written [{name}]', self.line("", 0, name))
        return Section(self, name, 0, table)

    def sections(self, name: str) -> Iterator[Section]:
        tables = self.tables.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.fault(f'"{name}" must be a list of tables, each written [[{name}]]', self.line(name, 0, name))
        for index, table in enumerate(tables):
            yield Section(self, name, index, table)


class Section:
    """One table. Every key that is asked for is known; `close()` refuses the rest."""

    def __init__(self, source: Source, name: str, index: int, table: dict[str, Any]) -> None:
        self._source = source
        self._name = name
        self._index = index
        self.table = table
        self._known: list[str] = []

    def fault(self, reason: str, culprit: str = "") -> Fault:
        return self._source.fault(reason, self._source.line(self._name, self._index, culprit))

    def close(self, also: Sequence[str] = ()) -> None:
        """Refuse every key that nobody asked for, with the nearest known one."""
        known = [*self._known, *also]
        for key in self.table:
            if key not in known:
                raise self.fault(f'"{key}" is not known{self._in()}; {nearest(key, known)}', key)

    def any(self, key: str) -> Any:
        self._known.append(key)
        return self.table.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        return self._typed(key, default, str, "a text in quotes")

    def flag(self, key: str, default: bool) -> bool:
        return self._typed(key, default, bool, "true or false")

    def word(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in words:
            raise self.fault(f'"{value}" cannot be {key}{self._in()}; {nearest(value, words)}', value)
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        self._known.append(key)
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fault(f'"{key}"{self._in()} must be a number', key)
        if not low <= value <= high:
            raise self.fault(f'"{key}"{self._in()} must be from {low:g} to {high:g}', key)
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        return self._typed(key, {}, dict, "a table")

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._typed(key, [], list, "a list of texts")
        if not all(isinstance(value, str) for value in values):
            raise self.fault(f'"{key}"{self._in()} must be a list of texts', key)
        return tuple(values)

    def _typed(self, key: str, default: T | None, kind: type[T], words: str) -> T:
        self._known.append(key)
        value = self.table.get(key, default)
        if value is None:
            raise self.fault(f'"{key}" is missing{self._in()}')
        if not isinstance(value, kind):
            raise self.fault(f'"{key}"{self._in()} must be {words}', key)
        return value

    def _in(self) -> str:
        return f" in [{self._name}]" if self._name else ""


def nearest(word: str, known: Sequence[str]) -> str:
    """Words for a person who wrote the wrong one."""
    near = get_close_matches(word, known, 1, cutoff=0.5)
    return f'did you mean "{near[0]}"?' if near else f"there is {', '.join(sorted(known))}"
