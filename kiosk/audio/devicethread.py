"""One thread for everything that is asked of a sound system, because any of its calls can hang.

Measured with a sound server that was stopped (SIGSTOP): opening, aborting and closing a stream all waited until it went
on. Whoever asks waits for a limited time here, and the call's late result is taken back when it comes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from queue import SimpleQueue
from typing import Generic, TypeVar

from kiosk.core.fault import ExitCode, Fault

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Job(Generic[T]):
    """Done or given up, whichever comes first under the lock."""

    def __init__(self, work: Callable[[], T], undo: Callable[[T], None] | None) -> None:
        self._work = work
        self._undo = undo
        self._lock = threading.Lock()
        self._given_up = False
        self.future: Future[T] = Future()

    def run(self, errors: tuple[type[Exception], ...]) -> None:
        """`errors` are told to whoever asked, and so is a mistake of our own, which then ends the thread as well."""
        if self._given_up and self._undo is not None:
            return  # nobody wants what it would open; what closes something is still done
        try:
            result = self._work()
        except errors as error:
            self.future.set_exception(error)
            return
        except BaseException as error:
            self.future.set_exception(error)
            raise
        with self._lock:
            if not self._given_up:
                self.future.set_result(result)
                return
        if self._undo is not None:
            self._undo(result)

    def give_up(self) -> bool:
        """False when it was done in the last moment."""
        with self._lock:
            self._given_up = not self.future.done()
            return self._given_up


class DeviceThread:
    """Runs one job after another, in the order of the calls. Never ends: it may be stuck in a call.

    errors  what the sound system's calls may raise, beside `Fault`
    """

    def __init__(self, *errors: type[Exception]) -> None:
        self._errors = (*errors, Fault)
        self._jobs: SimpleQueue[_Job[object]] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sound devices", daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], T], *, within_s: float, undo: Callable[[T], None] | None = None) -> T:
        """What `work` returns or raises. Any thread; at once on the device thread itself.

        undo    what to do with a result that comes too late; with it, work that was not begun in time is never begun
        Raises `Fault` NO_DEVICE when it takes longer than `within_s`.
        """
        if threading.current_thread() is self._thread:
            return work()
        job = _Job(work, undo)
        self._jobs.put(job)  # type: ignore[arg-type]
        try:
            return job.future.result(within_s)
        except LateError:
            if not job.give_up():
                return job.future.result()
        raise Fault(
            f"the sound system does not answer within {within_s:g} s",
            where="the sound server",
            remedy="look whether it hangs (`pactl info`), and start it again",
            code=ExitCode.NO_DEVICE,
        )

    def _run(self) -> None:
        while True:
            self._jobs.get().run(self._errors)
