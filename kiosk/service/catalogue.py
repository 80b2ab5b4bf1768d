"""The voices that can be chosen, with their language, accent and sex in words. Nothing is loaded to know them.

A speech engine tells its own with a class method `catalogue(settings)`; one without it is offered by no page.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import entry_points

from kiosk.core.fault import Fault
from kiosk.service.tts import GROUP
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

LANGUAGES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian"}


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """
    engine    plug-in name of the one that has it
    language  two letters
    accent    in words, such as `American English`
    sex       woman or man; empty where nobody has said
    """

    engine: str
    name: str
    language: str
    accent: str
    sex: str = ""

    @property
    def words(self) -> str:
        """`Heart: American English, a woman`."""
        name = self.name.partition("_")[2] or self.name
        return f"{name.capitalize()}: {self.accent}{f', a {self.sex}' if self.sex else ''}"


def language_name(language: str) -> str:
    return LANGUAGES.get(language, language)


def catalogue(settings: Service) -> tuple[VoiceFacts, ...]:
    """Of all engines that are installed. One that cannot say is left out, and logged."""
    found: list[VoiceFacts] = []
    for point in entry_points(group=GROUP):
        if settings.tts_model is not None and point.name != settings.tts:
            continue  # the site's own model file belongs to one engine
        try:
            of_engine = getattr(point.load(), "catalogue", None)
            found += of_engine(settings) if of_engine else ()
        except (ImportError, Fault) as error:
            log.warning("the voices of the speech engine %s are not known: %s", point.name, error)
    return tuple(found)
