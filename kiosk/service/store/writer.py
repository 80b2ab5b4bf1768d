"""The writer: one thread that takes rows from a queue into the database, so that no conversation waits for a disk."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.exc import StatementError

from kiosk.core.fault import Fault
from kiosk.database.database import Away, Database
from kiosk.service.store.queries import delete_older, end_forgotten
from kiosk.service.store.tables import Row, Voice

log = logging.getLogger(__name__)

Keep = Callable[[Row], None]
"""Takes a row and returns at once; called on the event loop."""

WAITING = 5_000  # rows held while the database is away: hours of a busy lobby, some megabytes
VOICES_WAITING = 50  # recordings among them: 160 kB each, and memory is what conversations need
AT_ONCE = 200  # rows in one transaction
AGAIN_S = 1.0  # pause before another try
SWEEP_S = 3600.0
AWAY_S = 60.0  # before a sweep that failed is tried again
CLOSE_S = 3.0  # for what is still waiting when the service stops


def nothing(row: Row) -> None:
    """The `Keep` of a site that keeps nothing."""


class Writer:
    """
    keep_days  older conversations are deleted, at the start and every hour
    longest_s  longest conversation; one that is held for longer was broken off with its service

    `keep` never blocks and never raises. What does not fit into the queue (recordings first), or what the database
    refuses (a row of a conversation that was deleted meanwhile), is counted in `lost` and logged as a number.
    """

    def __init__(
        self, database: Database, keep_days: int, longest_s: float, waiting: int = WAITING, again_s: float = AGAIN_S
    ) -> None:
        self.lost = 0
        self._database = database
        self._keep_days = keep_days
        self._longest_s = longest_s
        self._again_s = again_s
        self._queue: queue.Queue[Row | None] = queue.Queue(waiting)
        self._away = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def keep(self, row: Row) -> None:
        if isinstance(row, Voice) and self._queue.qsize() >= VOICES_WAITING:
            self._lose(1)
            return
        try:
            self._queue.put_nowait(row)
        except queue.Full:
            self._lose(1)

    def close(self) -> None:
        """Writes what is waiting, for at most `CLOSE_S`. What is left then is lost, and counted."""
        self._stop.set()
        with contextlib.suppress(queue.Full):  # then the thread is awake anyway
            self._queue.put_nowait(None)
        self._thread.join(CLOSE_S)

    # --- the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        sweep_at = time.monotonic()
        while True:
            if time.monotonic() >= sweep_at:
                sweep_at = time.monotonic() + (SWEEP_S if self._attempt(self._sweep) else AWAY_S)
            rows = self._next_rows(sweep_at - time.monotonic())
            while rows and not self._attempt(partial(self._write, rows)):
                if self._stop.is_set():
                    self._lose(len(rows) + self._queue.qsize())
                    return
                self._stop.wait(self._again_s)
            if self._stop.is_set() and self._queue.empty():
                return

    def _next_rows(self, within_s: float) -> list[Row]:
        """Waits for the first, takes all that have come with it. `None` only wakes it up."""
        rows: list[Row | None] = []
        try:
            rows.append(self._queue.get(timeout=max(0.0, within_s)))
            while len(rows) < AT_ONCE:
                rows.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return [row for row in rows if row is not None]

    def _attempt(self, work: Callable[[], None]) -> bool:
        """False: the database is away, and the same must be tried again."""
        try:
            work()
        except (Away, Fault) as error:
            if not self._away:
                log.warning("conversations are not written at the moment (%s); they wait", error)
            self._away = True
            return False
        if self._away:
            log.info("conversations are written again; %d rows were lost so far", self.lost)
        self._away = False
        return True

    def _write(self, rows: Sequence[Row]) -> None:
        """In one transaction; one row at a time when the database refuses one of them."""
        try:
            with self._database.session(write=True) as session:
                for row in rows:
                    session.merge(row)
                    session.flush()  # in the order of their coming: a turn after its conversation
        except StatementError:
            if len(rows) == 1:
                self._lose(1)
                return
            for row in rows:
                self._write([row])

    def _sweep(self) -> None:
        """Deletes what is older than it may be, and ends what a killed service has left open."""
        now = datetime.now(UTC)
        with self._database.session(write=True) as session:
            end_forgotten(session, now - timedelta(seconds=self._longest_s))
            deleted = delete_older(session, now - timedelta(days=self._keep_days))
        if deleted:
            self._database.forget()
            log.info("%d conversations were older than %d days and are deleted", deleted, self._keep_days)

    def _lose(self, rows: int) -> None:
        if rows and not self.lost:
            log.error("rows of conversations are lost: the database is away or refuses them")
        self.lost += rows
