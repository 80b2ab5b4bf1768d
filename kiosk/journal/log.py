"""Logging: one line a record, and a last gate that keeps secrets out whatever a library prints.

Nobody logs a visitor's words, audio, the endpoint or the Client ID. The gate is for what third-party code might say,
a socket library's handshake for instance: values registered with it never reach a handler.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

log = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class SecretGate(logging.Filter):
    """Replaces each registered secret in messages and tracebacks by three dots. Any thread."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets: tuple[str, ...] = ()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Those before stay hidden: what was rotated away may still stand in a library's message."""
        known = {*self._secrets, *(s for s in secrets if len(s) >= 4)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))  # an address before the host that stands in it

    def hide(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "...")
        return text

    def filter(self, record: logging.LogRecord) -> bool:
        message = self.hide(record.getMessage())
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.hide(record.exc_text)
        if record.stack_info:
            record.stack_info = self.hide(record.stack_info)
        record.msg, record.args = message, ()
        return True


def start(level: str, folder: Path | None = None, secrets: Iterable[str] = (), name: str = "kiosk") -> SecretGate:
    """Set up the root logger: to standard error, or to rotating files (5 of 2 MB) in `folder`. Its gate."""
    handler: logging.Handler
    if folder is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / f"{name}.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
        )
    handler.setFormatter(logging.Formatter(FORMAT))
    gate = SecretGate(secrets)
    handler.addFilter(gate)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    # These print URLs with queries, or every frame, at debug level.
    for chatty in ("websockets", "uvicorn", "asyncio", "qasync", "keyring"):
        logging.getLogger(chatty).setLevel(max(logging.INFO, root.level))
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    return gate


def log_crashes() -> None:
    """What would end a thread or the process on standard error goes through the gate instead: the three hooks of the
    interpreter. Its `faulthandler` names files and lines and no value, and needs none. No core is dumped."""

    def crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
            log.critical("nobody caught this", exc_info=(kind, error, trace))

    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - POSIX only

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # an image of the memory on the disk would hold them all
    sys.excepthook = crashed
    threading.excepthook = lambda args: crashed(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: crashed(args.exc_type, args.exc_value, args.exc_traceback)
