"""What the program tells whoever supervises it: systemd's notify protocol, a few lines of text to a local socket.

Without NOTIFY_SOCKET there is nobody to tell, and every call does nothing. WATCHDOG_PID is not looked at: in a kiosk
session it names the compositor, which is started first and feeds nothing (`NotifyAccess=all` in the unit).
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)

LONGEST_STATUS = 300
LOCAL: int = getattr(socket, "AF_UNIX", -1)
"""A socket's family, for an address in the file system. Python has none on Windows, and nobody is to be told there."""


class Supervisor:
    """Any thread; never waits. A supervisor that does not listen is no reason to stop: it is said once in the log.

    watchdog_s  seconds within which it wants to be fed; None where it does not watch
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._complained = False
        self.watchdog_s = _seconds(environment.get("WATCHDOG_USEC", "")) if address else None

    def ready(self, status: str) -> None:
        self._tell("READY=1", _status(status))

    def status(self, status: str) -> None:
        """One line for `systemctl status`. No secret, no visitor's word."""
        self._tell(_status(status))

    def feed(self) -> None:
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(LOCAL, socket.SOCK_DGRAM) as channel:
                channel.setblocking(False)
                channel.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            if not self._complained:
                self._complained = True
                log.warning("the supervisor cannot be told %s: %s", lines[0], error.strerror or type(error).__name__)


def _status(text: str) -> str:
    return "STATUS=" + " ".join(text.split())[:LONGEST_STATUS]


def _seconds(microseconds: str) -> float | None:
    return int(microseconds) / 1e6 if microseconds.isdecimal() and int(microseconds) else None
