"""Part of the service's bench: is a visitor who thinks cut off, and does one who has finished wait?

Recorded sentences, read by people. *Finished*: the end of one. *Thinking*: the same sentences, stopped at a gap between
two words (50 to 150 ms of quiet; longer ones are ends of clauses, where stopping is finishing) as if the speaker had to
think there, for 0.4 to 1.5 s. The recogniser and the model hear what they would hear in the service: the turn up to
128 ms into the pause. Nobody hesitates in these recordings: a voice that fades into an "um" is easier to tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiosk.rehearsal.figures import Figure, summarise
from kiosk.service.patience import patience_ms
from kiosk.service.stt import GUESS_MS
from kiosk.service.turn_end import TurnEnd
from kiosk.service.whisper import Whisper
from kiosk.settings.schema import Service
from tests.bench import service_corpus as corpus

RATE = corpus.RATE
STEP = RATE // 100
GAP_S = (0.05, 0.15)
PAUSES_S = np.linspace(0.4, 1.5, 23)
FIXED_MS = 400.0  # what ended every turn before
VAD_LAG_MS = 90.0  # by which the detector calls it speech after the last sound


@dataclass(frozen=True)
class Stop:
    """A turn up to its pause, and how long the service would wait in it."""

    language: str
    finished: bool
    patience: float
    probability: float


def stops(languages: tuple[str, ...], count: int) -> list[Stop]:
    settings = Service()
    whisper, ending = Whisper(settings, languages), TurnEnd()
    found: list[Stop] = []
    for language in languages:
        for samples in _sentences(language, count):
            ends = [(len(samples), True)] + [(at, False) for at in gaps(samples)[:2]]
            for at, finished in ends:
                heard = _heard(samples[:at])
                guess = whisper.recognise(heard, final=True, language=language)
                probability = ending.probability(heard)
                judged = type(guess)(guess.text, guess.language, guess.confidence, finished=probability)
                wait = patience_ms(judged, settings.end_of_turn_ms, settings.thinking_ms)
                found.append(Stop(language, finished, wait, probability))
    return found


def figures(found: list[Stop]) -> dict[str, Figure]:
    """Of each language: how long who has finished waits (ms), and how many pauses of who thinks are cut (%)."""
    report: dict[str, Figure] = {}
    for language in dict.fromkeys(stop.language for stop in found):
        done = [stop.patience for stop in found if stop.language == language and stop.finished]
        thinking = [stop.patience for stop in found if stop.language == language and not stop.finished]
        if done:
            report[f"finished_waits_{language}"] = summarise(done, "ms")
        if thinking:
            cut = [100 * float(np.mean(patience + VAD_LAG_MS < PAUSES_S * 1000)) for patience in thinking]
            mean = round(float(np.mean(cut)), 1)
            report[f"thinking_cut_{language}"] = Figure(len(cut), mean, mean, max(cut), "%")
    fixed = round(100 * float(np.mean(PAUSES_S * 1000 > FIXED_MS + VAD_LAG_MS)), 1)
    report["thinking_cut_by_fixed_400"] = Figure(len(PAUSES_S), fixed, fixed, fixed, "%")
    return report


def gaps(samples: corpus.Samples) -> list[int]:
    """Where a sentence could be stopped between words: 0.7 s from its begin, 0.4 s from its end; the middle first."""
    level = np.sqrt(np.mean(samples[: len(samples) // STEP * STEP].reshape(-1, STEP) ** 2, axis=1))
    quiet = level < level.max() * 10 ** (-32 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    found = [
        int(first)
        for first, last in edges.reshape(-1, 2)
        if GAP_S[0] <= (last - first) * STEP / RATE < GAP_S[1]
        and first * STEP > 0.7 * RATE
        and last * STEP < len(samples) - 0.4 * RATE
    ]
    middle = len(level) / 2
    return [(first + 1) * STEP for first in sorted(found, key=lambda first: abs(first - middle))]


def _sentences(language: str, count: int) -> list[corpus.Samples]:
    if language == "en":
        return corpus.prompts("en_US_f_Allison", count, (2.0, 9.0))
    return [one.samples for one in corpus.said(language, count) if one.seconds >= 2.0]


def _heard(samples: corpus.Samples) -> corpus.Samples:
    """With a quarter of a second of the room before it, and the pause up to the guess, lag of the detector included."""
    tail = int((GUESS_MS + VAD_LAG_MS) / 1000 * RATE)
    noise = np.random.default_rng(2).normal(0, 3e-4, RATE // 4 + len(samples) + tail).astype(np.float32)
    noise[RATE // 4 : RATE // 4 + len(samples)] += samples
    return noise
