"""Whose turn it is at the engines. Pure: no clock, no process.

Two rules. What somebody waits for goes first, and of that what is due first: the words of a visitor who has finished
before a guess made in a pause that may not last, a response that has made no sound before one with seconds of it in
hand. And one worker is never given to what may take long: the end of a monologue must not stand in the way of
somebody's "Yes".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Urgency(IntEnum):
    """Lower goes first."""

    WAITED_FOR = 0  # somebody stands there and waits for it, or soon will
    PARTIAL = 1  # nice to have
    AHEAD = 2  # nobody is there


@dataclass(slots=True, eq=False)
class Work:
    """One thing to do.

    due    when it is wanted, seconds of one clock
    slow   it may hold its worker for long: a long recording, or something that nobody waits for
    """

    urgency: Urgency
    due: float
    slow: bool = False


class Queue:
    """What waits, and how many slow things are under way.

    workers    those that can work now; the owner tells when that changes
    """

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers
        self._waiting: list[Work] = []
        self._slow = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, work: Work) -> None:
        self._waiting.append(work)

    def remove(self, work: Work) -> bool:
        """Whether it was still waiting."""
        if work not in self._waiting:
            return False
        self._waiting.remove(work)
        return True

    def take(self) -> Work | None:
        """What a worker that is free now shall do; None when nothing waits, or only what may not have the last one."""
        allowed = [work for work in self._waiting if not self._yields(work)]
        if not allowed:
            return None
        work = min(allowed, key=lambda each: (each.urgency, each.due))
        self._waiting.remove(work)
        self._slow += work.slow
        return work

    def done(self, work: Work) -> None:
        """What `take` gave has ended, however."""
        self._slow -= work.slow

    def _yields(self, work: Work) -> bool:
        return work.slow and self.workers > 1 and self._slow >= self.workers - 1
