"""First words: does what goes up hold a visitor's sound from before its beginning? The agent is silent."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from kiosk.audio.hearing import Hearing
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture, CaptureMode
from tests.bench.sound_corpus import RATE
from tests.bench.sound_scene import BLOCK, Scene

LEAD_S = 0.050  # of what is before the first sound must be there
LATEST_PRESS_S = 0.250  # people speak as they press


@dataclass
class Onsets:
    """
    clipped     visits whose first sound is not up, or not without a gap up to half a second on
    unheard     those of which nothing went up at all (they are clipped too)
    opened      how often the gate took for a beginning what was nobody's: no visit within 100 ms before or 0.5 s behind
    """

    visits: int = 0
    clipped: int = 0
    unheard: int = 0
    opened: int = 0
    cpu_s: float = 0.0
    seconds: float = 0.0


def spoken(made: Scene) -> Onsets:
    """The voice gate decides."""
    return _listened(made, Hearing(Capture(mode=CaptureMode.VOICE)), Uplink.GATED, {})


def pressed(made: Scene, seed: int) -> Onsets:
    """The talk button is touched up to 250 ms after the first sound and let go at about the last."""
    rng = np.random.default_rng(seed)
    hands: dict[int, Uplink] = {}
    for coming in made.comings:
        hands[coming.start // BLOCK + int(rng.integers(0, 100 * LATEST_PRESS_S + 1))] = Uplink.HELD
        hands[coming.end // BLOCK + int(rng.integers(0, 10))] = Uplink.CLOSED
    return _listened(made, Hearing(Capture(mode=CaptureMode.PUSH_TO_TALK)), Uplink.CLOSED, hands)


def _listened(made: Scene, hearing: Hearing, uplink: Uplink, hands: dict[int, Uplink]) -> Onsets:
    hearing.restart(0.0)
    hearing.gate.set_uplink(uplink, 0.0)
    up = np.zeros(made.blocks + 1, bool)  # blocks of the scene that went up
    sound = np.clip(np.rint((made.visitors + made.noise) * 32768), -32768, 32767).astype(np.int16)
    began: list[float] = []
    begun = time.process_time()
    for block in range(made.blocks):
        at = block / 100
        if block in hands:
            hearing.gate.set_uplink(hands[block], at)
        hearing.step(sound[block * BLOCK : (block + 1) * BLOCK], None, at + 0.01)
        before, frames, after = hearing.take()
        began += [at for edge, _ in (*before, *after) if edge is VoiceEdge.STARTED]
        for _, captured_at in frames:
            last = round(100 * captured_at) - 1
            up[max(last - 1, 0) : last + 1] = True
    found = Onsets(cpu_s=time.process_time() - begun, seconds=made.blocks / 100)
    spans = [(coming.start / RATE - 0.1, coming.end / RATE + 0.5) for coming in made.comings]
    found.opened = sum(not any(first <= at <= last for first, last in spans) for at in began)
    for coming in made.comings:
        first = round((coming.start / RATE - LEAD_S) * 100)
        last = min(coming.end, coming.start + RATE // 2) // BLOCK
        found.visits += 1
        found.clipped += not up[first:last].all()
        found.unheard += not up[first : coming.end // BLOCK + 20].any()
    return found
