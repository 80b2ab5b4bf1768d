"""Which languages a visitor can choose: those that both the window and the site have words in."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.places import assets
from kiosk.settings.schema import Settings

SOURCE = "en"  # what the program is written in


def of_window() -> tuple[str, ...]:
    """English and every language that has a file of translations."""
    return (SOURCE, *sorted(file.stem for file in (assets() / "i18n").glob("*.qm")))


def offered(settings: Settings) -> tuple[str, ...]:
    """The site's own language first."""
    both = tuple(language for language in settings.words if language in of_window())
    return tuple(dict.fromkeys((settings.site.language, *(settings.site.languages or both))))


def check(settings: Settings, layers: Mapping[str, str]) -> None:
    """Raises `Fault` where the settings name a language without words. `layers`: where each setting came from."""
    site = settings.site
    named = [("site.language", site.language), *(("site.languages", language) for language in site.languages)]
    for key, language in named:
        where = layers.get(key, f"{key}, default")
        if language not in settings.words:
            raise Fault(
                f"the setting {key} names {language!r}, and there are no words of the site in it",
                where=where,
                remedy=f"write a table [words.{language}], or name one of {', '.join(settings.words)}",
                code=ExitCode.SETTINGS,
            )
        if language not in of_window():
            raise Fault(
                f"the setting {key} names {language!r}, and the window has no words in it",
                where=where,
                remedy=f"name one of {', '.join(of_window())}, or translate the window with packaging/words",
                code=ExitCode.SETTINGS,
            )
