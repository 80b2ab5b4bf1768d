"""One worker as the service sees it: started, asked, ended.

It cannot outlive the service, however that ends: its standard input ends with the service, and it with that. It gets
its settings through the pipe and only those variables of the environment that a program needs to run at all, so that
no secret of the service is in its memory.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import IO

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.workers import frames
from kiosk.service.workers.frames import Header

log = logging.getLogger(__name__)

END_WITHIN_S = 2.0

NEEDED = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "PYTHONPATH"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "APPDATA", "LOCALAPPDATA"),
        *("USERPROFILE", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE"),
    )
)
TUNING = ("LC_", "XDG_", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "CT2_", "ORT_", "HF_HUB_")  # how such variables begin


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a worker may have of it. By what is allowed, so that a secret that nobody here has heard of stays out."""
    return {name: value for name, value in environ.items() if name in NEEDED or name.startswith(TUNING)}


def command(kind: str) -> list[str]:
    """This very program as a worker: the package in a checkout, the executable when frozen."""
    return [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), "worker", kind]


class Died(Exception):
    """The worker has ended in the middle of something, or was ended."""


class Failed(Exception):
    """The engine met a fault of its own; the worker lives. It has logged the traceback."""


class Process:
    """`start`, `ask` and `stop` block and are called by one thread; `kill` by any.

    kind        plug-in group that the worker serves
    settings    of the service, as JSON and without secrets
    """

    def __init__(self, kind: str, settings: Header) -> None:
        self.kind = kind
        self._first: Header = {"settings": settings, "level": logging.getLevelName(logging.getLogger().level)}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def start(self) -> Header:
        """What the engine says of itself. Takes seconds. Raises `Fault` as the engine does, or when it dies."""
        self.stop()
        self._child = subprocess.Popen(
            command(self.kind),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(os.environ),
        )
        try:
            ready, _ = self._exchange(self._first, b"")
        except Died:
            raise Fault(
                f"the engine ended while it was loading{self._how()}",
                where=f"worker {self.kind}",
                remedy="look for its own words above, and whether this machine has memory enough",
                code=ExitCode.MODEL,
            ) from None
        return ready

    def ask(self, request: Header, sound: bytes | memoryview = b"") -> tuple[Header, bytes]:
        """Raises `Died`, `Failed`, and `Fault` as the engine does."""
        return self._exchange(request, sound)

    def kill(self) -> None:
        """Whoever waits for its answer gets `Died`."""
        if self._child is not None:
            self._child.kill()

    def stop(self) -> None:
        """Ends it and waits for that. It may have ended by itself."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(OSError):  # unwritten words for somebody who is not there
            _pipe(child.stdin).close()
        try:
            child.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        _pipe(child.stdout).close()

    def _exchange(self, request: Header, sound: bytes | memoryview) -> tuple[Header, bytes]:
        child = self._child
        if child is None:
            raise Died
        try:
            frames.write(_pipe(child.stdin), request, sound)
            reply, back = frames.read(_pipe(child.stdout))
        except (OSError, EOFError, ValueError) as error:
            child.kill()
            raise Died from error
        if "fault" in reply:
            what, where, remedy, code = reply["fault"]
            raise Fault(what, where=where, remedy=remedy, code=ExitCode(code))
        if "failed" in reply:
            log.error("a worker %s met a fault of its own: %s", self.kind, reply["failed"])
            raise Failed(self.kind)
        return reply, back

    def _how(self) -> str:
        code = self._child.wait() if self._child is not None else None
        return "" if code is None else f" (code {code})"


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None
    return end
