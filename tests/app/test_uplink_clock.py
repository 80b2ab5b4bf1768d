"""The agent counts the audio it received; the kiosk knows when each millisecond of it was captured."""

from __future__ import annotations

import pytest

from kiosk.app.uplink_clock import UplinkClock


def test_gaps_of_the_gate_are_kept() -> None:
    clock = UplinkClock()
    for i in range(50):  # one second of speech, then ten seconds of closed gate, then another second
        clock.sent(20, 100.0 + 0.02 * (i + 1) + (0.003 if i % 2 else 0))
    for i in range(50):
        clock.sent(20, 111.0 + 0.02 * (i + 1))
    assert clock.at(0) == pytest.approx(100.0, abs=0.005)
    assert clock.at(500) == pytest.approx(100.5, abs=0.005)
    assert clock.at(1000) == pytest.approx(111.0, abs=0.005)
    assert clock.at(1500) == pytest.approx(111.5, abs=0.005)


def test_nothing_sent_is_nowhere() -> None:
    assert UplinkClock().at(0) is None
