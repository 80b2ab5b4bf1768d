"""The shipped guide, built once for all tests of this process: learning its questions takes seconds."""

from __future__ import annotations

from functools import cache

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.embed import MiniLm
from kiosk.service.retrain.memory import Remembering
from kiosk.service.retrain.shelf import Shelf
from kiosk.settings import places
from kiosk.settings.schema import Service


@cache
def model() -> MiniLm:
    return MiniLm()


@cache
def shipped_guide() -> KnowledgeAnswers:
    kept = Shelf(places.cache() / "vectors", MiniLm.name)  # what a service of an earlier test understood is understood
    return KnowledgeAnswers(Service(), model=Remembering(model(), recall=kept))
