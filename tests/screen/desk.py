"""A staff desk that writes down what it was asked, and answers as it is told to."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.fault import ExitCode
from kiosk.core.ports import Check, PinVerdict


class Desk:
    """`verdict` is the next answer; None: the answer comes later, by `answer`."""

    def __init__(self) -> None:
        self.locked = self.has_sound = True
        self.ways = frozenset({ExitCode.RESTART_PROGRAM})
        self.calls: list[tuple[object, ...]] = []
        self.verdict: PinVerdict | None = PinVerdict(True)
        self.checks = (Check("clock", "ok", "right"), Check("disk", "fail", "The disk is full (/var): make room."))
        self.on_unlocked: Callable[[], None] = lambda: None
        self.answer: Callable[[PinVerdict], None] = lambda verdict: None

    def _told(self, told: Callable[[PinVerdict], None]) -> None:
        self.answer = told
        if self.verdict is not None:
            if self.verdict.ok:
                self.on_unlocked()
            told(self.verdict)

    def choose_pin(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        self.calls.append(("choose_pin", pin))
        self._told(told)

    def unlock(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        self.calls.append(("unlock", pin))
        self._told(told)

    def lock(self) -> None:
        self.calls.append(("lock",))

    def examine(self, told: Callable[[tuple[Check, ...]], None]) -> None:
        told(self.checks)

    def facts(self) -> tuple[tuple[str, str], ...]:
        return (("device", "kiosk-7"), ("visits", "41"), ("settings_file", ""))

    def close_for_now(self, closed: bool) -> None:
        self.calls.append(("close_for_now", closed))

    def leave(self, code: ExitCode = ExitCode.STAFF_LEFT) -> None:
        self.calls.append(("leave", code))
