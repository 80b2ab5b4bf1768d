from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiosk.rehearsal import figures
from kiosk.rehearsal.figures import Heard
from kiosk.rehearsal.frameclock import Timeline
from kiosk.rehearsal.performance import Course, Spoken
from kiosk.rehearsal.roomlink import Span
from kiosk.rehearsal.visitor import Line

RATE = 48000
BEGAN = 1000.0  # monotonic seconds of sample 0
LINE = Line("Hello", Path("hello.wav"), "human", "a test", 1.0)


def tone(*spans: tuple[float, float], seconds: float = 12.0) -> Heard:
    """A loudspeaker that gives off noise at -20 dBFS in the given spans (seconds) and digital silence else."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    noise = 0.1 * np.sign(np.random.default_rng(2).standard_normal(len(samples))).astype(np.float32)
    for start, stop in spans:
        span = slice(round(start * RATE), round(stop * RATE))
        samples[span] = noise[span]
    return Heard(samples, Timeline(RATE, [(0, BEGAN)]))


def event(name: str, at: float, **fields: Any) -> dict[str, Any]:
    return {"event": name, "t": BEGAN + at, **fields}


def said(first: float, last: float, *, cut_in: bool = False) -> Spoken:
    return Spoken(LINE, Span(round(first * RATE), round(last * RATE), BEGAN + first), cut_in)


MOUTH = Timeline(RATE, [(0, BEGAN)])


def test_interrupt_to_silence_is_order_to_last_audible_sample() -> None:
    heard = tone((1.0, 3.012), (5.0, 6.0))
    events = [
        event("playback_started", 1.0, id="a"),
        event("flush", 3.0, id="a"),
        event("playback_started", 5.0, id="b"),
    ]
    assert figures.interrupt_to_silence(heard, events) == pytest.approx([12.0], abs=0.1)


def test_a_flush_in_silence_says_nothing_about_the_time_to_silence() -> None:
    events = [event("flush", 4.0, id=""), event("playback_started", 5.0, id="b")]
    assert figures.interrupt_to_silence(tone((1.0, 3.0), (5.0, 6.0)), events) == []


def test_what_is_quieter_than_50_dbfs_is_silence() -> None:
    heard = tone((1.0, 2.0))
    heard.samples[2 * RATE : 3 * RATE] = 0.001
    assert figures.interrupt_to_silence(heard, [event("flush", 1.99, id="a")]) == pytest.approx([10.0], abs=0.1)


def test_heard_position_error_compares_with_the_monitor() -> None:
    events = [
        event("playback_started", 1.01, id="a"),
        event("playback_ended", 3.0, id="a", fate="flushed", played_ms=2030),
    ]
    assert figures.heard_position_error(tone((1.0, 3.005)), events) == pytest.approx([25.0], abs=0.1)


@pytest.mark.parametrize(("played_ms", "error"), [(2000, 0), (1700, 0), (1900, 0), (1650, 50), (2080, 80)])
def test_a_run_of_zeros_may_be_a_pause_or_an_underrun(played_ms: int, error: float) -> None:
    heard = tone((1.0, 2.0), (2.3, 3.0))
    events = [
        event("playback_started", 1, id="a"),
        event("playback_ended", 3, id="a", fate="flushed", played_ms=played_ms),
    ]
    assert figures.heard_position_error(heard, events) == pytest.approx([error], abs=0.1)


def test_answers_that_were_not_cut_have_no_position_error() -> None:
    events = [event("playback_started", 1, id="a"), event("playback_ended", 3, id="a", fate="finished", played_ms=1)]
    assert figures.heard_position_error(tone((1.0, 3.0)), events) == []


def test_playback_start_error_is_report_against_first_sample() -> None:
    events = [event("playback_started", 1.02, id="a"), event("playback_ended", 3, id="a", fate="finished", played_ms=1)]
    assert figures.playback_start_error(tone((1.0, 3.0)), events) == pytest.approx([20.0], abs=0.1)


def test_end_of_speech_to_first_sound_and_transcript() -> None:
    spoken = [said(0.5, 1.0), said(5.0, 6.0)]
    events = [
        event("transcript", 0.9, role="user", final=False, item="u", text="he"),
        event("transcript", 1.4, role="user", final=True, item="u", text="hello"),
        event("playback_started", 1.75, id="a"),
        event("transcript", 6.2, role="user", final=True, item="v", text="bye"),
        event("playback_started", 7.0, id="b"),
    ]
    heard = tone((1.75, 4.0), (7.05, 8.0))
    assert figures.speech_to_sound(heard, events, spoken, MOUTH) == pytest.approx([750, 1050], abs=0.1)
    assert figures.speech_to_transcript(events, spoken, MOUTH) == pytest.approx([400, 200], abs=0.1)


def test_a_line_without_an_answer_takes_none_from_the_next() -> None:
    spoken = [said(0.5, 1.0), said(2.0, 3.0)]
    events = [event("playback_started", 3.5, id="a")]
    assert figures.speech_to_sound(tone((3.5, 4.0)), events, spoken, MOUTH) == pytest.approx([500], abs=0.1)


def test_voice_to_silence_counts_only_lines_that_cut_in() -> None:
    spoken = [said(0.2, 0.4), said(2.0, 2.9, cut_in=True)]
    events = [event("playback_started", 1.0, id="a"), event("flush", 2.2, id="a")]
    assert figures.voice_to_silence(tone((1.0, 2.21)), events, spoken, MOUTH) == pytest.approx([210], abs=0.1)


def test_wire_figures_take_the_first_frame_after_the_moment() -> None:
    probes = [{"event": "probe", "t": 0, "name": "audio_sent", "at": BEGAN + at} for at in (0.9, 2.015, 5.1)]
    assert figures.press_to_wire(probes, [("touch", BEGAN), ("press", BEGAN + 2.0)]) == pytest.approx([15], abs=0.1)
    assert figures.speech_to_wire(probes, [said(5.0, 6.0)], MOUTH) == pytest.approx([100], abs=0.1)


def test_turn_starts_are_compared_with_the_room_when_every_line_became_a_turn() -> None:
    events = [
        event("session", 0.5, id="s"),
        event("turn", 3, role="user", start_ms=1490, end_ms=2000),
        event("turn", 6, role="user", start_ms=4800, end_ms=5500),
    ]
    spoken = [said(2.0, 2.4), said(5.0, 6.0)]
    assert figures.turn_start_error(events, spoken, MOUTH) == pytest.approx([10, 300], abs=0.1)
    assert figures.turn_start_error(events[:2], spoken, MOUTH) == []
    unfinished = [{**event, "end_ms": None} if event["event"] == "turn" else event for event in events]
    assert figures.turn_start_error(unfinished, spoken, MOUTH) == [], "the visitor left in the middle of a turn"


def test_a_visit_has_the_figures_that_it_has_values_for() -> None:
    events = [event("phase", 0.6, phase="listening"), event("playback_started", 1.5, id="a")]
    course = Course(orders=[("touch", BEGAN + 0.5)], spoken=[said(0.7, 1.0)])
    found = figures.of_visit(tone((1.5, 2.0)), MOUTH, events, course)
    assert found["touch_to_listening"].p50 == pytest.approx(100, abs=0.1)
    assert found["end_of_speech_to_first_sound"].p50 == pytest.approx(500, abs=0.1)
    assert set(found) == {"touch_to_listening", "end_of_speech_to_first_sound"}


def test_a_visit_without_a_spoken_word_has_figures_too() -> None:
    events = [event("phase", 0.6, phase="listening"), event("playback_started", 1.5, id="a")]
    found = figures.of_visit(tone((1.5, 2.0)), MOUTH, events, Course(orders=[("touch", BEGAN + 0.5)]))
    assert set(found) == {"touch_to_listening"}


def test_percentiles() -> None:
    figure = figures.summarise([float(value) for value in range(101)], "ms")
    assert (figure.n, figure.p50, figure.p95, figure.max, figure.unit) == (101, 50.0, 95.0, 100.0, "ms")
