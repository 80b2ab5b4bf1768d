from __future__ import annotations

import random

import numpy as np
import pytest

from kiosk.audio.jitter import JitterDepth
from kiosk.audio.playback import PlaybackQueue

RATE = 16000
FRAME_S, BLOCK_S = 0.02, 0.01


def depth_after(*responses: list[float]) -> float:
    """How much is held back behind responses of 20 ms frames, each of which comes so many seconds late."""
    depth = JitterDepth(0.04, 0.2)
    for number, late in enumerate(responses):
        at = 100.0 * number
        depth.begin(at + late[0])
        for frame, each in enumerate(late[1:], 1):
            depth.arrived(frame * FRAME_S, at + frame * FRAME_S + each)
    return depth.seconds


@pytest.mark.parametrize(
    ("late", "seconds"),
    [
        ([0.0] * 50, 0.04),  # as it should be
        ([0.0, 0.01, 0.025, 0.0], 0.04),  # what is held back in any case is enough
        ([0.0, 0.08, 0.01], 0.1),  # the latest and a block, in whole frames
        ([0.05, 0.0, 0.08, 0.05], 0.04),  # against the first, that had the others wait
        ([0.0, 0.0, -0.5, -0.9, -0.1], 0.04),  # a burst, and a gap that it fills
        ([0.0, 0.195], 0.2),  # never more than that
        ([0.0, 0.6, 0.6, 0.6], 0.04),  # a standstill is no jitter
        ([0.0, 0.6, 0.65, 0.61], 0.06),  # and what sways behind it is
    ],
)
def test_what_is_held_back_is_as_much_as_frames_are_late(late: list[float], seconds: float) -> None:
    assert depth_after(late) == pytest.approx(seconds)


def test_a_network_that_sways_is_believed_until_eight_responses_came_in_time() -> None:
    calm = [[0.0, 0.0]]
    assert depth_after([0.0, 0.1], *calm * 7) == pytest.approx(0.12)
    assert depth_after([0.0, 0.1], *calm * 8) == pytest.approx(0.04)


def test_without_room_to_grow_it_stays_as_it_is() -> None:
    depth = JitterDepth(0.04, 0.0)
    depth.begin(0.0)
    depth.arrived(0.02, 0.055)
    assert depth.seconds == 0.04


def missing(queue: PlaybackQueue, name: str, late: list[float], start: float) -> float:
    """Milliseconds of silence inside of a response of full-scale frames that come so late, in order."""
    comes = [start]
    for number, each in enumerate(late[1:], 1):
        comes.append(max(comes[-1], start + number * FRAME_S + each))
    frame = np.full(round(FRAME_S * RATE), 20000, "<i2").tobytes()
    queue.begin(name)
    heard: list[np.ndarray] = []
    now = start
    while comes or queue.busy:
        while comes and comes[0] <= now:
            comes.pop(0)
            queue.feed(name, frame, RATE, now)
        if not comes:
            queue.end(name, now)
        block = np.zeros(round(BLOCK_S * RATE), np.int16)
        queue.fill(block, now, now)
        heard.append(block)
        now += BLOCK_S
        queue.over(now)
    sounding = np.flatnonzero(np.concatenate(heard))
    return 1000 * (sounding[-1] + 1 - sounding[0] - len(sounding)) / RATE


def test_a_swaying_network_makes_holes_in_the_first_answer_and_in_no_later_one() -> None:
    pick = random.Random(5)
    swaying = [[pick.uniform(0, 0.12) for _ in range(300)] for _ in range(6)]
    stays, learns = (PlaybackQueue(RATE, jitter_s=0.04, jitter_most_s=most_s, limit_s=60) for most_s in (0.0, 0.2))
    assert all(missing(stays, str(n), late, 100.0 * (n + 1)) > 30 for n, late in enumerate(swaying))
    assert stays.underruns >= len(swaying)
    assert missing(learns, "first", swaying[0], 0.0) > 30
    assert learns.underruns <= 2
    assert sum(missing(learns, str(n), late, 100.0 * n) for n, late in enumerate(swaying[1:], 1)) <= 20
