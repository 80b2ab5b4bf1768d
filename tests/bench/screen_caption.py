"""The caption against the sound: when each word really began on the loudspeaker, and when it was lit.

Three kinds of speech, all told in clauses as the local agent tells them:

exact    one word a clause, humming voice: nothing to interpolate. What is left is the speaker clock, the view's tick
         and the drawing
clause   the humming voice in clauses of a dozen words. Its words are up to 35 % longer or shorter than their letters
         say, which is what the interpolation inside of a clause does not know
voice    the local agent's own voice; where its words are is told by Whisper's forced alignment on the recording of
         the loudspeaker's monitor, whose own error (20 ms steps, some 50 ms at soft onsets) is in the figure
"""

from __future__ import annotations

import itertools
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal import waves
from kiosk.rehearsal.acoustics import Samples, amplitude
from kiosk.rehearsal.figures import Heard
from kiosk.service.mel import RATE
from kiosk.service.whisper import Whisper
from kiosk.settings.schema import Service
from tests.bench.screen_speech import GAP_MS, Clause

log = logging.getLogger(__name__)

ONSET_DBFS = -45.0
PAUSE_DBFS, PAUSE_S = -38.0, 0.15  # of a voice
NEAR_S = 0.15  # an onset stands that close to where it was put: the loudspeaker neither waits nor skips


@dataclass(frozen=True, slots=True)
class Said:
    """One response. Monotonic seconds from its first to its last sound, as the kiosk told them."""

    kind: str
    clauses: list[Clause]
    started: float
    ended: float

    @property
    def words(self) -> list[str]:
        return [word for clause in self.clauses for word in clause.text.split()]


@dataclass(frozen=True)
class Watched:
    """What the stopwatch of the kiosk wrote."""

    spans: list[tuple[float, float, str]]
    frames: np.ndarray[Any, np.dtype[np.float64]]  # (begun, swapped)
    lit: list[tuple[float, int]]

    @classmethod
    def load(cls, file: Path) -> Watched:
        told = json.loads(file.read_text())
        return cls(told["spans"], np.array(told["frames"]), told["lit"])

    def lit_at(self, said: Said) -> list[float | None]:
        """When each word of a response was lit."""
        at: list[float | None] = [None] * len(said.words)
        for when, count in self.lit:
            # What is lit without a clock, a greeting or a finished answer, is lit to a number without end.
            if said.started - 0.2 <= when <= said.ended + 0.5 and count <= len(at):
                for number in range(count):
                    at[number] = when if at[number] is None else at[number]
        return at

    def shown_at(self, when: float) -> float:
        """When the first picture begun after `when` stood on the glass."""
        number = int(np.searchsorted(self.frames[:, 0], when))
        return float(self.frames[number, 1]) if number < len(self.frames) else when


def onsets(said: Said, heard: Heard) -> list[float | None]:
    """Of the humming voice: the first sample after silence, where each word was put."""
    begun = heard.first(said.started - 0.1, said.started + 1.0, dbfs=ONSET_DBFS)
    if begun is None:
        return [None] * len(said.words)
    offsets = itertools.accumulate((clause.ms for clause in said.clauses), initial=0.0)
    places = [at + onset for at, clause in zip(offsets, said.clauses, strict=False) for onset in clause.onsets_ms]
    found: list[float | None] = []
    for place in places:
        due = begun + (place - places[0]) / 1000
        sounding = heard.sounding(due - NEAR_S, due + NEAR_S, dbfs=ONSET_DBFS)
        behind = np.concatenate([[heard.timeline.frame(due - NEAR_S)], sounding])
        gaps = np.flatnonzero(np.diff(behind) > 0.5 * GAP_MS / 1000 * heard.timeline.rate)
        begins = [heard.timeline.at(int(sounding[at])) for at in gaps]
        found.append(min(begins, key=lambda at: abs(at - due)) if begins else None)
    return found


class Aligner:
    """Whisper's cross-attention, dynamic time warping: where given words stand in a recording."""

    def __init__(self) -> None:
        self._whisper = Whisper(Service())

    def starts(self, audio: Samples, words: list[str]) -> list[float]:
        """Seconds from the beginning of `audio` (16 kHz, at most 30 s)."""
        whisper = self._whisper
        tokens = [whisper._tokenizer.encode(f" {word}", add_special_tokens=False).ids for word in words]
        features = np.zeros(30 * RATE, np.float32)
        features[: len(audio)] = audio
        mel = np.ascontiguousarray(whisper._mel(features)[None])
        import ctranslate2

        (result,) = whisper._model.align(
            ctranslate2.StorageView.from_array(mel),
            whisper._prompt("en"),
            [[number for word in tokens for number in word]],
            len(audio) // 160,
        )
        first_of = dict(itertools.islice(zip(itertools.count(), tokens, strict=False), len(tokens)))
        begins = list(itertools.accumulate((len(word) for word in first_of.values()), initial=0))[:-1]
        earliest: dict[int, int] = {}
        for token, frame in result.alignments:
            earliest[token] = min(frame, earliest.get(token, frame))
        return [0.02 * earliest[at] for at in begins]


def aligned(said: Said, heard: Heard, aligner: Aligner) -> list[float | None]:
    """Of the agent's voice, clause by clause.

    Cross-attention turns to a word before it sounds. By how much is taken from the words behind a pause inside of a
    clause, whose onsets the sound itself shows; all words are moved by the median of that.
    """
    begun = heard.first(said.started - 0.1, said.started + 1.0, dbfs=None)
    if begun is None:
        return [None] * len(said.words)
    rate = heard.timeline.rate
    found: list[float] = []
    early: list[float] = []
    at = begun
    for clause in said.clauses:
        frame = heard.timeline.frame(at)
        part = waves.resample(heard.samples[frame : frame + round(clause.ms / 1000 * rate)], rate, RATE)
        starts = aligner.starts(part, clause.text.split())
        for onset in behind_pauses(part):
            nearest = min(starts, key=lambda start: abs(start - onset))
            if abs(nearest - onset) < NEAR_S:
                early.append(onset - nearest)
        found += [at + start for start in starts]
        at += clause.ms / 1000
    late = float(np.median(early)) if early else 0.0
    log.info("the alignment was %.0f ms early at %d pauses", 1000 * late, len(early))
    return [start + late for start in found]


def behind_pauses(audio: Samples) -> list[float]:
    """Seconds at which sound begins after 150 ms of silence and more, at 16 kHz; not the beginning itself."""
    block = RATE // 200
    loud = np.abs(audio[: len(audio) // block * block]).reshape(-1, block).max(axis=1) > amplitude(PAUSE_DBFS)
    at = np.flatnonzero(loud)
    begins = at[1:][np.diff(at) > PAUSE_S * RATE / block]
    return [float(begin) * block / RATE for begin in begins]


def errors(watched: Watched, said: Said, true: list[float | None]) -> tuple[list[float], list[float]]:
    """Lit - heard, ms, of each word: as the view lit it, and as it stood on the glass."""
    pairs = [(lit, onset) for lit, onset in zip(watched.lit_at(said), true, strict=True) if lit and onset]
    lit = [1000 * (at - onset) for at, onset in pairs]
    return lit, [1000 * (watched.shown_at(at) - onset) for at, onset in pairs]
