"""The real window, drawn without a display and touched with real events."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest
from conftest import Glass
from finger import Finger
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.core.ports import Uplink
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen.hand import TAP_S

LIVE = Session(phase=Phase.LISTENING, visit=1, consented=True, linked=True, uplink=Uplink.GATED)
SPEAKING = replace(LIVE, phase=Phase.SPEAKING, responses=("r1",), sounding=True, uplink=Uplink.GUARDED)
ASKED = Turn("user", "u", "When does the ferry leave?", final=True)


def test_the_first_screen_is_all_button(glass: Glass) -> None:
    glass.show(Session(phase=Phase.ATTRACT))
    Finger(glass).tap(QPoint(540, 300))
    assert glass.calls == [("touch",)]


def test_a_mouse_does_what_a_finger_does(glass: Glass) -> None:
    glass.show(Session(phase=Phase.ATTRACT))
    QTest.mouseClick(glass.window.quick, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(540, 300))
    assert glass.calls == [("touch",)]


def test_the_talk_button_is_held(glass: Glass) -> None:
    glass.show(LIVE)
    finger, pill = Finger(glass), glass.middle(glass.item("pill"))
    finger.press(pill)
    assert glass.calls == [("press",)], "speech may begin with the touch"
    glass.show(replace(LIVE, pressed=True, uplink=Uplink.HELD))
    assert "Tap to send" in glass.texts()
    QTest.qWait(round(TAP_S * 1000) + 100)
    finger.release(pill)
    assert glass.calls == [("press",), ("release",)]


def test_the_talk_button_is_tapped(glass: Glass) -> None:
    glass.show(LIVE)
    finger, pill = Finger(glass), glass.middle(glass.item("pill"))
    finger.tap(pill)
    assert glass.calls == [("press",)]
    glass.show(replace(LIVE, pressed=True, uplink=Uplink.HELD))
    finger.tap(pill)
    assert glass.calls == [("press",), ("release",)]


def test_sliding_off_the_talk_button_lets_it_go(glass: Glass) -> None:
    glass.show(LIVE)
    finger, pill = Finger(glass), glass.middle(glass.item("pill"))
    finger.press(pill)
    glass.show(replace(LIVE, pressed=True, uplink=Uplink.HELD))
    finger.move(QPoint(540, 1000))
    finger.release(QPoint(540, 1000))
    assert glass.calls == [("press",), ("discard",)], "what was said since is not to be answered"


def test_stop_acts_on_release(glass: Glass) -> None:
    glass.show(SPEAKING)
    finger, pill = Finger(glass), glass.middle(glass.item("pill"))
    finger.press(pill)
    assert glass.calls == []
    finger.release(pill)
    assert glass.calls == [("silence",)]


@pytest.mark.parametrize("label", ["Stop", "Louder", "A person", "Repeat"])
def test_sliding_off_cancels(glass: Glass, label: str) -> None:
    glass.show(SPEAKING)
    finger, place = Finger(glass), glass.middle(glass.control(label))
    finger.press(place)
    finger.move(place - QPoint(0, 600))
    finger.release(place - QPoint(0, 600))
    assert glass.calls == []


@pytest.mark.parametrize(
    ("session", "label", "calls"),
    [
        (LIVE, "Mute", [("silence",), ("mute", True)]),
        (replace(LIVE, muted=True, uplink=Uplink.CLOSED), "Unmute", [("silence",), ("mute", False)]),
        (LIVE, "Finish", [("finish",)]),
        (LIVE, "Opening hours", [("silence",), ("write", "Opening hours")]),
        (LIVE, "Find a coffee", [("silence",), ("write", "Find a coffee")]),
        (LIVE, "A person", [("call_person", "I would like to talk to a person, please.")]),
        (SPEAKING, "Repeat", [("silence",), ("write", "Please say that again.")]),
        (Session(phase=Phase.NOTICE, visit=1), "Agree and talk", [("agree", True)]),
        (Session(phase=Phase.NOTICE, visit=1), "Type instead", [("agree", False)]),
        (Session(phase=Phase.NOTICE, visit=1), "No thanks", [("decline",)]),
        (replace(LIVE, phase=Phase.CHECKING), "Yes, I’m here", [("touch",)]),
        (replace(LIVE, phase=Phase.CHECKING), "I’m done", [("finish",)]),
        (Session(phase=Phase.CONNECTING, visit=1), "Leave", [("leave",)]),
        (Session(phase=Phase.OFFLINE, visit=1), "Try again", [("touch",)]),
        (Session(phase=Phase.OFFLINE, visit=1), "Leave", [("leave",)]),
    ],
)
def test_each_control_reaches_the_hands(
    glass: Glass, session: Session, label: str, calls: list[tuple[object, ...]]
) -> None:
    glass.show(session)
    Finger(glass).tap(glass.middle(glass.control(label)))
    assert glass.calls == calls


def test_faces_rate_and_a_miss_wipes_nothing(glass: Glass) -> None:
    glass.show(Session(phase=Phase.FAREWELL, visit=1))
    finger = Finger(glass)
    finger.tap(QPoint(540, 700))
    finger.tap(glass.middle(glass.item("face1")))
    assert glass.calls == [("rate", 1)]
    finger.tap(glass.middle(glass.item("again")))
    assert glass.calls == [("rate", 1), ("finish",)]


def test_a_question_is_typed(glass: Glass) -> None:
    glass.show(LIVE)
    finger = Finger(glass)
    finger.tap(glass.middle(glass.control("Type")))
    glass.until(lambda: glass.window.view.keyboard.up)
    for key in ("h", "i", "space", "m", "erase", "send"):
        finger.tap(glass.middle(glass.item(f"key-{key}")))
    assert glass.calls[-2:] == [("silence",), ("write", "Hi")]
    assert ("touch",) in glass.calls, "typing counts as activity"
    assert not glass.window.view.keyboard.up


def test_what_was_heard_can_be_corrected(glass: Glass) -> None:
    answer = Turn("agent", "a", "At two.", response_id="r1", clauses=(Clause("At two.", 0, 900),), start_ms=1)
    glass.show(replace(SPEAKING, transcript=Transcript((ASKED, answer))))
    Finger(glass).tap(glass.middle(glass.item("heard")))
    assert glass.item("typed").property("text") == ASKED.text


def test_a_palm_on_the_glass_does_not_kill_the_controls(glass: Glass) -> None:
    glass.show(SPEAKING)
    palm, finger = Finger(glass, 1), Finger(glass, 2)
    palm.press(QPoint(200, 400))
    pill, device, quick = glass.middle(glass.item("pill")), Finger.device, glass.window.quick
    QTest.touchEvent(quick, device).stationary(1).press(2, pill, quick).commit()
    QTest.touchEvent(quick, device).stationary(1).release(2, pill, quick).commit()
    assert ("silence",) in glass.calls
    palm.release(QPoint(200, 400))
    assert finger is not palm


def test_captions_follow_the_speaker_clock(glass: Glass) -> None:
    clauses = (Clause("The Alma sails at two,", 0, 1000), Clause("from the pier.", 1200, 2000))
    answer = Turn("agent", "a", "The Alma sails at two, from the pier.", response_id="r1", clauses=clauses, start_ms=1)
    glass.still.played_ms = 0.0
    glass.show(replace(SPEAKING, transcript=Transcript((ASKED, answer))))
    assert glass.window.view.lit == 0
    glass.still.played_ms = 1201
    glass.until(lambda: glass.window.view.lit == 6)
    assert [word["text"] for word in glass.window.view.caption["words"]] == answer.text.split()


HOSTILE = {
    "markup": "<b>bold</b><img src='file:///etc/passwd'><a href='x'>link</a> &lt;",
    "control": "a\x00b\x07c\x1b[31m\u202egnp.exe\u2066",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1f3\U0001f1f4 ok",
    "right to left": "تُبحر «ألما» في 12:30 ثم Alma في الرابعة والنصف من الرصيف الحجري.",
    "long": "seven hundred words and more. " * 600,
    "one word": "x" * 5000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_are_words(glass: Glass, text: str) -> None:
    began = time.monotonic()
    glass.show(replace(LIVE, transcript=Transcript((Turn("user", "u", text),))))
    answer = Turn("agent", "a", text, response_id="r1", clauses=(Clause(text, 0, 9000),), start_ms=1)
    glass.show(replace(SPEAKING, transcript=Transcript((Turn("user", "u", text, final=True), answer))))
    glass.still.played_ms = 4500
    QTest.qWait(80)
    assert time.monotonic() - began < 10, "it hangs"
    assert not any(ord(c) < 32 and c != "\n" for shown in glass.texts() for c in shown)
    if text.startswith("<b>"):
        assert any("<b>bold</b><img" in shown for shown in glass.texts()), "markup is shown as it was said"
    for word in glass.window.view.caption["words"]:
        assert -1 <= word["x"] <= 934


def test_many_steps_in_one_turn_of_the_loop_are_one_update(glass: Glass) -> None:
    seen: list[int] = []
    glass.window.view.scene_changed.connect(lambda: seen.append(1))
    session = LIVE
    for number in range(200):
        new = replace(LIVE, transcript=Transcript((Turn("user", "u", f"word {number}"),)))
        glass.window.changed(session, new)
        session = new
    glass.until(lambda: glass.window.view._session is session)
    assert seen == [1]
    glass.session = session


def test_a_wipe_leaves_no_word_on_the_screen(glass: Glass) -> None:
    planted = "zanzibar-4711"
    glass.show(replace(LIVE, transcript=Transcript((Turn("user", "u", planted, final=True),))))
    assert planted in glass.texts()
    before = glass.window.view.reading._setter
    glass.show(Session(phase=Phase.RESETTING, visit=1))
    glass.show(Session(phase=Phase.ATTRACT, visit=2))
    assert not any(planted in text for text in glass.texts())
    assert planted not in str(vars(glass.window.view)) + str(vars(glass.window.view.reading))
    assert glass.window.view.reading._setter is not before, "what was set in type is remembered there"


def test_the_lamp_line_is_the_uplink(glass: Glass) -> None:
    for uplink in Uplink:
        glass.show(replace(LIVE, uplink=uplink))
        line = [i for i in glass.all(glass.window.quick.rootObject()) if i.objectName() == "lampline"]
        assert bool(line) is (uplink not in {Uplink.CLOSED, Uplink.GUARDED})


def test_the_first_screen_goes_still(glass: Glass) -> None:
    view = glass.window.view
    glass.show(Session(phase=Phase.ATTRACT))
    assert view.moving
    view._still_at = time.monotonic()
    glass.until(lambda: not view._timer.isActive())
    assert not view.moving
    QTest.qWait(100)  # the last frame of the motion
    frames: list[int] = []
    glass.window.quick.frameSwapped.connect(lambda: frames.append(1))
    QTest.qWait(700)
    assert frames == [], "nothing is drawn while nothing changes"
    view.greeting._turn()
    QTest.qWait(300)
    assert 1 <= len(frames) <= 3, "another hello is one picture, not a film"
    glass.show(LIVE)
    assert view._timer.isActive()


def test_the_picture_wanders_by_two_pixels(glass: Glass) -> None:
    view = glass.window.view
    places = []
    for _ in range(20):
        shift = view.property("shift")
        places.append((shift["x"], shift["y"]))
        view.drift()
    steps = [max(abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in itertools.pairwise(places)]
    assert set(steps) == {2}
    assert len(set(places)) == 9, "it comes round"


def test_lowered_controls_stand_in_the_lower_half(glass: Glass) -> None:
    glass.window.view.setProperty("lowered", True)
    for session in (LIVE, SPEAKING, replace(SPEAKING, transcript=Transcript((ASKED, replace(ASKED, item_id="u2"))))):
        glass.show(session)
        root = glass.window.quick.rootObject()
        heights = {name: root.mapFromGlobal(x, y).y() for name, (x, y) in glass.window.controls().items()}
        del heights["glass"]
        assert heights
        assert {name for name, y in heights.items() if y < root.height() / 2} == set()
    glass.window.view.setProperty("lowered", False)


def test_an_unusual_note_is_said(glass: Glass) -> None:
    glass.show(replace(LIVE, notes=frozenset({Note.NO_MICROPHONE}), uplink=Uplink.CLOSED))
    assert "I can’t hear you. You can type." in " ".join(glass.texts())


def test_closing_from_outside_is_noticed(application: object) -> None:
    from kiosk.screen.gallery.studio import PORTRAIT

    glass = Glass(PORTRAIT)
    closed: list[int] = []
    glass.window.on_closed = lambda: closed.append(1)
    glass.window.quick.close()
    assert closed == [1]
    glass.window.close()
    assert closed == [1]
