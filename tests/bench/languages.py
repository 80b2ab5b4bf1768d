"""What each language can do: how much of the agent's speech a recogniser understands, and how many questions are met.

packaging/bench languages [--json FILE]

spoken    sentences of tests/bench/language_lists.py by the language's own voice, into the service's recogniser: the
          share of words that it misreads. What it misreads of people stands in `packaging/bench service`
answered  questions of the same lists, which the knowledge was not written from: of those in scope how many are
          answered right, of the others how many are declined
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal.report import machine
from kiosk.service.kokoro import Kokoro
from kiosk.service.mel import RATE
from kiosk.service.resample import Resampler
from kiosk.service.tongues import Tongues
from kiosk.service.voices import Voices, language_of
from kiosk.service.whisper import Whisper
from kiosk.settings.schema import Service
from tests.bench.language_lists import ASKED, SAID

EDGE_S = 0.25  # of silence around a sentence


def spoken(language: str, voice: Kokoro, recogniser: Whisper) -> dict[str, Any]:
    name = next(name for name in Voices().names() if language_of(name) == language)
    wrong = total = 0
    edge = np.zeros(round(EDGE_S * RATE), np.float32)
    for sentence in SAID[language]:
        sound = Resampler(voice.rate, RATE)(voice.speak(sentence, voice=name))
        heard = recogniser.recognise(np.concatenate([edge, sound, edge]), final=True, language=language).text
        said = _words(sentence)
        wrong, total = wrong + _errors(said, _words(heard)), total + len(said)
    return {"voice": name, "words": total, "misread_percent": round(100 * wrong / total, 1)}


def answered(language: str, tongues: Tongues) -> dict[str, Any]:
    answers = tongues.of(language)
    told = [(right, answers.answer(question, (), language).source) for question, right in ASKED[language]]
    known = [right == found for right, found in told if right != "unknown"]
    strange = [found == "unknown" for right, found in told if right == "unknown"]
    return {
        "in_scope": len(known),
        "right_percent": round(100 * sum(known) / len(known)),
        "out_of_scope": len(strange),
        "declined_percent": round(100 * sum(strange) / len(strange)),
    }


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text.casefold()))


def _errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, insertions and deletions."""
    row = list(range(len(heard) + 1))
    for count, word in enumerate(said, 1):
        diagonal, row[0] = row[0], count
        for at, other in enumerate(heard, 1):
            diagonal, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, diagonal + (word != other))
    return row[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    settings = Service()
    voice, recogniser, tongues = Kokoro(settings), Whisper(settings), Tongues(settings, _Nobody())
    found: dict[str, Any] = {}
    for language in sorted({*SAID, *ASKED}):
        found[language] = {
            "spoken": spoken(language, voice, recogniser) if language in SAID else None,
            "answered": answered(language, tongues) if language in ASKED else None,
        }
        print(language, json.dumps(found[language], ensure_ascii=False))
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "languages": found}, indent=2, ensure_ascii=False))
    return 0


class _Nobody:
    """The house's own answers are not asked here."""

    name = "nobody"
    reads_knowledge = True

    def answer(self, *_: Any) -> Any:
        raise LookupError("a language without a knowledge was asked")

    def fixed(self) -> Any:
        return iter(())


if __name__ == "__main__":
    sys.exit(main())
