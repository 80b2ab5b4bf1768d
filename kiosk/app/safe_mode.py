"""Safe mode: the out-of-order screen with the staff corner behind it, and nothing of what may have crashed.

No sound, no line, no engine: a window, a PIN, the checks that disturb nobody. What brought it about is tried again by
a start of the whole program, seldom, and told to staff; it never goes round in a circle.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from kiosk import __version__
from kiosk.app.attendance import Attendance
from kiosk.app.checks import quiet_checks
from kiosk.app.lag import LoopLag
from kiosk.app.pipe import listen, obey, probe_to
from kiosk.app.shutdown import Shutdown
from kiosk.app.staff import StaffDesk
from kiosk.core import events as ev
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.policy import Policy
from kiosk.core.ports import Check
from kiosk.core.session import Phase, Session
from kiosk.device.health import Vitals
from kiosk.device.peripherals import Lines, Reporter
from kiosk.screen.nobody import Nobody
from kiosk.screen.window import Window
from kiosk.settings.pin import StaffPin
from kiosk.settings.schema import Screen, Settings

log = logging.getLogger(__name__)

LOOK_S = 2.0  # between two looks at the settings file


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the kiosk is out of order.

    sentence  for staff: what, where, what to do
    again_s   until it is tried again
    attempt   what is tried in this process first: raises `Fault` while it is of no use to start anew. Blocking
    """

    sentence: str
    again_s: float
    attempt: Callable[[], object] = lambda: None


class Bare(Nobody):
    """In the engine's place: few phases, and errands for the staff desk. Loop thread only."""

    def __init__(self, tasks: asyncio.TaskGroup, *, pin_needed: bool) -> None:
        super().__init__()
        phase = Phase.SETUP if pin_needed else Phase.OUT_OF_ORDER
        self.session = Session(phase=phase, entered_at=time.monotonic())
        self.observers: list[Callable[[Session, Session], None]] = []
        self._tasks = tasks
        self._errands: set[asyncio.Task[None]] = set()
        self._panel: asyncio.TimerHandle | None = None

    def dispatch(self, event: ev.Event) -> None:
        match event:
            case ev.StaffUnlocked() if self.session.phase is not Phase.SETUP:
                self._enter(Phase.STAFF)
                self.touch()
            case ev.PinChosen() if self.session.phase is Phase.SETUP:
                self._enter(Phase.OUT_OF_ORDER)
            case ev.StaffLocked():
                self._enter(Phase.OUT_OF_ORDER if self.session.open_now else Phase.CLOSED)

    def close_for_now(self, closed: bool) -> None:
        self._be(replace(self.session, open_now=not closed))

    def touch(self) -> None:
        """The panel closes when nobody works at it any more."""
        if self._panel is not None:
            self._panel.cancel()
            self._panel = None
        if self.session.phase is Phase.STAFF:
            loop = asyncio.get_running_loop()
            self._panel = loop.call_later(Policy().staff_limit, self.dispatch, ev.StaffLocked())

    def errand(self, errand: Coroutine[None, None, None], name: str) -> None:
        task = self._tasks.create_task(errand, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def stop(self) -> None:
        if self._panel is not None:
            self._panel.cancel()
        for errand in self._errands:
            errand.cancel()

    def _enter(self, phase: Phase) -> None:
        self._be(replace(self.session, phase=phase, entered_at=time.monotonic()))

    def _be(self, session: Session) -> None:
        old, self.session = self.session, session
        for observe in self.observers:
            observe(old, session)


class SafeDesk(StaffDesk):
    """Says why there is no kiosk, and when there may be one again."""

    has_sound = False
    sentence = ""
    again = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._began = f"{datetime.now():%H:%M}"

    async def _look(self, told: Callable[[tuple[Check, ...]], None]) -> None:
        told((Check("start", "fail", self.sentence),))
        found = await asyncio.to_thread(self._examine)
        told((Check("start", "fail", self.sentence), *found))

    def facts(self) -> tuple[tuple[str, str], ...]:
        return (
            ("device", self._device_id),
            ("version", __version__),
            ("settings_file", self._settings_file),
            ("out_since", self._began),
            ("tries_again", self.again),
        )


async def safe_mode(
    settings: Settings,
    trouble: Trouble,
    attendance: Attendance,
    *,
    pin_needed: bool,
    stdio: bool,
    windowed: bool,
    site_file: Path,
    credentials_file: Path | None,
) -> int:
    """Stands until staff end it or it is time to try again. The exit code.

    pin_needed  nobody has chosen a staff PIN yet: whoever sets the kiosk up does so here
    """
    log.error("out of order: %s", trouble.sentence)
    shutdown = Shutdown(attendance.leaving)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signal handlers on the loop
            loop.add_signal_handler(number, shutdown.set)
    async with asyncio.TaskGroup() as tasks:
        bare = Bare(tasks, pin_needed=pin_needed)
        desk = SafeDesk(
            bare,
            StaffPin(settings.staff.pin_file),
            device_id=settings.site.device_id,
            settings_file=site_file.name if _stamp(site_file) else "",
            examine=lambda: quiet_checks(settings, credentials_file),
            leave=shutdown.leave,
            ways=attendance.ways,
        )
        window = _window(settings, bare, desk, windowed=windowed)
        window.on_closed = shutdown.set
        window.changed(Session(), bare.session)
        bare.observers.append(window.changed)
        if stdio:
            _speak_to(Lines(), bare, window, shutdown)
        window.show()
        attendance.begin(window, lambda now: Vitals(), f"out of order: {trouble.sentence}", proves=False)
        trying = tasks.create_task(try_again(trouble, site_file, desk, attendance, shutdown), name="try again")
        try:
            await shutdown.wait()
        finally:
            trying.cancel()
            bare.stop()
            attendance.end()
            window.close()
    return shutdown.code


def _speak_to(lines: Lines, bare: Bare, window: Window, shutdown: Shutdown) -> None:
    """The peripherals learn how the kiosk stands, and nothing else ever comes."""
    reporter = Reporter(lines)
    reporter.snapshot(bare.session)
    bare.observers.append(reporter.changed)
    probe = probe_to(lines)
    window.on_first_frame = lambda at: probe("first_frame", at)
    lag = LoopLag(asyncio.get_running_loop())
    listen(lines, partial(obey, bare, lines=lines, shutdown=shutdown, lag=lag, where=window.controls), shutdown.set)


async def try_again(
    trouble: Trouble, settings_file: Path, desk: SafeDesk, attendance: Attendance, shutdown: Shutdown
) -> None:
    """Ends the program for a fresh start: when it is time, and at once when the settings file was changed."""
    seen = _stamp(settings_file)
    desk.sentence = trouble.sentence
    while True:
        desk.again = f"{datetime.now() + timedelta(seconds=trouble.again_s):%H:%M}"
        attendance.status(f"out of order: {desk.sentence}")
        changed = await _changed(settings_file, seen, within_s=trouble.again_s)
        seen = _stamp(settings_file)
        try:
            await asyncio.to_thread(trouble.attempt)
        except Fault as fault:
            if fault.sentence != desk.sentence:
                log.warning("still out of order: %s", fault.sentence)
                desk.sentence = fault.sentence
        else:
            log.info("starting anew, because %s", "the settings were changed" if changed else "it is time to try again")
            shutdown.leave(ExitCode.RESTART_PROGRAM)
            return


async def _changed(file: Path, seen: tuple[int, ...] | None, *, within_s: float) -> bool:
    """As soon as the file is another than the one that was seen; False when it is not, in time."""
    deadline = time.monotonic() + within_s
    while (left := deadline - time.monotonic()) > 0:
        await asyncio.sleep(min(LOOK_S, left))
        if _stamp(file) != seen:
            return True
    return False


def _stamp(file: Path) -> tuple[int, ...] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _window(settings: Settings, bare: Bare, desk: StaffDesk, *, windowed: bool) -> Window:
    """As the site wishes it; where that is what is wrong, as the program comes."""
    for tried in (settings, settings.model_copy(update={"screen": Screen()})):
        try:
            return Window(tried, bare, bare, bare, windowed=windowed, staff=desk)
        except Fault as fault:
            log.warning("the site's own window cannot be shown: %s", fault.sentence)
    return Window(Settings(), bare, bare, bare, windowed=windowed, staff=desk)
