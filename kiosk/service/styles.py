"""The styles of speech: how fast, with which pauses, and how greetings, answers and apologies are worded.

They stand in a file (`assets/manners/styles.toml`, or a site's own), so that a house can have its own tone without a
programmer. The facts of an answer are never touched: a style says something before or behind them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Answer
from kiosk.service.manner import PLAIN
from kiosk.settings.places import assets
from kiosk.settings.section import Section

SHIPPED = assets() / "manners" / "styles.toml"
LONGEST = 300  # characters of a wording

_HOLE = re.compile(r"\{([^{}]*)\}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def _around(sentence: str) -> str:
    if _HOLE.findall(sentence) != ["text"]:
        raise ValueError("it must hold {text} once, and no other braces")
    return sentence


def _named(sentence: str) -> str:
    if not set(_HOLE.findall(sentence)) <= {"name"}:
        raise ValueError("it may hold {name}, and no other braces")
    return sentence


Around = Annotated[str, Field(max_length=LONGEST), AfterValidator(_around)]
Named = Annotated[str, Field(max_length=LONGEST), AfterValidator(_named)]


class Wording(Section):
    """What a style says in one language. The phrases of a takeover are empty where nothing is to be said; `hello` and
    `sorry` stand in for the house's greeting and apology where those are in another language."""

    greeting: Around = "{text}"
    answers: tuple[Around, ...] = Field(default=("{text}",), min_length=1, max_length=8)
    unknown: Around = "{text}"
    end: Around = "{text}"
    person_comes: Named = ""
    person_goes: Named = ""
    person_left: Named = ""
    hello: Named = ""
    sorry: Named = ""

    def of(self, answer: Answer, nth: int) -> str:
        """What is said for the `nth` answer of a conversation, from 0."""
        if answer.source == "greeting":
            around = self.greeting
        elif answer.action == "unknown":
            around = self.unknown
        elif answer.action == "end":
            around = self.end
        else:
            around = self.answers[nth % len(self.answers)]
        return around.replace("{text}", answer.text)

    def telling(self, text: str) -> str:
        """An answer as this style says it when it adds something."""
        around = next((around for around in self.answers if around != "{text}"), self.answers[0])
        return around.replace("{text}", text)

    @property
    def adds(self) -> tuple[str, ...]:
        """What it says around others' words, with "…" for those."""
        arounds = dict.fromkeys((self.greeting, *self.answers, self.unknown, self.end))
        return tuple(around.replace("{text}", "…") for around in arounds if around != "{text}")

    def every(self, text: str) -> Iterator[str]:
        """All that may be said for a fixed answer. As an apology or a goodbye, which few are, it is not among them."""
        return (around.replace("{text}", text) for around in dict.fromkeys(self.answers))


class Style(Section):
    """`tempo` is a factor of the speed, `pauses` one of the silence between clauses. `words`: by language."""

    about: str = Field("", max_length=LONGEST)
    tempo: float = Field(1.0, ge=0.7, le=1.4)
    pauses: float = Field(1.0, ge=0.2, le=3.0)
    words: Mapping[str, Wording] = Field(default_factory=dict)

    def wording(self, language: str) -> Wording:
        """The house's own words where the style has none in that language."""
        return self.words.get(language, Wording())


Styles = Mapping[str, Style]


def read(path: Path | None = None) -> Styles:
    """The shipped styles, or a site's. `plain` is always among them. Raises `Fault` (`SETTINGS`)."""
    path = path or SHIPPED
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise _fault(f"the styles of speech cannot be read: {why}", str(path)) from error
    if PLAIN not in tables:
        raise _fault(f'there is no style "{PLAIN}"', str(path))
    plain = tables[PLAIN]
    return {name: _style(table, plain, f"{path}, [{name}]") for name, table in tables.items()}


def check(name: str, styles: Styles) -> None:
    """Raises `Fault` (`SETTINGS`) for a style that there is not."""
    if name not in styles:
        raise Fault(
            f'there is no style of speech "{name}"',
            where="service.style",
            remedy=f"use one of {', '.join(styles)}",
            code=ExitCode.SETTINGS,
        )


def _style(table: object, plain: object, where: str) -> Style:
    if not isinstance(table, dict) or not isinstance(plain, dict):
        raise _fault("a style is no table", where)
    facts = {key: value for key, value in table.items() if not _LANGUAGE.fullmatch(key)}
    languages = [key for key in {**plain, **table} if _LANGUAGE.fullmatch(key)]
    words = {language: {**plain.get(language, {}), **table.get(language, {})} for language in languages}
    try:
        return Style.model_validate({**facts, "words": words})
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"] if part != "words")
        what = str(first["msg"]).removeprefix("Value error, ")
        raise _fault(f'"{at}" of a style of speech is wrong: {what}', where) from error


def _fault(what: str, where: str) -> Fault:
    return Fault(
        what,
        where=where,
        remedy=f"correct it after the example {SHIPPED.name}, or leave service.styles empty",
        code=ExitCode.SETTINGS,
    )
