"""`kiosk run`: the engine, with its window or without, put together from the settings."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from kiosk.app.assembly import capture_of, link_maker, policy_of
from kiosk.app.attendance import ATTENDED, Attendance
from kiosk.app.checks import quiet_checks
from kiosk.app.earcons import Earcons
from kiosk.app.kiosk import Kiosk, Observer, no_probe
from kiosk.app.lag import LoopLag
from kiosk.app.opening import Opening
from kiosk.app.pipe import listen, obey, probe_to
from kiosk.app.shutdown import Shutdown
from kiosk.app.staff import StaffDesk
from kiosk.app.talk import Talk
from kiosk.audio import open_sound
from kiosk.audio.profile import summary
from kiosk.audio.sound import known_room, load_backend
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.leaves import leaves
from kiosk.core.ports import Lamp
from kiosk.core.session import Session
from kiosk.device.peripherals import Lines, PipeLamp, Reporter
from kiosk.device.person import PersonCaller
from kiosk.journal import log as journal
from kiosk.settings import places
from kiosk.settings.pin import StaffPin
from kiosk.settings.schema import Settings
from kiosk.wire.backoff import Backoff
from kiosk.wire.dialect import load_dialect
from kiosk.wire.renewal import CredentialSource

log = logging.getLogger(__name__)

SWITCH_INTERVAL_S = 0.0005
"""Brings the audio callback's p99 under busy Python from 14 to 5 ms (measured; the default is 5 ms)."""


COLLECT_AFTER_S = (0.5, 4.0)

ShowWindow = Callable[[Kiosk, Shutdown], Any]
"""(engine, how to end it) -> the window, which must be kept."""


class DarkLamp:
    """No lamp is connected. Satisfies `core.ports.Lamp`."""

    def show(self, lit: bool) -> None:
        pass


def run_headless(settings: Settings, source: CredentialSource, *, stdio: bool) -> int:
    """Runs until it is told to quit. Returns the process's exit code; raises `Fault` for what a person can mend."""
    prepare(settings, source)
    return asyncio.run(engine(settings, source, stdio=stdio))


def run_windowed(
    settings: Settings,
    source: CredentialSource,
    *,
    stdio: bool,
    windowed: bool,
    locked: bool = True,
    site_file: Path | None = None,
    credentials_file: Path | None = None,
    attendance: Attendance | None = None,
) -> int:
    """The same with the window, on one loop with Qt.

    windowed   on a desk, not full-screen
    locked     leaving needs the staff PIN, which is chosen first where there is none
    site_file, credentials_file  as named on the command line, for the staff panel
    attendance  of a kiosk that a supervisor keeps alive
    """
    require_display()
    prepare(settings, source)
    pin = StaffPin(settings.staff.pin_file) if locked else None
    pin_needed = pin is not None and not pin.chosen
    in_force = site_file or places.config() / "site.toml"
    from kiosk.screen.window import Window  # noqa: PLC0415 - Qt is loaded only by a kiosk that has a window

    def show(kiosk: Kiosk, shutdown: Shutdown) -> Window:
        desk = StaffDesk(
            kiosk,
            pin,
            device_id=settings.site.device_id,
            settings_file=in_force.name if in_force.exists() else "",
            examine=lambda: quiet_checks(settings, credentials_file, lambda: kiosk.microphone.figures),
            leave=shutdown.leave,
            ways=attendance.ways if attendance else ATTENDED,
        )
        window = Window(settings, kiosk, kiosk.microphone, kiosk.speaker, windowed=windowed, staff=desk)
        desk.repairs = lambda: window.lockdown.repairs
        kiosk.observers.append(window.changed)
        window.on_closed = shutdown.set
        window.show()
        return window

    return on_the_glass(
        lambda: engine(settings, source, stdio=stdio, show=show, pin_needed=pin_needed, attendance=attendance)
    )


def on_the_glass(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Runs it on one loop with Qt; again in the same process, once the first has ended."""
    import qasync  # noqa: PLC0415
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    assert isinstance(application, QGuiApplication)
    application.setQuitOnLastWindowClosed(False)  # a closed window never ends Qt behind our back
    code: int = qasync.run(main())
    return code


def require_display() -> None:
    """Raises `Fault` where a window cannot be shown; Qt itself would abort the process."""
    if sys.platform == "linux" and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise Fault(
            "there is no display to open the window on",
            where="environment variables DISPLAY and WAYLAND_DISPLAY",
            remedy="start it from a desktop or a kiosk session, add --headless for the engine alone, or use "
            "`kiosk rehearse --out DIR` to see it hold a visit",
            code=ExitCode.NO_DEVICE,
        )


def prepare(settings: Settings, source: CredentialSource) -> None:
    """What a process needs before its loop runs."""
    gate = journal.start(settings.journal.level, settings.journal.folder, [settings.person.webhook])
    source.tell(lambda credentials: gate.add(credentials.faces))
    journal.log_crashes()
    log.info("credentials from %s", source.current.source)
    sys.setswitchinterval(SWITCH_INTERVAL_S)


async def engine(
    settings: Settings,
    source: CredentialSource,
    *,
    stdio: bool,
    show: ShowWindow | None = None,
    pin_needed: bool = False,
    attendance: Attendance | None = None,
) -> int:
    """Builds everything, runs until shutdown, leaves nothing behind."""
    lines = Lines() if stdio else None
    probe = probe_to(lines) if lines else no_probe
    lamp: Lamp = PipeLamp(lines) if lines else DarkLamp()
    dialect = load_dialect(settings.agent.dialect)
    make_link = link_maker(settings, dialect, source, probe)
    make_link(lambda event: None, lambda response_id, pcm, rate: None)  # what is wrong with it is said before a visit
    backend = load_backend(settings.sound)
    profile = await asyncio.to_thread(known_room, settings.sound, backend)  # the sound system may take its time
    log.info("the room: %s", summary(profile) if profile else "not measured yet (`kiosk doctor --sound`)")
    microphone, speaker = open_sound(settings.sound, capture_of(settings, dialect, profile), backend, profile)
    kiosk = Kiosk(
        policy=policy_of(settings, dialect, profile),
        microphone=microphone,
        speaker=speaker,
        talk=Talk(make_link, Backoff(random.random)),
        lamp=lamp,
        earcons=Earcons(settings.sound),
        devices=backend,
        probe=probe,
        caller=PersonCaller(settings) if settings.person.webhook or settings.person.command else None,
        pin_needed=pin_needed,
        opening=Opening(settings.hours.hours),
    )
    shutdown = Shutdown(attendance.leaving if attendance else None)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows has no signal handlers on the loop
            loop.add_signal_handler(number, shutdown.set)
    lag = LoopLag(loop)
    window = show(kiosk, shutdown) if show else None
    if window is not None:
        window.on_first_frame = lambda at: probe("first_frame", at)
    reporter = Reporter(lines) if lines else None
    if reporter:
        kiosk.observers.append(reporter.changed)
    kiosk.observers.append(_collect_between_visits(kiosk, loop))
    try:
        async with asyncio.TaskGroup() as tasks:
            await kiosk.start(tasks)
            gc.collect()
            gc.freeze()
            gc.disable()
            if reporter and lines:
                reporter.snapshot(kiosk.session)
                where = window and window.controls
                listen(
                    lines,
                    partial(obey, kiosk, lines=lines, shutdown=shutdown, lag=lag, where=where),
                    shutdown.set,
                )
            probe("ready", time.monotonic())
            if attendance is not None and window is not None:
                attendance.begin(window, kiosk.vitals, "open for visitors")
            await shutdown.wait()
            lag.stop()
            if attendance is not None:
                attendance.end()
            await kiosk.stop()
    except BaseExceptionGroup as group:
        fault = next((e for e in leaves(group) if isinstance(e, Fault)), None)
        if fault is None:
            raise
        raise fault from None
    finally:
        gc.enable()
        if attendance is not None:
            attendance.end()
        if window is not None:
            window.close()
    return shutdown.code


def _collect_between_visits(kiosk: Kiosk, loop: asyncio.AbstractEventLoop) -> Observer:
    """A collection of a large heap holds every thread for up to 0.3 s (measured): never in a visit. What a visit leaves
    in cycles is gone with it: once when the window has let go, once when the last goodbye on the wire is over."""

    def collect() -> None:
        if not kiosk.session.began_at:
            gc.collect()

    def changed(old: Session, new: Session) -> None:
        if old.began_at and not new.began_at:
            for after_s in COLLECT_AFTER_S:
                loop.call_later(after_s, collect)

    return changed
