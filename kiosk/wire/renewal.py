"""Endpoint and Client ID as they are now: read again for each conversation, so that a rotation needs no restart."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from kiosk.core.fault import Fault
from kiosk.wire.credentials import Credentials, asks_first, check_endpoint, find_credentials
from kiosk.wire.shape import Dialect

PATIENCE_S = 2.0  # a locked key ring may ask its desktop for a password that nobody in a lobby types

log = logging.getLogger(__name__)


class CredentialSource:
    """The owner of the credentials in force. On the loop thread, but for `find`.

    find   looks them up; raises `Fault`. May block: after the first time it is called on a thread of its own
    """

    def __init__(self, find: Callable[[], Credentials]) -> None:
        self._find = find
        self._listeners: list[Callable[[Credentials], None]] = []
        self._reading: Future[Credentials | Fault | None] | None = None
        self.current = find()

    def tell(self, listener: Callable[[Credentials], None]) -> None:
        """Calls it with those in force, and with each new pair before anybody else has it: the log's gate."""
        self._listeners.append(listener)
        listener(self.current)

    async def ask(self) -> Credentials:
        """Those of now. Where they cannot be read, half written for instance, the last that could stay in force."""
        if self._reading is None or self._reading.done():
            self._reading = self._begin()
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await asyncio.wrap_future(self._reading)
        except TimeoutError:
            log.warning("the place of the credentials did not answer in %g s; the last ones stay in force", PATIENCE_S)
            return self.current
        if found is None:
            return self.current
        if isinstance(found, Fault):
            log.warning("credentials: %s (%s); the last ones stay in force", found.what, found.where)
            return self.current
        if found != self.current:
            for listener in self._listeners:
                listener(found)
            log.info("new credentials from %s", found.source)
            self.current = found
        return self.current

    def _begin(self) -> Future[Credentials | Fault | None]:
        """Not an executor: its threads are waited for when the program ends, and this one may hang."""
        future: Future[Credentials | Fault | None] = Future()
        future.set_running_or_notify_cancel()  # whoever gives up waiting does not cancel it for the next who asks

        def read() -> None:
            found: Credentials | Fault | None = None  # of a fault of the program's own the thread's hook tells
            try:
                found = self._find()
            except Fault as fault:
                found = fault
            finally:
                future.set_result(found)

        threading.Thread(target=read, name="credentials", daemon=True).start()
        return future


class _Fixed(CredentialSource):
    async def ask(self) -> Credentials:
        return self.current


def fixed(credentials: Credentials) -> CredentialSource:
    """For whoever holds them already and has no place to look again: the demo, the doctor."""
    return _Fixed(lambda: credentials)


def credentials_in(file: Path | None, dialect: Dialect) -> CredentialSource:
    """Those of `file`, or of the first place that has some. Raises `Fault`.

    What the dialect could not use is refused here, each time: of a new endpoint that is none, the kiosk would learn in
    the middle of a visit.
    """

    def find() -> Credentials:
        found = find_credentials(file)
        check_endpoint(found.endpoint, where=found.source, web=asks_first(dialect, found))
        return found

    return CredentialSource(find)
