"""Whether the Wayland compositor still answers. Qt takes one that hangs for one whose outputs are off: it only stops
drawing, and a frozen glass would stand for ever. So it is asked for a round trip, on a connection of our own."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from kiosk.device.notify import LOCAL

log = logging.getLogger(__name__)

SYNC = struct.pack("=III", 1, 12 << 16, 2)  # wl_display.sync: a callback of the name 2
ANSWER_BYTES = 24  # wl_callback.done, then wl_display.delete_id: the name 2 may be used again


class Compositor:
    """Any one thread; never waits.

    environment  where WAYLAND_DISPLAY says how it is reached; without it there is none to ask
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._socket = _connected(environment)
        self._asked_at: float | None = None
        self._received = 0

    def unanswered_s(self, now: float) -> float | None:
        """Seconds for which it has left a question open, as far as can be known now; asks the next one when it has
        answered. None where there is nobody to ask."""
        if self._socket is None:
            return None
        try:
            while said := self._socket.recv(4096):
                self._received += len(said)
        except BlockingIOError:
            pass
        except OSError:
            return self._gone(now)
        else:
            return self._gone(now)
        if self._asked_at is not None and self._received < ANSWER_BYTES:
            return now - self._asked_at
        self._received = 0
        self._asked_at = now
        try:
            self._socket.send(SYNC)
        except OSError:
            return self._gone(now)
        return 0.0

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _gone(self, now: float) -> float:
        """It has hung up. Where it has ended, Qt ends this program too."""
        if self._asked_at is None:
            self._asked_at = now
        return now - self._asked_at


def _connected(environment: Mapping[str, str]) -> socket.socket | None:
    name = environment.get("WAYLAND_DISPLAY", "")
    if not name:
        return None
    channel = socket.socket(LOCAL, socket.SOCK_STREAM)
    channel.settimeout(1.0)
    try:
        channel.connect(str(Path(environment.get("XDG_RUNTIME_DIR", "")) / name))
    except OSError as error:
        channel.close()
        log.warning("the compositor cannot be asked how it is: %s", error.strerror or type(error).__name__)
        return None
    channel.setblocking(False)
    return channel
