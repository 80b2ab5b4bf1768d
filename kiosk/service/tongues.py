"""What answers in each language: the house's own knowledge, and those that lie beside it.

A knowledge file is in one language. `hotel.md` is in the house's (`service.language`); the same in Spanish is
`hotel.es.md` beside it. The console edits the house's own; the others are files. Corrections stand before all of them,
each for the language it was written in.
"""

from __future__ import annotations

import logging
from pathlib import Path

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.engines import Answers
from kiosk.service.knowledge import knowledge_file
from kiosk.service.retrain.layer import Retrained
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)


class Tongues:
    """
    house   answers in the language of the settings

    `of` is called on one thread at a time.
    """

    def __init__(self, settings: Service, house: Answers) -> None:
        self._settings = settings
        self._house = house
        self._others: dict[str, Answers] = {}

    def of(self, language: str) -> Answers:
        """Blocks for seconds when a language is asked for the first time. Without a knowledge in it the house's own
        answers, which may be another engine's, and that knows what it does with a language.

        Raises `Fault` for a file that cannot be used.
        """
        file = self.file(language)
        if file is None or not file.is_file():
            return self._house
        if language not in self._others:
            changes = {"language": language, "knowledge": file, "greeting": ""}
            engine = KnowledgeAnswers(self._settings.model_copy(update=changes))
            house = self._house
            self._others[language] = house.beside(engine) if isinstance(house, Retrained) else engine
            log.info("answers in %r come from %s", language, file.name)
        return self._others[language]

    def missing(self, language: str) -> Path | None:
        """The file that has to be written before the agent can answer in a language; None: it can."""
        file = self.file(language)
        return None if file is None or file.is_file() else file

    def file(self, language: str) -> Path | None:
        """Of another language than the house's; None where that needs none."""
        if language == self._settings.language or not getattr(self._house, "reads_knowledge", False):
            return None
        return knowledge_file(self._settings, language)
