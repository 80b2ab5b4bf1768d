"""`kiosk run --unattended`: a supervisor starts it, feeds on its signs of life, and does what its exit code says.

Nobody stands beside it who could read a sentence on a terminal. So what ends an attended start is shown on the glass
here (`safe_mode`), and what crashes again and again is not started again and again (`device.ledger`).
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from kiosk import __version__
from kiosk.app.attendance import Attendance
from kiosk.app.run import on_the_glass, require_display, run_windowed
from kiosk.core.fault import ExitCode, Fault
from kiosk.device.ledger import Ledger, Way
from kiosk.device.notify import Supervisor
from kiosk.journal import log as journal
from kiosk.settings import places
from kiosk.settings.load import load
from kiosk.settings.pin import StaffPin
from kiosk.settings.salvage import keep, salvage
from kiosk.settings.schema import Settings
from kiosk.wire.dialect import load_dialect
from kiosk.wire.renewal import CredentialSource, credentials_in

log = logging.getLogger(__name__)

PREVIOUS = "EXEI_KIOSK_PREVIOUS"
"""Environment variable, set by the unit: the folder that holds the version before this one while there is one."""
LAST_SITE = "site.toml.last"
"""In the state folder: the settings file as it was when it was last right."""
CRASHED_AGAIN_S = 3600.0
FAULT_AGAIN_S = 60.0
DEEP_FAULT_AGAIN_S = 600.0
"""A fault that the settings do not show is only found by a start, and that turns the glass dark for a second."""


class Unattended:
    """One start.

    site_file, credentials_file  as named on the command line
    """

    def __init__(self, site_file: Path | None, credentials_file: Path | None, *, stdio: bool, windowed: bool) -> None:
        self._site_file = site_file
        self._credentials_file = credentials_file
        self._stdio = stdio
        self._windowed = windowed
        self._in_force = site_file or places.config() / "site.toml"
        self._last = places.state() / LAST_SITE
        self._settings = Settings()
        self._whole = False  # they are all that the site says
        self._source: CredentialSource | None = None
        self._ledger = Ledger(places.state(), __version__)
        previous = os.environ.get(PREVIOUS, "")
        self._previous = bool(previous) and Path(previous).is_dir()
        self._attendance = Attendance(Supervisor(os.environ), self._ledger, previous=self._previous)

    def run(self) -> int:
        """The exit code. Raises `Fault` only for what no screen can show: no display, or another kiosk on it."""
        if sys.stderr is not None:  # a program of Windows without a console has none
            faulthandler.enable()  # files, lines and functions of every thread, when the supervisor's patience is over
        from kiosk.app.instance import only_instance  # noqa: PLC0415 - 11 MB less where Qt is loaded behind the rest

        require_display()
        signal.signal(signal.SIGTERM, _leave)  # until a loop takes it over
        try:
            with only_instance():
                return self._noted(None)
        except Fault as fault:
            if fault.code is not ExitCode.SETTINGS:
                raise
            return self._noted(fault)  # the state folder cannot be used

    def _noted(self, fault: Fault | None) -> int:
        """In the ledger: how it begins, and that it ends on purpose. Any other exception is a crash."""
        way = self._ledger.begin(previous=self._previous)
        try:
            code = self._go(way, fault)
        except (SystemExit, KeyboardInterrupt, Fault):
            self._ledger.end()
            raise
        self._ledger.end()
        return code

    def _go(self, way: Way, fault: Fault | None) -> int:
        if way is Way.ROLL_BACK:
            log.error("version %s crashed again and again and never ran well: back to the one before", __version__)
            return ExitCode.ROLL_BACK
        if way is Way.SLOWLY:
            raise Fault(
                "the out-of-order screen crashes too",
                where=f"version {__version__}",
                remedy="read the log, and start the machine anew or install the program again",
                code=ExitCode.MACHINE,
            )
        if way is Way.SAFE:
            return self._crashed()
        if fault is not None:
            return self._out_of_order(fault)
        try:
            source = self._prepared()
            return run_windowed(
                self._settings,
                source,
                stdio=self._stdio,
                windowed=self._windowed,
                site_file=self._site_file,
                credentials_file=self._credentials_file,
                attendance=self._attendance,
            )
        except Fault as met:
            return self._out_of_order(met)

    def _prepared(self) -> CredentialSource:
        """What can be tried without sound, line and window. Raises `Fault`."""
        try:
            self._settings = load(self._site_file).settings
        except Fault:
            self._settings = salvage(self._in_force, self._last)
            raise
        keep(self._in_force, self._last)
        self._whole = True
        self._source = credentials_in(self._credentials_file, load_dialect(self._settings.agent.dialect))
        return self._source

    def _out_of_order(self, fault: Fault) -> int:
        try:
            self._prepared()
        except Fault:
            return self._safe_mode(fault.sentence, FAULT_AGAIN_S)
        return self._safe_mode(fault.sentence, DEEP_FAULT_AGAIN_S)

    def _crashed(self) -> int:
        try:
            self._prepared()
        except Fault as fault:
            log.warning("%s", fault.sentence)
        return self._safe_mode(
            f"The program crashed {self._ledger.crashes} times within ten minutes (version {__version__}): "
            "read the log for where, and restart it when the cause is gone.",
            CRASHED_AGAIN_S,
        )

    def _safe_mode(self, sentence: str, again_s: float) -> int:
        from kiosk.app.safe_mode import Trouble, safe_mode  # noqa: PLC0415 - a kiosk that is well needs none of it

        settings = self._settings
        gate = journal.start(settings.journal.level, settings.journal.folder, [settings.person.webhook])
        if self._source is not None:
            self._source.tell(lambda credentials: gate.add(credentials.faces))
        journal.log_crashes()
        return on_the_glass(
            lambda: safe_mode(
                settings,
                Trouble(sentence, again_s, self._prepared),
                self._attendance,
                pin_needed=self._whole and _unchosen(StaffPin(settings.staff.pin_file)),
                stdio=self._stdio,
                windowed=self._windowed,
                site_file=self._in_force,
                credentials_file=self._credentials_file,
            )
        )


def _unchosen(pin: StaffPin) -> bool:
    """Whether this is a first start: a file that cannot be read is no reason to let somebody choose another."""
    try:
        return not pin.chosen
    except Fault:
        return False


def _leave(number: int, frame: FrameType | None) -> None:
    """Told to end while the program is still being built."""
    sys.exit(ExitCode.STAFF_LEFT)
