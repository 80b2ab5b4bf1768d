"""One kiosk with a window at a time: two would fight for the screen, the microphone and the loudspeaker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QLockFile

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import places

NAME = "kiosk.lock"


@contextmanager
def only_instance() -> Iterator[None]:
    """Held until the block ends. Raises `Fault` ALREADY_RUNNING; the lock of a killed process is taken over."""
    file = places.state() / NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot(error.strerror or type(error).__name__) from None
    lock = QLockFile(str(file))
    lock.setStaleLockTime(0)  # a kiosk runs for months: only the end of its process makes a lock stale
    if not lock.tryLock(0):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            raise _cannot(lock.error().name)
        process, host, _ = lock.getLockInfo()
        raise Fault(
            f"a kiosk is already running: process {process} on {host}",
            where=str(file),
            remedy="leave that one first, by its staff corner, or give this one a state folder of its own "
            "(XDG_STATE_HOME)",
            code=ExitCode.ALREADY_RUNNING,
        )
    try:
        yield
    finally:
        lock.unlock()


def _cannot(reason: str) -> Fault:
    return Fault(
        f"the state folder cannot be used: {reason}",
        where=str(places.state()),
        remedy="make it writable for the kiosk's user",
        code=ExitCode.SETTINGS,
    )
