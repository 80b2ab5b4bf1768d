"""A text spoken into a WAV file, for `kiosk say`: the visitors of rehearsals, and a voice on trial."""

from __future__ import annotations

import wave
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.tts import AUTO, AUTO_ORDER, open_speech
from kiosk.settings.schema import Service


def say(settings: Service, text: str, voice: str | None, path: Path, *, rate: int | None = None) -> float:
    """Writes 16-bit mono at the engine's rate, or at `rate`, and returns its length in seconds.

    `auto` is not timed here: nobody waits for the sound, so the best voice speaks. Raises `Fault` for an unknown voice,
    missing weights, a text without words, or a file that cannot be written.
    """
    if settings.tts == AUTO:
        settings = settings.model_copy(update={"tts": AUTO_ORDER[0]})
    speech = open_speech(settings, rate=rate)
    sound = b"".join(piece.pcm for piece in speech.pieces(text, voice=voice, cacheable=True))
    if not sound:
        raise Fault("there is nothing to say", where="the text", remedy="give it words", code=ExitCode.USAGE)
    try:
        # `wave.open` with a path that cannot be opened leaves a half-made object behind, whose end is a warning
        with path.open("wb") as target, wave.open(target, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(speech.rate)
            file.writeframes(sound)
    except OSError as error:
        raise Fault(
            f"the sound cannot be written: {error.strerror or type(error).__name__}",
            where=str(path),
            remedy="choose a folder that exists and that you may write to",
            code=ExitCode.USAGE,
        ) from error
    return len(sound) / 2 / speech.rate
