"""Which Client IDs may connect: those of a systemd credential, which may change while the service runs, or of the
environment.

The credential `client_id` is a file of one or more lines. It is looked at for each connection, so that a new Client ID
is let in as soon as its line stands there, the old one until its line is gone, and a rotation needs no restart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.limits import same_secret
from kiosk.wire.credentials import CLIENT_ID_VARIABLE

log = logging.getLogger(__name__)

CREDENTIAL = "client_id"


class KnownClients:
    """
    known   those that may connect; secrets
    file    where they stand, if they can change

    Raises `Fault` (`CREDENTIALS`) when there is none at all. On the loop; `allow` reads a small file of this machine.
    """

    def __init__(self, known: Iterable[str] = (), file: Path | None = None) -> None:
        self._known = tuple(known)
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._listeners: list[Callable[[Iterable[str]], None]] = []
        self._look()
        if not self._known:
            raise Fault(
                "the service has no Client ID to check its clients against",
                where=f"systemd credential {CREDENTIAL}, environment variable {CLIENT_ID_VARIABLE}",
                remedy="set it to a long random text and give the same one to the kiosk",
                code=ExitCode.CREDENTIALS,
            )

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> KnownClients:
        folder = environ.get("CREDENTIALS_DIRECTORY")
        file = Path(folder) / CREDENTIAL if folder else None
        if file is not None and file.is_file():
            return cls(file=file)
        given = environ.get(CLIENT_ID_VARIABLE, "").strip()
        return cls((given,) if given else ())

    def tell(self, listener: Callable[[Iterable[str]], None]) -> None:
        """Calls it with those of now, and with all others before any of them is let in: the log's gate."""
        self._listeners.append(listener)
        listener(self._known)

    def allow(self, given: str) -> bool:
        """Compares with each, in constant time."""
        self._look()
        matches = [same_secret(given, known) for known in self._known]  # all of them: which one it is, no clock tells
        return any(matches)

    def _look(self) -> None:
        """A file that is away or empty for a moment changes nothing."""
        if self._file is None:
            return
        try:
            facts = self._file.stat()
            stamp = (facts.st_mtime_ns, facts.st_ino)
            if stamp == self._stamp:
                return
            known = tuple(line.strip() for line in self._file.read_text("utf-8").splitlines() if line.strip())
        except (OSError, UnicodeDecodeError) as error:
            log.warning("the Client IDs cannot be read (%s); the last ones stay in force", type(error).__name__)
            return
        if not known:
            return
        self._stamp = stamp
        if known != self._known:
            for listener in self._listeners:
                listener(known)
            if self._known:
                log.info("new Client IDs from the credential %s: %d", CREDENTIAL, len(known))
            self._known = known
