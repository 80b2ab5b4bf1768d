"""All workers of a kind, and the queue in front of them. On the event loop, but for `start` and `stop`.

A worker that dies is started again; what it was doing is tried once more, by whoever is free, and then given up: an
input that ends an engine twice would end it for ever. One that does not answer in time is ended, which is the same.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from kiosk.service.engines import EngineLost
from kiosk.service.workers.frames import Header
from kiosk.service.workers.process import Died, Failed, Process
from kiosk.service.workers.queue import Queue, Urgency, Work

log = logging.getLogger(__name__)

TRIES = 2
AGAIN_S = (0.0, 1.0, 5.0, 30.0)  # before a worker that ended is started again, the first time, the second, ...
STEADY_S = 60.0  # after so long it is as good as new

Reply = tuple[Header, bytes]


@dataclass(slots=True, eq=False)
class Errand(Work):
    """One request on its way."""

    request: Header = field(default_factory=dict)
    sound: bytes | memoryview = b""
    tries: int = 0
    hand: _Hand | None = None
    reply: asyncio.Future[Reply] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass(eq=False)
class _Hand:
    """A worker with the thread that talks to it."""

    process: Process
    thread: ThreadPoolExecutor
    deaths: int = 0
    since: float = 0.0


class Crew:
    """
    processes   not started yet; the first must come up, the others may come later
    late        told of each errand that somebody waits for how long after it was due a worker took it, seconds
    """

    def __init__(self, processes: Sequence[Process], late: Callable[[float], None] = lambda seconds: None) -> None:
        self.restarts = 0
        self._hands = [_Hand(process, ThreadPoolExecutor(1, f"worker {process.kind}")) for process in processes]
        self._late = late
        self._queue = Queue()
        self._free: list[_Hand] = []
        self._starting: list[tuple[_Hand, Future[Header]]] = []
        self._stopped = False

    # --- before and after the loop ----------------------------------------------------------------------------------

    def begin(self) -> None:
        """The workers start, all at once, and load their engines."""
        self._starting = [(hand, hand.thread.submit(hand.process.start)) for hand in self._hands]

    def ready(self) -> Header:
        """Waits for the first and says what its engine told. Raises `Fault` when none comes up."""
        futures = [future for _, future in self._starting]
        pending = set(futures)
        while pending:
            done, pending = wait(pending, return_when="FIRST_COMPLETED")
            for future in done:
                if future.exception() is None:
                    return future.result()
        return futures[0].result()

    def stop(self) -> None:
        """Ends every worker. Nothing is asked any more."""
        self._stopped = True
        for hand in self._hands:
            hand.process.kill()
            hand.thread.submit(hand.process.stop)
        for hand in self._hands:
            hand.thread.shutdown(wait=True)

    # --- on the loop --------------------------------------------------------------------------------------------------

    @property
    def pids(self) -> list[int]:
        return [hand.process.pid for hand in self._hands if hand.process.pid is not None]

    @property
    def idle(self) -> bool:
        """Whether a worker would begin at once."""
        self._gather()
        return bool(self._free) and not len(self._queue)

    async def do(self, errand: Errand, within_s: float) -> Reply:
        """Raises `EngineLost` after two tries or `within_s`, and `Fault` as the engine does."""
        self._gather()
        self._queue.add(errand)
        self._dispatch()
        try:
            async with asyncio.timeout(within_s):
                return await errand.reply
        except TimeoutError:
            if errand.hand is not None:
                log.warning("a worker did not answer within %.0f s and is ended", within_s)
                errand.hand.process.kill()
            raise EngineLost("in time") from None
        finally:
            self._queue.remove(errand)

    def _gather(self) -> None:
        """Workers that were started before there was a loop are followed by it from now on."""
        starting, self._starting = self._starting, []
        for hand, future in starting:
            self._follow(hand, asyncio.wrap_future(future))

    def _follow(self, hand: _Hand, starting: asyncio.Future[Header]) -> None:
        starting.add_done_callback(lambda done: self._up(hand, done))

    def _up(self, hand: _Hand, done: asyncio.Future[Header]) -> None:
        if self._stopped or done.cancelled():
            return
        if error := done.exception():
            log.error("a worker does not start", exc_info=error)
            self._again(hand)
            return
        hand.since = time.monotonic()
        self._free.append(hand)
        self._queue.workers += 1
        self._dispatch()

    def _again(self, hand: _Hand) -> None:
        if self._stopped:
            return
        if hand.since and time.monotonic() - hand.since > STEADY_S:
            hand.deaths = 0
        pause = AGAIN_S[min(hand.deaths, len(AGAIN_S) - 1)]
        hand.deaths += 1
        hand.since = 0.0
        self.restarts += 1
        asyncio.get_running_loop().call_later(pause, self._start, hand)

    def _start(self, hand: _Hand) -> None:
        if not self._stopped:
            self._follow(hand, asyncio.get_running_loop().run_in_executor(hand.thread, hand.process.start))

    def _dispatch(self) -> None:
        while self._free and (work := self._queue.take()) is not None:
            assert isinstance(work, Errand)
            self._send(self._free.pop(), work)

    def _send(self, hand: _Hand, errand: Errand) -> None:
        errand.hand = hand
        errand.tries += 1
        if errand.urgency is Urgency.WAITED_FOR and errand.tries == 1:
            self._late(max(0.0, time.monotonic() - errand.due))
        asking = asyncio.get_running_loop().run_in_executor(hand.thread, hand.process.ask, errand.request, errand.sound)
        asking.add_done_callback(lambda done: self._back(hand, errand, done))

    def _back(self, hand: _Hand, errand: Errand, done: asyncio.Future[Reply]) -> None:
        self._queue.done(errand)
        errand.hand = None
        error = None if done.cancelled() else done.exception()
        if done.cancelled() or self._stopped:
            errand.reply.cancel()
            return
        if isinstance(error, Died):
            log.error("a worker %s has ended; it is started again", hand.process.kind)
            self._queue.workers -= 1
            self._again(hand)
            self._retry(errand)
        else:
            self._free.append(hand)
            if not errand.reply.done():
                _settle(errand.reply, done, error)
        self._dispatch()

    def _retry(self, errand: Errand) -> None:
        if errand.reply.done():
            return
        if errand.tries < TRIES:
            self._queue.add(errand)
        else:
            errand.reply.set_exception(EngineLost("twice"))


def _settle(reply: asyncio.Future[Reply], done: asyncio.Future[Reply], error: BaseException | None) -> None:
    if error is None:
        reply.set_result(done.result())
    elif isinstance(error, Failed):
        reply.set_exception(EngineLost("by a fault of its own"))
    else:
        reply.set_exception(error)
