"""Plays scenes to the kiosk's hearing, faster than time: the loudspeaker ducks and stops when the chain says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np

from kiosk.audio.formats import Pcm
from kiosk.audio.hearing import ECHO_TAIL_S, Hearing
from kiosk.audio.line import late_for
from kiosk.audio.mic import FAR_HEADROOM_S
from kiosk.audio.volume import Volume
from kiosk.core.ports import Uplink
from kiosk.rehearsal.acoustics import Convolver
from kiosk.settings.sound import Capture
from tests.bench import sound_room as room
from tests.bench.sound_corpus import RATE
from tests.bench.sound_scene import AWAY_S, BLOCK, Scene

LATENCY_BLOCKS = 5
"""From an order to the far end that obeys it: on the rig the loudspeaker is 3 dB quieter after 69 ms and 10 dB after
80; the far end that the chain is handed runs 20 ms ahead of the air."""
PLAYED = RATE // 5  # samples; later than that the far end is never handed over
TAPS = 16
FALSE_STOP_S = 1.0  # the agent is silent after a false alarm; then it goes on


class Order(Enum):
    DUCK = "duck"
    RESTORE = "restore"
    STOP = "stop"


EDGES = {"suspected": Order.DUCK, "dismissed": Order.RESTORE, "barge_in": Order.STOP}


class Chain(Protocol):
    """Whatever decides from near and far end. `at`: seconds of the scene, of the last sample of the block."""

    def arm(self, at: float) -> None: ...
    def disarm(self, at: float) -> None: ...
    def slipped(self, at: float) -> None: ...
    def step(self, near: Pcm, far: Pcm | None, at: float) -> list[Order]: ...


class Ours:
    """The product's own chain, its defaults. `up`: what went up, if that is to be kept, with its times."""

    def __init__(self, *, keep: bool = False) -> None:
        self.hearing = Hearing(Capture())
        self.hearing.restart(0.0)
        self._keep = keep
        self._played: Pcm = np.zeros(PLAYED + BLOCK + TAPS, np.int16)
        self._late_s = 0.0
        self.up: list[tuple[bytes, float]] = []

    def arm(self, at: float) -> None:
        self.hearing.gate.set_uplink(Uplink.GUARDED, at)

    def disarm(self, at: float) -> None:
        self.hearing.gate.set_uplink(Uplink.GATED, at)

    def slipped(self, at: float) -> None:
        self.hearing.slipped(at)

    def step(self, near: Pcm, far: Pcm | None, at: float) -> list[Order]:
        return self.hear(near, self._handed(far), at)

    def later(self, seconds: float) -> None:
        """The far end is handed over so much later from now on, as `Line` does it."""
        self._late_s = float(np.clip(self._late_s + seconds, 0.0, PLAYED / RATE))

    def _handed(self, far: Pcm | None) -> Pcm | None:
        self._played[:-BLOCK] = self._played[BLOCK:]
        self._played[-BLOCK:] = 0 if far is None else far
        if far is None:
            return None
        whole, part = divmod(self._late_s * RATE, 1.0)
        end = len(self._played) - int(whole)
        if part < 0.01 or whole < TAPS:
            return self._played[end - BLOCK : end].copy()
        at = np.arange(-TAPS, TAPS + 1)  # between samples, as at the 48 kHz of the product's own line
        kernel = np.sinc(at - part) * np.hanning(len(at) + 2)[1:-1]
        line = self._played[end - BLOCK - TAPS : end + TAPS].astype(np.float32)
        return np.asarray(np.clip(np.rint(np.convolve(line, kernel, "valid")), -32768, 32767), np.int16)

    def hear(self, near: Pcm, far: Pcm | None, at: float) -> list[Order]:
        self.hearing.step(near, far, at)
        if self.hearing.echo_late_s:
            self.later(self.hearing.echo_late_s)
        before, frames, after = self.hearing.take()
        if self._keep:
            self.up += frames
        return [EDGES[edge.value] for edge, _ in (*before, *after) if edge.value in EDGES]


@dataclass
class Run:
    """
    orders      (seconds, order)
    spoken_s    how long the agent spoke, the silence after a false alarm counted, that after a visitor not
    cpu_s       processor time of the chain alone while it was armed, over `armed_s`
    """

    scene: Scene
    orders: list[tuple[float, Order]] = field(default_factory=list)
    spoken_s: float = 0.0
    cpu_s: float = 0.0
    armed_s: float = 0.0


Tape = Callable[[Pcm, Pcm], None]


def play(made: Scene, chain: Chain, *, tape: Tape | None = None, obey: bool = True) -> Run:
    """The whole scene through one cold chain.

    tape    gets each block's near and far end
    obey    False: the loudspeaker does what it was told before anybody spoke
    """
    run = Run(made)
    air = Convolver(BLOCK, len(made.echo) + BLOCK)
    air.load(made.echo)
    volumes = Volume(RATE, Capture().duck_db), Volume(RATE, Capture().duck_db)
    drive = room.DRIVE[made.condition.drive]
    calls: list[tuple[int, Order]] = []
    position, told = 0, 0
    back_at: int | None = None
    silent_since = 0
    stopped = away = False
    if made.condition.measured and isinstance(chain, Ours):
        chain.later(late_for((made.condition.delay_ms or 0.0) - 1000 * FAR_HEADROOM_S))
    chain.arm(0.0)
    for block in range(made.blocks):
        at = (block + 1) / 100
        while calls and calls[0][0] <= block:
            order = calls.pop(0)[1]
            stopped |= order is Order.STOP
            for volume in volumes:
                volume.duck(order is Order.DUCK)
        if back_at is not None and block >= back_at:
            back_at, stopped, away = None, False, False
            calls.clear()
            for volume in volumes:
                volume.duck(False)
                volume.settle()
            chain.arm(at)
        far, cone = _sounding(made, position, volumes) if not stopped else (np.zeros(BLOCK, np.int16), None)
        silent_since = silent_since if cone is None else block
        air_in = np.zeros(BLOCK, np.float32) if cone is None else room.clipped(cone, drive)
        part = slice(block * BLOCK, (block + 1) * BLOCK)
        heard = air.step(air_in) + made.visitors[part] + made.noise[part]
        near = np.clip(np.rint(heard * 32768), -32768, 32767).astype(np.int16)
        if not stopped:
            if made.told[position] != told:
                told = made.told[position]
                chain.slipped(at)
            position += 1
        if not away:
            run.spoken_s += 0.01
        about = back_at is None or block - silent_since < 100 * ECHO_TAIL_S
        if tape is not None:
            tape(near, far)
        begun = time.process_time()
        orders = chain.step(near, far if about else None, at)
        if back_at is None:
            run.cpu_s += time.process_time() - begun
            run.armed_s += 0.01
        for order in orders:
            if back_at is not None:
                continue
            run.orders.append((at, order))
            if obey:
                calls.append((block + LATENCY_BLOCKS, order))
            if order is Order.STOP:
                chain.disarm(at)
                visited = _visited(made, block)
                back_at = visited or block + round(FALSE_STOP_S * 100)
                away = visited is not None
    return run


def _sounding(made: Scene, position: int, volumes: tuple[Volume, Volume]) -> tuple[Pcm, np.ndarray]:
    """The far end of this block as the app knows it, and what drives the cone, both after the volume."""
    first = position * BLOCK - made.told[position]
    far = np.zeros(BLOCK, np.int16)
    if first >= 0:
        far[:] = made.far[first : first + BLOCK]
    cone = np.rint(made.played[position * BLOCK : (position + 1) * BLOCK] * 32768).astype(np.int16)
    for volume, sound in zip(volumes, (far, cone), strict=True):
        volume.apply(sound)
    return far, cone.astype(np.float32) / np.float32(32768)


def _visited(made: Scene, block: int) -> int | None:
    """The block in which the agent goes on after the visitor who is there now; None when nobody is."""
    now = block * BLOCK
    for coming in made.comings:
        if coming.start <= now <= coming.end + RATE // 2:
            return round((coming.end / RATE + AWAY_S) * 100)
    return None
