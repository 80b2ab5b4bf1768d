"""What a worker does: `kiosk worker KIND`, a process of the service and not for people.

Standard input brings the settings and then one request after the other; standard output takes the replies. Its end is
the end of its input, whatever it is doing then. Signals are the service's business: one that went to the whole group
must not end an engine under somebody who is still being answered.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import IO, Any

from kiosk.core.fault import Fault
from kiosk.journal import log as journal
from kiosk.service.workers import frames
from kiosk.service.workers.frames import Header
from kiosk.settings.schema import Service

log = logging.getLogger(__name__)

NICE = 5  # the service itself, which carries everybody's audio, goes before

Handle = Callable[[Header, bytes], tuple[Header, bytes]]
Open = Callable[[Service], tuple[Header, Handle]]


def work(kind: str) -> int:
    """Until the input ends. Exit code 0, whatever became of the engine: whoever started it was told."""
    requests, replies = _own_pipes()
    faulthandler.enable()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICE)
    first, _ = frames.read(requests)
    journal.start(str(first["level"]))
    arrived: queue.SimpleQueue[tuple[Header, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests, arrived), name="requests", daemon=True).start()
    handle: Handle | None = None

    def opened() -> tuple[Header, bytes]:
        nonlocal handle
        ready, handle = _kinds()[kind](Service.model_validate(first["settings"]))
        return ready, b""

    try:
        frames.write(replies, *_guarded(opened))
        while handle is not None:
            frames.write(replies, *_guarded(partial(handle, *arrived.get())))
    except OSError:
        pass  # nobody listens any more
    return 0


def _guarded(do: Callable[[], tuple[Header, bytes]]) -> tuple[Header, bytes]:
    """The boundary of a plug-in: whatever it raises is a reply."""
    try:
        return do()
    except Fault as fault:
        return {"fault": [fault.what, fault.where, fault.remedy, int(fault.code)]}, b""
    except Exception as error:
        # Without the error's own text: a library may quote what it was given, and that is a visitor's.
        bare = RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
        log.exception("the engine met a fault of its own", exc_info=bare)
        return {"failed": type(error).__name__}, b""


def _kinds() -> dict[str, Open]:
    # Here: each brings its engine's imports, and a worker needs one of them.
    from kiosk.service.workers import recognising, speaking  # noqa: PLC0415

    return {"stt": recognising.opened, "tts": speaking.opened}


def _receive(pipe: IO[bytes], arrived: queue.SimpleQueue[tuple[Header, bytes]]) -> None:
    try:
        while True:
            arrived.put(frames.read(pipe))
    except (EOFError, ValueError, OSError):
        os._exit(0)  # the service is gone; an engine in the middle of its work would make this process outlive it


def _own_pipes() -> tuple[Any, Any]:
    """Both standard streams, for this alone: what a library prints goes to standard error."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdin = open(os.devnull)  # noqa: SIM115 - for as long as the process lives
    return requests, replies
