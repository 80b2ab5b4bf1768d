"""Turns, guesses and partials from frames and probabilities. No model and no clock: the detector is the test's own."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.service.stt import (
    FRAME_BYTES,
    FRAME_MS,
    LONGEST_MS,
    LOST_AFTER_MS,
    PRE_ROLL_MS,
    DecodeObsolete,
    DecodeWanted,
    Endpointer,
    SpeechBegan,
    SpeechEvent,
    SpeechStream,
    TurnEnded,
)

Kind = TypeVar("Kind", bound=SpeechEvent)


def frame(number: int) -> bytes:
    """A frame that tells its number."""
    return np.full(FRAME_BYTES // 2, number, "<i2").tobytes()


def numbers(audio: np.ndarray) -> list[int]:
    return sorted({round(float(sample) * 32768) for sample in audio})


class Driver:
    """Feeds an endpointer with numbered frames and collects what it says, with the frame it said it at."""

    def __init__(self, end_of_turn_ms: int = 450, thinking_ms: int = 0) -> None:
        self.endpointer = Endpointer(end_of_turn_ms, thinking_ms)
        self.fed = 0
        self.events: list[tuple[int, SpeechEvent]] = []

    def hear(self, ms: int, probability: float) -> Driver:
        for _ in range(ms // FRAME_MS):
            self.note(self.endpointer.hear(frame(self.fed), probability))
            self.fed += 1
        return self

    def note(self, events: list[SpeechEvent]) -> list[SpeechEvent]:
        self.events += [(self.fed, event) for event in events]
        return events

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for _, event in self.events if isinstance(event, kind)]


def test_a_turn_from_onset_to_pause() -> None:
    driver = Driver().hear(1024, 0.1).hear(640, 0.9).hear(960, 0.1)
    (began,) = driver.of(SpeechBegan)
    (ended,) = driver.of(TurnEnded)
    assert began.at_ms == 1024
    assert (ended.start_ms, ended.end_ms) == (1024, 1664)
    assert ended.voiced_ms == 640
    told_at = next(at for at, event in driver.events if isinstance(event, TurnEnded)) * FRAME_MS
    assert 450 <= told_at + FRAME_MS - 1664 < 450 + 2 * FRAME_MS


def test_the_sound_has_the_pre_roll_and_every_frame_once() -> None:
    driver = Driver().hear(1024, 0.1).hear(640, 0.9).hear(960, 0.1)
    (ended,) = driver.of(TurnEnded)
    heard = numbers(ended.audio)
    assert heard == list(range(heard[0], heard[-1] + 1))
    assert len(ended.audio) == len(heard) * FRAME_BYTES // 2
    assert PRE_ROLL_MS <= ended.start_ms - heard[0] * FRAME_MS < PRE_ROLL_MS + FRAME_MS


def test_a_click_is_no_turn() -> None:
    assert Driver().hear(960, 0.1).hear(64, 0.99).hear(960, 0.1).events == []


def test_the_guess_holds_when_the_pause_lasts() -> None:
    driver = Driver().hear(320, 0.1).hear(640, 0.9).hear(960, 0.1)
    (guess,) = [event for event in driver.of(DecodeWanted) if event.final]
    (ended,) = driver.of(TurnEnded)
    assert ended.decode_id == guess.id
    assert driver.of(DecodeObsolete) == []
    assert numbers(guess.audio) == [n for n in numbers(ended.audio) if n <= numbers(guess.audio)[-1]]


def test_the_guess_is_void_when_the_visitor_goes_on() -> None:
    driver = Driver().hear(320, 0.1).hear(640, 0.9).hear(288, 0.1).hear(640, 0.9).hear(960, 0.1)
    first, second = [event.id for event in driver.of(DecodeWanted) if event.final]
    assert driver.of(DecodeObsolete) == [DecodeObsolete(first)]
    (ended,) = driver.of(TurnEnded)
    assert ended.decode_id == second


def pausing(silence_ms: int) -> tuple[Driver, int]:
    """A visitor in a pause, and the guess that is being recognised."""
    driver = Driver(300, 1200).hear(320, 0.1).hear(640, 0.9).hear(silence_ms, 0.1)
    (guess,) = [event for event in driver.of(DecodeWanted) if event.final]
    return driver, guess.id


def test_who_has_finished_waits_for_the_words_and_no_longer() -> None:
    driver, guess = pausing(480)
    assert driver.of(TurnEnded) == []
    driver.note(driver.endpointer.judge(guess, 300))
    (ended,) = driver.of(TurnEnded)
    assert ended.decode_id == guess


def test_an_early_verdict_does_not_shorten_the_pause() -> None:
    driver, guess = pausing(192)
    driver.note(driver.endpointer.judge(guess, 0))
    assert driver.of(TurnEnded) == []
    driver.hear(128, 0.1)
    assert len(driver.of(TurnEnded)) == 1


def test_who_is_thinking_may_pause_and_go_on() -> None:
    driver, guess = pausing(480)
    driver.note(driver.endpointer.judge(guess, 1200))
    driver.hear(640, 0.1).hear(640, 0.9)
    assert driver.of(TurnEnded) == []
    assert driver.of(DecodeObsolete) == [DecodeObsolete(guess)]
    driver.note(driver.endpointer.judge(guess, 300))  # too late to count
    driver.hear(480, 0.1)
    assert driver.of(TurnEnded) == []


def test_nobody_is_waited_for_for_ever() -> None:
    driver, guess = pausing(480)
    driver.note(driver.endpointer.judge(guess, 60_000))
    driver.hear(800, 0.1)
    assert len(driver.of(TurnEnded)) == 1


def test_a_recogniser_that_never_answers_ends_the_turn_all_the_same() -> None:
    driver, _ = pausing(1280)
    assert len(driver.of(TurnEnded)) == 1


def test_the_talk_button_outlasts_every_verdict() -> None:
    driver = Driver(300, 1200)
    driver.note(driver.endpointer.press())
    driver.hear(640, 0.9).hear(480, 0.1)
    (guess,) = [event for event in driver.of(DecodeWanted) if event.final]
    driver.note(driver.endpointer.judge(guess.id, 300))
    assert driver.hear(2000, 0.1).of(TurnEnded) == []


def test_partials_come_while_speech_goes_on_and_not_in_pauses() -> None:
    driver = Driver().hear(320, 0.1)
    for _ in range(3):
        driver.hear(2560, 0.9)
        driver.hear(320, 0.1)
    wanted = [(at, event) for at, event in driver.events if isinstance(event, DecodeWanted) and not event.final]
    assert len(wanted) >= 2
    for at, _ in wanted:
        assert (at * FRAME_MS - 320) % 2880 < 2560


def test_the_next_partial_waits_for_the_one_before() -> None:
    driver = Driver().hear(320, 0.1).hear(2048, 0.9)
    (only,) = driver.of(DecodeWanted)
    driver.endpointer.finished(only.id)
    driver.hear(4 * 1440, 0.9)  # it seemed to take 1.4 s, and partials may have a quarter of the time
    assert len(driver.of(DecodeWanted)) == 2


def test_a_partial_that_nobody_finishes_stops_the_others_for_a_while_only() -> None:
    driver = Driver().hear(320, 0.1).hear(640 + LOST_AFTER_MS, 0.9)
    assert len(driver.of(DecodeWanted)) == 2


def test_slow_partials_get_rarer() -> None:
    def count(cost_frames: int) -> int:
        driver = Driver().hear(320, 0.1)
        due: list[tuple[int, int]] = []
        for _ in range(20_000 // FRAME_MS):
            driver.hear(FRAME_MS, 0.9)
            wanted = driver.of(DecodeWanted)
            if wanted and wanted[-1].id not in {id for _, id in due}:
                due.append((driver.fed + cost_frames, wanted[-1].id))
            for at, id in due:
                if at == driver.fed:
                    driver.endpointer.finished(id)
        return len(driver.of(DecodeWanted))

    assert count(3) > 1.5 * count(15)


def test_a_partial_of_an_ended_turn_is_not_accepted() -> None:
    driver = Driver().hear(320, 0.1).hear(1280, 0.9)
    (partial,) = driver.of(DecodeWanted)
    assert driver.endpointer.accepts(partial.id)
    driver.hear(960, 0.1)
    assert not driver.endpointer.accepts(partial.id)


def test_push_to_talk_ends_at_the_release_and_not_in_a_pause() -> None:
    driver = Driver().hear(640, 0.1)
    (began,) = driver.note(driver.endpointer.press())
    assert began == SpeechBegan(640)
    driver.hear(640, 0.9).hear(2048, 0.1).hear(640, 0.9)
    assert driver.of(TurnEnded) == []
    (ended,) = driver.note(driver.endpointer.commit())
    assert isinstance(ended, TurnEnded)
    assert numbers(ended.audio)[-1] == driver.fed - 1
    assert ended.decode_id not in [event.id for event in driver.of(DecodeWanted)]


def test_push_to_talk_uses_the_guess_of_the_pause_before_the_release() -> None:
    driver = Driver()
    driver.endpointer.press()
    driver.hear(640, 0.9).hear(320, 0.1)
    (guess,) = [event for event in driver.of(DecodeWanted) if event.final]
    (ended,) = driver.endpointer.commit()
    assert isinstance(ended, TurnEnded)
    assert ended.decode_id == guess.id


def test_push_to_talk_without_a_frame_of_speech_is_a_turn_too() -> None:
    driver = Driver()
    driver.endpointer.press()
    driver.hear(320, 0.2)
    (ended,) = driver.endpointer.commit()
    assert isinstance(ended, TurnEnded)
    assert ended.voiced_ms == 0
    assert (ended.start_ms, ended.end_ms) == (0, 320)


def test_a_press_that_only_marks_speech_leaves_pauses_their_meaning() -> None:
    driver = Driver().hear(320, 0.1)
    driver.endpointer.press(held=False)
    driver.hear(640, 0.9).hear(960, 0.1)
    assert len(driver.of(TurnEnded)) == 1
    assert driver.endpointer.commit() == []


def test_a_commit_without_a_turn_takes_a_short_syllable_and_no_silence() -> None:
    assert Driver().hear(640, 0.1).endpointer.commit() == []
    began, ended = Driver().hear(640, 0.1).hear(64, 0.9).endpointer.commit()
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, TurnEnded)
    assert ended.voiced_ms == 64


@pytest.mark.parametrize("held", [True, False])
def test_endless_speech_is_cut_and_goes_on(held: bool) -> None:
    driver = Driver().hear(320, 0.1)
    if held:
        driver.endpointer.press()
    driver.hear(2 * LONGEST_MS + 2000, 0.9)
    first, second = driver.of(TurnEnded)
    assert len(first.audio) <= (LONGEST_MS + FRAME_MS) * 16
    assert numbers(second.audio)[0] == numbers(first.audio)[-1] + 1


def test_a_reset_forgets_and_the_clock_goes_on() -> None:
    driver = Driver().hear(320, 0.1).hear(640, 0.9)
    driver.endpointer.reset()
    driver.hear(960, 0.1)
    assert driver.of(TurnEnded) == []
    assert driver.endpointer.now_ms == 320 + 640 + 960
    driver.hear(320, 0.9).hear(960, 0.1)
    (ended,) = driver.of(TurnEnded)
    assert ended.start_ms == 320 + 640 + 960


@given(
    st.lists(st.tuples(st.integers(1, 60), st.sampled_from([0.05, 0.4, 0.6, 0.95])), max_size=40),
    st.lists(st.sampled_from(["press", "mark", "commit", "reset", ""]), min_size=40, max_size=40),
)
def test_no_sound_is_in_two_turns_and_ids_are_used_once(stretches: list[tuple[int, float]], orders: list[str]) -> None:
    driver = Driver()
    for (frames, probability), order in zip(stretches, orders, strict=False):
        driver.hear(frames * FRAME_MS, probability)
        match order:
            case "press" | "mark":
                driver.note(driver.endpointer.press(held=order == "press"))
            case "commit":
                driver.note(driver.endpointer.commit())
            case "reset":
                driver.endpointer.reset()
    seen: list[int] = []
    for ended in driver.of(TurnEnded):
        seen += numbers(ended.audio)
        assert ended.start_ms <= ended.end_ms
    assert len(seen) == len(set(seen))
    wanted = [event.id for event in driver.of(DecodeWanted)]
    assert len(wanted) == len(set(wanted))
    decodes = [ended.decode_id for ended in driver.of(TurnEnded)]
    assert len(decodes) == len(set(decodes))
    obsolete = {event.id for event in driver.of(DecodeObsolete)}
    assert not obsolete & set(decodes)
    # a turn begins before it ends, and none begins within another
    edges = [
        type(event) for event in (event for _, event in driver.events) if isinstance(event, SpeechBegan | TurnEnded)
    ]
    if "reset" not in orders:
        assert edges[::2] == [SpeechBegan] * len(edges[::2])
        assert edges[1::2] == [TurnEnded] * len(edges[1::2])


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=60))
def test_the_size_of_what_is_fed_does_not_matter(sizes: list[int]) -> None:
    sound = np.concatenate([np.zeros(8_000), np.full(16_000, 8_000), np.zeros(16_000)]).astype("<i2").tobytes()

    def loud(frame: bytes) -> float:
        return 0.9 if frame[-1] else 0.05

    whole = SpeechStream(450, detector=loud).feed(sound)
    stream = SpeechStream(450, detector=loud)
    events: list[SpeechEvent] = []
    at = 0
    for size in [*sizes, len(sound)]:
        events += stream.feed(sound[at : at + 2 * size])
        at += 2 * size
    assert events == whole
    assert any(isinstance(event, TurnEnded) for event in events)


def test_a_release_takes_the_last_part_of_a_frame() -> None:
    stream = SpeechStream(450, detector=lambda frame: 0.9)
    stream.press()
    stream.feed(frame(5) * 4 + frame(6)[:100])
    (ended,) = [event for event in stream.commit() if isinstance(event, TurnEnded)]
    assert len(ended.audio) == (4 * FRAME_BYTES + 100) // 2
