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
from kiosk.service.manner import PLAIN, Manner, Manners
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
        self.manners = Manners(_first_manner(settings, speech), self.spoken_anew)
        self._unspoken = asyncio.Event()  # there may be fixed texts that are not in the cache
        self._speeches = {speech.name: speech}
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

    async def recognise(self, audio: Samples, *, final: bool, language: str) -> Recognition | None:
        """None: a partial that was not worth waiting for, because the recogniser is busy. Finals always run."""
        if not final and self._decoding:
            return None
        self._decoding += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._stt, lambda: self.recogniser.recognise(audio, final=final, language=language)
            )
        finally:
            self._decoding -= 1

    async def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(
            self._answering, lambda: self.answers.answer(question, history, language)
        )

    async def speak(self, text: str, manner: Manner, rate: float = 1.0, *, cacheable: bool) -> AsyncIterator[Piece]:
        """Clause by clause, each as soon as it is made; nothing more is made once the caller stops asking.

        `rate`: the visitor's own speed, a factor of the manner's. Raises `Fault` for a voice that the engine has not.
        """
        loop = asyncio.get_running_loop()
        speech = await loop.run_in_executor(self._tts, self._speech, manner.engine)
        pieces = speech.pieces(text, voice=manner.voice, speed=manner.speed_at(rate), cacheable=cacheable)
        while (piece := await loop.run_in_executor(self._tts, next, pieces, None)) is not None:
            yield piece

    def _speech(self, engine: str) -> Speech:
        """Opened when a manner first needs it: seconds. On the speech thread."""
        if engine not in self._speeches:
            self._speeches[engine] = open_speech(self.settings.model_copy(update={"tts": engine}), rate=WIRE_RATE)
        return self._speeches[engine]

    def prepare(self) -> Iterator[str]:
        """Every fixed text that may be spoken, the greeting first; for the cache to be filled ahead of time."""
        if self.settings.greeting:
            yield self.settings.greeting
        yield from self.answers.fixed()

    def spoken_anew(self) -> None:
        """Fixed texts, or the manner they are spoken in, are others than before: the cache is filled again."""
        self._unspoken.set()

    async def keep_cache_full(self) -> None:
        """Fills it for the house's manner, and again whenever there is something new. Runs as long as the service."""
        while True:
            self._unspoken.clear()
            await self._fill_cache(self.manners.current())
            await self._unspoken.wait()

    async def _fill_cache(self, manner: Manner) -> None:
        """Speaks what is not in the cache yet, clause by clause, and only while nobody talks with the agent.

        Beside a conversation it would cost every visitor half a second: one synthesis fills both cores.
        """
        await self.idle.wait()
        speech = await asyncio.get_running_loop().run_in_executor(self._tts, self._speech, manner.engine)
        for text in list(self.prepare()):
            if not speech.cached(text, voice=manner.voice, speed=manner.speed_at(1.0)):
                await self.idle.wait()
                async for _ in self.speak(text, manner, cacheable=True):
                    await self.idle.wait()
                    if self._unspoken.is_set():
                        return
        log.info("all fixed answers are spoken and cached")


def _first_manner(settings: Service, speech: Speech) -> Manner:
    """As the settings have it. An engine that was chosen because it is fast enough may not have their voice."""
    voices = speech.voices
    voice = settings.voice if settings.voice in voices else voices[0]
    return Manner(settings.language, voice, PLAIN, settings.speed, speech.name)
