"""What a technician is told about a room, and whether the kiosk may listen there while it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import nan

import pytest

from kiosk.app.checks import room as words
from kiosk.audio.room import Alarms, Room
from kiosk.audio.survey import Cancelled, Clipping, Loop
from kiosk.core.fault import ExitCode, Fault

GOOD = Room(
    noise_dbfs=-60.0,
    loop=Loop(told_ms=60.0, measured_ms=68.0, drift_ppm=4.0, slips=0),
    loudspeaker_dbfs=-23.0,
    echo_dbfs=-37.0,
    squeezed_db=0.2,
    clipping=Clipping(nan, 0.0, -22.0),
    cancelled=Cancelled(30.0, 41.0, -70.0),
    alarms=Alarms(0, 14.0),
)
BAD: list[tuple[Callable[[Room], str], Room, str]] = [
    (words.noise, replace(GOOD, noise_dbfs=-101.0), "unmute it"),
    (words.echo, replace(GOOD, echo_dbfs=-12.0), "by 6 dB"),
    (words.clipping, replace(GOOD, clipping=Clipping(0.0, 0.02, 0.0)), "lower its gain"),
    (words.steadiness, replace(GOOD, squeezed_db=5.0), "automatic gain"),
    (words.delay, replace(GOOD, loop=Loop(60.0, 20.0, 0.0, 0)), "raise sound.latency_ms"),
    (words.clocks, replace(GOOD, loop=Loop(60.0, 68.0, nan, 2)), "raise sound.latency_ms"),
    (words.clocks, replace(GOOD, loop=Loop(60.0, 68.0, 140.0, 0)), "one device for both"),
    (words.canceller, replace(GOOD, cancelled=Cancelled(4.0, 6.0, -43.0)), "move the microphone away"),
    (words.alarms, replace(GOOD, alarms=Alarms(3, 14.0)), "down by 6 dB"),
]
SAYERS = [words.noise, words.echo, words.clipping, words.steadiness, words.delay, words.clocks, words.canceller]


def test_nothing_is_to_be_changed_in_a_good_room() -> None:
    for say in (*SAYERS, words.alarms):
        assert say(GOOD)
    assert words.full_duplex(GOOD)
    assert "14 dB below" in words.echo(GOOD)


@pytest.mark.parametrize(("say", "room", "remedy"), BAD)
def test_what_is_wrong_is_told_with_what_to_change(say: Callable[[Room], str], room: Room, remedy: str) -> None:
    with pytest.raises(Fault) as raised:
        say(room)
    assert remedy in raised.value.remedy
    assert raised.value.code is ExitCode.ROOM


def test_half_duplex_is_for_rooms_in_which_the_kiosk_hears_itself() -> None:
    deaf = replace(GOOD, cancelled=Cancelled(4.0, 6.0, -43.0))
    assert not words.full_duplex(deaf)
    assert words.full_duplex(replace(deaf, echo_dbfs=-58.0))  # a headset: nothing to cancel
    assert words.full_duplex(replace(GOOD, alarms=Alarms(1, 14.0)))
    assert not words.full_duplex(replace(GOOD, alarms=Alarms(2, 14.0)))


def test_a_visitor_is_told_against_the_noise_and_the_kiosk() -> None:
    assert "25 dB above the room's noise, 2 dB above" in words.visitor(GOOD, -35.0)
    with pytest.raises(Fault, match="bring it nearer"):
        words.visitor(GOOD, -52.0)
    loud = replace(GOOD, echo_dbfs=-20.0)
    assert "down by 5 dB" in words.visitor(loud, -37.0)
    with pytest.raises(Fault, match="Nobody was heard"):
        words.visitor(GOOD, nan)
