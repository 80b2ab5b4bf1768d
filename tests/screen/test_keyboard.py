"""The window's own keyboard: what its keys type, and whether fingers find them on every glass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QPointingDevice
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core.legible import SMALLEST_TARGET_MM
from kiosk.screen.gallery.poses import pose
from kiosk.screen.gallery.studio import LANDSCAPE, PORTRAIT, SMALL, Shape, Studio
from kiosk.screen.keyboard import LONGEST, Keyboard
from kiosk.screen.layouts import ERASE, LAYOUTS, SHIFT
from kiosk.settings.schema import Settings

LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("ar", "العربية"))


class Desk:
    """A keyboard, and what it told."""

    def __init__(self, language: str = "en") -> None:
        self.sent: list[tuple[str, str | None]] = []
        self.activity = 0
        self.board = Keyboard(lambda text, corrects: self.sent.append((text, corrects)), self._active)
        self.board.speak(language, LANGUAGES)

    def _active(self) -> None:
        self.activity += 1

    def type(self, text: str) -> None:
        for letter in text:
            self.board.key(letter)

    @property
    def names(self) -> set[str]:
        return {key["name"] for row in self.board.property("keys")["rows"] for key in row}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "quick brown fox jumps over the lazy dog"),
        ("de", "zwölf boxkämpfer jagen viktor quer über den großen sylter deich"),
        ("ar", "صف خلق خود كمثل الشمس إذ بزغت يحظى الضجيع بها نجلاء معطار أؤئءآة"),
    ],
)
def test_every_letter_of_a_language_is_on_a_key(language: str, sentence: str) -> None:
    assert set(sentence) - {" "} <= Desk(language).names


def test_signs_and_digits_of_every_language() -> None:
    for language in LAYOUTS:
        desk = Desk(language)
        desk.board.turn()
        assert set("0123456789.!:") | {ERASE} <= desk.names
        assert ({"؟", "،", "٣"} if language == "ar" else {"?", ",", "€"}) <= desk.names
        desk.board.turn()
        assert "1" not in desk.names


def test_rows_are_as_wide_as_the_widest() -> None:
    for layout in LAYOUTS.values():
        assert max(len(row) for row in layout.letters) == layout.across
        last = layout.letters[2]
        assert len(last) <= layout.across
        assert {ERASE} <= set(last)
        assert (SHIFT in last) is not layout.leftwards, "Arabic has no capitals"


def test_the_first_letter_is_a_capital_and_shift_is_for_one() -> None:
    desk = Desk()
    board = desk.board
    board.open()
    assert board.property("upper")
    desk.type("W")
    assert not board.property("upper")
    board.shift()
    assert board.property("upper")
    desk.type("B")
    assert not board.property("upper")
    desk.type("? ")
    assert board.property("upper")
    board.shift()
    assert not board.property("upper")


def test_the_language_key_goes_round() -> None:
    desk = Desk()
    seen = []
    for _ in range(4):
        seen.append(desk.board.property("keys")["next"])
        desk.board.switch()
    assert seen == ["Deutsch", "العربية", "English", "Deutsch"]
    desk.board.speak("en", ())
    assert desk.board.property("keys")["next"] == "", "no choice, no key"


def test_a_line_has_an_end_and_is_sent_once() -> None:
    desk = Desk()
    desk.board.open("Whan", corrects="u7")
    desk.board.erase()
    desk.board.erase()
    desk.type("en does it leave?" + "x" * 400)
    assert len(desk.board.property("typed")) == LONGEST
    assert desk.board.property("left") == 0
    desk.board.send()
    desk.board.send()
    assert [(text[:20], corrects) for text, corrects in desk.sent] == [("When does it leave?x", "u7")]
    assert desk.activity > 10
    assert not desk.board.is_up


def test_nothing_is_not_sent() -> None:
    desk = Desk()
    desk.board.open(" ")
    desk.board.send()
    assert desk.sent == []
    assert desk.board.is_up, "a key that does nothing closes nothing"


def test_marks_go_with_their_letter() -> None:
    desk = Desk("ar")
    desk.board.open("العبّ")
    desk.board.erase()
    assert desk.board.property("typed") == "الع"


def test_a_keyboard_on_the_desk_types_into_the_same_line() -> None:
    desk = Desk()
    key = Qt.Key
    assert not desk.board.physical(key.Key_A, "a"), "the line is not open"
    desk.board.open()
    for code, text in ((key.Key_A, "a"), (key.Key_Space, " "), (key.Key_unknown, "ß"), (key.Key_B, "b")):
        assert desk.board.physical(code, text)
    assert desk.board.physical(key.Key_Backspace, "\b")
    assert desk.board.property("typed") == "a ß"
    assert not desk.board.physical(key.Key_F4, "")
    assert not desk.board.physical(key.Key_C, "\x03"), "control and a letter"
    assert desk.board.physical(key.Key_Return, "\r")
    assert desk.sent == [("a ß", None)]
    desk.board.open("x")
    assert desk.board.physical(key.Key_Escape, "\x1b")
    assert (desk.board.is_up, desk.sent) == (False, [("a ß", None)])


@pytest.mark.parametrize(
    ("language", "typed", "leftwards"),
    [("en", "", False), ("ar", "", True), ("ar", "Alma أين", False), ("en", "أين Alma", True), ("ar", "12 متى", True)],
)
def test_the_line_begins_where_it_is_read_from(language: str, typed: str, leftwards: bool) -> None:
    desk = Desk(language)
    desk.board.open(typed)
    assert desk.board.property("lineLeftwards") is leftwards


# --- on the glass -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[PORTRAIT, LANDSCAPE, SMALL], ids=lambda shape: shape.name)
def studio(application: QGuiApplication, request: pytest.FixtureRequest) -> Iterator[Studio]:
    shape: Shape = request.param
    made = Studio(shape, Settings())
    yield made
    made.close()


def open_keys(studio: Studio, typed: str, language: str) -> dict[str, QQuickItem]:
    """The keyboard's items by name, with the line as it was typed."""
    studio.pose(replace(pose("typing"), touches=()))
    board = studio.window.view.board
    board.speak(language, LANGUAGES)
    board.open(typed)
    return shown(studio)


def shown(studio: Studio) -> dict[str, QQuickItem]:
    QTest.qWait(30)
    studio.image()
    return {item.objectName(): item for item in below(studio.window.quick.rootObject()) if item.objectName()}


def below(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible():
            yield child
            yield from below(child)


def place(item: QQuickItem) -> tuple[float, float]:
    """Left and right edge on the glass."""
    left = item.mapToScene(QPointF(0, 0)).x()
    return left, left + item.width()


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_fingers_find_every_key(studio: Studio, language: str) -> None:
    keys = open_keys(studio, "x", language)
    mm = studio.window.view.property("sizes")["mm"]
    caps = {name: item for name, item in keys.items() if name.startswith("key-")}
    assert len(caps) > 30
    small = {
        n: (i.width() / mm, i.height() / mm)
        for n, i in caps.items()
        if min(i.width(), i.height()) < SMALLEST_TARGET_MM * mm - 1
    }
    assert small == {}
    width = studio.window.quick.width()
    assert [name for name, item in caps.items() if place(item)[0] < 0 or place(item)[1] > width] == []
    for item in caps.values():
        for label in below(item):
            if label.objectName() == "label":
                assert label.width() <= item.width(), label.property("text")


@pytest.mark.parametrize(("language", "typed"), [("en", "When does it leave? "), ("ar", "متى تغادر العبّارة القديمة؟ ")])
def test_the_end_of_a_long_line_stays_in_sight(studio: Studio, language: str, typed: str) -> None:
    for text in (typed, typed * 12):
        keys = open_keys(studio, text[:LONGEST], language)
        line, cursor = place(keys["typed"]), place(keys["cursor"])
        assert line[0] <= cursor[0] <= cursor[1] <= line[1]
    if language == "ar":
        assert cursor[0] < line[0] + line[1] * 0.1, "the end of an Arabic line is on its left"
        assert place(keys["key-send"])[0] < place(keys["key-signs"])[0]
    else:
        assert cursor[1] > line[1] * 0.9
        assert place(keys["key-send"])[0] > place(keys["key-signs"])[0]


def test_a_finger_types_arabic(studio: Studio) -> None:
    device = QTest.createTouchDevice()
    quick = studio.window.quick
    keys = open_keys(studio, "", "en")

    def tap(name: str, keys: dict[str, QQuickItem], device: QPointingDevice = device) -> None:
        at = keys[name].mapToScene(QPointF(keys[name].width() / 2, keys[name].height() / 2)).toPoint()
        QTest.touchEvent(quick, device).press(0, at, quick).commit()
        QTest.touchEvent(quick, device).release(0, at, quick).commit()

    tap("key-language", keys)
    tap("key-language", shown(studio))
    for letter in "أين":
        tap(f"key-{letter}", shown(studio))
    tap("key-question", shown(studio))
    tap("key-signs", shown(studio))
    tap("key-5", shown(studio))
    assert studio.window.view.board.property("typed") == "أين؟5"
