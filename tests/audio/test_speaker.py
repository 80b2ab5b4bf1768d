"""The real speaker and its threads on a device that the test moves by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import SimpleQueue

import numpy as np
import pytest
from hand_backend import HandBackend

from kiosk.audio.farend import FarEnd
from kiosk.audio.speaker import StreamSpeaker
from kiosk.core.fault import Fault
from kiosk.core.ports import Fate
from kiosk.settings.sound import Sound

LOUD = np.full(4800, 5000, "<i2").tobytes()  # 100 ms at 48 kHz
SHORT = LOUD[:4320]  # 45 ms: less than the device holds, so nothing hurries


class Rig:
    def __init__(self, **sound: object) -> None:
        self.backend = HandBackend()
        self.far_end = FarEnd()
        self.speaker = StreamSpeaker(self.backend, Sound(**{"jitter_ms": 0, **sound}), self.far_end)
        self.told: SimpleQueue[tuple[object, ...]] = SimpleQueue()
        self.speaker.on_started = lambda name, at: self.told.put(("started", name))
        self.speaker.on_ended = lambda name, ms, fate: self.told.put(("ended", name, round(ms), fate))
        self.speaker.on_lost = lambda reason: self.told.put(("lost", reason))

    def next(self) -> tuple[object, ...]:
        return self.told.get(timeout=10)

    def await_calls(self, *calls: str) -> None:
        until = time.monotonic() + 10
        while self.backend.output.calls != list(calls):
            assert time.monotonic() < until, self.backend.output.calls
            time.sleep(0.001)


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    rig.speaker.open()
    yield rig
    rig.speaker.close()


def test_a_response_is_told_from_its_first_to_its_last_sample(rig: Rig) -> None:
    rig.speaker.begin("a")
    assert rig.speaker.feed("a", LOUD, 48000)
    rig.speaker.end("a")
    start = time.monotonic() - 1
    for n in range(11):
        rig.backend.play(start + n * 0.01)
    assert rig.next() == ("started", "a")
    assert rig.next() == ("ended", "a", 100, Fate.FINISHED)
    assert rig.speaker.position().response_id == ""
    assert rig.speaker.figures.underruns == 0


def test_a_flush_silences_the_next_block_and_then_the_device(rig: Rig) -> None:
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    now = time.monotonic()
    for n in range(4):
        assert rig.backend.play(now - 0.005 + n * 0.01).any()
    heard = rig.speaker.flush()
    assert heard.response_id == "a"
    assert 0 < heard.played_ms < 45
    assert not rig.speaker.feed("a", SHORT, 48000)
    told = rig.next()
    if told[0] == "started":  # it was told if the control thread looked before the flush
        told = rig.next()
    assert told == ("ended", "a", round(heard.played_ms), Fate.FLUSHED)
    rig.await_calls("start", "abort", "start")
    assert not rig.backend.play(time.monotonic()).any()
    assert rig.speaker.figures.late_frames_dropped == 1


def test_a_flush_of_what_the_device_does_not_hold_leaves_the_device_alone(rig: Rig) -> None:
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    rig.backend.play(time.monotonic())
    rig.speaker.begin("b")
    rig.speaker.feed("b", SHORT, 48000)
    rig.speaker.flush("b")
    while rig.next()[:2] != ("ended", "b"):
        pass
    assert rig.backend.output.calls == ["start"]
    assert rig.backend.play(time.monotonic() + 0.01).any()


def test_the_far_end_is_what_was_played_and_nothing_after_a_cut(rig: Rig) -> None:
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    start = time.monotonic() + 0.2  # all of it is still to be heard
    for n in range(5):
        rig.backend.play(start + n * 0.01)
    out = np.zeros(2160, np.int16)
    rig.far_end.read(start, out)
    assert (out == 5000).all()
    rig.speaker.flush()
    rig.await_calls("start", "abort", "start")
    rig.far_end.read(start, out)
    assert not out.any()


def test_a_burst_does_not_wait_behind_the_silence_in_the_device(rig: Rig) -> None:
    start = time.monotonic()
    for n in range(6):
        rig.backend.play(start + n * 0.01)
    rig.speaker.begin("a")
    for _ in range(3):
        rig.speaker.feed("a", LOUD, 48000)
    rig.await_calls("start", "abort", "start")


def test_a_lost_device_is_told_once_and_can_be_opened_again(rig: Rig) -> None:
    rig.backend.lose_output("pulled out")
    assert rig.next() == ("lost", "pulled out")
    rig.speaker.open()
    rig.speaker.begin("a")
    rig.speaker.feed("a", LOUD, 48000)
    rig.speaker.end("a")
    assert rig.backend.play(time.monotonic() - 1).any()
    assert rig.next() == ("started", "a")


def test_a_device_that_refuses_to_start_again_is_lost(rig: Rig) -> None:
    rig.speaker.begin("a")
    rig.speaker.feed("a", LOUD, 48000)
    rig.backend.play(time.monotonic())
    rig.backend.output.refuses = True
    rig.speaker.flush()
    told = rig.next()
    while told[0] != "lost":
        told = rig.next()
    assert "does not start" in str(told[1])


def test_a_device_that_cannot_start_is_a_fault_and_given_back() -> None:
    rig = Rig()
    rig.backend.output.refuses = True
    with pytest.raises(Fault):
        rig.speaker.open()
    assert rig.backend.output.calls == ["close"]
    assert not rig.speaker.feed("a", LOUD, 48000)


def test_a_stream_that_stands_still_is_lost(rig: Rig) -> None:
    assert rig.next() == ("lost", "the loudspeaker's device stands still")


def test_every_block_is_filled_before_during_and_after(rig: Rig) -> None:
    assert not rig.backend.play(time.monotonic()).any()
    rig.speaker.begin("a")
    rig.speaker.feed("a", LOUD[:1200], 48000)  # 600 samples
    first, second = rig.backend.play(time.monotonic()), rig.backend.play(time.monotonic())
    assert (first == 5000).all()
    assert (second[:120] == 5000).all()
    assert not second[120:].any()
    assert rig.speaker.figures.underruns == 1


BELL = np.full(9600, 2000, "<i2").tobytes()  # 200 ms


def test_an_earcon_is_heard_and_in_the_far_end_and_nobody_is_told(rig: Rig) -> None:
    assert rig.speaker.earcon(BELL, 48000)
    rig.await_calls("start", "abort", "start")  # it does not wait behind silence
    start = time.monotonic() - 1
    assert (rig.backend.play(start) == 2000).all()
    out = np.zeros(480, np.int16)
    rig.far_end.read(start, out)
    assert (out == 2000).all()
    for n in range(1, 25):
        rig.backend.play(start + n * 0.01)
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    rig.speaker.end("a")
    for n in range(25, 30):
        rig.backend.play(start + n * 0.01)
    assert rig.next()[1] == "a", "of the earcon nothing is told"


def test_no_earcon_sounds_while_an_agent_is_begun(rig: Rig) -> None:
    rig.speaker.begin("a")
    assert not rig.speaker.earcon(BELL, 48000)
    rig.speaker.flush()
    assert rig.speaker.earcon(BELL, 48000)


def test_a_first_word_does_not_wait_for_an_earcon(rig: Rig) -> None:
    assert rig.speaker.earcon(BELL, 48000)
    rig.await_calls("start", "abort", "start")
    now = time.monotonic()
    rig.backend.play(now)
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    assert (rig.backend.play(now + 0.01) == 5000).all()
    assert rig.speaker.position().response_id == "a"


def test_a_flush_cuts_an_earcon_and_has_nothing_to_report(rig: Rig) -> None:
    assert rig.speaker.earcon(BELL, 48000)
    rig.await_calls("start", "abort", "start")
    now = time.monotonic() + 1
    assert rig.backend.play(now).any()
    assert rig.speaker.flush().response_id == ""
    assert not rig.backend.play(now + 0.01).any()


def test_a_duck_is_in_the_far_end_and_ends_with_a_flush(rig: Rig) -> None:
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    start = time.monotonic() + 1
    rig.backend.play(start)
    rig.speaker.duck(True)
    for n in range(1, 4):
        quiet = rig.backend.play(start + n * 0.01)
    assert np.allclose(quiet, 5000 * 10 ** (-13 / 20), atol=2)
    out = np.zeros(480, np.int16)
    rig.far_end.read(start + 0.03, out)
    assert np.array_equal(out, quiet)
    rig.speaker.flush()
    rig.backend.play(start + 0.04)
    rig.speaker.begin("b")
    rig.speaker.feed("b", SHORT, 48000)
    assert (rig.backend.play(start + 0.05) == 5000).all()


def test_a_response_behind_the_ducked_one_does_not_lift_it(rig: Rig) -> None:
    rig.speaker.begin("a")
    rig.speaker.feed("a", SHORT, 48000)
    rig.speaker.duck(True)
    rig.speaker.begin("b")
    for n in range(4):
        quiet = rig.backend.play(time.monotonic() + 1 + n * 0.01)
    assert quiet.max() < 1200
    rig.speaker.duck(False)


@pytest.mark.parametrize(("most_ms", "held"), [(200, True), (0, False)])
def test_frames_that_come_late_are_waited_for_as_far_as_the_site_allows(
    most_ms: int, held: bool, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(jitter_most_ms=most_ms)
    rig.speaker.open()
    try:
        with caplog.at_level("INFO"):
            rig.speaker.begin("a")
            rig.speaker.feed("a", SHORT, 48000)
            time.sleep(0.1)  # 45 ms of sound: the next frame is 55 ms late
            rig.speaker.feed("a", SHORT, 48000)
        assert ("are held back" in caplog.text) is held
    finally:
        rig.speaker.close()
