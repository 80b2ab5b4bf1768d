"""Logging: one line a record, and a last gate that keeps secrets out whatever a library prints.

Nobody logs a visitor's words, audio, the endpoint or the Client ID. The gate is for what third-party code might say,
a socket library's handshake for instance: values registered with it never reach a handler.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
from collections.abc import Iterable
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class SecretGate(logging.Filter):
    """Replaces each registered secret in messages and tracebacks by three dots."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(s for s in secrets if len(s) >= 4)

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
        record.msg, record.args = message, ()
        return True


def start(level: str, folder: Path | None = None, secrets: Iterable[str] = (), name: str = "kiosk") -> None:
    """Set up the root logger: to standard error, or to rotating files (5 of 2 MB) in `folder`."""
    handler: logging.Handler
    if folder is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / f"{name}.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
        )
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(SecretGate(secrets))
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
