"""The agent with its engines in workers: how many of each, started together, so that the slowest decides when the
service is ready and not the sum of all."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import cast

import psutil

from kiosk.service.agent import Agent
from kiosk.service.catalogue import catalogue
from kiosk.service.chat import open_chat
from kiosk.service.engines import Answers
from kiosk.service.limits import Load
from kiosk.service.plugins import plug_in
from kiosk.service.script import Script
from kiosk.service.workers.crew import Crew
from kiosk.service.workers.frames import Header
from kiosk.service.workers.process import Process
from kiosk.service.workers.recognising import Recognisers
from kiosk.service.workers.speaking import Speakers
from kiosk.settings.schema import Service

SECRET = {"conversations_db"}  # its URL may hold a password
RECOGNISER_MB = 450  # measured: whisper-base int8 and the ear for the end of a turn, in use
MOST = 4  # more than visitors finish a sentence in the same half second


def load_agent(settings: Service, answers: Callable[[], Answers] | None = None) -> Agent:
    """Takes seconds. `answers` gives what answers, while the workers start; None: the engine that the settings name.

    Raises `Fault` for a missing or damaged model, an unknown engine or unreadable knowledge.
    """
    load = Load(settings.late_ms)
    hearing = Crew([Process("stt", _told(settings)) for _ in range(recognisers(settings))], load.waited)
    speaking = Crew([Process("tts", _told(settings))], load.waited)
    hearing.begin()
    speaking.begin()
    try:
        mind = answers() if answers else cast("Answers", plug_in("kiosk.answers", settings.answers)(settings))
        speech = Speakers(speaking, _script(speaking.ready(), settings))
        recogniser = Recognisers(hearing, str(hearing.ready()["name"]))
    except BaseException:
        hearing.stop()
        speaking.stop()
        raise
    return Agent(
        settings,
        recogniser,
        speech,
        mind,
        open_more=lambda engine: _more(engine, settings),
        voices=catalogue(settings),
        load=load,
        chat=open_chat(settings, os.environ),
    )


def recognisers(settings: Service) -> int:
    """How many the settings want; 0 is one for each pair of cores, as far as half of the memory goes, and two at least
    where it does: one visitor's long sentence is not to hold up another's short one."""
    if settings.recognisers:
        return settings.recognisers
    by_cores = max(2, (os.cpu_count() or 1) // settings.threads)
    by_memory = int(psutil.virtual_memory().total / 1e6 / 2 / RECOGNISER_MB)
    return max(1, min(MOST, by_cores, by_memory, settings.conversations))


def _more(engine: str, settings: Service) -> Speakers:
    """Another speech engine beside the first."""
    settings = settings.model_copy(update={"tts": engine})
    crew = Crew([Process("tts", _told(settings))])
    crew.begin()
    try:
        return Speakers(crew, _script(crew.ready(), settings))
    except BaseException:
        crew.stop()
        raise


def _script(engine: Header, settings: Service) -> Script:
    return Script(engine["name"], engine["voices"], engine["rate"], settings)


def _told(settings: Service) -> Header:
    return settings.model_dump(mode="json", exclude=SECRET)
