"""What the window lets through: the corner by the clock, and events of the system on a real window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import Glass
from desk import Desk
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from recording import Recording

from kiosk.core.session import Phase, Session
from kiosk.screen.gallery.studio import PORTRAIT, Stillness
from kiosk.screen.lockdown import KNOCK_WITHIN_S, LOOK_MS, Knock
from kiosk.screen.window import Window
from kiosk.settings.schema import Corner, Settings

# --- the corner, by the clock ---------------------------------------------------------------------------------------

SIZE = {"width": 1080.0, "height": 1920.0, "mm": 4.0}


def tapped(knock: Knock, at: tuple[float, float], every_s: float, times: int, **size: float) -> list[bool]:
    return [knock.tap(*at, **{**SIZE, **size}, now=100 + i * every_s) for i in range(times)]


@pytest.mark.parametrize(
    ("corner", "leftwards", "x", "y"),
    [
        (Corner.TOP_START, False, 10, 10),
        (Corner.TOP_START, True, 1070, 10),
        (Corner.TOP_END, False, 1070, 10),
        (Corner.TOP_END, True, 10, 10),
        (Corner.BOTTOM_START, False, 10, 1910),
        (Corner.BOTTOM_END, False, 1070, 1910),
    ],
)
def test_each_corner_is_where_it_is_said_to_be(corner: Corner, leftwards: bool, x: float, y: float) -> None:
    for across in (10.0, 1070.0):
        for down in (10.0, 1910.0):
            last = tapped(Knock(corner, 7, leftwards=leftwards), (across, down), 0.2, 7)[-1]
            assert last is ((across, down) == (x, y))


def test_the_seventh_tap_counts_and_the_next_begins_anew() -> None:
    assert tapped(Knock(Corner.TOP_START, 7), (5, 5), 0.2, 14) == [False] * 6 + [True] + [False] * 6 + [True]


def test_slow_taps_are_no_knock() -> None:
    assert not any(tapped(Knock(Corner.TOP_START, 7), (5, 5), KNOCK_WITHIN_S / 5.9, 20))
    assert any(tapped(Knock(Corner.TOP_START, 7), (5, 5), KNOCK_WITHIN_S / 6.1, 20))


def test_a_corner_is_a_corner_on_a_small_glass_too() -> None:
    small = {"width": 480.0, "height": 320.0, "mm": 10.0}
    assert not any(tapped(Knock(Corner.TOP_START, 3), (65, 5), 0.2, 9, **small))
    assert any(tapped(Knock(Corner.TOP_START, 3), (63, 5), 0.2, 9, **small))


@pytest.fixture(autouse=True)
def no_stack_here(complaints: list[str]) -> Iterator[None]:
    """Windows have no order without a display, and Qt says so when one is raised."""
    yield
    QGuiApplication.processEvents()
    complaints[:] = [said for said in complaints if "raise()" not in said]


# --- a window, full-screen as far as there can be one without a display ----------------------------------------------


@pytest.fixture(scope="module")
def full(application: QGuiApplication) -> Iterator[tuple[Window, Recording]]:
    hands = Recording()
    window = Window(Settings(), hands, Stillness(), Stillness(), windowed=False)
    window.show()
    QTest.qWait(50)
    yield window, hands
    window.close()
    QGuiApplication.processEvents()


def wait_for(ready: object, limit_ms: int = 2000) -> None:
    assert callable(ready)
    for _ in range(limit_ms // 10):
        if ready():
            return
        QTest.qWait(10)
    raise AssertionError("it did not come about")


def test_a_full_screen_window_cannot_be_closed_from_outside(
    full: tuple[Window, Recording], caplog: pytest.LogCaptureFixture
) -> None:
    window, _ = full
    closed: list[int] = []
    window.on_closed = lambda: closed.append(1)
    event = QCloseEvent()
    QGuiApplication.sendEvent(window.quick, event)
    assert not event.isAccepted()
    window.quick.close()
    QTest.qWait(20)
    assert window.quick.isVisible()
    assert closed == []
    assert "wanted to close" in caplog.text


@pytest.mark.parametrize("loss", ["hide", "showMinimized"])
def test_a_window_that_was_lost_comes_back_within_a_second(full: tuple[Window, Recording], loss: str) -> None:
    window, _ = full
    quick, before = window.quick, window.lockdown.repairs
    wait_for(lambda: not window.lockdown._away)
    getattr(quick, loss)()
    QTest.qWait(LOOK_MS + 100)
    wait_for(lambda: quick.isVisible() and quick.geometry() == quick.screen().geometry(), 900 - LOOK_MS)
    assert not quick.windowStates() & Qt.WindowState.WindowMinimized
    wait_for(lambda: not window.lockdown._away)
    assert window.lockdown.repairs == before + 1, "counted once, however many looks it took"


def test_no_key_does_anything(full: tuple[Window, Recording]) -> None:
    window, hands = full
    window.changed(Session(), Session(phase=Phase.ATTRACT))
    QTest.qWait(20)
    key, modifier = Qt.Key, Qt.KeyboardModifier
    for pressed, held in (
        (key.Key_F4, modifier.AltModifier),
        (key.Key_Q, modifier.ControlModifier),
        (key.Key_W, modifier.ControlModifier),
        (key.Key_Escape, modifier.NoModifier),
        (key.Key_Super_L, modifier.NoModifier),
        (key.Key_Print, modifier.NoModifier),
        (key.Key_F11, modifier.NoModifier),
        (key.Key_Space, modifier.NoModifier),
        (key.Key_Return, modifier.NoModifier),
        (key.Key_Back, modifier.NoModifier),
    ):
        QTest.keyClick(window.quick, pressed, held)
    assert hands.calls == []
    assert window.quick.isVisible()


def test_a_keyboard_on_the_desk_types_into_the_open_line_and_nowhere_else(full: tuple[Window, Recording]) -> None:
    window, hands = full
    window.view.board.open()
    for key in (Qt.Key.Key_H, Qt.Key.Key_I, Qt.Key.Key_F5):
        QTest.keyClick(window.quick, key)
    assert window.view.board.typed.casefold() == "hi"
    QTest.keyClick(window.quick, Qt.Key.Key_Escape)
    assert not window.view.board.is_up
    assert window.quick.isVisible()
    assert ("leave",) not in hands.calls


def test_the_other_mouse_buttons_and_things_that_are_dropped_do_nothing(full: tuple[Window, Recording]) -> None:
    window, hands = full
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.BackButton):
        QTest.mouseClick(window.quick, button, Qt.KeyboardModifier.NoModifier, QPoint(400, 400))
    drop = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QGuiApplication.sendEvent(window.quick, drop)
    assert hands.calls == []


def test_the_pointer_is_hidden(full: tuple[Window, Recording]) -> None:
    assert full[0].quick.cursor().shape() is Qt.CursorShape.BlankCursor


def test_a_demo_may_be_closed(application: QGuiApplication) -> None:
    desk = Desk()
    desk.locked = False
    window = Window(Settings(), Recording(), Stillness(), Stillness(), windowed=False, staff=desk)
    closed: list[int] = []
    window.on_closed = lambda: closed.append(1)
    window.show()
    window.quick.close()
    assert closed == [1]
    window.close()
    QGuiApplication.processEvents()


def test_a_desk_window_may_be_moved_and_hidden(application: QGuiApplication) -> None:
    glass = Glass(PORTRAIT)
    glass.window.quick.hide()
    QTest.qWait(LOOK_MS * 2)
    assert not glass.window.quick.isVisible()
    assert glass.window.lockdown.repairs == 0
    glass.window.close()
    QGuiApplication.processEvents()
