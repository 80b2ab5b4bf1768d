"""The engines of the local agent: loaded once, shared by all conversations, each kind on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points
from typing import Any, cast

import numpy as np

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Answer, Answers, Recogniser, Recognition, Samples, Turn
from kiosk.service.limits import same_secret
from kiosk.service.stt import SpeechStream
from kiosk.service.tts import Piece, Speech, open_speech
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

WIRE_RATE = 16000


def plug_in(group: str, name: str) -> Any:
    """The class that is registered under `name`. Raises `Fault` when there is none or it cannot be loaded."""
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        raise Fault(
            f"there is no engine {name!r}",
            where=f"plug-in group {group}",
            remedy=f"choose one of {', '.join(sorted(found)) or 'none installed'}",
            code=ExitCode.SETTINGS,
        )
    try:
        return found[name].load()
    except ImportError as error:
        raise Fault(
            f"the engine {name!r} cannot be loaded: {error}",
            where=f"plug-in group {group}",
            remedy="install the service's packages: pip install 'exei-voice-kiosk[service]'",
            code=ExitCode.MODEL,
        ) from error


def load_agent(settings: Service) -> Agent:
    """Takes seconds. Raises `Fault` for a missing or damaged model, an unknown engine or unreadable knowledge."""
    answers = cast("Answers", plug_in("kiosk.answers", settings.answers)(settings))
    recogniser = cast("Recogniser", plug_in("kiosk.stt", settings.stt)(settings))
    recogniser.recognise(np.zeros(16000, np.float32), final=True)  # the first decode of a process is slow
    return Agent(settings, recogniser, open_speech(settings, rate=WIRE_RATE), answers)


class Agent:
    """Async doors to blocking engines."""

    def __init__(self, settings: Service, recogniser: Recogniser, speech: Speech, answers: Answers) -> None:
        self.settings = settings
        self.recogniser = recogniser
        self.speech = speech
        self.answers = answers
        self._stt = ThreadPoolExecutor(1, "stt")
        self._tts = ThreadPoolExecutor(1, "tts")
        self._answering = ThreadPoolExecutor(1, "answers")
        self._decoding = 0
        self.idle = asyncio.Event()  # set while no conversation is held; the server keeps it
        self.idle.set()

    def close(self) -> None:
        for pool in (self._stt, self._tts, self._answering):
            pool.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def allowed(given: str, expected: str) -> bool:
        return same_secret(given, expected)

    def listen(self) -> SpeechStream:
        """The ear of one conversation."""
        return SpeechStream(self.settings.end_of_turn_ms)

    async def recognise(self, audio: Samples, *, final: bool) -> Recognition | None:
        """None: a partial that was not worth waiting for, because the recogniser is busy. Finals always run."""
        if not final and self._decoding:
            return None
        self._decoding += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._stt, lambda: self.recogniser.recognise(audio, final=final)
            )
        finally:
            self._decoding -= 1

    async def answer(self, question: str, history: Sequence[Turn]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(
            self._answering, lambda: self.answers.answer(question, history, self.settings.language)
        )

    async def speak(self, text: str, speed: float, *, cacheable: bool) -> AsyncIterator[Piece]:
        """Clause by clause, each as soon as it is made; nothing more is made once the caller stops asking."""
        loop = asyncio.get_running_loop()
        pieces: Iterator[Piece] = self.speech.pieces(text, speed=speed, cacheable=cacheable)
        while (piece := await loop.run_in_executor(self._tts, next, pieces, None)) is not None:
            yield piece

    def prepare(self) -> Iterator[str]:
        """Every fixed text that may be spoken, the greeting first; for the cache to be filled ahead of time."""
        if self.settings.greeting:
            yield self.settings.greeting
        yield from self.answers.fixed()

    async def fill_cache(self) -> None:
        """Speaks what is not in the cache yet, clause by clause, and only while nobody talks with the agent.

        Beside a conversation it would cost every visitor half a second: one synthesis fills both cores.
        """
        for text in list(self.prepare()):
            if not self.speech.cached(text):
                await self.idle.wait()
                async for _ in self.speak(text, self.settings.speed, cacheable=True):
                    await self.idle.wait()
        log.info("all fixed answers are spoken and cached")
