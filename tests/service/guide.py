"""The shipped guide, built once for all tests of this process: learning its questions takes seconds."""

from __future__ import annotations

from functools import cache

from kiosk.service.answers import KnowledgeAnswers
from kiosk.service.embed import MiniLm
from kiosk.settings.schema import Service


@cache
def model() -> MiniLm:
    return MiniLm()


@cache
def shipped_guide() -> KnowledgeAnswers:
    return KnowledgeAnswers(Service(), model=model())
