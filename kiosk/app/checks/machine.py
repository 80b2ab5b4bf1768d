"""Disk, clock, processor and memory. Nothing here disturbs anybody."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import places
from kiosk.settings.installed import has_agent
from kiosk.settings.places import for_children
from kiosk.settings.schema import Settings

LEAST_FREE_MB = 200
"""For weeks of logs and the cache of spoken answers (25 MB)."""
LEAST_CORES = 2
LEAST_MEMORY_GB = {False: 1.7, True: 3.4}  # without and with the local agent: 2 and 4 GB less what the firmware keeps
YEARS = (2026, 2060)
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
ASK_CLOCK_S = 3.0


def disk(settings: Settings) -> str:
    """Every folder that the program writes into. What does not exist yet is looked for one folder higher."""
    folders = {
        "logs": settings.journal.folder or places.state(),
        "state": places.state(),
        "cache": settings.service.cache or places.cache(),
    }
    free = {name: _room_in(name, folder) for name, folder in folders.items()}
    return f"{min(free.values()) / 1000:.1f} GB free, and the folders for {', '.join(free)} can be written"


def _room_in(name: str, folder: Path) -> float:
    """Free megabytes, after something was really written."""
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        descriptor, written = tempfile.mkstemp(dir=standing, prefix=".kiosk-doctor-")
        try:
            os.write(descriptor, b"\0" * 4096)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            os.unlink(written)
        free_mb = shutil.disk_usage(standing).free / 1e6
    except OSError as error:
        raise Fault(
            f"the folder for {name} cannot be written: {error.strerror}",
            where=str(folder),
            remedy="free some space, correct its owner, or name another folder in the settings",
            code=ExitCode.MACHINE,
        ) from None
    if free_mb < LEAST_FREE_MB:
        raise Fault(
            f"{free_mb:.0f} MB are free for {name}, {LEAST_FREE_MB} MB are needed",
            where=str(folder),
            remedy="free some space on that disk",
            code=ExitCode.MACHINE,
        )
    return free_mb


def clock() -> str:
    """A wrong year refuses every certificate."""
    now = datetime.now(UTC)
    if not YEARS[0] <= now.year <= YEARS[1]:
        raise Fault(
            f"this machine believes that it is {now:%Y-%m-%d}",
            where="the system's clock",
            remedy="set the date, then `timedatectl set-ntp true`; look at the clock's battery",
            code=ExitCode.MACHINE,
        )
    return f"{now:%Y-%m-%d %H:%M} UTC; {_synchronised()}"


def _synchronised() -> str:
    if SYNCHRONISED.exists():
        return "kept by a time server"
    if shutil.which("timedatectl"):
        command = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
        try:
            said = subprocess.run(
                command,
                env=for_children(os.environ),
                capture_output=True,
                text=True,
                timeout=ASK_CLOCK_S,
                check=False,
            ).stdout
        except subprocess.TimeoutExpired:
            said = ""
        if said.strip() == "yes":
            return "kept by a time server"
        if said.strip() == "no":
            return "no time server keeps it: `timedatectl set-ntp true` does, before certificates fail"
    return "whether a time server keeps it cannot be told here"


def processor() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory_gb = psutil.virtual_memory().total / 1e9
    return enough(cores, memory_gb, with_agent=has_agent())


def enough(cores: int, memory_gb: float, *, with_agent: bool) -> str:
    """What is there as a sentence, or a `Fault` when it is too little."""
    needed_gb = LEAST_MEMORY_GB[with_agent]
    found = f"{cores} processor core{'s' if cores != 1 else ''}, {memory_gb:.1f} GB of memory"
    if cores < LEAST_CORES or memory_gb < needed_gb:
        raise Fault(
            f"{found}: {LEAST_CORES} cores and {needed_gb:.1f} GB are needed"
            + (" with the local agent" if with_agent else ""),
            where="this machine",
            remedy="take a larger machine" + (", or run the agent on another one" if with_agent else ""),
            code=ExitCode.MACHINE,
        )
    return found
