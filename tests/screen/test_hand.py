"""Hold and tap, by the clock."""

from __future__ import annotations

import pytest
from recording import Recording

from kiosk.core.session import Phase, Session
from kiosk.screen.hand import TAP_S, Hand
from kiosk.screen.parts import Act
from kiosk.screen.words import words_in
from kiosk.settings.schema import Settings

UP = Session(phase=Phase.LISTENING)
DOWN = Session(phase=Phase.LISTENING, pressed=True)


def hand(recording: Recording) -> Hand:
    words = words_in("", Settings())
    return Hand(
        recording,
        lambda: words,
        lambda act: recording.calls.append(("open", act.value)),
    )


def test_holding_is_on_while_down() -> None:
    recording = Recording()
    h = hand(recording)
    h.talk_down(UP, 0.0)
    h.talk_up(DOWN, TAP_S + 0.1, inside=True)
    assert recording.calls == [("press",), ("release",)]


def test_a_tap_stays_on_until_the_next() -> None:
    recording = Recording()
    h = hand(recording)
    h.talk_down(UP, 0.0)
    h.talk_up(DOWN, TAP_S / 2, inside=True)
    assert recording.calls == [("press",)]
    h.talk_down(DOWN, 3.0)
    h.talk_up(DOWN, 3.1, inside=True)
    assert recording.calls == [("press",), ("release",)]


@pytest.mark.parametrize("after", [0.05, 2.0])
def test_sliding_off_cancels(after: float) -> None:
    recording = Recording()
    h = hand(recording)
    h.talk_down(UP, 0.0)
    h.talk_up(DOWN, after, inside=False)
    assert recording.calls == [("press",), ("discard",)]


@pytest.mark.parametrize(
    ("act", "calls"),
    [
        (Act.STOP, [("silence",)]),
        (Act.MUTE, [("silence",), ("mute", True)]),
        (Act.UNMUTE, [("silence",), ("mute", False)]),
        (Act.TYPE, [("silence",), ("open", "type")]),
        (Act.HISTORY, [("silence",), ("open", "history")]),
        (Act.LOUDER, [("step_volume", 1)]),
        (Act.SOFTER, [("step_volume", -1)]),
        (Act.SLOWER, [("step_speed", -1)]),
        (Act.REPEAT, [("silence",), ("write", "Please say that again.")]),
        (Act.PERSON, [("call_person", "I would like to talk to a person, please.")]),
        (Act.FINISH, [("finish",)]),
        (Act.LEAVE, [("leave",)]),
        (Act.AGREE, [("agree", True)]),
        (Act.AGREE_TYPING, [("agree", False)]),
        (Act.DECLINE, [("decline",)]),
        (Act.TOUCH, [("touch",)]),
        (Act.TALK, []),
    ],
)
def test_each_control_does_its_own(act: Act, calls: list[tuple[object, ...]]) -> None:
    recording = Recording()
    hand(recording).act(act)
    assert recording.calls == calls
