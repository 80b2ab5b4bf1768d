"""The real programs as processes: started, listened to, measured, and stopped."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.children import tethered

log = logging.getLogger(__name__)

Event = Mapping[str, Any]

_LONGEST_LINE = 1 << 20
_SAMPLE_S = 1.0


def phase_of(event: Event) -> str | None:
    """The phase that an event tells of, if it tells of one."""
    return event["phase"] if event["event"] in {"phase", "snapshot"} else None


class Program:
    """One process that speaks JSON lines on standard output. All methods on the event loop's (main) thread.

    Every event is kept in `events` in the order of arrival and written to `NAME.events.jsonl`; what the program says
    on standard error goes to `NAME.log`. Both stand in `folder`. Memory and processor time are counted with those of
    the processes that it starts.
    """

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.events: list[Event] = []
        self.exit_code: int | None = None
        self.memory_mb: list[float] = []
        self.cpu_percent: list[float] = []
        self._command, self._env, self._folder = command, env, folder
        self._process: asyncio.subprocess.Process | None = None
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        with (self._folder / f"{self.name}.log").open("wb") as errors:
            self._process = await asyncio.create_subprocess_exec(
                *tethered(self._command),
                env=self._env,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                limit=_LONGEST_LINE,
                start_new_session=True,  # Ctrl-C is ours: the programs are stopped in order
            )
        self._tasks = [
            asyncio.create_task(self._listen(self._process), name=f"listen to {self.name}"),
            asyncio.create_task(self._measure(self._process.pid), name=f"measure {self.name}"),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log_file(self) -> Path:
        return self._folder / f"{self.name}.log"

    async def order(self, do: str, **fields: Any) -> float:
        """One line on its standard input; the monotonic time just before. Raises `Fault` when the program ended."""
        assert self._process is not None
        assert self._process.stdin is not None
        at = time.monotonic()
        try:
            self._process.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise self._ended() from None
        return at

    async def wait_for(self, wanted: Callable[[Event], bool], *, since: int = 0, within_s: float) -> Event | None:
        """The first event from number `since` on that is `wanted`; None when there was none in time.

        Raises `Fault` when the program ended before.
        """
        deadline = time.monotonic() + within_s
        number = since
        while True:
            while number < len(self.events):
                if wanted(self.events[number]):
                    return self.events[number]
                number += 1
            if self.exit_code is not None:
                raise self._ended()
            self._news.clear()
            # Not asyncio.wait_for: before Python 3.12 it swallows a cancellation that meets the news.
            with suppress(TimeoutError):
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._news.wait()
            if time.monotonic() >= deadline and number == len(self.events):
                return None

    async def ended(self, *, within_s: float) -> int | None:
        """The exit code of a program that ends by itself; None when it has not ended in time."""
        assert self._process is not None
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._tasks[0]), within_s)
        return self.exit_code

    async def stop(self, *, grace_s: float = 5.0) -> int | None:
        """Politely, then by force. The exit code, or None when it was never started."""
        if self._process is None:
            return None
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), grace_s)
            except TimeoutError:
                log.warning("%s does not stop by itself and is killed", self.name)
                self._process.kill()
                await self._process.wait()
        listener, meter = self._tasks
        meter.cancel()
        await asyncio.gather(listener, meter, return_exceptions=True)
        return self._process.returncode

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with (self._folder / f"{self.name}.events.jsonl").open("wb") as record:
            async for line in process.stdout:
                record.write(line)
                try:
                    event = json.loads(line)
                except ValueError:
                    log.warning("%s printed a line that is no JSON; see %s", self.name, record.name)
                    continue
                if isinstance(event, dict) and "event" in event:
                    self.events.append({"t": time.monotonic(), **event})
                    self._news.set()
        self.exit_code = await process.wait()
        self._news.set()

    async def _measure(self, pid: int) -> None:
        try:
            process = psutil.Process(pid)
            family = {pid: process}
            _share(process)  # the first call only begins the count
            while True:
                await asyncio.sleep(_SAMPLE_S)
                for one in await asyncio.to_thread(process.children, recursive=True):
                    family.setdefault(one.pid, one)
                shares = [share for one in list(family.values()) if (share := _share(one)) is not None]
                self.memory_mb.append(sum(memory for memory, _ in shares))
                self.cpu_percent.append(sum(percent for _, percent in shares))
        except psutil.NoSuchProcess:
            return

    def _ended(self) -> Fault:
        said = self.log_file.read_text(errors="replace").strip().splitlines()
        return Fault(
            f"the {self.name} ended with code {self.exit_code}" + (f": {said[-1]}" if said else ""),
            where=str(self.log_file),
            remedy="read that log; the program must run for the whole visit",
            code=ExitCode.VISIT_FAILED,
        )


def _share(process: psutil.Process) -> tuple[float, float] | None:
    """Memory (MB) and processor time since the last call (percent of a core); None of a process that has ended."""
    try:
        return process.memory_info().rss / 1e6, process.cpu_percent()
    except psutil.NoSuchProcess:
        return None
