"""Stand-in engines behind the doors that the conversations knock at, in the test's own process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from kiosk.service.agent import Agent
from kiosk.service.catalogue import VoiceFacts
from kiosk.service.engines import WIRE_RATE, Answers, Recogniser, Recognition, Samples, Voice
from kiosk.service.script import Line, Piece, Script
from kiosk.service.tts import Diction
from kiosk.settings.schema import Service


class HearsHere:
    """`engines.Hearing` by a recogniser that is quick."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.name = recogniser.name
        self._recogniser = recogniser

    async def recognise(
        self, audio: Samples, *, final: bool, language: str, due_in_s: float, guess: bool
    ) -> Recognition | None:
        return self._recogniser.recognise(audio, final=final, language=language)

    def close(self) -> None:
        pass


class SpeaksHere:
    """`engines.Speaking` by a voice on a thread."""

    def __init__(self, voice: Voice, settings: Service) -> None:
        self._diction = Diction(voice, WIRE_RATE)
        self.script = Script(voice.name, voice.voices(), WIRE_RATE, settings)
        self.ahead: list[bool] = []  # of each text: nobody waited for it

    @property
    def name(self) -> str:
        return self.script.name

    async def pieces(self, lines: Sequence[Line], *, cacheable: bool, ahead: bool) -> AsyncIterator[Piece]:
        self.ahead.append(ahead)
        for line in lines:
            known = self.script.recall(line)
            sound = known or await asyncio.to_thread(self._diction.sound, line.clause, line.voice, line.speed)
            if cacheable:
                self.script.keep(line, sound)
            yield self.script.piece(line, sound, cached=known is not None)

    def close(self) -> None:
        pass


def agent_here(settings: Service, recogniser: Recogniser, voice: Voice, answers: Answers) -> Agent:
    """An agent whose speech engine is this voice, under whatever name a manner asks for one."""
    speech = SpeaksHere(voice, settings)
    facts = [VoiceFacts(voice.name, name, "en", "English") for name in voice.voices()]
    return Agent(settings, HearsHere(recogniser), speech, answers, open_more=lambda engine: speech, voices=facts)
