"""The room's end of the virtual microphone: a FIFO that the sound server reads while a program records."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

_NEVER_WAIT: int = getattr(os, "O_NONBLOCK", 0)  # absent on Windows, where nobody rehearses


class MicrophonePipe:
    """Writes blocks and never waits. One thread.

    The server reads the FIFO only while a program records. Nobody there is known by a full FIFO (0.7 s), and from
    then on by a block that still lies there when the next one comes; what lies there is taken out again, so that a
    program that begins to record meets the present and not the past.

    dropped    [first sample, number] of each stretch that reached nobody
    on_change  told "found" or "lost" when the microphone was plugged or unplugged
    """

    def __init__(self, path: Path, on_change: Callable[[str], None]) -> None:
        self.dropped: list[list[int]] = []
        self._path = path
        self._on_change = on_change
        self._fifo: int | None = None
        self._attended = False  # somebody records
        self._offered = False  # something was written while nobody did

    def write(self, pcm: bytes, frame: int) -> None:
        """One block of 16-bit samples; `frame` is the number of its first."""
        block = len(pcm) // 2
        try:
            if self._fifo is None:
                self._fifo = os.open(self._path, os.O_WRONLY | _NEVER_WAIT)
                self._on_change("found")
            if not self._attended and self._offered:
                taken = self._take_back()
                self._attended = not taken
                self._drop(frame - taken, frame)
            os.write(self._fifo, pcm)
            self._offered = True
        except OSError as error:  # EAGAIN: full; ENOENT, ENXIO, EPIPE: there is no microphone
            self._drop(frame, frame + block)
            self._attended, self._offered = False, error.errno == errno.EAGAIN
            if self._fifo is not None and error.errno != errno.EAGAIN:
                os.close(self._fifo)
                self._fifo = None
                self._on_change("lost")

    def _take_back(self) -> int:
        """Empties the FIFO; how many samples lay there."""
        reader = os.open(self._path, os.O_RDONLY | _NEVER_WAIT)
        try:
            return len(os.read(reader, 1 << 20)) // 2
        except BlockingIOError:
            return 0
        finally:
            os.close(reader)

    def _drop(self, first: int, end: int) -> None:
        if first == end:
            return
        if self.dropped and sum(self.dropped[-1]) >= first:
            self.dropped[-1][1] = end - self.dropped[-1][0]
        else:
            self.dropped.append([first, end - first])
