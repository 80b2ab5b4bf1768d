"""Speech for the service: the engine that is fast enough here, one loudness, one rate, and a cache of what is fixed.

speech = open_speech(settings, rate=16_000)
for piece in speech.pieces("We open at ten. On Monday we are closed."):
    send(piece.text, piece.pcm)          # 16-bit little-endian mono at piece.rate
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points

import numpy as np

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.clauses import clauses
from kiosk.service.engines import Samples, Voice
from kiosk.service.loudness import normalise, trim
from kiosk.service.resample import Resampler
from kiosk.service.spoken import spoken
from kiosk.service.spoken_cache import SpokenCache
from kiosk.settings.places import cache
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

GROUP = "kiosk.tts"
AUTO = "auto"
AUTO_ORDER = ("kokoro", "piper")
FAST_ENOUGH = 0.7  # seconds of work for a second of speech; above it, clauses are made slower than they play
WARM_UP = "Good morning, and welcome to the museum. Please ask me anything."
RECIPE = 1  # raised when the way from text to sound changes, so that older cached sound is not used

# Silence after a clause that another follows, by its last sign. Engines are trimmed, so that it is the same for all.
PAUSE_MS = {".": 320, "!": 320, "?": 320, "…": 380, ":": 220, ";": 220, "–": 200, "—": 200, "-": 200, ",": 140}
NO_SIGN_MS = 30

Factory = Callable[[Service], Voice]


@dataclass(frozen=True, slots=True)
class Piece:
    """One clause as written, and how it sounds: 16-bit little-endian mono at `rate`, with the pause that follows it.

    pause_ms  how long that is; the words are over before it
    """

    text: str
    pcm: bytes = field(repr=False)
    rate: int
    cached: bool = False
    pause_ms: float = 0.0


class Speech:
    """An engine with all that is around it. Blocks; used by one thread at a time, save `cached`, which any may call."""

    def __init__(self, engine: Voice, settings: Service, store: SpokenCache, rate: int | None = None) -> None:
        self.name = engine.name
        self.rate = rate or engine.rate
        self.voices = tuple(engine.voices())
        self._engine = engine
        self._settings = settings
        self._store = store
        self._resample = Resampler(engine.rate, self.rate)
        self._model = _fingerprint(settings)

    def pieces(
        self, text: str, *, voice: str | None = None, speed: float | None = None, cacheable: bool = False
    ) -> Iterator[Piece]:
        """Clause by clause, each made when it is asked for. `cacheable`: the text is fixed, its sound may be kept.

        Raises `Fault` (`MODEL`) when the voice is unknown.
        """
        speed = self._settings.speed if speed is None else speed
        parts = clauses(text)
        for place, clause in enumerate(parts):
            key = self._key(clause, voice, speed)
            sound = self._store.read(key)
            known = sound is not None
            if sound is None:
                sound = self._speak(clause, voice, speed)
                if cacheable and sound:
                    self._store.store(key, sound)
            if sound:
                pause = self._pause(clause, speed) if place < len(parts) - 1 else b""
                yield Piece(clause, sound + pause, self.rate, known, len(pause) / 2 / self.rate * 1000)

    def cached(self, text: str, *, voice: str | None = None, speed: float | None = None) -> bool:
        """Whether `pieces` would need no synthesis. Looks at names of files only."""
        speed = self._settings.speed if speed is None else speed
        return all(self._key(clause, voice, speed) in self._store or not spoken(clause) for clause in clauses(text))

    def _speak(self, clause: str, voice: str | None, speed: float) -> bytes:
        words = spoken(clause)
        if not words:
            return b""
        audio = trim(self._engine.speak(words, voice=voice, speed=speed), self._engine.rate)
        audio = self._resample(normalise(audio, self._engine.rate))
        return _pcm16(audio)

    def _pause(self, clause: str, speed: float) -> bytes:
        last = clause.rstrip("\"'”’)")[-1:]
        return bytes(2 * round(self.rate * PAUSE_MS.get(last, NO_SIGN_MS) / speed / 1000))

    def _key(self, clause: str, voice: str | None, speed: float) -> str:
        spoken_by = voice or self.voices[0]
        return SpokenCache.key(RECIPE, self.name, self._model, spoken_by, f"{speed:.2f}", self.rate, clause)


def open_speech(settings: Service, *, rate: int | None = None) -> Speech:
    """Loads and, for `auto`, times the engines: seconds. `rate` None: the engine's own. Raises `Fault` (`MODEL`)."""
    engine = choose(settings, _registered())
    return Speech(engine, settings, SpokenCache(settings.cache or cache() / "spoken"), rate)


def choose(
    settings: Service, factories: Mapping[str, Factory], clock: Callable[[], float] = time.perf_counter
) -> Voice:
    """The engine that the settings name; for `auto` the first that is fast enough, else the fastest that loads."""
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
    faults: list[Fault] = []
    for name in AUTO_ORDER:
        try:
            engine = _build(name, settings, factories)
        except Fault as fault:
            log.warning("the speech engine %s cannot be used: %s", name, fault.sentence)
            faults.append(fault)
            continue
        factor = real_time_factor(engine, clock)
        log.info("the speech engine %s needs %.2f s for a second of speech", name, factor)
        if factor <= FAST_ENOUGH:
            return engine
        measured.append((factor, engine))
    if not measured:
        raise faults[0]
    factor, engine = min(measured, key=lambda each: each[0])
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


def _fingerprint(settings: Service) -> str:
    """Tells the sounds of one model file from another's."""
    if settings.tts_model is None:
        return "packaged"
    facts = settings.tts_model.stat()
    return f"{settings.tts_model} {facts.st_size} {facts.st_mtime_ns}"


def _pcm16(audio: Samples) -> bytes:
    return (np.clip(audio, -1.0, 1.0) * 32767).round().astype("<i2").tobytes()
