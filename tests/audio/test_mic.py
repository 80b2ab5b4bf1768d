"""The real microphone and its thread on a device that the test moves by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue

import numpy as np
import pytest
from hand_backend import HandBackend

from kiosk.audio.farend import FarEnd
from kiosk.audio.mic import CaptureMicrophone
from kiosk.audio.profile import Profile
from kiosk.core.fault import Fault
from kiosk.core.ports import Uplink
from kiosk.settings.sound import Capture


class Rig:
    def __init__(self, profile: Profile | None = None) -> None:
        self.backend = HandBackend()
        self.far_end = FarEnd()
        self.microphone = CaptureMicrophone(self.backend, Capture(), self.far_end, profile)
        self.frames: SimpleQueue[tuple[bytes, float]] = SimpleQueue()
        self.lost: SimpleQueue[str] = SimpleQueue()
        self.microphone.on_frame = lambda pcm, at: self.frames.put((pcm, at))
        self.microphone.on_lost = self.lost.put
        self.n = 0
        self.start = time.monotonic()

    def hear(self, blocks: int, value: int = 1000) -> None:
        """Blocks of 10 ms, captured one after the other from `start` on."""
        for _ in range(blocks):
            self.backend.capture(np.full(480, value, np.int16), self.start + self.n * 0.01)
            self.n += 1

    def next(self) -> tuple[bytes, float]:
        return self.frames.get(timeout=10)


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    rig.microphone.open()
    rig.start = time.monotonic() + 0.01  # nothing from before the opening goes up
    yield rig
    rig.microphone.close()


def test_open_gives_twenty_milliseconds_of_16_khz_with_their_time(rig: Rig) -> None:
    rig.microphone.set_uplink(Uplink.OPEN)
    rig.hear(30)
    frames = [rig.next() for _ in range(14)]
    assert all(len(pcm) == 640 for pcm, _ in frames)
    times = [at - rig.start for _, at in frames]
    # The resampler's delay is taken off: the frame that ends at 20 ms of the device holds what ended at 18.5 ms.
    np.testing.assert_allclose(np.diff(times), 0.02, atol=1e-6)
    assert (times[0] + 0.0015) % 0.01 == pytest.approx(0, abs=1e-6) or (times[0] + 0.0015) % 0.01 > 0.0099
    np.testing.assert_allclose(np.frombuffer(frames[5][0], "<i2"), 1000, atol=2)


def test_closed_gives_nothing_and_a_press_gives_what_was_before_it(rig: Rig) -> None:
    rig.hear(30)
    rig.microphone.set_uplink(Uplink.HELD)
    rig.hear(2)
    first, at = rig.next()
    assert at < time.monotonic() + 0.5
    assert len(first) == 640
    assert rig.microphone.uplink is Uplink.HELD


def test_after_forget_nothing_older_goes_up(rig: Rig) -> None:
    rig.hear(10)
    time.sleep(rig.start + 0.1 - time.monotonic())  # the last of it lies in the past
    rig.microphone.forget()
    rig.microphone.set_uplink(Uplink.HELD)
    rig.hear(1)
    with pytest.raises(Empty):
        rig.frames.get(timeout=0.2)


def test_a_lost_microphone_is_told_and_keeps_its_mode(rig: Rig) -> None:
    rig.microphone.set_uplink(Uplink.OPEN)
    rig.backend.lose_input("pulled out")
    assert rig.lost.get(timeout=10) == "pulled out"
    rig.microphone.open()
    rig.start = time.monotonic() + 0.01
    rig.hear(10)
    assert len(rig.next()[0]) == 640


def test_a_microphone_that_stands_still_is_lost(rig: Rig) -> None:
    assert rig.lost.get(timeout=10) == "the microphone's device stands still"


def test_a_microphone_that_fell_dead_silent_is_lost(rig: Rig) -> None:
    """Unplugged: the sound server gives the stream another input, which holds zeros."""
    rig.hear(10)
    for _ in range(260):
        rig.backend.capture(np.zeros(480, np.int16), time.monotonic())
        time.sleep(0.01)
        if not rig.lost.empty():
            break
    assert rig.lost.get(timeout=1) == "the microphone gives nothing but zeros"


def test_stale_sound_of_a_frozen_server_is_dropped_and_counted(rig: Rig) -> None:
    rig.microphone.set_uplink(Uplink.OPEN)
    rig.backend.capture(np.zeros(48000, np.int16), rig.start)  # a second in one burst
    rig.hear(60)
    rig.next()
    figures = rig.microphone.figures
    assert figures.overruns >= 1
    assert figures.dropped > 0


def test_a_device_that_cannot_start_is_a_fault_and_given_back() -> None:
    rig = Rig()
    rig.backend.input.refuses = True
    with pytest.raises(Fault):
        rig.microphone.open()
    assert rig.backend.input.calls == ["close"]


def echo_left_db(profile: Profile | None, path_s: float, seconds: float = 4.0) -> float:
    """How loud the end of an echo goes up that comes so much later than every time stamp says; 0: as it came."""
    rig = Rig(profile)
    rig.far_end.open(48000)
    rig.microphone.open()
    rig.microphone.set_uplink(Uplink.OPEN)
    rig.start = time.monotonic() + 0.01
    said = (np.random.default_rng(1).standard_normal(round(48000 * seconds)) * 3000).astype(np.int16)
    heard = np.concatenate([np.zeros(round(48000 * path_s), np.int16), said])[: len(said)]
    frames: list[bytes] = []
    try:
        for n in range(len(said) // 480):
            part = slice(n * 480, n * 480 + 480)
            rig.far_end.write(said[part], rig.start + n * 0.01, True)
            rig.backend.capture(heard[part], rig.start + (n - 5) * 0.01)  # five blocks are in the device
            if n % 10 == 9:  # the ring holds 0.4 s
                while len(frames) < n // 2 - 12:
                    frames.append(rig.next()[0])
    finally:
        rig.microphone.close()
    up = np.frombuffer(b"".join(frames[-50:]), "<i2").astype(float)
    return float(20 * np.log10(np.sqrt(np.mean(up**2)) / 3000))


def test_a_television_that_is_late_is_cancelled_once_the_doctor_has_measured_it() -> None:
    """Its sound comes 245 ms behind the stamps, where the canceller looks back 250 and the far end is 20 early."""
    known = Profile("mic", "tv", 0.0, 0.0, True, -60.0, path_ms=245.0)
    assert echo_left_db(known, 0.245) < echo_left_db(None, 0.245) - 12
