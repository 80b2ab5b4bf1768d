from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.audio.gate import Gate
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture

LAG = 0.02  # from captured to processed


class Desk:
    """Feeds numbered blocks: block n is captured from n * 10 ms to (n + 1) * 10 ms."""

    def __init__(self, **capture: object) -> None:
        self.gate = Gate(Capture(**capture), hop_ms=32.0)  # type: ignore[arg-type]
        self.n = 0
        self.sent: list[int] = []
        self.told: list[tuple[VoiceEdge, float]] = []
        self.log: list[object] = []

    @property
    def now(self) -> float:
        return self.n * 0.01 + LAG

    def take(self) -> list[int]:
        before, frames, after = self.gate.take()
        blocks = []
        for pcm, captured_at in frames:
            assert len(pcm) == 640
            pair = [int.from_bytes(pcm[:4], "little"), int.from_bytes(pcm[320:324], "little")]
            assert pair[1] == pair[0] + 1
            assert captured_at == pytest.approx((pair[1] + 1) * 0.01)
            blocks += pair
        self.sent += blocks
        self.told += before + after
        self.log += [edge for edge, _ in before] + list(blocks) + [edge for edge, _ in after]
        return blocks

    def run(self, blocks: int, probability: float = 0.0, barge_in: bool = False, *, clear: bool = True) -> list[int]:
        sent = []
        for _ in range(blocks):
            hop = self.n % 3 == 2  # a detector's hop ends about every third block
            self.gate.step(
                self.n.to_bytes(4, "little") + bytes(316),
                (self.n + 1) * 0.01,
                probability if hop else None,
                self.now if barge_in else None,
                clear=clear,
            )
            self.n += 1
            sent += self.take()
        return sent

    def set(self, uplink: Uplink) -> None:
        self.gate.set_uplink(uplink, self.now)


def contiguous(blocks: list[int]) -> bool:
    return all(b == a + 1 for a, b in pairwise(blocks))


def test_closed_sends_nothing() -> None:
    desk = Desk()
    assert desk.run(200, probability=1.0) == []
    assert desk.told == []


def test_open_sends_everything_from_now_on() -> None:
    desk = Desk()
    desk.run(50)
    desk.set(Uplink.OPEN)
    sent = desk.run(50)
    assert contiguous(sent)
    assert sent[0] == 50
    assert sent[-1] >= 98


def test_a_voice_opens_the_gate_with_what_was_before_it() -> None:
    desk = Desk(onset_pre_roll_ms=300, onset_ms=96, hang_over_ms=400)
    desk.set(Uplink.GATED)
    assert desk.run(100) == []
    desk.run(60, probability=0.9)
    desk.run(100)
    (started, since), (stopped, ended) = desk.told
    assert (started, stopped) == (VoiceEdge.STARTED, VoiceEdge.STOPPED)
    assert since == pytest.approx(1.0, abs=0.04)
    assert ended == pytest.approx(1.6, abs=0.04)
    assert contiguous(desk.sent)
    assert desk.sent[0] * 0.01 == pytest.approx(since - 0.3, abs=0.011)
    assert desk.log[0] is VoiceEdge.STARTED
    assert desk.log[-1] is VoiceEdge.STOPPED
    assert desk.sent[-1] * 0.01 == pytest.approx(ended + 0.4, abs=0.05)


def test_a_second_onset_right_after_the_first_sends_nothing_twice() -> None:
    desk = Desk(onset_pre_roll_ms=1000, onset_ms=64, hang_over_ms=200)
    desk.set(Uplink.GATED)
    for _ in range(4):
        desk.run(40, probability=0.9)
        desk.run(40)
    assert desk.sent == sorted(set(desk.sent))
    assert [edge for edge, _ in desk.told[:4]] == [VoiceEdge.STARTED, VoiceEdge.STOPPED] * 2


def test_a_press_sends_what_was_before_it_at_once() -> None:
    desk = Desk(pre_roll_ms=300)
    desk.run(100)
    desk.set(Uplink.HELD)
    burst = desk.take()
    assert contiguous(burst)
    assert burst[0] * 0.01 == pytest.approx(desk.now - 0.3, abs=0.011)
    assert burst[-1] >= 98
    assert contiguous(burst + desk.run(50))


def test_a_release_sends_its_tail_and_then_closes() -> None:
    desk = Desk(tail_ms=200)
    desk.set(Uplink.HELD)
    desk.run(50)
    released = desk.now
    desk.set(Uplink.CLOSED)
    assert desk.gate.uplink is Uplink.HELD
    desk.run(100)
    assert desk.gate.uplink is Uplink.CLOSED
    assert contiguous(desk.sent)
    assert desk.sent[-1] * 0.01 + 0.01 == pytest.approx(released + 0.2, abs=0.02)


def test_a_press_in_the_tail_goes_on_without_a_hole() -> None:
    desk = Desk(tail_ms=200)
    desk.set(Uplink.HELD)
    desk.run(50)
    desk.set(Uplink.CLOSED)
    desk.run(5)
    desk.set(Uplink.HELD)
    desk.run(60)
    assert contiguous(desk.sent)
    assert desk.sent[-1] >= 113


def test_forget_ends_a_tail_and_empties_the_pre_roll() -> None:
    desk = Desk(tail_ms=1000)
    desk.set(Uplink.HELD)
    desk.run(50)
    desk.set(Uplink.CLOSED)
    desk.gate.forget(desk.now)
    assert desk.run(50) == []
    desk.gate.forget(desk.now)
    forgotten = desk.now
    desk.set(Uplink.HELD)
    sent = desk.run(20)
    assert sent[0] * 0.01 >= forgotten


def test_the_guard_opens_with_its_own_pre_roll_and_closes_after_the_hang_over() -> None:
    desk = Desk(barge_in_pre_roll_ms=800, hang_over_ms=400)
    desk.set(Uplink.GUARDED)
    assert desk.run(200, probability=1.0) == []
    assert desk.told == []
    burst = desk.run(1, barge_in=True)
    assert contiguous(burst)
    assert len(burst) == pytest.approx(80, abs=2)
    assert desk.log[0] is VoiceEdge.BARGE_IN
    desk.run(50, probability=0.9)
    assert not desk.gate.wants_guard
    desk.run(60)
    assert [edge for edge, _ in desk.told] == [VoiceEdge.BARGE_IN, VoiceEdge.STOPPED]
    assert contiguous(desk.sent)
    assert desk.gate.wants_guard  # and watches again


def test_after_a_barge_in_the_word_is_the_visitors_without_a_hole() -> None:
    desk = Desk(hang_over_ms=400)
    desk.set(Uplink.GUARDED)
    desk.run(100)
    desk.run(1, barge_in=True)
    desk.set(Uplink.GATED)
    desk.run(50, probability=0.9)
    assert contiguous(desk.sent)
    assert [edge for edge, _ in desk.told] == [VoiceEdge.BARGE_IN]
    desk.run(60)
    assert desk.told[-1][0] is VoiceEdge.STOPPED


def order(desk: Desk) -> None:
    """The loop says that the agent speaks."""
    desk.set(Uplink.GUARDED)


def first_sample(desk: Desk) -> None:
    """The microphone finds out by itself, before the loop does."""
    desk.gate.sounds(True, desk.now)


BEGINNINGS = pytest.mark.parametrize("begins", [order, first_sample])


@BEGINNINGS
def test_the_agents_turn_ends_the_hang_over(begins: Callable[[Desk], None]) -> None:
    desk = Desk()
    desk.set(Uplink.GATED)
    desk.run(50, probability=0.9)
    desk.run(20)
    assert desk.gate.open
    begins(desk)
    assert desk.run(100, probability=0.9) == []
    assert [edge for edge, _ in desk.told] == [VoiceEdge.STARTED, VoiceEdge.STOPPED]


@BEGINNINGS
def test_who_still_speaks_when_the_agent_begins_keeps_the_word(begins: Callable[[Desk], None]) -> None:
    desk = Desk(hang_over_ms=400)
    desk.set(Uplink.GATED)
    desk.run(50, probability=0.9)
    begins(desk)
    order(desk)
    desk.run(50, probability=0.9)
    desk.set(Uplink.GATED)  # the agent is cut
    desk.gate.sounds(False, desk.now)
    desk.run(100)
    assert [edge for edge, _ in desk.told] == [VoiceEdge.STARTED, VoiceEdge.BARGE_IN, VoiceEdge.STOPPED]
    assert contiguous(desk.sent)
    assert desk.sent[-1] >= 135


@BEGINNINGS
def test_babble_that_holds_a_turn_open_does_not_keep_the_word(begins: Callable[[Desk], None]) -> None:
    """It interrupted the agent each second, from the visitor's last word on."""
    desk = Desk(hang_over_ms=400)
    desk.set(Uplink.GATED)
    desk.run(50, probability=0.9)
    desk.run(50, probability=0.4, clear=False)
    assert desk.gate.open
    begins(desk)
    assert desk.run(100, probability=0.4, clear=False) == []
    assert [edge for edge, _ in desk.told] == [VoiceEdge.STARTED, VoiceEdge.STOPPED]


def test_a_voice_right_behind_the_agents_last_word_may_be_its_own() -> None:
    desk = Desk()
    desk.set(Uplink.GATED)
    desk.run(100)
    first_sample(desk)
    desk.run(50)
    desk.gate.sounds(False, desk.now)
    desk.run(30, probability=0.9)
    assert desk.gate.open
    first_sample(desk)
    desk.run(10)
    assert [edge for edge, _ in desk.told] == [VoiceEdge.STARTED, VoiceEdge.STOPPED]


def test_half_duplex_the_agent_has_the_word() -> None:
    desk = Desk(voice_barge_in=False)
    desk.set(Uplink.GATED)
    desk.run(50, probability=0.9)
    first_sample(desk)
    assert desk.run(50, probability=0.9) == []
    assert [edge for edge, _ in desk.told] == [VoiceEdge.STARTED, VoiceEdge.STOPPED]


def test_a_sound_of_the_kiosks_own_hands_voices_to_the_guard_and_back() -> None:
    desk = Desk()
    desk.set(Uplink.GATED)
    desk.run(50)
    first_sample(desk)
    assert desk.gate.wants_guard
    assert desk.run(25, probability=0.9) == []
    desk.gate.sounds(False, desk.now)
    assert not desk.gate.wants_guard
    assert desk.run(50, probability=0.9) != []


def test_a_first_sample_changes_nothing_where_everything_goes_up() -> None:
    for uplink in (Uplink.OPEN, Uplink.HELD):
        desk = Desk()
        desk.set(uplink)
        desk.run(10)
        first_sample(desk)
        desk.run(50)
        assert contiguous(desk.sent)
        assert desk.sent[-1] >= 57


def test_what_the_guard_suspected_is_the_beginning_of_what_the_voice_gate_hears() -> None:
    """A visitor begins over the agent's last words, too faintly for the guard to be sure."""
    desk = Desk(onset_pre_roll_ms=300)
    desk.set(Uplink.GUARDED)
    desk.run(100)
    desk.gate.suspect(desk.now - 0.5)
    suspected = desk.now - 0.5
    desk.set(Uplink.GATED)
    sent = desk.run(50, probability=0.9)
    assert sent[0] * 0.01 == pytest.approx(suspected - 0.3, abs=0.011)
    assert contiguous(desk.sent)


def test_an_old_suspicion_is_none() -> None:
    desk = Desk(onset_pre_roll_ms=300)
    desk.set(Uplink.GUARDED)
    desk.run(50)
    desk.gate.suspect(desk.now)
    desk.run(100)
    desk.set(Uplink.GATED)
    began = desk.now
    assert desk.run(50, probability=0.9)[0] * 0.01 > began - 0.35


def test_a_new_stream_starts_empty_in_the_same_mode() -> None:
    desk = Desk()
    desk.set(Uplink.GATED)
    desk.run(50, probability=0.9)
    desk.gate.restart(desk.now)
    assert desk.gate.uplink is Uplink.GATED
    assert desk.run(20) == []


action = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 60), st.sampled_from([0.0, 0.4, 0.9]), st.booleans()),
    st.tuples(st.just("set"), st.sampled_from(list(Uplink))),
    st.tuples(st.just("forget")),
    st.tuples(st.just("sounds"), st.booleans()),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(action, max_size=30), st.integers(0, 1000), st.integers(0, 1000))
def test_whatever_happens_nothing_leaves_that_must_not(actions: list[tuple], pre_roll_ms: int, tail_ms: int) -> None:
    desk = Desk(pre_roll_ms=pre_roll_ms, onset_pre_roll_ms=pre_roll_ms, tail_ms=tail_ms)
    forgotten = 0.0
    for kind, *what in actions:
        if kind == "set":
            desk.set(what[0])
        elif kind == "forget":
            desk.gate.forget(desk.now)
            forgotten = desk.now
        elif kind == "sounds":
            desk.gate.sounds(what[0], desk.now)
        else:
            blocks, probability, barge_in = what
            for _ in range(blocks):
                closed = desk.gate.uplink is Uplink.CLOSED
                watched = desk.gate.uplink is Uplink.GUARDED and not desk.gate.open and not barge_in
                sent = desk.run(1, probability, barge_in)
                assert not (sent and (closed or watched))
                assert all(n * 0.01 >= forgotten for n in sent)
    assert desk.sent == sorted(set(desk.sent))


@pytest.mark.parametrize("following", [Uplink.GATED, Uplink.GUARDED, Uplink.CLOSED])
def test_the_tail_keeps_its_end_when_the_mode_changes_again(following: Uplink) -> None:
    desk = Desk(tail_ms=200)
    desk.set(Uplink.HELD)
    desk.run(50)
    desk.set(Uplink.CLOSED)
    desk.run(10)
    desk.set(following)
    desk.run(50)
    assert desk.gate.uplink is following
    assert desk.sent[-1] * 0.01 == pytest.approx(0.52 + 0.2, abs=0.03)
