"""How the house wants its agent to sound: what can be chosen, what is in force, and how something else would sound."""

from __future__ import annotations

import asyncio
import logging

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Database
from kiosk.service.agent import Agent
from kiosk.service.catalogue import LANGUAGES, VoiceFacts, language_name
from kiosk.service.engines import Answer, EngineLost
from kiosk.service.house import audit, manners
from kiosk.service.house.manners import VoiceVersion
from kiosk.service.manner import Manner
from kiosk.service.wav import wav

log = logging.getLogger(__name__)

SLOWEST, FASTEST = 0.7, 1.3  # bounds of `service.speed`
LONGEST_SAMPLE = 200  # characters: some 14 s of speech
SAMPLE_S = 60.0  # for one sample; an engine that is not loaded yet takes up to 20 s of it


class VoiceSettings:
    """
    agent  has the manner that is in force, and speaks samples
    house  keeps what was chosen

    `keep` and `versions` are a database's and block; everything else is on the loop.
    """

    def __init__(self, agent: Agent, house: Database) -> None:
        self._agent = agent
        self._house = house
        self._trying = asyncio.Lock()

    @property
    def current(self) -> Manner:
        return self._agent.manners.current()

    @property
    def voices(self) -> tuple[VoiceFacts, ...]:
        return self._agent.voices

    def languages(self) -> dict[str, str]:
        """Those that the agent has words in, with their names."""
        spoken = {voice.language: language_name(voice.language) for voice in self.voices}
        return dict(sorted({**LANGUAGES, **spoken}.items(), key=lambda each: each[1]))

    def mute(self) -> dict[str, str]:
        """Of those, the ones that no voice speaks: answers are only shown."""
        return {code: name for code, name in self.languages().items() if not _spoken(code, self._agent)}

    def engines(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(voice.engine for voice in self.voices))

    def check(self, manner: Manner) -> None:
        """Raises `Fault` for what cannot be spoken together."""
        check(manner, self._agent)

    def keep(self, manner: Manner, who: str) -> int:
        """Writes it down; the number of the version. `apply` puts it in force. Raises `Fault`, `Away`."""
        self.check(manner)
        with self._house.session(write=True) as session:
            row = manners.add(session, manner, who)
            audit.note(session, who, "chose a voice", f"{row.id}: {manner.engine} {manner.voice}, {manner.style}")
            return row.id

    def apply(self, manner: Manner) -> None:
        """From the next conversation on."""
        self._agent.manners.change(manner)

    def versions(self, limit: int) -> list[VoiceVersion]:
        """The newest first. Not bound to a session any more."""
        with self._house.session() as session:
            found = manners.newest(session, limit)
            session.expunge_all()
            return found

    async def sample(self, manner: Manner, text: str) -> bytes:
        """A WAV file of a text as an answer in that manner; the house's greeting where it is empty.

        Live conversations are spoken first: one waits for a clause of this at most. Raises `Fault`.
        """
        self.check(manner)
        if manner.voiceless:
            raise _fault("there is no voice to listen to", "voice", "choose a language that some voice speaks")
        if self._trying.locked():
            raise _fault("somebody is listening to a voice already", "the speech engine", "wait until it has spoken")
        wording = self._agent.style(manner).wording(manner.language)
        if text.strip():
            said = wording.telling(text.strip()[:LONGEST_SAMPLE])
        else:
            said = wording.of(Answer(self._agent.greeting(manner), "greeting", 1.0), 0)
        sound = bytearray()
        async with self._trying:
            try:
                async with asyncio.timeout(SAMPLE_S):
                    async for piece in self._agent.speak(said, manner, cacheable=False, ahead=True):
                        sound += piece.pcm
            except (TimeoutError, EngineLost) as error:
                log.warning("a voice could not be tried: %s", type(error).__name__)
                raise _fault(
                    "the voice did not speak in time", "the speech engine", "try it again in a minute"
                ) from error
        if not sound:
            raise _fault("there is nothing to say in that", "text", "give it some words")
        return wav(bytes(sound))


def check(manner: Manner, agent: Agent) -> None:
    """Raises `Fault` for a manner that the agent cannot speak in."""
    of_engine = [voice for voice in agent.voices if voice.engine == manner.engine]
    if not of_engine:
        known = sorted({voice.engine for voice in agent.voices})
        raise _fault(f'there is no speech engine "{manner.engine}"', "engine", f"use one of {', '.join(known)}")
    file = agent.tongues.missing(manner.language)
    if file is not None:
        raise _fault(
            f"the agent knows nothing in {language_name(manner.language)}",
            "language",
            f"write its knowledge in that language, as {file.name} beside the house's own",
        )
    if manner.voiceless and not _spoken(manner.language, agent):
        _check_style(manner, agent)
        return
    named = next((voice for voice in of_engine if voice.name == manner.voice), None)
    if named is None:
        others = sorted({voice.engine for voice in agent.voices if voice.name == manner.voice})
        remedy = f"choose the engine {others[0]}" if others else f"use one of {', '.join(v.name for v in of_engine)}"
        raise _fault(f'the engine {manner.engine} has no voice "{manner.voice}"', "voice", remedy)
    if named.language != manner.language:
        fitting = [voice.name for voice in of_engine if voice.language == manner.language]
        language = language_name(manner.language)
        raise _fault(
            f"the voice {named.name} speaks {language_name(named.language)}, not {language}",
            "voice",
            f"use {', '.join(fitting)}"
            if fitting
            else f"no voice of {manner.engine} speaks {language}: choose another",
        )
    _check_style(manner, agent)


def _spoken(language: str, agent: Agent) -> bool:
    return any(voice.language == language for voice in agent.voices)


def _check_style(manner: Manner, agent: Agent) -> None:
    if manner.style not in agent.styles:
        styles = ", ".join(agent.styles)
        raise _fault(f'there is no style of speech "{manner.style}"', "style", f"use one of {styles}")
    if not SLOWEST <= manner.speed <= FASTEST:
        raise _fault(f"a speed of {manner.speed:g} is not clear enough", "speed", f"take {SLOWEST} to {FASTEST}")


def restore(agent: Agent, house: Database) -> None:
    """What was chosen before the service was started again. A choice that does not stand any more is only logged: the
    settings then say how the agent sounds."""
    with house.session() as session:
        chosen = [row.manner for row in manners.newest(session)]
    for manner in chosen:
        try:
            check(manner, agent)
        except Fault as fault:
            log.warning("the voice that was chosen in the console is not used: %s", fault.sentence)
        else:
            agent.manners.change(manner)


def _fault(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.USAGE)
