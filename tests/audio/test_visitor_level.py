"""Who counts as a visitor by loudness, and the estimate that this rests on."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.formats import Floats, to_pcm
from kiosk.audio.hearing import Hearing
from kiosk.audio.profile import Profile
from kiosk.audio.stimulus import levelled, spoken_like
from kiosk.audio.vad import VoiceGate
from kiosk.audio.visitor import FOLLOW, MOST_STEP_DB, SOFT_MS, Visitors
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture

HOP_MS = 32.0


def turn(visitors: Visitors, level_dbfs: float, ms: float = 2000.0) -> None:
    for _ in range(round(ms / HOP_MS)):
        visitors.spoke(level_dbfs, HOP_MS)
    visitors.turn_over()


def test_the_first_turn_is_the_estimate_and_later_ones_move_it() -> None:
    visitors = Visitors(None, 12.0)
    turn(visitors, -20.0, ms=200.0)
    assert visitors.dbfs is None  # a cough
    turn(visitors, -30.0)
    assert visitors.dbfs == pytest.approx(-30.0)
    turn(visitors, -26.0)
    assert visitors.dbfs == pytest.approx(-30.0 + 4 * FOLLOW)
    turn(visitors, 0.0)
    assert visitors.dbfs == pytest.approx(-30.0 + 4 * FOLLOW + MOST_STEP_DB)


def test_nobody_is_too_soft_before_three_turns_were_heard_or_where_the_gate_is_off() -> None:
    learning = Visitors(None, 12.0)
    for turns in range(4):
        assert learning.near(-70.0) is (turns < 3)
        turn(learning, -30.0)
    assert Visitors(-30.0, 0.0).near(-70.0)
    assert not Visitors(-30.0, 12.0).near(-70.0)


def test_who_speaks_softly_on_and_on_is_let_in_and_babble_is_not() -> None:
    visitors = Visitors(-30.0, 12.0)
    hops = [
        visitors.hear(-48.0, speech=True, floor_dbfs=-62.0, length_ms=HOP_MS, at=n * HOP_MS / 1000) for n in range(100)
    ]
    assert hops.index(True) == pytest.approx(SOFT_MS / HOP_MS, abs=1)
    assert all(hops[hops.index(True) :])
    assert visitors.holds(-48.0, at=4.0)
    visitors.forget()
    assert not visitors.holds(-48.0, at=4.0)
    babble = Visitors(-30.0, 12.0)  # the floor has risen to it
    assert not any(
        babble.hear(-48.0, speech=True, floor_dbfs=-52.0, length_ms=HOP_MS, at=n * HOP_MS / 1000) for n in range(500)
    )


def test_one_loud_syllable_opens_for_the_soft_ones_before_it() -> None:
    gate = VoiceGate(0.5, 96, 1000)
    edges = [gate.update(0.9, HOP_MS, n * 0.032, near=n == 5) for n in range(8)]
    assert edges[5] == (VoiceEdge.STARTED, 0.0)
    assert [edge for n, edge in enumerate(edges) if n != 5] == [None] * 7


def test_a_bystander_neither_opens_nor_holds_a_turn() -> None:
    gate = VoiceGate(0.5, 96, 1000)
    assert not any(gate.update(0.9, HOP_MS, n * 0.032, near=False) for n in range(100))
    assert gate.update(0.9, HOP_MS, 3.2, near=True) is not None
    stopped = [gate.update(0.9, HOP_MS, 3.3 + n * 0.032, near=False) for n in range(40)]
    assert any(edge is not None and edge[0] is VoiceEdge.STOPPED for edge in stopped)


def started(level_dbfs: float, bystander_db: float = 12.0) -> bool:
    """Whether a second and a half of a voice opens the real chain, calibrated to -30 dBFS."""
    edge = np.zeros(RATE, np.float32)
    line: Floats = np.concatenate((edge, levelled(spoken_like(RATE, 1.5), RATE, level_dbfs), edge))
    line = line + 10 ** (-65 / 20) * np.random.default_rng(1).standard_normal(len(line)).astype(np.float32)
    profile = Profile("m", "l", 0.0, 0.0, True, -65.0, visitor_dbfs=-30.0)
    hearing = Hearing(Capture(bystander_db=bystander_db), profile)
    hearing.gate.set_uplink(Uplink.GATED, 0.0)
    pcm = to_pcm(line)
    told = []
    for at in range(0, len(pcm) - FRAME + 1, FRAME):
        hearing.step(pcm[at : at + FRAME], None, (at + FRAME) / RATE)
        before, _, after = hearing.take()
        told += [*before, *after]
    return any(kind is VoiceEdge.STARTED for kind, _ in told)


def test_a_visitor_within_8_db_of_the_others_is_never_blocked_and_one_at_22_is() -> None:
    assert all(started(-30.0 + off) for off in (-8, -4, 0, 8))
    assert started(-52.0, bystander_db=0.0)
    assert not started(-52.0)
