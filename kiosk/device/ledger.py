"""How the starts of an unattended kiosk ended, so that one that crashes again and again stops trying.

A start that finds the last one unfinished within the same boot of the machine is a crash; a power cut is none, because
the boot is another. Nothing here may prevent a start: a ledger that cannot be read or written is said, and forgotten.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

log = logging.getLogger(__name__)

LEDGER = "crashes.json"
HEALTHY = "healthy"
MOST_CRASHES = 4
WITHIN_S = 600.0
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Way(StrEnum):
    """How this start goes on."""

    NORMAL = "normal"
    SAFE = "safe"  # the out-of-order screen, and nothing that may have crashed
    ROLL_BACK = "roll_back"  # to the version before; asked for once
    SLOWLY = "slowly"  # the out-of-order screen crashes too: somebody has to come


@dataclass(frozen=True, slots=True)
class Start:
    """`at`: seconds since the machine's boot, of the start or of the crash's discovery. `safe`: in safe mode."""

    boot: str
    at: float
    version: str
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """
    running      the start that has not ended yet
    crashes      found by later starts, oldest first
    trial        the last safe mode ended to try again: one crash is enough to come back to it
    rolled_back  the version that was given up for the one before it
    """

    running: Start | None = None
    crashes: tuple[Start, ...] = ()
    trial: bool = False
    rolled_back: str = ""


def opened(page: Page, start: Start, *, proven: bool, previous: bool) -> tuple[Page, Way]:
    """The page after this start, and how it goes on.

    proven    this version once ran well for ten minutes
    previous  the version before it is kept
    """
    last = page.running if page.running is not None and page.running.boot == start.boot else None
    found = (*page.crashes, replace(last, at=start.at)) if last is not None else page.crashes
    crashes = tuple(
        crash
        for crash in found
        if (crash.boot, crash.version) == (start.boot, start.version) and 0 <= start.at - crash.at <= WITHIN_S
    )
    crashed = last is not None and last.version == start.version
    trial = page.trial and (last is None or crashed)
    page = replace(page, crashes=crashes, trial=trial)
    if not crashed or not (trial or last.safe or len(crashes) >= MOST_CRASHES):  # type: ignore[union-attr]
        return replace(page, running=start), Way.NORMAL
    if sum(crash.safe for crash in crashes) >= MOST_CRASHES:
        return replace(page, running=None, trial=True), Way.SLOWLY
    if previous and not proven and page.rolled_back != start.version:
        return replace(page, running=None, rolled_back=start.version), Way.ROLL_BACK
    return replace(page, running=replace(start, safe=True), trial=False), Way.SAFE


class Ledger:
    """One process, any thread. Blocking for a small file.

    version  of the program that runs
    boot     which boot of the machine this is
    clock    seconds since that boot, the same for all processes
    """

    def __init__(
        self, folder: Path, version: str, *, boot: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.file = folder / LEDGER
        self._healthy = folder / HEALTHY
        self._version = version
        self._boot = boot_id() if boot is None else boot
        self._clock = clock
        self._page = Page()

    def begin(self, *, previous: bool) -> Way:
        """This start, noted before anything can crash."""
        start = Start(self._boot, round(self._clock(), 1), self._version)
        self._page, way = opened(self._read(), start, proven=self._proven(), previous=previous)
        self._write()
        return way

    @property
    def crashes(self) -> int:
        """Of this version in the last ten minutes, as this start found them."""
        return len(self._page.crashes)

    def end(self) -> None:
        """On purpose: whatever happens to the process from now on is no crash. Repeated calls do nothing.

        After safe mode the next start is a trial: one crash brings it back there.
        """
        running = self._page.running
        if running is not None:
            self._page = replace(self._page, running=None, trial=self._page.trial or running.safe)
            self._write()

    def healthy(self) -> None:
        """This version has run well for a while."""
        self._page = replace(self._page, crashes=(), trial=False)
        self._write()
        self._put(self._healthy, f"{self._version}\n")

    def _proven(self) -> bool:
        try:
            return self._healthy.read_text(encoding="utf-8").strip() == self._version
        except (OSError, UnicodeDecodeError):
            return False

    def _read(self) -> Page:
        try:
            return _page(json.loads(self.file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Page()
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("the crash ledger cannot be read (%s, %s): it begins anew", self.file, type(error).__name__)
            return Page()

    def _write(self) -> None:
        self._put(self.file, json.dumps(asdict(self._page)))

    def _put(self, file: Path, text: str) -> None:
        """All or nothing for a process that dies; not synchronised, for after a power cut nothing of it counts."""
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                out.write(text)
            draft.replace(file)
        except OSError as error:
            log.warning("the crash ledger cannot be kept (%s): %s", file, error.strerror or type(error).__name__)


def boot_id() -> str:
    """Of this boot of the machine. Outside of Linux the minute of it: a clock that is set makes another one, and then
    a crash or two are not counted."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return f"{round(psutil.boot_time() / 60)}"


def _page(found: Any) -> Page:
    """Raises what a damaged file brings about."""
    running = found["running"]
    return Page(
        running=None if running is None else _start(running),
        crashes=tuple(_start(crash) for crash in found["crashes"]),
        trial=bool(found["trial"]),
        rolled_back=str(found["rolled_back"]),
    )


def _start(found: Any) -> Start:
    return Start(str(found["boot"]), float(found["at"]), str(found["version"]), bool(found["safe"]))
