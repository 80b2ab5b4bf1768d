from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.audio.playback import PlaybackQueue

RATE = 48000
BLOCK = 480
AHEAD = 0.05  # from filled to heard


def pcm(first: int, samples: int) -> bytes:
    """Numbered samples, so that what comes out tells where it was; never 0, which is silence."""
    return (np.arange(first, first + samples) % 30000 + 1).astype("<i2").tobytes()


class Bench:
    """A device of 10 ms blocks that is `AHEAD` of the ear. Time is a count of blocks."""

    def __init__(self, jitter_s: float = 0.0, limit_s: float = 5.0) -> None:
        self.queue = PlaybackQueue(RATE, jitter_s=jitter_s, limit_s=limit_s)
        self.now = 0.0
        self.out: list[np.ndarray] = []

    def play(self, blocks: int) -> np.ndarray:
        played = []
        for _ in range(blocks):
            block = np.full(BLOCK, 31000, np.int16)
            self.queue.fill(block, self.now + AHEAD, self.now)
            played.append(block)
            self.now += 0.01
        self.out += played
        return np.concatenate(played)

    def feed(self, name: str, first: int, samples: int) -> bool:
        return self.queue.feed(name, pcm(first, samples), RATE, self.now)

    def over(self) -> list[tuple[str, float, bool]]:
        return [(heard.response_id, heard.played_ms, flushed) for heard, flushed in self.queue.over(self.now)]


def test_a_response_comes_out_whole_and_once() -> None:
    bench = Bench()
    bench.queue.begin("a")
    assert bench.feed("a", 0, 1000)
    bench.queue.end("a", bench.now)
    out = bench.play(4)
    np.testing.assert_array_equal(out[:1000], np.arange(1, 1001))
    assert not out[1000:].any()
    assert bench.queue.underruns == 0


def test_the_position_is_what_left_the_loudspeaker_and_not_what_the_device_took() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, RATE)
    bench.play(10)  # 100 ms taken, the first 50 ms of them heard
    heard = bench.queue.position(bench.now)
    assert heard.response_id == "a"
    assert heard.played_ms == pytest.approx(50)
    assert heard.queued_ms == pytest.approx(950)
    assert bench.queue.position(bench.now + 0.003).played_ms == pytest.approx(53)


def test_silence_of_an_underrun_is_not_counted_as_heard() -> None:
    bench = Bench(jitter_s=0.02)
    bench.queue.begin("a")
    bench.feed("a", 0, 4 * BLOCK)
    bench.play(8)  # 40 ms of sound, 40 ms of silence
    assert bench.queue.underruns == 1
    bench.feed("a", 4 * BLOCK, BLOCK)
    assert not bench.play(1).any()  # one block is too little to go on with
    bench.feed("a", 5 * BLOCK, BLOCK)
    bench.play(12)
    assert bench.queue.underruns == 2  # once per dry spell
    assert bench.queue.position(bench.now).played_ms == pytest.approx(60)


def test_the_jitter_buffer_waits_for_audio_for_the_end_or_for_time() -> None:
    enough, ended, old = Bench(jitter_s=0.04), Bench(jitter_s=0.04), Bench(jitter_s=0.04)
    for bench in (enough, ended, old):
        bench.queue.begin("a")
        bench.feed("a", 0, BLOCK)
        assert not bench.play(1).any()
    enough.feed("a", BLOCK, 3 * BLOCK)
    ended.queue.end("a", ended.now)
    assert enough.play(1).any()
    assert ended.play(1).any()
    assert not old.play(3).any()
    assert old.play(1).any()


def test_a_flush_is_silence_from_the_next_block_on_and_late_frames_are_dropped() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, RATE)
    bench.play(10)
    heard, in_flight = bench.queue.flush(None, bench.now)
    assert (heard.response_id, heard.played_ms, in_flight) == ("a", pytest.approx(50), True)
    assert not bench.play(1).any()
    assert not bench.feed("a", RATE, BLOCK)
    bench.queue.begin("a")
    assert not bench.feed("a", RATE, BLOCK)
    assert bench.queue.late == 2
    assert bench.over() == [("a", pytest.approx(50), True)]
    assert bench.queue.position(bench.now).response_id == ""


def test_a_flush_when_nothing_sounds_cuts_nothing() -> None:
    bench = Bench()
    heard, in_flight = bench.queue.flush(None, 0.0)
    assert (heard.response_id, in_flight) == ("", False)
    bench.queue.begin("a")
    bench.feed("a", 0, BLOCK)
    bench.queue.end("a", 0.0)
    bench.play(10)  # heard to its end, and nobody has told yet
    heard, in_flight = bench.queue.flush(None, bench.now)
    assert (heard.response_id, in_flight) == ("", False)
    assert bench.over() == [("a", pytest.approx(10), False)]


def test_an_id_that_was_flushed_before_it_began_is_never_welcome() -> None:
    bench = Bench()
    bench.queue.flush("a", 0.0)
    bench.queue.begin("a")
    assert not bench.feed("a", 0, BLOCK)


def test_one_response_can_be_flushed_out_of_several() -> None:
    bench = Bench()
    for name, first in (("a", 0), ("b", 1000), ("c", 2000)):
        bench.queue.begin(name)
        bench.feed(name, first, 960)
        bench.queue.end(name, 0.0)
    bench.queue.flush("b", 0.0)
    out = bench.play(4)
    np.testing.assert_array_equal(out, np.concatenate((np.arange(1, 961), np.arange(2001, 2961))))


def test_the_end_is_told_when_the_last_sample_was_heard() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, 2 * BLOCK)
    bench.queue.end("a", 0.0)
    bench.play(3)
    assert bench.queue.started(bench.now) == []
    assert bench.over() == []
    bench.play(3)
    assert bench.queue.started(bench.now) == [("a", pytest.approx(AHEAD))]
    assert bench.queue.started(bench.now) == []
    bench.play(2)
    assert bench.over() == [("a", pytest.approx(20), False)]
    assert not bench.queue.busy


def test_a_response_without_audio_is_over_at_its_end_in_its_turn() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, BLOCK)
    bench.queue.begin("b")
    bench.queue.end("b", 0.0)
    assert bench.over() == []
    bench.queue.end("a", 0.0)
    bench.play(10)
    assert [name for name, _, _ in bench.over()] == ["a", "b"]


def test_frames_of_an_earlier_response_come_too_late_once_a_later_one_was_fed() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, BLOCK)
    bench.queue.begin("b")
    bench.feed("b", 1000, BLOCK)
    assert not bench.feed("a", BLOCK, BLOCK)
    bench.queue.end("b", 0.0)
    out = bench.play(2)
    np.testing.assert_array_equal(out, np.concatenate((np.arange(1, 481), np.arange(1001, 1481))))
    assert bench.queue.underruns == 0


def test_a_full_queue_refuses_and_loses_nothing_it_has() -> None:
    bench = Bench(limit_s=1.0)
    bench.queue.begin("a")
    assert bench.feed("a", 0, RATE)
    assert not bench.feed("a", RATE, BLOCK)
    assert bench.queue.refused == 1
    np.testing.assert_array_equal(bench.play(50), (np.arange(24000) % 30000 + 1).astype(np.int16))
    assert bench.feed("a", RATE, BLOCK)


def test_the_ring_turns_round_many_times() -> None:
    bench = Bench(limit_s=1.0)
    expected, out = [], []
    for n in range(12):
        name = f"r{n}"
        bench.queue.begin(name)
        bench.feed(name, n * 7, RATE // 2)
        bench.queue.end(name, bench.now)
        expected.append(np.frombuffer(pcm(n * 7, RATE // 2), "<i2"))
        out.append(bench.play(50))
        bench.play(6)
        assert [name for name, _, _ in bench.over()] == [name]
    np.testing.assert_array_equal(np.concatenate(out), np.concatenate(expected))


def test_what_was_not_flushed_survives_the_cut_of_the_device() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, 2 * BLOCK)
    bench.queue.end("a", 0.0)
    bench.queue.begin("b")
    bench.feed("b", 5000, 4 * BLOCK)
    bench.queue.end("b", 0.0)
    bench.play(5)  # a and three blocks of b are in the device; nothing is heard yet
    heard, in_flight = bench.queue.flush("a", bench.now)
    assert (heard.played_ms, in_flight) == (0, True)
    bench.queue.cut(bench.now)
    np.testing.assert_array_equal(bench.play(4), np.arange(5001, 5001 + 4 * BLOCK))
    bench.play(10)
    assert [(name, ms) for name, ms, _ in bench.over()] == [("a", 0), ("b", pytest.approx(40))]


def test_a_cut_in_the_middle_goes_on_at_the_sample_that_was_not_heard() -> None:
    bench = Bench()
    bench.queue.begin("a")
    bench.feed("a", 0, 20 * BLOCK)
    bench.play(10)
    bench.queue.cut(bench.now + 0.0035)
    assert bench.play(1)[0] == round(0.0535 * RATE) + 1
    assert bench.queue.position(bench.now).played_ms == pytest.approx(53.5)


def test_a_device_that_stands_still_is_noticed_only_while_something_waits() -> None:
    bench = Bench()
    bench.queue.begin("a")
    assert bench.queue.position(5.0).stalled_s == 0
    bench.feed("a", 0, 20 * BLOCK)
    bench.play(10)
    assert bench.queue.position(bench.now).stalled_s == 0
    last = bench.now + AHEAD
    assert bench.queue.position(last + 3).stalled_s == pytest.approx(3, abs=0.02)
    bench.play(10)
    assert bench.queue.position(bench.now + 10).stalled_s == 0


def test_only_a_response_that_fills_the_device_at_once_hurries() -> None:
    bench = Bench(jitter_s=0.04)
    bench.queue.begin("a")
    bench.feed("a", 0, 5 * BLOCK)
    assert not bench.queue.hurries(bench.now, AHEAD)
    bench.feed("a", 5 * BLOCK, 5 * BLOCK)
    assert bench.queue.hurries(bench.now, AHEAD)
    assert not bench.queue.hurries(bench.now, AHEAD)  # once


def test_odd_bytes_and_changing_rates_make_no_hole() -> None:
    bench = Bench()
    bench.queue.begin("a")
    data = pcm(0, 960)
    for at in range(0, len(data), 7):
        assert bench.queue.feed("a", data[at : at + 7], RATE, 0.0)
    np.testing.assert_array_equal(bench.play(2), np.arange(1, 961))
    tone = (8000 * np.sin(2 * np.pi * 500 * np.arange(1600) / 16000)).astype("<i2").tobytes()
    for at in range(0, len(tone), 641):
        assert bench.queue.feed("a", tone[at : at + 641], 16000, bench.now)
    bench.queue.end("a", bench.now)
    out = bench.play(11)[:4800]
    expected = 8000 * np.sin(2 * np.pi * 500 * np.arange(4800) / RATE)
    np.testing.assert_allclose(out[100:-100], expected[100:-100], atol=60)
    bench.play(10)
    assert bench.over() == [("a", pytest.approx(120), False)]


step = st.one_of(
    st.tuples(st.just("begin"), st.integers(0, 5)),
    st.tuples(st.just("feed"), st.integers(0, 5), st.integers(1, 3000)),
    st.tuples(st.just("end"), st.integers(0, 5)),
    st.tuples(st.just("flush"), st.one_of(st.none(), st.integers(0, 5))),
    st.tuples(st.just("cut")),
    st.tuples(st.just("play"), st.integers(1, 12)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(step, max_size=40))
def test_whatever_happens_nothing_flushed_is_played_and_every_response_ends_once(steps: list[tuple]) -> None:
    bench = Bench(jitter_s=0.02, limit_s=1.0)
    begun: list[int] = []
    flushed: set[int] = set()
    over: list[int] = []
    fed: dict[int, int] = {}
    heard_before: dict[str, float] = {}
    for kind, *what in steps:
        if kind == "begin" and what[0] not in begun and what[0] not in flushed:
            begun.append(what[0])
            bench.queue.begin(str(what[0]))
        elif kind == "feed":
            # every sample of response n has the value n + 1
            taken = bench.queue.feed(str(what[0]), np.full(what[1], what[0] + 1, "<i2").tobytes(), RATE, bench.now)
            assert not (taken and what[0] in flushed)
            fed[what[0]] = fed.get(what[0], 0) + (what[1] if taken else 0)
        elif kind == "end":
            bench.queue.end(str(what[0]), bench.now)
        elif kind == "flush":
            heard, _ = bench.queue.flush(None if what[0] is None else str(what[0]), bench.now)
            flushed |= {n for n in begun if n not in over} if what[0] is None else {what[0]}
            assert heard.played_ms >= heard_before.get(heard.response_id, 0) - 1e-6
        elif kind == "cut":
            bench.queue.cut(bench.now)
        elif kind == "play":
            out = bench.play(what[0])
            assert not {int(value) - 1 for value in np.unique(out) if value} & flushed
        over += [int(name) for name, _, _ in bench.over()]
        position = bench.queue.position(bench.now)
        assert position.played_ms >= heard_before.get(position.response_id, 0) - 1e-6
        assert position.queued_ms >= -1e-6
        heard_before[position.response_id] = position.played_ms
    for n in begun:
        bench.queue.end(str(n), bench.now)
    bench.play(400)
    over += [int(name) for name, _, _ in bench.over()]
    assert sorted(over) == sorted(begun)
    for n in begun:
        if n not in flushed:
            assert sum(int((block == n + 1).sum()) for block in bench.out) >= fed.get(n, 0)
