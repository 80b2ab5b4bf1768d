"""A unit of systemd, as far as the kiosk notices: a notify socket, a watchdog that kills, a start after each end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from kiosk.rehearsal.programs import Program

SOON_S = 30.0
LOOK_S = 0.1
STARTS_AGAIN = frozenset({1, 10})  # and after a signal
CREDENTIALS = struct.Struct("3i")


@dataclass
class Run:
    """One start. `heard`: what it told the supervisor, without the feeds, which are counted."""

    program: Program
    heard: list[str] = field(default_factory=list)
    senders: set[int] = field(default_factory=set)
    feeds: int = 0
    fed_at: float | None = None
    killed: bool = False
    code: int | None = None

    @property
    def log(self) -> str:
        return self.program.log_file.read_text()


class Unit:
    """Loop thread only. `state`: the kiosk's state folder.

    around  what the kiosk is started by, such as a compositor; its processes are killed with it
    """

    def __init__(
        self, env: Mapping[str, str], folder: Path, *, watchdog_s: float, around: tuple[str, ...] = ()
    ) -> None:
        self.state = folder / "state" / "exei-voice-kiosk"
        self.site = folder / "config" / "exei-voice-kiosk" / "site.toml"
        self.runs: list[Run] = []
        self._folder = folder
        self._command = [*around, sys.executable, "-m", "kiosk", "run", "--unattended", "--stdio"]
        self._watchdog_s = watchdog_s
        self._news = asyncio.Event()
        self._stopping = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.bind(str(folder / "notify"))
        self._env = {
            **env,
            "HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "NOTIFY_SOCKET": str(folder / "notify"),
            "WATCHDOG_USEC": str(round(watchdog_s * 1e6)),
            "WATCHDOG_PID": str(os.getpid()),  # in a kiosk session it is the compositor's
        }

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().add_reader(self._socket, self._hear)
        self._task = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        if self.runs and self.run.code is None:
            await self.run.program.stop()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    @property
    def run(self) -> Run:
        return self.runs[-1]

    async def until(self, what: Callable[[], object], within_s: float = SOON_S) -> None:
        """As soon as something that was heard, or an end, makes it so."""
        try:
            async with asyncio.timeout(within_s):
                while not what():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            logs = [run.log for run in self.runs]
            raise AssertionError(f"it did not come about: {self.runs}\n{logs}") from None

    async def stands(self, number: int, status: str) -> Run:
        """Start number `number` has told that it is ready, with this status."""
        await self.until(
            lambda: len(self.runs) > number and any(said.startswith("READY=1") for said in self.runs[number].heard)
        )
        run = self.runs[number]
        ready = next(said for said in run.heard if said.startswith("READY=1"))
        assert ready.startswith(f"READY=1\nSTATUS={status}"), ready
        return run

    async def phase(self, wanted: str) -> None:
        """Of the run that is on."""
        assert await self.run.program.wait_for(
            lambda e: e["event"] in {"phase", "snapshot"} and e["phase"] == wanted, within_s=SOON_S
        ), self.run.log

    def signal(self, number: int) -> None:
        os.kill(self.run.program.pid, number)

    def ledger(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.state / "crashes.json").read_text())
        return found

    # --- systemd's part ---------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        while True:
            try:
                said, ancillary, _, _ = self._socket.recvmsg(4096, socket.CMSG_SPACE(CREDENTIALS.size))
            except BlockingIOError:
                return
            sender = CREDENTIALS.unpack(ancillary[0][2])[0]
            run = self.run
            run.senders.add(sender)
            if said == b"WATCHDOG=1":
                run.feeds += 1
            else:
                run.heard.append(said.decode())
            if run.fed_at is not None or said.startswith(b"READY=1"):
                run.fed_at = time.monotonic()
            self._news.set()

    async def _supervise(self) -> None:
        while not self._stopping:
            folder = self._folder / f"run{len(self.runs)}"
            folder.mkdir()
            program = Program("kiosk", self._command, self._env, folder)
            async with program:
                run = Run(program)
                self.runs.append(run)
                while (code := await program.ended(within_s=LOOK_S)) is None:
                    if run.fed_at is not None and time.monotonic() - run.fed_at > self._watchdog_s:
                        self._kill(run)
            run.code = code
            self._news.set()
            if code not in STARTS_AGAIN and code >= 0:
                return

    def _kill(self, run: Run) -> None:
        """As `WatchdogSec=` does; a process that was stopped takes no signal before it goes on."""
        if not run.killed:
            run.killed = True
            family = psutil.Process(run.program.pid)
            for process in (*family.children(recursive=True), family):
                process.send_signal(signal.SIGABRT)
                process.send_signal(signal.SIGCONT)
