"""The languages that the window speaks: Qt Linguist's files, and the site's own words with them."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDate, QLocale, Qt, QTime, QTranslator

from kiosk.core.fault import ExitCode, Fault
from kiosk.screen.words import NAMES, Words, housed, said
from kiosk.settings.languages import SOURCE, offered
from kiosk.settings.places import assets
from kiosk.settings.schema import Settings

FOLDER = assets() / "i18n"

log = logging.getLogger(__name__)


class Tongues:
    """Every language that a visitor can choose, made ready at the start: a switch costs nothing. GUI thread."""

    def __init__(self, site: Settings, folder: Path = FOLDER) -> None:
        """Raises `Fault` when the site's own language cannot be spoken whole."""
        self._own = site.site.language
        whole = {language: words for language in offered(site) if (words := spoken(language, folder)) is not None}
        if self._own not in whole:
            raise Fault(
                f"the window cannot speak {self._own!r}: some of its words are not translated",
                where=str(folder / f"{self._own}.qm"),
                remedy="install the program again, or finish the translation with packaging/words",
                code=ExitCode.SETTINGS,
            )
        choice = tuple((language, words.own_name) for language, words in whole.items())
        self._words = {
            language: replace(housed(words, site, language), languages=choice if len(choice) > 1 else ())
            for language, words in whole.items()
        }

    def words_in(self, language: str) -> Words:
        """Of a language by its code; the site's own where that is empty or not offered: whole, never mixed."""
        return self._words.get(language) or self._words[self._own]


def spoken(language: str, folder: Path = FOLDER) -> Words | None:
    """The window's own words. None where one of them is missing: such a language is not offered."""
    translate = _translation(folder / f"{language}.qm")
    words = said(translate)
    if missing(words):
        log.warning("%s is not offered: it lacks some of the window's words", language)
        return None
    leftwards = QLocale(language).textDirection() is Qt.LayoutDirection.RightToLeft
    return replace(words, language=language, leftwards=leftwards)


def missing(words: Words) -> tuple[str, ...]:
    """Which of the window's words have no translation."""
    empty = [item.name for item in fields(Words) if item.default and not _full(getattr(words, item.name))]
    return (*empty, *(NAMES[code] for code, name in words.names if not name))


def _full(value: object) -> bool:
    return all(value) if isinstance(value, tuple) else bool(value)


def _translation(file: Path) -> Callable[[str, str], str]:
    if file.stem == SOURCE:
        return lambda context, text: text
    translator = QTranslator()
    translator.load(str(file))  # one that cannot be read knows no text
    return lambda context, text: translator.translate(context, text) or ""


def day_and_time(at: datetime, language: str) -> str:
    """Of the clock on the wall, in a language's own words, order and digits, without the year; hours from 0 to 24."""
    locale = QLocale(language)
    shown = re.sub(r"[^\w']*\by+\b[^\w']*", "", locale.dateFormat(QLocale.FormatType.LongFormat))
    comma = "، " if locale.textDirection() is Qt.LayoutDirection.RightToLeft else ", "
    day, time = QDate(at.year, at.month, at.day), QTime(at.hour, at.minute)
    return locale.toString(day, shown) + comma + locale.toString(time, "HH:mm")
