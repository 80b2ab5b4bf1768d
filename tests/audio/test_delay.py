"""How far the echo has moved, by near and far end alone: against sound whose delay is known."""

from __future__ import annotations

import numpy as np
import pytest

from kiosk.audio.delay import EchoDelay
from kiosk.audio.echo import FRAME, RATE
from kiosk.rehearsal.acoustics import shoebox

SECOND = RATE // FRAME  # frames


class Air:
    """Noise that comes and goes like speech, its echo in a room of 0.4 s, and somebody who talks beside it."""

    def __init__(self, seconds: float, visitor_db: float | None = None) -> None:
        rng = np.random.default_rng(5)
        count = round(seconds * RATE)
        syllables = np.repeat(rng.uniform(0, 1, count // 1600 + 1) > 0.35, 1600)[:count]
        self.far = rng.standard_normal(count) * 2000 * syllables
        room = shoebox(RATE, gain_db=-6, delay_ms=20, rt60_s=0.4)
        self.echo = np.convolve(self.far, room)[:count]
        self.beside = rng.standard_normal(count) * 10
        if visitor_db is not None:
            voice = rng.standard_normal(count) * np.repeat(rng.uniform(0, 1, count // 1600 + 1) > 0.35, 1600)[:count]
            self.beside += voice * np.std(self.echo) * 10 ** (visitor_db / 20)

    def frames(self, late: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
        """`late`: samples by which the echo comes later, from the middle on."""
        middle = len(self.echo) // 2
        echo = self.echo.copy()
        if late:
            moved = np.roll(self.echo, late)
            echo[middle:] = moved[middle:]
        near = np.clip(np.rint(echo + self.beside), -32768, 32767).astype(np.int16)
        far = np.clip(np.rint(self.far), -32768, 32767).astype(np.int16)
        whole = range(0, len(near) - FRAME + 1, FRAME)
        return [(near[at : at + FRAME], far[at : at + FRAME]) for at in whole]


def told(delay: EchoDelay, frames: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[int, float]]:
    """(frame, samples) of everything that it said; the far end obeys."""
    said: list[tuple[int, float]] = []
    far = np.concatenate([far for _, far in frames])
    for number, (near, _) in enumerate(frames):
        late = round(sum(moved for _, moved in said))
        at = (np.arange(number * FRAME, (number + 1) * FRAME) - late) % len(far)
        if moved := delay.step(near, far[at]):
            said.append((number, moved * RATE))
    return said


def test_an_echo_that_stands_is_left_where_it_is() -> None:
    delay = EchoDelay()
    assert told(delay, Air(4).frames()) == []
    assert delay.standing


@pytest.mark.parametrize("visitor_db", [None, -5.0, 5.0])
@pytest.mark.parametrize("late", [3, 320, -160])
def test_a_slip_is_told_once_and_exactly_whoever_talks_beside_it(late: int, visitor_db: float | None) -> None:
    said = told(EchoDelay(), Air(8, visitor_db).frames(late))
    assert len(said) == 1
    frame, moved = said[0]
    assert moved == pytest.approx(late, abs=0.3)
    assert 4 * SECOND < frame < 4.8 * SECOND


def test_a_slip_is_seen_elsewhere_before_it_is_told() -> None:
    delay, seen, said = EchoDelay(), [], []
    for number, (near, far) in enumerate(Air(8).frames(320)):
        if delay.step(near, far):
            said.append(number)
        if delay.elsewhere():
            seen.append(number)
    assert 4 * SECOND < seen[0] < said[0]


def test_a_visitor_moves_nothing() -> None:
    delay = EchoDelay()
    frames = Air(3).frames() + Air(6, visitor_db=5.0).frames()[3 * SECOND :]
    assert told(delay, frames) == []
    assert not delay.elsewhere()


def test_behind_a_pause_and_in_doubt_it_is_not_known_to_stand() -> None:
    delay, frames = EchoDelay(), Air(4).frames()
    told(delay, frames)
    delay.doubt()
    assert not delay.standing
    told(delay, frames[:SECOND])
    assert delay.standing
    delay.rest()
    assert not delay.standing


def test_another_room_is_learned_after_a_while() -> None:
    delay = EchoDelay()
    told(delay, Air(4).frames())
    other = Air(9)
    other.echo = np.convolve(other.far, shoebox(RATE, gain_db=-6, delay_ms=35, rt60_s=0.3, seed=3))[: len(other.far)]
    other.echo = np.concatenate([np.zeros(2000), other.echo[:-2000]])  # farther than is looked for
    delay.standing = False
    assert told(delay, other.frames()) == []
    assert delay.standing
