from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.clock import SampleClock
from kiosk.audio.delay import EchoDelay
from kiosk.audio.farend import FarEnd
from kiosk.audio.formats import Resampler, to_float, to_pcm
from kiosk.audio.line import Line
from kiosk.audio.ring import Ring

RATE = 48000


def played(far_end: FarEnd, start: float, blocks: int, value: int, jitter: float = 0.0) -> None:
    rng = np.random.default_rng(1)
    for n in range(blocks):
        stamp = start + n * 0.01 + float(rng.uniform(-jitter, jitter))
        far_end.write(np.full(480, value, np.int16), stamp, sounding=value != 0)


def at(far_end: FarEnd, when: float, samples: int = 480) -> np.ndarray:
    out = np.full(samples, 99, np.int16)
    far_end.read(when, out)
    return out


def test_it_is_read_by_time_and_is_silence_elsewhere() -> None:
    far_end = FarEnd()
    assert not at(far_end, 5.0).any()
    far_end.open(RATE)
    played(far_end, 100.0, 20, 7)
    assert (at(far_end, 100.05) == 7).all()
    assert not at(far_end, 99.9).any()
    assert not at(far_end, 100.3).any()
    half = at(far_end, 100.195)
    assert (half[:240] == 7).all()
    assert not half[240:].any()


def test_wandering_stamps_leave_no_hole() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 150, 7, jitter=0.004)
    assert (at(far_end, 100.5, RATE // 2) == 7).all()
    assert far_end.slips == 0


def test_a_device_that_skipped_is_followed_and_counted() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 60, 7)
    played(far_end, 100.65, 60, 8)
    assert far_end.slips == 1
    assert (at(far_end, 101.0) == 8).all()


def test_the_first_stamps_of_a_burst_are_put_right_without_a_slip() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 8, 7)
    played(far_end, 100.083, 30, 8)  # 3 ms later than the burst had said
    assert far_end.slips == 0
    edge = at(far_end, 100.383, 960)  # the end of the line, at its right time
    assert not edge[2:].any()
    assert (at(far_end, 100.37) == 8).all()


def test_what_was_cut_was_not_played() -> None:
    far_end = FarEnd()
    far_end.open(RATE)
    played(far_end, 100.0, 20, 7)
    far_end.cut(100.1)
    assert (at(far_end, 100.09) == 7).all()
    assert not at(far_end, 100.1, 4800).any()
    assert not far_end.sounded_since(100.11)
    played(far_end, 100.15, 5, 9)
    assert not at(far_end, 100.11, 1900).any()
    assert (at(far_end, 100.16) == 9).all()
    assert far_end.slips == 0
    assert far_end.level(100.18) < far_end.level(100.09) + 5


def test_near_and_far_end_meet_at_the_same_time() -> None:
    """An echo of 10 ms in the air stands 10 ms after the far end, through ring, filters and framers of both ends."""
    sound = (np.random.default_rng(2).standard_normal(RATE) * 3000).astype(np.int16)
    far_end = FarEnd()
    far_end.open(RATE)
    for n in range(100):
        far_end.write(sound[n * 480 : n * 480 + 480], 50.0 + n * 0.01, sounding=True)
    ring = Ring(RATE)
    line = Line(ring, RATE)
    near, far = [], []
    for n in range(50):
        ring.write(sound[n * 480 : n * 480 + 480])
        for block, captured_at in line.blocks((n * 480, 50.01 + n * 0.01)):
            near.append(block)
            far.append(line.far_end(far_end, captured_at))
    near_line, far_line = np.concatenate(near).astype(float), np.concatenate(far).astype(float)
    lag = np.argmax(np.correlate(near_line[2000:6000], far_line[2000:6000], "full")) - 3999
    assert lag == 160
    reference = to_pcm(Resampler(RATE, 16000).feed(to_float(sound)))
    np.testing.assert_allclose(near_line[1000:2000], reference[1000:2000], atol=1)


class Streams:
    """Both streams at once, 10 ms a turn: clocks that run fast, stamps that wander by 2 ms, echo without a delay."""

    def __init__(self, out_ppm: float, in_ppm: float) -> None:
        self.far_end, self.ring = FarEnd(), Ring(RATE)
        self.far_end.open(RATE)
        self.line, self._clock, self._delay = Line(self.ring, RATE), SampleClock(RATE), EchoDelay()
        self._rng = np.random.default_rng(4)
        self._out_s, self._in_s = 0.01 / (1 + out_ppm * 1e-6), 0.01 / (1 + in_ppm * 1e-6)
        self._air = np.zeros(RATE, np.int16)  # a second of true time, over and over
        self.plays_at, self._captured_at = 50.06, 50.0  # 60 ms in the device
        self._started = 0
        self.near: list[np.ndarray] = []
        self.far: list[np.ndarray] = []

    def restart(self) -> None:
        """What the device holds is dropped; the stamps of the next blocks come 3 ms early."""
        heard = self._captured_at + 0.005
        self.far_end.cut(heard)
        self._air[(np.arange(round(heard * RATE), round(self.plays_at * RATE) + 480)) % RATE] = 0
        self.plays_at = heard + 0.002
        self._started = 0
        while self.plays_at < self._captured_at + 0.06:
            self._play()

    def _play(self) -> None:
        block = (self._rng.standard_normal(480) * 3000).astype(np.int16)
        early = 0.003 if 0 < self._started < 6 else 0.0
        self.far_end.write(block, self.plays_at + float(self._rng.uniform(-0.002, 0.002)) - early, sounding=True)
        self._air[(round(self.plays_at * RATE) + np.arange(480)) % RATE] = block
        self.plays_at += self._out_s
        self._started += 1

    def go(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self._play()
            at = round(self._captured_at * RATE) + np.arange(480)
            position = self.ring.written
            stamp = self._clock.at(position, self._captured_at + float(self._rng.uniform(-0.002, 0.002)))
            self.ring.write(self._air[at % RATE])
            self._captured_at += self._in_s
            for frame, captured_at in self.line.blocks((position, stamp)):
                self.near.append(frame)
                self.far.append(self.line.far_end(self.far_end, captured_at + 0.02))
                self.line.far_later(self._delay.step(frame, self.far[-1]))

    def delays(self) -> list[int]:
        """Of the echo, in samples of 16 kHz, every half second; it is 320 where every stamp is right."""
        near, far = np.concatenate(self.near).astype(float), np.concatenate(self.far).astype(float)
        size = 1 << 14
        found = []
        for at in range(8000, len(near) - 8000, 8000):
            spectrum = np.fft.rfft(near[at : at + 8000], size) * np.conj(np.fft.rfft(far[at : at + 8000], size))
            found.append((int(np.argmax(np.fft.irfft(spectrum, size))) + size // 2) % size - size // 2)
        return found


@pytest.mark.parametrize(("out_ppm", "in_ppm"), [(-200, 0), (0, 200)])
def test_clocks_that_drift_move_the_echo_by_no_step_and_count_no_slip(out_ppm: float, in_ppm: float) -> None:
    streams = Streams(out_ppm, in_ppm)
    streams.go(60)
    delays = streams.delays()[8:]  # without the first seconds, in which both clocks settle
    assert streams.far_end.slips == 0
    assert np.abs(np.array(delays) - delays[0]).max() <= 8, "half a millisecond in a minute"


def test_behind_a_restart_the_echo_is_where_it_was() -> None:
    streams = Streams(50, 0)
    for _ in range(5):
        streams.go(3.37)
        streams.restart()
    streams.go(3)
    delays = np.array(streams.delays()[4:])
    assert streams.far_end.slips == 0
    assert np.mean(np.abs(delays - np.median(delays)) <= 32) > 0.8, "2 ms, but for the halves that hold a restart"


def test_a_cut_is_counted_when_something_sounded() -> None:
    far = FarEnd()
    far.open(48000)
    far.write(np.zeros(480, np.int16), 1.0, sounding=False)
    far.cut(1.005)
    assert far.cuts == 0
    far.write(np.full(480, 9, np.int16), 2.0, sounding=True)
    far.cut(2.005)
    assert far.cuts == 1
    far.cut(2.006)
    assert far.cuts == 1
