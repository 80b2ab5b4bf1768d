"""The staff layer above every screen: the PIN pad, the first choice of a PIN, and the panel. What QML sees of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Property, QObject, Qt, QTimer, Signal, Slot

from kiosk.core.fault import ExitCode
from kiosk.core.ports import Check, Hands, Microphone, PinVerdict, Speaker, Staff
from kiosk.core.session import Phase, Session
from kiosk.screen.words import Words
from kiosk.settings.pin import weak

IDLE_S = 20.0  # nobody touches the pad: it goes
LIVE_MS = 100  # between two looks at the levels
MOST_DIGITS = 12
FEWEST_DIGITS = 4
QUIETEST_DBFS = -60.0
DOUBT_S = 6.0  # how long a question stands whether it is meant
LEAVES = {
    "system": ExitCode.STAFF_LEFT,
    "program": ExitCode.RESTART_PROGRAM,
    "machine": ExitCode.RESTART_MACHINE,
    "before": ExitCode.ROLL_BACK,
}
ASKED_TWICE = frozenset({"machine", "before"})


class Stage(StrEnum):
    """What stands above the screens."""

    NOTHING = ""
    PIN = "pin"
    CHOOSE = "choose"
    AGAIN = "again"
    PANEL = "panel"


class StaffView(QObject):
    """Lives on the GUI thread. Owns the digits while they are typed; QML only ever learns how many there are.

    staff   what can be done; None where nobody can (pictures, tests): the layer never shows
    words   in the site's own language, whatever the visitor reads
    """

    stage_changed = Signal()
    typed_changed = Signal()
    panel_changed = Signal()
    levels_changed = Signal()

    def __init__(
        self, staff: Staff | None, hands: Hands, microphone: Microphone, speaker: Speaker, words: Words
    ) -> None:
        super().__init__()
        self._staff = staff
        self._hands = hands
        self._microphone = microphone
        self._speaker = speaker
        self._words = words
        self._session = Session()
        self._stage = Stage.NOTHING
        self._typed = ""
        self._first = ""
        self._sentence = ""
        self._busy = False
        self._until = 0.0
        self._checks: tuple[Check, ...] | None = None
        self._idle = self._timer(round(IDLE_S * 1000), self.cancel)
        self._second = self._timer(1000, self._each_second)
        self._live = self._timer(LIVE_MS, self.levels_changed.emit)
        self._asked = ""
        self._doubt = self._timer(round(DOUBT_S * 1000), self._forget_asked)
        self._doubt.setSingleShot(True)

    def _timer(self, interval_ms: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(then)
        return timer

    # --- what happens -----------------------------------------------------------------------------------------------

    def renew(self, session: Session) -> None:
        """A step of the engine was made, or several."""
        self._session = session
        if self._staff is None:
            return
        if session.phase is Phase.SETUP:
            if self._stage not in {Stage.CHOOSE, Stage.AGAIN}:
                self._show(Stage.CHOOSE)
        elif session.phase is not Phase.STAFF and self._stage in {Stage.CHOOSE, Stage.AGAIN, Stage.PANEL}:
            self._show(Stage.NOTHING)
        self.panel_changed.emit()

    def knock(self) -> None:
        """The corner was tapped: the pad, or at once the panel where nothing is locked."""
        if self._staff is None or self._stage is not Stage.NOTHING:
            return
        if self._staff.locked:
            self._show(Stage.PIN)
        else:
            self._staff.unlock("", self._unlocked)

    def physical(self, key: int, text: str) -> None:
        """A key of a real keyboard, while the layer is up."""
        if self._stage is Stage.PANEL:
            if key == Qt.Key.Key_Escape:
                self.escape()
        elif text.isascii() and text.isdigit():
            self.digit(text)
        elif key == Qt.Key.Key_Backspace:
            self.erase()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.enter()
        elif key == Qt.Key.Key_Escape:
            self.cancel()

    def escape(self) -> None:
        """In a demo, which is not locked, Esc leaves."""
        if self._staff is not None and not self._staff.locked:
            self._staff.leave()

    @property
    def up(self) -> bool:
        return self._stage is not Stage.NOTHING

    def rest(self) -> None:
        """The window closes."""
        for timer in (self._idle, self._second, self._live, self._doubt):
            timer.stop()

    def _show(self, stage: Stage, sentence: str = "") -> None:
        self._stage = stage
        self._typed = ""
        self._busy = False
        self._until = 0.0
        self._asked = ""
        if stage is not Stage.AGAIN:
            self._first = ""
        self._say(sentence)
        first_set_up = self._session.phase is Phase.SETUP  # nobody waits for the screen behind it
        _run(self._idle, stage in {Stage.PIN, Stage.CHOOSE, Stage.AGAIN} and not first_set_up)
        _run(self._second, stage is Stage.PANEL)
        _run(self._live, stage is Stage.PANEL)
        self.stage_changed.emit()
        self.panel_changed.emit()

    def _say(self, sentence: str) -> None:
        self._sentence = sentence
        self.typed_changed.emit()

    def _each_second(self) -> None:
        if self._stage is Stage.PANEL:
            self.panel_changed.emit()
        elif (left := self._until - time.monotonic()) > 0:
            self._say(self._words.pin_wait.format(time=_minutes(left)))
        else:
            self._second.stop()
            self._say("")

    # --- what QML reads ---------------------------------------------------------------------------------------------

    def _title(self) -> str:
        w = self._words
        return {Stage.PIN: w.pin, Stage.CHOOSE: w.pin_choose, Stage.AGAIN: w.pin_again, Stage.PANEL: w.staff}.get(
            self._stage, ""
        )

    def _line(self) -> str:
        return self._sentence or (self._words.pin_choose_text if self._stage is Stage.CHOOSE else "")

    def _cancellable(self) -> bool:
        return self._session.phase is not Phase.SETUP or self._stage is Stage.AGAIN

    def _facts(self) -> list[dict[str, str]]:
        if self._staff is None or self._stage is not Stage.PANEL:
            return []
        w = self._words
        return [{"label": getattr(w, what), "value": value or w.defaults} for what, value in self._staff.facts()]

    def _found(self) -> list[dict[str, Any]]:
        return [{"name": c.name, "state": c.state, "sentence": c.sentence} for c in self._checks or ()]

    def _health(self) -> str:
        w = self._words
        if self._checks is None:
            return w.examining
        return "" if any(check.state == "fail" for check in self._checks) else w.all_well

    def _once_more(self, where: str, label: str) -> str:
        return self._words.once_more if self._asked == where else label

    def _ways(self) -> list[str]:
        ways = self._staff.ways if self._staff is not None else frozenset()
        return [name for name, code in LEAVES.items() if code in ways]

    def _words_map(self) -> dict[str, str]:
        w = self._words
        return {
            "cancel": w.cancel, "enter": w.enter, "health": w.health, "microphone": w.microphone,
            "loudspeaker": w.loudspeaker, "back": w.back_to_visitors, "restart": w.restart_program,
            "closing": w.close_for_now if self._session.open_now else w.open_again,
            "leave": w.leave_to_system, "change": w.change_pin, "unlocked": w.unlocked,
            "machine": self._once_more("machine", w.restart_machine),
            "before": self._once_more("before", w.version_before),
        }  # fmt: skip

    stage = Property(str, lambda self: self._stage.value, notify=stage_changed)
    title = Property(str, _title, notify=stage_changed)
    cancellable = Property(bool, _cancellable, notify=stage_changed)
    mirrored = Property(bool, lambda self: self._words.leftwards, constant=True)
    locked = Property(bool, lambda self: self._staff is None or self._staff.locked, notify=stage_changed)
    dots = Property(int, lambda self: len(self._typed), notify=typed_changed)
    line = Property(str, _line, notify=typed_changed)
    ready = Property(bool, lambda self: len(self._typed) >= FEWEST_DIGITS and not self._busy, notify=typed_changed)
    words = Property("QVariantMap", _words_map, notify=panel_changed)  # type: ignore[arg-type]
    ways = Property("QStringList", _ways, notify=stage_changed)  # type: ignore[arg-type]
    sound = Property(bool, lambda self: self._staff is None or self._staff.has_sound, notify=stage_changed)
    asked = Property(str, lambda self: self._asked, notify=panel_changed)
    facts = Property("QVariantList", _facts, notify=panel_changed)  # type: ignore[arg-type]
    checks = Property("QVariantList", _found, notify=panel_changed)  # type: ignore[arg-type]
    health = Property(str, _health, notify=panel_changed)
    hearing = Property(float, lambda self: _share(self._microphone.figures.level_dbfs), notify=levels_changed)
    sounding = Property(float, lambda self: _share(self._speaker.figures.level_dbfs), notify=levels_changed)

    # --- what staff do ----------------------------------------------------------------------------------------------

    @Slot(str)
    def digit(self, digit: str) -> None:
        if len(self._typed) < MOST_DIGITS:
            self._typed += digit
            self._active()
            if self._until <= time.monotonic():
                self._sentence = ""
            self.typed_changed.emit()

    @Slot()
    def erase(self) -> None:
        self._active()
        self._typed = self._typed[:-1]
        self.typed_changed.emit()

    @Slot()
    def enter(self) -> None:
        if self._staff is None or self._busy or len(self._typed) < FEWEST_DIGITS:
            return
        self._active()
        typed, self._typed = self._typed, ""
        if self._stage is Stage.CHOOSE:
            if weak(typed):
                self._show(Stage.CHOOSE, self._words.pin_weak)
            else:
                self._first = typed
                self._show(Stage.AGAIN)
            return
        if self._stage is Stage.AGAIN and typed != self._first:
            self._show(Stage.CHOOSE, self._words.pin_differs)
            return
        self._busy = True
        self.typed_changed.emit()
        if self._stage is Stage.AGAIN:
            self._staff.choose_pin(typed, self._chosen)
        else:
            self._staff.unlock(typed, self._unlocked)

    @Slot()
    def cancel(self) -> None:
        if self._session.phase is Phase.SETUP:
            self._show(Stage.CHOOSE)
        elif self._session.phase is Phase.STAFF and self._stage in {Stage.CHOOSE, Stage.AGAIN}:
            self._show(Stage.PANEL)
        else:
            self._show(Stage.NOTHING)

    @Slot()
    def back(self) -> None:
        if self._staff is not None:
            self._staff.lock()

    @Slot()
    def closeOrOpen(self) -> None:  # noqa: N802
        if self._staff is not None:
            self._staff.close_for_now(self._session.open_now)

    @Slot()
    def changePin(self) -> None:  # noqa: N802
        self._show(Stage.CHOOSE)

    @Slot(str)
    def leave(self, where: str) -> None:
        """A key of `LEAVES`. What takes the kiosk away for long is asked once more."""
        if self._staff is None:
            return
        if where in ASKED_TWICE and self._asked != where:
            self._asked = where
            self._doubt.start()
            self.panel_changed.emit()
            return
        self._staff.leave(LEAVES[where])

    def _forget_asked(self) -> None:
        self._asked = ""
        self.panel_changed.emit()

    @Slot()
    def touched(self) -> None:
        """Anywhere on the panel: it stays open for as long as somebody works at it."""
        self._hands.touch()

    def _active(self) -> None:
        if self._idle.isActive():
            self._idle.start()
        if self._session.phase is Phase.STAFF:
            self._hands.touch()

    # --- answers ----------------------------------------------------------------------------------------------------

    def _unlocked(self, verdict: PinVerdict) -> None:
        if not verdict.ok:
            if self._stage is Stage.PIN:
                self._refuse(verdict)
            return
        self._checks = None
        self._show(Stage.PANEL)
        assert self._staff is not None
        self._staff.examine(self._examined)

    def _chosen(self, verdict: PinVerdict) -> None:
        if self._stage is not Stage.AGAIN:
            return
        if not verdict.ok:
            self._show(Stage.CHOOSE, self._words.pin_weak if verdict.weak else verdict.sentence)
        elif self._session.phase is Phase.STAFF:
            self._show(Stage.PANEL, self._words.pin_kept)

    def _refuse(self, verdict: PinVerdict) -> None:
        self._busy = False
        if verdict.wait_s > 0:
            self._until = time.monotonic() + verdict.wait_s
            self._second.start()
            self._say(self._words.pin_wait.format(time=_minutes(verdict.wait_s)))
        else:
            self._say(verdict.sentence or self._words.pin_wrong)

    def _examined(self, checks: tuple[Check, ...]) -> None:
        self._checks = tuple(sorted(checks, key=lambda check: check.state != "fail"))  # what is wrong first
        self.panel_changed.emit()


def _run(timer: QTimer, running: bool) -> None:
    if running:
        timer.start()
    else:
        timer.stop()


def _minutes(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _share(dbfs: float) -> float:
    """Of the bar, 0 to 1."""
    return max(0.0, min(1.0, 1 - dbfs / QUIETEST_DBFS))
