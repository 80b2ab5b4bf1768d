"""How the running program is asked to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kiosk.core.fault import ExitCode


class Shutdown(asyncio.Event):
    """Set when the program is to end; with which exit code. Loop thread only.

    on_leave  called first of all, before anything is taken down
    """

    code = ExitCode.STAFF_LEFT

    def __init__(self, on_leave: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._on_leave = on_leave

    def leave(self, code: ExitCode) -> None:
        self.code = code
        self.set()

    def set(self) -> None:
        if self._on_leave is not None:
            self._on_leave()
        super().set()
