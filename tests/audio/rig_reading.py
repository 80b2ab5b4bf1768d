"""What the recordings of the simulated room say about the loudspeaker."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal import waves
from kiosk.rehearsal.roomlink import Recordings
from kiosk.rehearsal.soundserver import SoundServer

CLIENT = Path(__file__).with_name("rig_client.py")
AUDIBLE = 10 ** (-50 / 20)
Told = list[dict[str, Any]]


def start(server: SoundServer, scene: str, count: int = 1) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CLIENT), scene, str(count)],
        env=server.env(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def play(server: SoundServer, scene: str, count: int = 1) -> Told:
    """Runs a scene to its end."""
    with start(server, scene, count) as client:
        said, _ = client.communicate(timeout=300)
    assert client.returncode == 0
    return [json.loads(line) for line in said.splitlines()]


def of(told: Told, event: str) -> Told:
    return [line for line in told if line["event"] == event]


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of the loudspeaker's recording that is heard. Monotonic seconds; ms."""

    first: float
    last: float
    audible_ms: float
    longest_hole_ms: float


class Loudspeaker:
    def __init__(self, recordings: Recordings) -> None:
        samples, self.rate = waves.read(recordings.loudspeaker)
        self._samples = samples
        self._loud = np.abs(samples) > AUDIBLE
        self._timeline = recordings.heard

    def between(self, start: float, end: float) -> Sound:
        first, last = self._timeline.frame(start), self._timeline.frame(end)
        loud = np.flatnonzero(self._loud[first:last]) + first
        assert len(loud), "nothing was heard"
        holes = np.diff(loud) - 1
        # Noise crosses zero: only what is longer than half a millisecond is a hole.
        silent = int(holes[holes > self.rate // 2000].sum())
        return Sound(
            self._timeline.at(int(loud[0])),
            self._timeline.at(int(loud[-1])),
            1000 * (int(loud[-1] - loud[0]) + 1 - silent) / self.rate,
            1000 * int(holes.max(initial=0)) / self.rate,
        )

    def crossing(self, start: float, end: float, level_db: float) -> float:
        """When a steady sound was first quieter than its level before `start` by `level_db`, in windows of 4 ms."""
        window = self.rate // 250

        def power(at: int) -> float:
            return float(np.mean(self._samples[at : at + window] ** 2))

        first, last = self._timeline.frame(start), self._timeline.frame(end)
        before = float(np.mean(self._samples[first - self.rate // 50 : first] ** 2))
        quieter = (at for at in range(first, last, self.rate // 2000) if power(at) < before * 10 ** (-level_db / 10))
        at = next(quieter, None)
        assert at is not None, f"it never was {level_db} dB quieter"
        return self._timeline.at(at + window // 2)
