"""Child processes that cannot outlive the program that started them, and the packages they come from."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress

from kiosk.core.fault import ExitCode, Fault


def tethered(command: Sequence[str], *, by: str = "KILL") -> list[str]:
    """`command`, started so that the kernel kills it when the thread that started it ends, however that happens.

    by  the signal; TERM for a program that has to clear up after itself and does

    Linux only (PR_SET_PDEATHSIG through util-linux' `setpriv`, which replaces itself by the command, so the process
    id is the command's). The tie is to the *thread*: start such children on one that lives as long as they should.
    """
    need({"setpriv": "util-linux"}, where="child processes")
    return ["setpriv", "--pdeathsig", by, "--", *command]


def punctual(pid: int) -> bool:
    """Real-time scheduling for a process (0: this one) and what it starts from now on; whether that is allowed here."""
    allowed = False
    if sys.platform == "linux":
        with suppress(PermissionError):
            os.sched_setscheduler(pid, os.SCHED_RR, os.sched_param(5))
            allowed = True
    return allowed


def local_socket() -> socket.socket:
    """For an address in the file system. Raises `OSError` where there is no such thing."""
    return socket.socket(getattr(socket, "AF_UNIX", -1))


def own_program(*words: str) -> list[str]:
    """The command line of this very program: the package in a checkout, the executable when frozen."""
    return [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), *words]


def need(packages: dict[str, str], *, where: str) -> None:
    """Raises `Fault` MISSING_PACKAGE with one apt line for every program (key) that is not there."""
    missing = [program for program in packages if shutil.which(program) is None]
    if missing:
        raise missing_packages(missing, (packages[program] for program in missing), where=where)


def missing_packages(things: Iterable[str], packages: Iterable[str], *, where: str) -> Fault:
    """The fault for things that Debian packages would bring."""
    names = " ".join(sorted(set(packages)))
    return Fault(
        f"{', '.join(things)} is missing",
        where=where,
        remedy=f"run `apt-get install --no-install-recommends {names}`",
        code=ExitCode.MISSING_PACKAGE,
    )


def end(process: subprocess.Popen[bytes], grace_s: float = 2.0) -> int:
    """Ends and waits for one process: politely first, then by force. Returns its exit status."""
    if process.poll() is None:
        if sys.platform != "win32":
            process.send_signal(signal.SIGCONT)  # a frozen process cannot be polite
        process.terminate()
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
