"""Speech for the service: the engine that is fast enough here, one loudness, one rate, and a cache of what is fixed.

speech = open_speech(settings, rate=16_000)
for piece in speech.pieces("We open at ten. On Monday we are closed."):
    send(piece.text, piece.pcm)          # 16-bit little-endian mono at piece.rate
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.abroad import LANGUAGES, spoken_abroad
from kiosk.service.engines import Voice
from kiosk.service.loudness import normalise, trim
from kiosk.service.resample import Resampler
from kiosk.service.script import Piece, Script
from kiosk.service.spoken import spoken
from kiosk.service.spoken_cache import SpokenCache
from kiosk.service.voices import language_of
from kiosk.service.wav import pcm16
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

GROUP = "kiosk.tts"
AUTO = "auto"
AUTO_ORDER = ("kokoro", "piper")
FAST_ENOUGH = 0.7  # seconds of work for a second of speech; above it, clauses are made slower than they play
WARM_UP = "Good morning, and welcome to the museum. Please ask me anything."

Factory = Callable[[Service], Voice]


class Diction:
    """An engine and what makes its sound like every other's: loudness, no silence around it, one rate.

    Blocks; used by one thread at a time. `rate` None: the engine's own.
    """

    def __init__(self, engine: Voice, rate: int | None = None) -> None:
        self.name = engine.name
        self.voices = tuple(engine.voices())
        self.rate = rate or engine.rate
        self._engine = engine
        self._resample = Resampler(engine.rate, self.rate)

    def sound(self, clause: str, voice: str | None, speed: float) -> bytes:
        """16-bit little-endian mono at `rate`; empty when there is nothing to say. Raises `Fault` (`MODEL`) when the
        voice is unknown."""
        language = language_of(voice or self.voices[0])
        words = spoken_abroad(clause, language) if language in LANGUAGES else spoken(clause)
        if not words:
            return b""
        audio = trim(self._engine.speak(words, voice=voice, speed=speed), self._engine.rate)
        audio = self._resample(normalise(audio, self._engine.rate))
        return pcm16(audio)


class Speech:
    """An engine with its script, in one process, for programs that only speak. Blocks; used by one thread at a time."""

    def __init__(self, diction: Diction, settings: Service, store: SpokenCache | None = None) -> None:
        self.name = diction.name
        self.rate = diction.rate
        self._diction = diction
        self._script = Script(diction.name, diction.voices, diction.rate, settings, store)

    def pieces(
        self, text: str, *, voice: str | None = None, speed: float | None = None, cacheable: bool = False
    ) -> Iterator[Piece]:
        """Clause by clause, each made when it is asked for. `cacheable`: the text is fixed, its sound may be kept.

        Raises `Fault` (`MODEL`) when the voice is unknown.
        """
        for line in self._script.lines(text, voice=voice, speed=speed):
            sound = self._script.recall(line)
            known = sound is not None
            if sound is None:
                sound = self._diction.sound(line.clause, line.voice, line.speed)
                if cacheable:
                    self._script.keep(line, sound)
            if sound:
                yield self._script.piece(line, sound, cached=known)

    def cached(self, text: str, *, voice: str | None = None, speed: float | None = None) -> bool:
        """Whether `pieces` would need no synthesis."""
        return self._script.cached(text, voice=voice, speed=speed)


def open_speech(settings: Service, *, rate: int | None = None) -> Speech:
    """Loads and, for `auto`, times the engines: seconds. `rate` None: the engine's own. Raises `Fault` (`MODEL`)."""
    return Speech(Diction(chosen(settings), rate), settings)


def chosen(settings: Service) -> Voice:
    """The engine that the settings mean. Raises `Fault` (`MODEL`)."""
    return choose(settings, _registered())


def choose(
    settings: Service, factories: Mapping[str, Factory], clock: Callable[[], float] = time.perf_counter
) -> Voice:
    """The engine that the settings name; for `auto` the first that speaks the language and is fast enough, else the
    fastest that speaks it, else the fastest that loads."""
    if settings.tts != AUTO:
        return _build(settings.tts, settings, factories)
    if settings.tts_model is not None:
        raise Fault(
            "a model file for speech is set, but not the engine it belongs to",
            where="service.tts_model",
            remedy='set service.tts to "kokoro" or "piper" as well',
            code=ExitCode.SETTINGS,
        )
    measured: list[tuple[float, Voice]] = []
    silent: list[tuple[float, Voice]] = []  # they do not speak the language: better than nothing
    faults: list[Fault] = []
    for name in AUTO_ORDER:
        try:
            engine = _build(name, settings, factories)
        except Fault as fault:
            log.warning("the speech engine %s cannot be used: %s", name, fault.sentence)
            faults.append(fault)
            continue
        speaks = any(language_of(voice) == settings.language for voice in engine.voices())
        factor = real_time_factor(engine, clock)
        log.info("the speech engine %s needs %.2f s for a second of speech", name, factor)
        if factor <= FAST_ENOUGH and speaks:
            return engine
        (measured if speaks else silent).append((factor, engine))
    if not measured and not silent:
        raise faults[0]
    factor, engine = min(measured or silent, key=lambda each: each[0])
    if factor <= FAST_ENOUGH:
        return engine
    log.warning("no speech engine is fast enough here; %s is used at %.2f", engine.name, factor)
    return engine


def real_time_factor(engine: Voice, clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of work for a second of speech: the best of three tries, after one that fills the engine's caches.

    The first try that is fast enough settles it; a slow one may only mean that the machine was busy.
    """
    engine.speak("Welcome.")
    best = float("inf")
    for _ in range(3):
        began = clock()
        audio = engine.speak(WARM_UP)
        best = min(best, (clock() - began) * engine.rate / max(1, len(audio)))
        if best <= FAST_ENOUGH:
            break
    return best


def _registered() -> dict[str, Factory]:
    return {point.name: _loader(point.load) for point in entry_points(group=GROUP)}


def _loader(load: Callable[[], Factory]) -> Factory:
    """Imports the engine's module only when it is built; a package that it lacks is a person's to install."""

    def build(settings: Service) -> Voice:
        try:
            factory = load()
        except ImportError as error:
            raise Fault(
                f"the speech engine cannot be loaded: {error}",
                where=f"plug-in group {GROUP}",
                remedy="install the extra 'service' of this program",
                code=ExitCode.MODEL,
            ) from error
        return factory(settings)

    return build


def _build(name: str, settings: Service, factories: Mapping[str, Factory]) -> Voice:
    if name not in factories:
        raise Fault(
            f'there is no speech engine "{name}"',
            where="service.tts",
            remedy=f"use one of {', '.join([AUTO, *sorted(factories)])}",
            code=ExitCode.SETTINGS,
        )
    return factories[name](settings)
