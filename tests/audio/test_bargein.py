"""The decision alone: evidence in, orders out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.audio.bargein import DUCK_HEARD_MS, BargeIn, Stage
from kiosk.core.ports import VoiceEdge

HOP = 16.0
SUSPECTED, DISMISSED, BARGE_IN = VoiceEdge.SUSPECTED, VoiceEdge.DISMISSED, VoiceEdge.BARGE_IN


def deciding(**changes: float) -> BargeIn:
    return BargeIn(**{"duck_ms": 64.0, "fire_ms": 160.0, "ducked_ms": 48.0, "within_ms": 250.0, **changes})


def run(decision: BargeIn, hits: str) -> list[tuple[int, VoiceEdge, float]]:
    """`hits`: x for a hop with evidence. Each edge with the hop that brought it about, counted from 1."""
    found = []
    for n, hit in enumerate(hits):
        edge = decision.update(hit == "x", HOP, n * HOP / 1000)
        if edge is not None:
            found.append((n + 1, edge[0], round(edge[1] * 1000 / HOP)))
    return found


def test_a_voice_ducks_and_then_stops() -> None:
    assert run(deciding(), "..xxxxxxxxxxxx") == [(6, SUSPECTED, 2), (12, BARGE_IN, 2)]


def test_a_clap_ducks_until_the_duck_had_its_time() -> None:
    assert run(deciding(), "xxxxx" + "." * 20) == [(4, SUSPECTED, 0), (20, DISMISSED, 19)]


def test_a_voice_that_the_echo_hid_is_found_when_the_duck_is_heard() -> None:
    """The evidence has leaked away before anything is quieter."""
    assert run(deciding(), "xxxx" + "." * 6 + "xxx") == [(4, SUSPECTED, 0), (13, BARGE_IN, 0)]


def test_what_neither_goes_nor_grows_is_restored_in_time() -> None:
    (_, first, _), (n, second, _), *_ = run(deciding(), "xxxx" + "x." * 20)
    assert (first, second) == (SUSPECTED, DISMISSED)
    assert 4 * HOP + 250 <= n * HOP < 4 * HOP + 250 + HOP


def test_evidence_counts_for_more_when_the_duck_is_heard() -> None:
    """The same hops, the last of them behind the moment from which the echo is weak."""
    before = round(DUCK_HEARD_MS / HOP + 0.5)
    waiting = ("x." * before)[:before]
    weak, strong = deciding(ducked_ms=160.0), deciding()
    assert BARGE_IN not in [edge for _, edge, _ in run(weak, "xxxx" + waiting + "xxx")]
    assert [edge for _, edge, _ in run(strong, "xxxx" + waiting + "xxx")] == [SUSPECTED, BARGE_IN]


def test_strong_evidence_waits_for_no_duck() -> None:
    assert run(deciding(fire_ms=64.0), "xxxx") == [(4, BARGE_IN, 0)]


def test_blanked_nothing_counts_and_a_duck_is_over() -> None:
    decision = deciding()
    assert run(decision, "xxxx") == [(4, SUSPECTED, 0)]
    assert decision.blank(500.0, 1.0) == (DISMISSED, 1.0)
    assert run(decision, "x" * 31) == []
    assert decision.stage is Stage.BLANKED
    assert run(decision, "x" * 5) == [(5, SUSPECTED, 1)]


def test_blanking_goes_on_while_nobody_asks() -> None:
    decision = deciding()
    decision.blank(500.0, 0.0)
    for n in range(50):
        assert decision.rest(10.0, n / 100) is None
    assert run(decision, "xxxx") == [(4, SUSPECTED, 0)]


def test_after_a_confirmation_nothing_is_told_until_somebody_asks_anew() -> None:
    decision = deciding()
    run(decision, "x" * 20)
    assert decision.stage is Stage.CONFIRMED
    assert run(decision, "x" * 100) == []
    assert decision.rest(10.0, 2.0) is None
    assert run(decision, "xxxx") == [(4, SUSPECTED, 0)]


calls = st.lists(
    st.one_of(st.tuples(st.just("hop"), st.booleans()), st.just(("rest", None)), st.just(("blank", None))), max_size=200
)


@given(calls)
def test_every_duck_is_ended_in_time_whatever_happens(calls: list[tuple[str, bool | None]]) -> None:
    decision = deciding()
    ducked_for: float | None = None
    for n, (call, hit) in enumerate(calls):
        match call:
            case "hop":
                edge = decision.update(bool(hit), HOP, n * HOP / 1000)
            case "rest":
                edge = decision.rest(HOP, n * HOP / 1000)
            case _:
                edge = decision.blank(100.0, n * HOP / 1000)
        ducked_for = None if ducked_for is None else ducked_for + HOP
        match edge[0] if edge else None:
            case VoiceEdge.SUSPECTED:
                assert ducked_for is None
                ducked_for = 0.0
            case VoiceEdge.DISMISSED:
                assert ducked_for is not None
                ducked_for = None
            case VoiceEdge.BARGE_IN:
                ducked_for = None
        assert (decision.stage is Stage.DUCKED) == (ducked_for is not None)
        assert ducked_for is None or ducked_for < 250 + HOP
