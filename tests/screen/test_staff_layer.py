"""The staff layer: the corner, the pad and the panel, in a real window with real touches and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import Glass
from desk import Desk
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest
from test_window import LIVE, SPEAKING, Finger

from kiosk.core.fault import ExitCode
from kiosk.core.ports import PinVerdict
from kiosk.core.session import Phase, Session
from kiosk.screen.gallery.studio import PORTRAIT
from kiosk.screen.staff import Stage

CORNER = QPoint(20, 20)
PIN = "274961"
ATTRACT = Session(phase=Phase.ATTRACT)
STAFF = Session(phase=Phase.STAFF)


class Manned(Glass):
    """The window with a staff desk behind it."""

    def __init__(self) -> None:
        self.desk = Desk()
        super().__init__(PORTRAIT, staff=self.desk)
        self.desk.on_unlocked = lambda: self.window.changed(self.session, STAFF)

    @property
    def stage(self) -> str:
        return str(self.window.staff.stage)

    def above(self, name: str) -> QQuickItem:
        found = [item for item in self.all(self.window.quick.contentItem()) if item.objectName() == name]
        assert found, f"{name} is not on the screen"
        return found[0]

    def said(self) -> str:
        return str(self.above("line").property("text"))

    def type(self, digits: str) -> None:
        for digit in digits:
            Finger(self).tap(self.middle(self.above(f"pin-{digit}")))

    def enter(self) -> None:
        Finger(self).tap(self.middle(self.above("pin-enter")))

    def knock(self, times: int = 7, at: QPoint = CORNER) -> None:
        for _ in range(times):
            Finger(self).tap(at)
        self.window.quick.grabWindow()


@pytest.fixture(scope="module")
def module_manned(application: QGuiApplication) -> Iterator[Manned]:
    glass = Manned()
    yield glass
    glass.window.close()
    QGuiApplication.processEvents()


@pytest.fixture
def manned(module_manned: Manned) -> Manned:
    glass = module_manned
    glass.desk.verdict, glass.desk.locked = PinVerdict(True), True
    glass.show(ATTRACT)
    glass.window.staff.cancel()
    glass.desk.calls.clear()
    glass.hands.calls.clear()
    assert glass.stage == Stage.NOTHING
    return glass


PHASES = sorted(set(Phase) - {Phase.SETUP, Phase.STAFF})


@pytest.mark.parametrize("phase", PHASES)
def test_seven_taps_in_the_corner_open_the_pad_in_every_phase(manned: Manned, phase: Phase) -> None:
    manned.show(replace(LIVE, phase=phase, visit=1))
    manned.knock(6)
    assert manned.stage == Stage.NOTHING
    manned.knock(1)
    assert manned.stage == Stage.PIN


def test_a_mouse_knocks_too(manned: Manned) -> None:
    for _ in range(7):
        QTest.mouseClick(manned.window.quick, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, CORNER)
    assert manned.stage == Stage.PIN


def test_a_tap_elsewhere_begins_anew(manned: Manned) -> None:
    manned.knock(6)
    Finger(manned).tap(QPoint(540, 900))
    manned.knock(6)
    assert manned.stage == Stage.NOTHING


def test_the_pad_stands_when_the_screens_do_not(manned: Manned) -> None:
    root = manned.window.quick.rootObject()
    root.setVisible(False)
    try:
        manned.knock()
        assert manned.stage == Stage.PIN
        manned.above("pin-5")
    finally:
        root.setVisible(True)


def test_nothing_below_the_pad_can_be_touched(manned: Manned) -> None:
    manned.show(SPEAKING)
    pill = manned.middle(manned.item("pill"))
    manned.knock()
    manned.hands.calls.clear()
    Finger(manned).tap(pill)
    Finger(manned).tap(QPoint(540, 700))
    assert manned.hands.calls == []
    Finger(manned).tap(manned.middle(manned.above("pin-cancel")))
    assert manned.stage == Stage.NOTHING
    Finger(manned).tap(pill)
    assert manned.hands.calls == [("silence",)]


def test_the_right_pin_opens_the_panel(manned: Manned) -> None:
    manned.knock()
    manned.type("9" + PIN)
    for _ in range(7):
        Finger(manned).tap(manned.middle(manned.above("pin-erase")))
    manned.type(PIN)
    assert manned.window.staff.dots == len(PIN)
    manned.enter()
    assert manned.desk.calls == [("unlock", PIN)]
    assert manned.stage == Stage.PANEL


def test_three_digits_are_no_pin(manned: Manned) -> None:
    manned.knock()
    manned.type("274")
    manned.enter()
    assert manned.desk.calls == []


def test_a_wrong_pin_and_a_wait_are_said(manned: Manned) -> None:
    manned.knock()
    manned.desk.verdict = PinVerdict(False)
    manned.type(PIN)
    manned.enter()
    assert manned.said() == "That is not the PIN."
    assert manned.window.staff.dots == 0
    manned.desk.verdict = PinVerdict(False, wait_s=90)
    manned.type(PIN)
    assert manned.said() == ""
    manned.enter()
    assert "1:30" in manned.said()
    assert manned.stage == Stage.PIN


def test_while_a_pin_is_looked_at_nothing_more_is_taken(manned: Manned) -> None:
    manned.knock()
    manned.desk.verdict = None
    manned.type(PIN)
    manned.enter()
    manned.type("5555")
    manned.enter()
    assert manned.desk.calls == [("unlock", PIN)]


def test_an_answer_that_comes_after_cancel_opens_no_pad(manned: Manned) -> None:
    manned.knock()
    manned.desk.verdict = None
    manned.type(PIN)
    manned.enter()
    Finger(manned).tap(manned.middle(manned.above("pin-cancel")))
    manned.desk.answer(PinVerdict(False))
    assert manned.stage == Stage.NOTHING


def test_the_pad_goes_when_nobody_touches_it(manned: Manned) -> None:
    manned.knock()
    manned.window.staff._idle.setInterval(150)
    try:
        manned.window.staff._idle.start()
        manned.until(lambda: manned.stage == Stage.NOTHING)
    finally:
        manned.window.staff._idle.setInterval(20_000)


def test_no_digit_is_left_anywhere(manned: Manned) -> None:
    manned.knock()
    manned.type(PIN)
    manned.window.staff.cancel()
    assert PIN not in str(vars(manned.window.staff))


def test_a_real_keyboard_types_the_pin(manned: Manned) -> None:
    manned.knock()
    key = Qt.Key
    for pressed in (key.Key_2, key.Key_7, key.Key_4, key.Key_9, key.Key_Backspace, key.Key_8, key.Key_Return):
        QTest.keyClick(manned.window.quick, pressed)
    assert manned.desk.calls == [("unlock", "2748")]


# --- the first start ------------------------------------------------------------------------------------------------


def test_at_the_first_start_a_pin_is_chosen_twice_and_nobody_is_let_in_before(manned: Manned) -> None:
    manned.show(Session(phase=Phase.SETUP))
    assert manned.stage == Stage.CHOOSE
    Finger(manned).tap(QPoint(540, 300))
    QTest.keyClick(manned.window.quick, Qt.Key.Key_Escape)
    assert manned.hands.calls == []
    assert manned.stage == Stage.CHOOSE
    manned.type("1234")
    manned.enter()
    assert "Too easy" in manned.said()
    manned.type(PIN)
    manned.enter()
    assert manned.stage == Stage.AGAIN
    manned.type("274962")
    manned.enter()
    assert "not the same" in manned.said()
    assert manned.desk.calls == []
    for _ in range(2):
        manned.type(PIN)
        manned.enter()
    assert manned.desk.calls == [("choose_pin", PIN)]
    manned.show(ATTRACT)
    assert manned.stage == Stage.NOTHING


def test_a_fault_of_the_pin_file_is_said(manned: Manned) -> None:
    manned.show(Session(phase=Phase.SETUP))
    manned.desk.verdict = PinVerdict(False, sentence="The staff PIN's file cannot be written.")
    for _ in range(2):
        manned.type(PIN)
        manned.enter()
    assert "cannot be written" in manned.said()


# --- the panel ------------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(manned: Manned) -> Manned:
    manned.knock()
    manned.type(PIN)
    manned.enter()
    manned.show(STAFF)
    manned.desk.calls.clear()
    manned.hands.calls.clear()
    return manned


@pytest.fixture
def supervised(manned: Manned) -> Iterator[Manned]:
    """The panel of a kiosk whose supervisor starts the machine anew, and keeps the version before."""
    ways = manned.desk.ways
    manned.desk.ways = ways | {ExitCode.RESTART_MACHINE, ExitCode.ROLL_BACK}
    manned.knock()
    manned.type(PIN)
    manned.enter()
    manned.show(STAFF)
    manned.desk.calls.clear()
    yield manned
    manned.desk.ways = ways


@pytest.mark.parametrize(
    ("control", "calls"),
    [
        ("staff-back", [("lock",)]),
        ("staff-close", [("close_for_now", True)]),
        ("staff-restart", [("leave", ExitCode.RESTART_PROGRAM)]),
        ("staff-leave", [("leave", ExitCode.STAFF_LEFT)]),
    ],
)
def test_each_button_of_the_panel_reaches_the_desk(
    panel: Manned, control: str, calls: list[tuple[object, ...]]
) -> None:
    Finger(panel).tap(panel.middle(panel.above(control)))
    assert panel.desk.calls == calls


def test_what_takes_the_kiosk_away_for_long_is_asked_once_more(supervised: Manned) -> None:
    for control, code in (("staff-machine", ExitCode.RESTART_MACHINE), ("staff-before", ExitCode.ROLL_BACK)):
        button = supervised.above(control)
        Finger(supervised).tap(supervised.middle(button))
        assert supervised.desk.calls == []
        assert button.property("label") == "Sure? Touch again"
        Finger(supervised).tap(supervised.middle(button))
        assert supervised.desk.calls == [("leave", code)]
        supervised.desk.calls.clear()


def test_a_doubt_is_over_with_another_button_and_with_the_panel(supervised: Manned) -> None:
    Finger(supervised).tap(supervised.middle(supervised.above("staff-machine")))
    Finger(supervised).tap(supervised.middle(supervised.above("staff-before")))
    assert supervised.above("staff-machine").property("label") == "Restart machine"
    supervised.show(ATTRACT)
    supervised.knock()
    supervised.type(PIN)
    supervised.enter()
    supervised.show(STAFF)
    supervised.desk.calls.clear()
    Finger(supervised).tap(supervised.middle(supervised.above("staff-before")))
    assert supervised.desk.calls == []


def test_a_panel_offers_only_what_its_supervisor_understands(panel: Manned) -> None:
    names = [item.objectName() for item in panel.all(panel.window.quick.contentItem())]
    assert "staff-restart" in names
    assert not {"staff-machine", "staff-before"} & set(names)


def test_the_panel_tells_how_the_kiosk_is(panel: Manned) -> None:
    shown = [str(item.property("text")) for item in panel.all(panel.window.quick.contentItem())]
    for text in ("kiosk-7", "41", "Defaults", "The disk is full (/var): make room.", "clock"):
        assert text in shown
    assert not any(name == "unlocked" for name in (i.objectName() for i in panel.all(panel.window.quick.contentItem())))


def test_closed_for_now_can_be_opened_again(panel: Manned) -> None:
    panel.show(replace(STAFF, open_now=False))
    Finger(panel).tap(panel.middle(panel.above("staff-close")))
    assert panel.desk.calls == [("close_for_now", False)]


def test_the_pin_is_changed(panel: Manned) -> None:
    Finger(panel).tap(panel.middle(panel.above("staff-change")))
    panel.window.quick.grabWindow()
    for _ in range(2):
        panel.type("8305")
        panel.enter()
    assert panel.desk.calls == [("choose_pin", "8305")]
    assert panel.stage == Stage.PANEL


def test_work_at_the_panel_keeps_it_open_and_its_limit_closes_it(panel: Manned) -> None:
    Finger(panel).tap(QPoint(540, 20))
    assert panel.hands.calls == [("touch",)]
    panel.show(Session(phase=Phase.RESETTING))
    assert panel.stage == Stage.NOTHING


def test_an_end_of_the_program_opens_no_panel(manned: Manned) -> None:
    """The engine leaves a visit by the staff's door when it stops: nobody typed a PIN."""
    manned.show(STAFF)
    assert manned.stage == Stage.NOTHING


def test_a_demo_is_open_and_says_so(manned: Manned) -> None:
    manned.desk.locked = False
    manned.knock()
    assert manned.stage == Stage.PANEL
    assert "Esc leaves" in str(manned.above("unlocked").property("text"))
    QTest.keyClick(manned.window.quick, Qt.Key.Key_Escape)
    assert manned.desk.calls[-1] == ("leave", ExitCode.STAFF_LEFT)
    manned.window.staff.cancel()
    manned.desk.calls.clear()
    QTest.keyClick(manned.window.quick, Qt.Key.Key_Escape)
    assert manned.desk.calls == [("leave", ExitCode.STAFF_LEFT)]


def test_keys_of_the_pad_are_large_enough(manned: Manned) -> None:
    manned.knock()
    mm = manned.window._mm
    for key in (*"0123456789", "erase", "enter", "cancel"):
        item = manned.above(f"pin-{key}")
        assert min(item.width(), item.height()) >= 12 * mm - 0.5, key
