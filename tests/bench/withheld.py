"""The kiosk itself, watched for C calls that withhold the interpreter, and for collections of garbage.

python -m tests.bench.withheld FILE run ...

A thread asks for the interpreter every few ms. Python code gives it within the switch interval; a C call keeps it until
it returns, and no audio callback runs meanwhile. How late the thread comes is not enough to know: on a busy machine it
is late because the system ran somebody else. The kernel keeps for each thread how long it ran and how long it was ready
and did not run (schedstat), and both are read at every tick:

    a thread that ran all the while we waited   held the interpreter, or shared it out: who ran so long is named
    nobody ran, and nobody was ready to         somebody held the interpreter and slept

Where each Python thread stands is written down in the moment the interpreter is handed over, which is right behind the
call that kept it. On the way out FILE is written: `held` [when, ms, stacks], `collected` [when, ms,
generation] and `switch_interval_s`.
Monotonic seconds. Costs 2 % of a core. Linux only.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path

TICK_S = 0.003
NOTED_MS = 10.0
_STACK = 6  # innermost calls of each thread
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True, slots=True)
class Held:
    """`ms`: how long the interpreter could not be had; `stacks`: thread -> innermost calls, outermost first."""

    at: float
    ms: float
    stacks: dict[str, list[str]]


@dataclass(slots=True)
class _Scheduled:
    """Of one thread, ns since it began: on a processor, and ready for one."""

    number: int
    descriptor: int
    ran: int = 0
    waited: int = 0

    def read(self) -> tuple[int, int]:
        """How much of both came to it since the last look. A thread that has ended has none."""
        try:
            # The thread's own processor clock: what stands in schedstat is only renewed at the kernel's ticks.
            ran = time.clock_gettime_ns((~self.number << 3) | 6)
            waited = int(os.pread(self.descriptor, 80, 0).split()[1])
        except (OSError, IndexError):
            return 0, 0
        since = ran - self.ran, waited - self.waited
        self.ran, self.waited = ran, waited
        return since


@dataclass
class Watch:
    """`start`, then `stop`; `held` can be read any time."""

    held: list[Held] = field(default_factory=list)
    collected: list[tuple[float, float, int]] = field(default_factory=list)
    _threads: dict[int, _Scheduled] = field(default_factory=dict)
    _stopping: bool = False
    _thread: threading.Thread | None = None
    _collecting_since: float = 0.0

    def start(self) -> None:
        gc.callbacks.append(self._on_collection)
        self._thread = threading.Thread(target=self._watch, name="watch for held interpreter", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        if self._thread is not None:
            self._thread.join()
        gc.callbacks.remove(self._on_collection)
        for thread in self._threads.values():
            os.close(thread.descriptor)

    def _watch(self) -> None:
        own = threading.get_native_id()
        look_again_at = 0.0
        while not self._stopping:
            asked = time.monotonic()
            if asked >= look_again_at:
                self._find_threads()
                look_again_at = asked + 0.25
                asked = time.monotonic()
            time.sleep(TICK_S)
            now = time.monotonic()
            late_ms = 1000 * (now - asked - TICK_S)
            stacks = self._stacks() if late_ms > NOTED_MS else {}
            spent = {number: thread.read() for number, thread in self._threads.items()}
            if not stacks:
                continue
            _, not_run = spent.pop(own, (0, 0))
            ran = max((ran for ran, _ in spent.values()), default=0) / 1e6
            ready = max((waited for _, waited in spent.values()), default=0) / 1e6
            withheld = late_ms - not_run / 1e6
            held_ms = max(min(withheld, ran), withheld - ready - ran)
            if held_ms > NOTED_MS:
                self.held.append(Held(now, round(held_ms, 1), stacks))

    def _find_threads(self) -> None:
        for folder in _TASKS.iterdir():
            number = int(folder.name)
            if number not in self._threads:
                try:
                    thread = _Scheduled(number, os.open(folder / "schedstat", os.O_RDONLY))
                except OSError:  # it has ended
                    continue
                thread.read()
                self._threads[number] = thread

    @staticmethod
    def _stacks() -> dict[str, list[str]]:
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        own = threading.get_ident()
        return {
            names.get(number, str(number)): [
                f"{Path(call.filename).name}:{call.lineno} {call.name}"
                for call in traceback.extract_stack(frame, _STACK)
            ]
            for number, frame in sys._current_frames().items()
            if number != own
        }

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting_since = time.monotonic()
        else:
            now = time.monotonic()
            self.collected.append((now, 1000 * (now - self._collecting_since), info["generation"]))


def main() -> int:
    from kiosk.cli import main as kiosk

    watch = Watch()
    watch.start()
    try:
        return kiosk(sys.argv[2:])
    finally:
        watch.stop()
        found: dict[str, object] = {"held": [asdict(held) for held in watch.held], "collected": watch.collected}
        found["switch_interval_s"] = sys.getswitchinterval()
        Path(sys.argv[1]).write_text(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main())
