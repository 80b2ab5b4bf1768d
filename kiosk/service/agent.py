"""The engines of the local agent, shared by all conversations: recognition and speech in processes of their own, the
answers, which take milliseconds, on a thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace

from kiosk.service import styles
from kiosk.service.catalogue import VoiceFacts
from kiosk.service.chat import Chat, ChatFailed
from kiosk.service.engines import Answer, Answers, Hearing, Recognition, Samples, Speaking, Turn, Wording
from kiosk.service.limits import Load
from kiosk.service.manner import Manner, Manners
from kiosk.service.script import Piece
from kiosk.service.stt import SpeechStream
from kiosk.service.styles import Style
from kiosk.service.tongues import Tongues
from kiosk.service.voices import language_of
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

OpenSpeech = Callable[[str], Speaking]


class Agent:
    """
    recogniser  understands
    speech      speaks with the engine that was chosen at the start
    answers     finds what to say
    open_more   a speech engine by its name, when a manner first needs another; blocks for seconds
    voices      those that the house can choose from
    load        what the engines' owner tells about how late they are
    chat        words the answers, where the site has one

    On the loop, but for `close`.
    """

    def __init__(
        self,
        settings: Service,
        recogniser: Hearing,
        speech: Speaking,
        answers: Answers,
        *,
        open_more: OpenSpeech,
        voices: Sequence[VoiceFacts] = (),
        load: Load | None = None,
        chat: Chat | None = None,
    ) -> None:
        self.settings = settings
        self.chat = chat
        self.recogniser = recogniser
        self.speech = speech
        self.answers = answers
        self.tongues = Tongues(settings, answers)
        self.load = load or Load(settings.late_ms)
        self.voices = tuple(voices)
        self.styles = styles.read(settings.styles)
        styles.check(settings.style, self.styles)
        self.manners = Manners(_first_manner(settings, speech), self.spoken_anew)
        self._unspoken = asyncio.Event()  # there may be fixed texts that are not in the cache
        self._speeches = {speech.name: speech}
        self._open_more = open_more
        self._opening = ThreadPoolExecutor(1, "speech engines")
        self._answering = ThreadPoolExecutor(1, "answers")
        self.idle = asyncio.Event()  # set while no conversation is held; the server keeps it
        self.idle.set()

    def close(self) -> None:
        """Ends the engines. After the loop."""
        for pool in (self._opening, self._answering):
            pool.shutdown(wait=False, cancel_futures=True)
        self.recogniser.close()
        for speech in self._speeches.values():
            speech.close()

    def listen(self) -> SpeechStream:
        """The ear of one conversation."""
        return SpeechStream(self.settings.end_of_turn_ms, self.settings.thinking_ms)

    async def recognise(
        self, audio: Samples, *, final: bool, language: str, due_in_s: float = 0.0, guess: bool = False
    ) -> Recognition | None:
        """None: a partial that was not worth waiting for, because the recognisers are busy. Finals always run.

        due_in_s    when the visitor may begin to wait for it: a guess in a pause is wanted when the pause is over
        guess       tell whether the turn is over, too

        Raises `EngineLost`.
        """
        return await self.recogniser.recognise(audio, final=final, language=language, due_in_s=due_in_s, guess=guess)

    async def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        answer = await asyncio.get_running_loop().run_in_executor(
            self._answering, lambda: self.tongues.of(language).answer(question, history, language)
        )
        return replace(answer, question=question)

    async def worded(self, answer: Answer) -> AsyncGenerator[Wording, None]:
        """What is said for an answer, sentence by sentence: the chat endpoint's words, or the house's own.

        Use it with `aclosing`: who stops asking ends the request.
        """
        failed, told = "", False
        if self.chat is not None and answer.passages:
            try:
                async with aclosing(self.chat.sentences(answer.question, answer.passages)) as sentences:
                    async for sentence in sentences:
                        told = True
                        yield Wording(sentence, cacheable=False)
            except ChatFailed as error:
                log.warning("the chat endpoint gives no answer: %s", error)
                failed = f"chat: {error}"
        if not told:
            yield Wording(answer.text, answer.cacheable, failed)
        elif failed:
            yield Wording("", cacheable=False, instead_of=failed)

    async def speak(
        self, text: str, manner: Manner, rate: float = 1.0, *, cacheable: bool, ahead: bool = False
    ) -> AsyncIterator[Piece]:
        """Clause by clause, each as soon as it is made; nothing more is made once the caller stops asking.

        rate    the visitor's own speed, a factor of the manner's
        ahead   nobody waits for it: everybody else's speech goes before

        Raises `Fault` for a voice that the engine has not, and `EngineLost`.
        """
        speech = await self._speech(manner.engine)
        style = self.style(manner)
        speed = manner.speed_at(style.tempo, rate)
        lines = speech.script.lines(text, voice=manner.voice, speed=speed, pauses=style.pauses)
        async for piece in speech.pieces(lines, cacheable=cacheable, ahead=ahead):
            yield piece

    async def _speech(self, engine: str) -> Speaking:
        if engine not in self._speeches:
            await asyncio.get_running_loop().run_in_executor(self._opening, self._open, engine)
        return self._speeches[engine]

    def _open(self, engine: str) -> None:
        """On a thread of its own, one at a time: two conversations may want it at once."""
        if engine not in self._speeches:
            self._speeches[engine] = self._open_more(engine)

    def style(self, manner: Manner) -> Style:
        return self.styles[manner.style]

    def greeting(self, manner: Manner) -> str:
        """What the agent says first; empty for nothing."""
        if manner.language == self.settings.language and self._set("greeting", manner):
            return self.settings.greeting
        return self.style(manner).wording(manner.language).hello

    def sorry(self, manner: Manner) -> str:
        """What it says to a visitor whose words were lost."""
        if manner.language == self.settings.language and self._set("sorry", manner):
            return self.settings.sorry
        return self.style(manner).wording(manner.language).sorry or self.settings.sorry

    def _set(self, name: str, manner: Manner) -> bool:
        """Whether that phrase of the settings is in the manner's language: their defaults are English."""
        return manner.language == "en" or name in self.settings.model_fields_set

    def prepare(self, manner: Manner) -> Iterator[str]:
        """Every fixed text that may be spoken, the greeting first; for the cache to be filled ahead of time."""
        wording = self.style(manner).wording(manner.language)
        greeting = self.greeting(manner)
        if greeting:
            yield wording.of(Answer(greeting, "greeting", 1.0), 0)
        for text in self.tongues.of(manner.language).fixed():
            if text != greeting:
                yield from wording.every(text)

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
        if manner.voiceless:
            return
        await self.idle.wait()
        script = (await self._speech(manner.engine)).script
        speed = manner.speed_at(self.style(manner).tempo)
        await asyncio.get_running_loop().run_in_executor(
            self._answering, self.tongues.of, manner.language
        )  # seconds, once
        for text in list(self.prepare(manner)):
            if not script.cached(text, voice=manner.voice, speed=speed):
                await self.idle.wait()
                async for _ in self.speak(text, manner, cacheable=True, ahead=True):
                    await self.idle.wait()
                    if self._unspoken.is_set():
                        return
        log.info("all fixed answers are spoken and cached")


def _first_manner(settings: Service, speech: Speaking) -> Manner:
    """As the settings have it. An engine that was chosen because it is fast enough may not have their voice, and the
    voice of the settings may speak another language than they name."""
    voices = [voice for voice in speech.script.voices if language_of(voice) == settings.language]
    voice = settings.voice if settings.voice in voices else next(iter(voices), "")
    if not voice:
        log.warning("no voice of %s speaks %r: answers are shown and not spoken", speech.name, settings.language)
    return Manner(settings.language, voice, settings.style, settings.speed, speech.name)
