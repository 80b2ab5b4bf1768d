"""What is to be said, clause by clause: what of it was said before, and what follows each.

A fixed answer needs no engine after the first time. Knows an engine by its name only, so that it stands where the
conversations are, whatever process the engine is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk.service.clauses import clauses
from kiosk.service.spoken import spoken
from kiosk.service.spoken_cache import SpokenCache
from kiosk.settings.places import cache
from kiosk.settings.schema import Service

RECIPE = 1  # raised when the way from text to sound changes, so that older cached sound is not used

# Silence after a clause that another follows, by its last sign. Engines are trimmed, so that it is the same for all.
PAUSE_MS = {".": 320, "!": 320, "?": 320, "…": 380, ":": 220, ";": 220, "–": 200, "—": 200, "-": 200, ",": 140}
NO_SIGN_MS = 30


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


@dataclass(frozen=True, slots=True)
class Line:
    """One clause to be spoken: in which voice, how fast, under which key its sound is kept, and the pause behind it."""

    clause: str
    voice: str
    speed: float
    key: str
    pause: bytes = field(repr=False)


class Script:
    """
    engine  name of the speech engine
    voices  those it has, its own first
    rate    of the sound, Hz
    store   sounds of clauses; `recall` and `keep` touch the disk, one thread at a time
    """

    def __init__(
        self, engine: str, voices: Sequence[str], rate: int, settings: Service, store: SpokenCache | None = None
    ) -> None:
        self.name = engine
        self.voices = tuple(voices)
        self.rate = rate
        self._speed = settings.speed
        self._model = _fingerprint(settings)
        self._store = store or SpokenCache(settings.cache or cache() / "spoken")

    def lines(
        self, text: str, *, voice: str | None = None, speed: float | None = None, pauses: float = 1.0
    ) -> list[Line]:
        """In order; each sign of the text is in one of them. `pauses`: factor of the silence between them."""
        voice = voice or self.voices[0]
        speed = self._speed if speed is None else speed
        parts = clauses(text)
        pace = speed / pauses
        return [
            Line(clause, voice, speed, self._key(clause, voice, speed), self._pause(clause, pace) if more else b"")
            for clause, more in zip(parts, [True] * (len(parts) - 1) + [False], strict=True)
        ]

    def recall(self, line: Line) -> bytes | None:
        return self._store.read(line.key)

    def keep(self, line: Line, sound: bytes) -> None:
        if sound:
            self._store.store(line.key, sound)

    def piece(self, line: Line, sound: bytes, *, cached: bool) -> Piece:
        return Piece(line.clause, sound + line.pause, self.rate, cached, len(line.pause) / 2 / self.rate * 1000)

    def cached(self, text: str, *, voice: str | None = None, speed: float | None = None) -> bool:
        """Whether no synthesis is needed. Looks at names of files only; any thread."""
        return all(
            line.key in self._store or not spoken(line.clause) for line in self.lines(text, voice=voice, speed=speed)
        )

    def _pause(self, clause: str, pace: float) -> bytes:
        last = clause.rstrip("\"'”’)")[-1:]
        return bytes(2 * round(self.rate * PAUSE_MS.get(last, NO_SIGN_MS) / pace / 1000))

    def _key(self, clause: str, voice: str, speed: float) -> str:
        return SpokenCache.key(RECIPE, self.name, self._model, voice, f"{speed:.2f}", self.rate, clause)


def _fingerprint(settings: Service) -> str:
    """Tells the sounds of one model file from another's."""
    if settings.tts_model is None:
        return "packaged"
    facts = settings.tts_model.stat()
    return f"{settings.tts_model} {facts.st_size} {facts.st_mtime_ns}"
