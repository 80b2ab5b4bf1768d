"""The bench's own ruler: it finds the words where they were put, and a caption that is late by what it is late."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.core.transcript import Clause as Told
from kiosk.core.transcript import word_spans
from kiosk.rehearsal.figures import Heard
from kiosk.rehearsal.frameclock import Timeline
from tests.bench.agent_peer import RATE
from tests.bench.screen_caption import Said, Watched, behind_pauses, errors, onsets
from tests.bench.screen_speech import Clause, clauses, word_by_word

BEGAN = 100.0
LEAD_S = 0.5  # of silence on the recording before the response


def recorded(said: list[Clause]) -> tuple[Heard, Said]:
    pcm = np.frombuffer(b"".join(clause.pcm for clause in said), "<i2").astype(np.float32) / 32768
    samples = np.concatenate([np.zeros(round(LEAD_S * RATE), np.float32), pcm])
    heard = Heard(samples, Timeline(RATE, ((0, BEGAN - LEAD_S),)))
    return heard, Said("clause", said, BEGAN, BEGAN + len(pcm) / RATE)


@pytest.mark.parametrize("said", [clauses(3), [word for clause in clauses(4) for word in word_by_word(clause)]])
def test_each_word_is_found_on_the_recording(said: list[Clause]) -> None:
    heard, answer = recorded(said)
    put, at = [], BEGAN
    for clause in said:
        put += [at + onset / 1000 for onset in clause.onsets_ms]
        at += clause.ms / 1000
    assert onsets(answer, heard) == pytest.approx(put, abs=0.001)


def test_what_is_lit_late_is_late_by_that() -> None:
    heard, answer = recorded(clauses(3))
    true = onsets(answer, heard)
    lit = [(at + 0.12, number + 1) for number, at in enumerate(true) if at is not None]
    frames = np.array([(at + 0.01, at + 0.03) for at, _ in lit])
    late, on_glass = errors(Watched([], frames, [(BEGAN - 0.1, 1_000_000), *lit]), answer, true)
    assert late == pytest.approx([120.0] * len(true), abs=0.01)
    assert on_glass == pytest.approx([150.0] * len(true), abs=0.01)


def test_the_humming_voice_is_one_that_interpolation_gets_roughly_right() -> None:
    """Else the figure of clauses would be one of the voice, not of the captions."""
    clause = clauses(1)[0]
    told = word_spans(Told(clause.text, 0, round(clause.ms - clause.pause_ms)))
    apart = [abs(start - onset) for (start, _), onset in zip(told, clause.onsets_ms, strict=True)]
    assert max(apart) < 350


def test_a_word_behind_a_pause_is_heard_to_begin() -> None:
    hum = np.full(RATE // 2, 0.2, np.float32)
    breath, pause = np.zeros(RATE // 20, np.float32), np.zeros(RATE // 4, np.float32)
    assert behind_pauses(np.concatenate([pause, hum, breath, hum, pause, hum])) == pytest.approx([1.55], abs=0.006)
