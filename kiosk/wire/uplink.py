"""What waits to go up: control messages and microphone audio, in the order in which they were said."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

from kiosk.wire.canonical import Audio, Command, Playback

MAX_CONTROL = 64
MAX_AUDIO_MS = 400


class ControlQueueFull(Exception):
    """64 commands wait: the peer takes nothing any more."""


class Uplink:
    """A queue with two rules. Any thread.

    Control is never dropped; a `Playback` takes the place of one of the same response that still waits.
    Audio that has waited for more than 400 ms is dropped and counted, since a voice that comes late is worth less than
    a voice that comes now. What counts is the waiting, not the amount: the 800 ms of pre-roll before an interruption
    come at once, and with a limit on the amount the interrupting word lost its first half ("one moment" arrived as
    "one more than"). Order between the two is kept, so that the end of a turn follows its last sound.

    Between `hold` and `release` audio waits behind the control that is still to come: the thread that captures hands
    over an interruption's burst at once, while the loop has not yet said that there is one, and an agent that is told
    of it behind the burst has cut itself by then, without knowing how much was heard.
    """

    def __init__(self, rate: int, frame_ms: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self._monotonic = monotonic
        self._queue: deque[Command] = deque()
        self._since: deque[float] = deque()  # when each audio frame of the queue was pushed
        self._frame = rate * frame_ms // 1000 * 2
        self._part = b""  # less than a frame, the newest audio
        self._behind: list[tuple[bytes, float]] = []  # frames that wait for a release, and when they were pushed
        self._holds = 0
        self._control = 0
        self._open = False
        self.dropped = 0  # frames

    def open(self) -> None:
        """A connection begins, with nothing left of the one before."""
        with self._lock:
            self._clear()
            self._open = True

    def close(self) -> None:
        """Nothing waits and nothing is taken any more: audio is never replayed to another conversation."""
        with self._lock:
            self._clear()
            self._open = False

    def audio(self, pcm: bytes) -> bool:
        """Cut into frames and queue. False when no connection stands."""
        with self._lock:
            if not self._open:
                return False
            data = self._part + pcm
            whole = len(data) - len(data) % self._frame
            self._part = data[whole:]
            for at in range(0, whole, self._frame):
                if self._holds:
                    self._behind.append((data[at : at + self._frame], self._monotonic()))
                else:
                    self._put(data[at : at + self._frame], self._monotonic())
            return True

    def hold(self) -> None:
        """Audio that comes from now on follows the control that comes before `release`. Holds add up."""
        with self._lock:
            if self._part:
                self._put(self._part[: len(self._part) // 2 * 2], self._monotonic())
                self._part = b""
            self._holds += 1

    def release(self) -> None:
        """One hold less; without a hold nothing happens."""
        with self._lock:
            self._holds = max(0, self._holds - 1)
            if not self._holds:
                for pcm, since in self._behind:
                    self._put(pcm, since)
                self._behind.clear()

    def control(self, command: Command) -> None:
        """Raises `ControlQueueFull`."""
        with self._lock:
            if not self._open:
                return
            if isinstance(command, Playback):
                for at, waiting in enumerate(self._queue):
                    if isinstance(waiting, Playback) and waiting.response_id == command.response_id:
                        self._queue[at] = command
                        return
            if self._control >= MAX_CONTROL:
                raise ControlQueueFull
            if self._part and not self._holds:
                self._put(self._part[: len(self._part) // 2 * 2], self._monotonic())
                self._part = b""
            self._queue.append(command)
            self._control += 1

    def take(self) -> Command | None:
        """The next to go up, or None."""
        with self._lock:
            self._drop_late()
            if not self._queue:
                return None
            command = self._queue.popleft()
            if isinstance(command, Audio):
                self._since.popleft()
            else:
                self._control -= 1
            return command

    def _put(self, pcm: bytes, since: float) -> None:
        if not pcm:
            return
        self._queue.append(Audio(pcm))
        self._since.append(since)
        self._drop_late()

    def _drop_late(self) -> None:
        oldest_allowed = self._monotonic() - MAX_AUDIO_MS / 1000
        while self._since and self._since[0] < oldest_allowed:
            del self._queue[next(at for at, waiting in enumerate(self._queue) if isinstance(waiting, Audio))]
            self._since.popleft()
            self.dropped += 1

    def _clear(self) -> None:
        self._queue.clear()
        self._part = b""
        self._behind.clear()
        self._holds = 0
        self._since.clear()
        self._control = 0
