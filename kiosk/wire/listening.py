"""A socket to listen on, or the reason why there is none."""

from __future__ import annotations

import errno
import socket
import sys

from kiosk.core.fault import ExitCode, Fault

BACKLOG = 128  # connections that wait to be looked at


def bind(host: str, port: int, table: str = "service", name: str = "port") -> socket.socket:
    """The listening socket. Raises `Fault` when the port is taken or the address is not this machine's.

    table, name  the setting that names the port; host stands in the same table
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # where it would let a second program have a port that somebody listens on
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _why_not(error, host, port, f"{table}.{name}") from None
    listener.setblocking(False)
    return listener


def _why_not(error: OSError, host: str, port: int, setting: str) -> Fault:
    if error.errno == errno.EADDRINUSE:
        return Fault(
            f"the port {port} is taken by another program",
            where=f"setting {setting}",
            remedy=f"stop that program, or choose another port with {setting} (0 picks a free one)",
            code=ExitCode.PORT_TAKEN,
        )
    if error.errno == errno.EACCES:
        return Fault(
            f"the port {port} may not be opened by this user",
            where=f"setting {setting}",
            remedy="choose a port above 1023",
            code=ExitCode.PORT_TAKEN,
        )
    return Fault(
        f"the address {host} cannot be listened on: {error.strerror or error}",
        where=f"setting {setting.partition('.')[0]}.host",
        remedy="use 127.0.0.1 for this machine alone, or an address that this machine has",
        code=ExitCode.SETTINGS,
    )
