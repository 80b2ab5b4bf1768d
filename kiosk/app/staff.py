"""What staff can do at the screen: PIN, facts, closed for now, leaving. Satisfies `core.ports.Staff`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Protocol

from kiosk import __version__
from kiosk.core import events as ev
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Check, PinVerdict
from kiosk.core.session import Phase, Session
from kiosk.settings.pin import StaffPin

log = logging.getLogger(__name__)

MAY_CHOOSE = frozenset({Phase.SETUP, Phase.STAFF})


class Manned(Protocol):
    """What a desk stands in: the engine, or safe mode in its place."""

    session: Session
    observers: list[Callable[[Session, Session], None]]

    def dispatch(self, event: ev.Event) -> None: ...
    def errand(self, errand: Coroutine[None, None, None], name: str) -> None: ...
    def close_for_now(self, closed: bool) -> None: ...


class StaffDesk:
    """
    pin       None: a demo, nothing is locked
    examine   the checks that disturb nobody; run on a thread of its own
    leave     ends the program with an exit code
    ways      the exit codes that its supervisor understands

    Loop thread only. A hash takes its time on another thread; one question at a time, as a PIN pad asks them.
    """

    has_sound = True

    def __init__(
        self,
        kiosk: Manned,
        pin: StaffPin | None,
        *,
        device_id: str,
        settings_file: str,
        examine: Callable[[], tuple[Check, ...]],
        leave: Callable[[ExitCode], None],
        ways: frozenset[ExitCode] = frozenset(),
    ) -> None:
        self._kiosk = kiosk
        self._pin = pin
        self._device_id = device_id
        self._settings_file = settings_file
        self._examine = examine
        self._leave = leave
        self.ways = ways
        self._since = time.monotonic()
        self._link = ("agent_idle", "–")
        self.repairs: Callable[[], int] = lambda: 0  # how often the window had to be put back
        kiosk.observers.append(self._follow)

    @property
    def locked(self) -> bool:
        return self._pin is not None

    # --- the PIN ----------------------------------------------------------------------------------------------------

    def choose_pin(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        if self._pin is None or self._kiosk.session.phase not in MAY_CHOOSE:
            log.warning("a staff PIN can be chosen at the first start and in the panel, and nowhere else")
            return
        self._kiosk.errand(self._ask(self._pin.choose, pin, ev.PinChosen(), told), "choose a staff PIN")

    def unlock(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        check = self._pin.check if self._pin is not None else _unlocked
        self._kiosk.errand(self._ask(check, pin, ev.StaffUnlocked(), told), "check a staff PIN")

    async def _ask(
        self, answer: Callable[[str], PinVerdict], pin: str, then: ev.Event, told: Callable[[PinVerdict], None]
    ) -> None:
        try:
            verdict = await asyncio.to_thread(answer, pin)
        except Fault as fault:
            log.warning("%s", fault.sentence)
            verdict = PinVerdict(False, sentence=fault.sentence)
        if verdict.ok:
            self._kiosk.dispatch(then)
        told(verdict)

    # --- the panel --------------------------------------------------------------------------------------------------

    def lock(self) -> None:
        self._kiosk.dispatch(ev.StaffLocked())

    def examine(self, told: Callable[[tuple[Check, ...]], None]) -> None:
        self._kiosk.errand(self._look(told), "look at the kiosk's health")

    async def _look(self, told: Callable[[tuple[Check, ...]], None]) -> None:
        told(await asyncio.to_thread(self._examine))

    def facts(self) -> tuple[tuple[str, str], ...]:
        minutes = round(time.monotonic() - self._since) // 60
        return (
            ("device", self._device_id),
            ("version", __version__),
            ("uptime", f"{minutes // 60} h {minutes % 60} min"),
            ("visits", str(self._kiosk.session.visit)),
            self._link,
            ("settings_file", self._settings_file),
            ("repairs", str(self.repairs())),
        )

    def close_for_now(self, closed: bool) -> None:
        self._kiosk.close_for_now(closed)

    def leave(self, code: ExitCode = ExitCode.STAFF_LEFT) -> None:
        log.info("staff end the program: %s", code.name.lower().replace("_", " "))
        self._leave(code)

    def _follow(self, old: Session, new: Session) -> None:
        """When the agent was last there, or was lost. A visit's own end is no loss."""
        if new.linked and not old.linked:
            self._link = ("agent_reached", _clock())
        elif new.phase in {Phase.OFFLINE, Phase.OUT_OF_ORDER} and new.phase is not old.phase:
            self._link = ("agent_lost", _clock())


def _clock() -> str:
    return f"{datetime.now():%H:%M}"


def _unlocked(pin: str) -> PinVerdict:
    return PinVerdict(True)
