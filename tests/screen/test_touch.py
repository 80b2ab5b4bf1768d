"""Every control in every phase does something: taken from the scene's own list, touched on the glass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import Glass
from finger import Finger
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from kiosk.core.ports import Uplink
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen.controls import GLASS
from kiosk.screen.parts import Act, Scene, Sheet

ASKED = Turn("user", "u", "When does the ferry leave?", final=True)
ANSWER = Turn("agent", "a", "At two.", response_id="r1", clauses=(Clause("At two.", 0, 900),), start_ms=1, end_ms=9)
TALKED = Transcript((ASKED, ANSWER))
LIVE = Session(phase=Phase.LISTENING, visit=1, consented=True, linked=True, uplink=Uplink.GATED, transcript=TALKED)
SHUT = replace(LIVE, uplink=Uplink.CLOSED)
SPEAKING = replace(LIVE, phase=Phase.SPEAKING, responses=("r1",), sounding=True, uplink=Uplink.GUARDED)

STATES = {
    "attract": Session(phase=Phase.ATTRACT),
    "notice": Session(phase=Phase.NOTICE, visit=1),
    "connecting": replace(SHUT, phase=Phase.CONNECTING, linked=False, transcript=Transcript()),
    "ready": replace(SHUT, transcript=Transcript()),
    "listening": LIVE,
    "pressed": replace(LIVE, pressed=True, uplink=Uplink.HELD),
    "muted": replace(SHUT, muted=True),
    "text only": replace(SHUT, text_only=True),
    "no microphone": replace(SHUT, notes=frozenset({Note.NO_MICROPHONE})),
    "no loudspeaker": replace(SPEAKING, notes=frozenset({Note.NO_SPEAKER})),
    "loudest and slowest": replace(SPEAKING, volume=2, speed=-3),
    "softest and fastest": replace(SPEAKING, volume=-6, speed=2),
    "thinking": replace(SHUT, phase=Phase.THINKING, transcript=Transcript((ASKED,))),
    "speaking": SPEAKING,
    "person": replace(LIVE, phase=Phase.HANDOVER, person="Ingrid"),
    "called": replace(LIVE, notes=frozenset({Note.CALLED})),
    "checking": replace(LIVE, phase=Phase.CHECKING),
    "offline": replace(SHUT, phase=Phase.OFFLINE),
    "farewell": replace(SHUT, phase=Phase.FAREWELL),
    "closed": Session(phase=Phase.CLOSED),
    "out of order": Session(phase=Phase.OUT_OF_ORDER),
    "clearing": Session(phase=Phase.RESETTING, visit=1),
}


def test_no_phase_is_forgotten() -> None:
    assert {state.phase for state in STATES.values()} | {Phase.STARTING, Phase.SETUP, Phase.STAFF} == set(Phase)


def scene(glass: Glass) -> Scene:
    return glass.window.view._scene


def clear(glass: Glass, session: Session) -> None:
    """The state anew: nothing open, nothing large, nobody called."""
    view = glass.window.view
    view.board.shut()
    view.closeSheet()
    if view.property("large"):
        view.toggleLarge()
    glass.show(replace(session, phase=Phase.RESETTING))
    glass.show(session)
    glass.hands.calls.clear()


def standing(glass: Glass) -> tuple[object, ...]:
    """Everything that a touch may change, here and behind."""
    view = glass.window.view
    shown = (view.property("sheet"), view.property("large"), view.board.is_up, view.property("rated"))
    return (*shown, tuple(glass.calls))


def places(glass: Glass) -> dict[str, QPoint]:
    root = glass.window.quick.rootObject()
    found = glass.window.controls()
    return {name: root.mapFromGlobal(x, y).toPoint() for name, (x, y) in found.items() if name != GLASS}


@pytest.mark.parametrize("name", STATES)
def test_every_control_acts(glass: Glass, name: str) -> None:
    session = STATES[name]
    clear(glass, session)
    shown = places(glass)
    assert {control.act.value for control in scene(glass).on_screen} <= set(shown), "a control cannot be reached"
    for control in shown:
        clear(glass, session)
        before, place = standing(glass), places(glass)[control]
        Finger(glass).tap(place)
        assert standing(glass) != before, f"{control} is dead"


@pytest.mark.parametrize("name", [name for name in STATES if STATES[name].phase not in {Phase.ATTRACT, Phase.NOTICE}])
def test_every_control_of_the_sound_sheet_acts(glass: Glass, name: str) -> None:
    session = STATES[name]
    clear(glass, session)
    offered = [control.act.value for control in scene(glass).on_sound_sheet]
    assert bool(offered) is scene(glass).offers(Sheet.SOUND)
    for act in offered:
        clear(glass, session)
        Finger(glass).tap(places(glass)["sound"])
        glass.window.quick.grabWindow()
        before, shown = standing(glass), places(glass)
        assert act in shown, f"{act} cannot be reached"
        Finger(glass).tap(shown[act])
        assert standing(glass) != before, f"{act} is dead"


@pytest.mark.parametrize("phase", [Phase.LISTENING, Phase.THINKING, Phase.SPEAKING])
def test_what_a_visitor_may_always_ask_for_is_two_touches_away(glass: Glass, phase: Phase) -> None:
    clear(glass, replace(SPEAKING, phase=phase))
    found = {control.act for control in (*scene(glass).on_screen, *scene(glass).on_sound_sheet)}
    assert {Act.REPEAT, Act.LOUDER, Act.SOFTER, Act.SLOWER, Act.FASTER, Act.PERSON, Act.FINISH, Act.TYPE} <= found
    assert Act.STOP in found or phase is Phase.LISTENING


def test_a_loudspeaker_that_is_gone_cannot_be_made_louder(glass: Glass) -> None:
    clear(glass, STATES["no loudspeaker"])
    acts = {control.act for control in (*scene(glass).on_screen, *scene(glass).on_sound_sheet)}
    assert acts.isdisjoint({Act.LOUDER, Act.SOFTER, Act.SLOWER, Act.FASTER})


# --- more than one finger ---------------------------------------------------------------------------------------------


def test_ten_fingers_at_once_break_nothing(glass: Glass) -> None:
    clear(glass, SPEAKING)
    quick, device = glass.window.quick, Finger(glass).device
    spots = [*places(glass).values(), QPoint(300, 400), QPoint(700, 500), QPoint(500, 1300), QPoint(60, 60)][:10]
    down = QTest.touchEvent(quick, device)
    for number, spot in enumerate(spots):
        down = down.press(number, spot, quick)
    down.commit()
    up = QTest.touchEvent(quick, device)
    for number, spot in enumerate(spots):
        up = up.release(number, spot, quick)
    up.commit()
    QTest.qWait(50)
    clear(glass, SPEAKING)
    Finger(glass).tap(places(glass)["stop"])
    assert glass.calls == [("silence",)], "the glass is not stuck"


def test_one_finger_holds_talk_while_another_asks_for_a_person(glass: Glass) -> None:
    clear(glass, LIVE)
    quick, device, shown = glass.window.quick, Finger(glass).device, places(glass)
    QTest.touchEvent(quick, device).press(1, shown["talk"], quick).commit()
    QTest.touchEvent(quick, device).stationary(1).press(2, shown["person"], quick).commit()
    QTest.touchEvent(quick, device).stationary(1).release(2, shown["person"], quick).commit()
    assert [call[0] for call in glass.calls] == ["press", "call_person"]
    QTest.touchEvent(quick, device).release(1, shown["talk"], quick).commit()


# --- sheets -----------------------------------------------------------------------------------------------------------


def opened(glass: Glass, sheet: Sheet, session: Session = LIVE) -> None:
    clear(glass, session)
    Finger(glass).tap(places(glass)[sheet.value])
    assert glass.window.view.property("sheet") == sheet.value
    glass.window.quick.grabWindow()


@pytest.mark.parametrize("sheet", [Sheet.SOUND, Sheet.LANGUAGE, Sheet.HISTORY])
def test_a_sheet_closes_by_its_word(glass: Glass, sheet: Sheet) -> None:
    opened(glass, sheet)
    Finger(glass).tap(places(glass)["close"])
    assert glass.window.view.property("sheet") == ""


@pytest.mark.parametrize("sheet", [Sheet.SOUND, Sheet.LANGUAGE])
def test_a_sheet_closes_by_what_opened_it(glass: Glass, sheet: Sheet) -> None:
    opened(glass, sheet)
    Finger(glass).tap(places(glass)[sheet.value])
    assert glass.window.view.property("sheet") == ""


@pytest.mark.parametrize("sheet", [Sheet.SOUND, Sheet.LANGUAGE, Sheet.HISTORY])
@pytest.mark.parametrize(
    "after",
    [
        lambda s: replace(s, phase=Phase.RESETTING),
        lambda s: Session(phase=Phase.ATTRACT, visit=2),
        lambda s: replace(s, phase=Phase.FAREWELL),
        lambda s: replace(s, phase=Phase.OUT_OF_ORDER),
        lambda s: replace(s, phase=Phase.CHECKING),
    ],
    ids=["wiped", "next visit", "goodbye", "broken", "still there?"],
)
def test_a_sheet_does_not_outlive_its_moment(glass: Glass, sheet: Sheet, after: Callable[[Session], Session]) -> None:
    opened(glass, sheet)
    glass.show(after(LIVE))
    assert glass.window.view.property("sheet") == ""
    assert glass.window.view.sheets.history.rowCount() == 0


def test_a_sheet_is_not_left_open_for_the_next_visitor(glass: Glass) -> None:
    sheets = glass.window.view.sheets
    opened(glass, Sheet.SOUND)
    usual = sheets._idle.interval()
    sheets._idle.setInterval(60)
    sheets.touched()
    glass.until(lambda: sheets.open is Sheet.NONE)
    sheets._idle.setInterval(usual)


def test_the_languages_of_the_notice_go_with_it(glass: Glass) -> None:
    opened(glass, Sheet.LANGUAGE, STATES["notice"])
    glass.show(STATES["connecting"])
    assert glass.window.view.property("sheet") == ""


def test_the_keyboard_takes_the_place_of_a_sheet(glass: Glass) -> None:
    opened(glass, Sheet.SOUND)
    glass.window.view.act("type")
    assert glass.window.view.board.is_up
    assert glass.window.view.property("sheet") == ""


def test_a_language_is_chosen(glass: Glass) -> None:
    opened(glass, Sheet.LANGUAGE)
    Finger(glass).tap(places(glass)["language-de"])
    assert glass.calls[-1] == ("speak_language", "de")
    assert glass.window.view.property("sheet") == ""
    glass.show(replace(LIVE, language="de"))
    assert "Ich höre zu" in glass.texts()


def test_a_language_on_the_first_screen_begins_the_visit_in_it(glass: Glass) -> None:
    clear(glass, STATES["attract"])
    Finger(glass).tap(places(glass)["language-ar"])
    assert glass.calls == [("speak_language", "ar")]


# --- what was said earlier --------------------------------------------------------------------------------------------


def said(turns: int) -> Transcript:
    pairs = (
        (replace(ASKED, item_id=f"u{n}", text=f"Question {n}?"), replace(ANSWER, item_id=f"a{n}")) for n in range(turns)
    )
    return Transcript(tuple(turn for pair in pairs for turn in pair))


def test_history_scrolls_with_a_finger_and_upright_only(glass: Glass) -> None:
    opened(glass, Sheet.HISTORY, replace(LIVE, transcript=said(40)))
    pane = next(item for item in glass.all(glass.window.quick.rootObject()) if item.property("contentY") is not None)
    begin = pane.property("contentY")
    middle = glass.middle(pane)
    Finger(glass).drag(middle, middle + QPoint(0, 220))
    assert pane.property("contentY") < begin - 100
    assert pane.property("contentX") == 0
    assert not glass.window.view.board.is_up, "a finger that scrolls touches no line"
    assert ("touch",) in glass.calls, "reading counts as activity"


def test_a_line_of_ones_own_is_corrected(glass: Glass) -> None:
    opened(glass, Sheet.HISTORY, replace(LIVE, transcript=said(3)))
    lines = [item for item in glass.all(glass.window.quick.rootObject()) if item.objectName() == "line"]
    newest = next(item for item in lines if item.property("item_id") == "u2")
    Finger(glass).tap(glass.middle(newest))
    assert glass.item("typed").property("text") == "Question 2?"
    glass.window.quick.grabWindow()
    Finger(glass).tap(glass.middle(glass.item("key-send")))
    assert glass.calls[-1] == ("write", "Question 2?", "u2")


@pytest.mark.parametrize(
    "goes_on",
    [
        replace(LIVE, pressed=True),
        replace(LIVE, transcript=Transcript((*TALKED.turns, Turn("user", "u2", "And")))),
        replace(SPEAKING, transcript=TALKED),
    ],
    ids=["talk is pressed", "the visitor speaks", "the answer begins"],
)
def test_history_closes_when_the_talk_goes_on(glass: Glass, goes_on: Session) -> None:
    opened(glass, Sheet.HISTORY)
    glass.show(goes_on)
    assert glass.window.view.property("sheet") == ""


def test_a_partial_is_replaced_in_place(glass: Glass) -> None:
    speaks = Turn("user", "u2", "And ba")
    opened(glass, Sheet.HISTORY, replace(LIVE, transcript=Transcript((*TALKED.turns, speaks))))
    glass.show(replace(LIVE, transcript=Transcript((*TALKED.turns, replace(speaks, text="And back again")))))
    assert "And back again …" in glass.texts()
    assert "And ba …" not in glass.texts()
