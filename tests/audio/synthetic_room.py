"""Two tapes of a room that is known exactly: delay, gain, noise, drift, clipping, a slip."""

from __future__ import annotations

import numpy as np

from kiosk.audio.formats import Floats, to_pcm
from kiosk.audio.stimulus import Programme, programme, spoken_like
from kiosk.audio.tape import Recorder, Tape

RATE = 48000
BLOCK = 480
LEAD_S = 2.5
LOUDSPEAKER_S = 0.050  # from the callback to the air
MICROPHONE_S = 0.020  # from the air to the callback


def shown() -> Programme:
    return programme(RATE, spoken_like(RATE, 8.0))


def tapes(
    line: Floats,
    *,
    delay_ms: float = 10.0,
    gain_db: float = -10.0,
    noise_db: float = -62.0,
    drift_ppm: float = 0.0,
    clip: float = 1.0,
    stamps_err_ms: float = 0.0,
    lost: int = 0,
) -> tuple[Tape, Tape]:
    """(near, far); `LEAD_S` of silence stand before `line`. `lost`: samples the microphone loses after 5 s."""
    dice = np.random.default_rng(2)
    far = np.concatenate((np.zeros(round(LEAD_S * RATE), np.float32), line, np.zeros(RATE, np.float32)))
    at = np.arange(len(far)) / (1 + drift_ppm * 1e-6) - delay_ms / 1000 * RATE
    whole = np.floor(at).astype(int)
    # A cubic (Catmull-Rom) between samples: what a fraction of a sample's delay sounds like.
    t = at - whole
    taps = [far[np.clip(whole + k, 0, len(far) - 1)] * (whole + k >= 0) for k in (-1, 0, 1, 2)]
    weights = [
        -0.5 * t + t**2 - 0.5 * t**3,
        1 - 2.5 * t**2 + 1.5 * t**3,
        0.5 * t + 2 * t**2 - 1.5 * t**3,
        -0.5 * t**2 + 0.5 * t**3,
    ]
    near = 10 ** (gain_db / 20) * sum(w * tap for w, tap in zip(weights, taps, strict=True))
    near = near + 10 ** (noise_db / 20) * dice.standard_normal(len(near))
    near = np.clip(near, -clip, clip)
    if lost:
        near = np.delete(near, slice(5 * RATE, 5 * RATE + lost))
    # Sample n of the near end is captured when sample n of the far end is in the air.
    return (
        _taped(
            near.astype(np.float32),
            RATE * (1 + drift_ppm * 1e-6),
            from_s=LOUDSPEAKER_S,
            called_s=MICROPHONE_S,
            stamp_ms=stamps_err_ms,
            dice=dice,
        ),
        _taped(far, RATE, from_s=0.0, called_s=0.0, stamp_ms=1000 * LOUDSPEAKER_S, dice=dice),
    )


def _taped(
    line: Floats, true_rate: float, *, from_s: float, called_s: float, stamp_ms: float, dice: np.random.Generator
) -> Tape:
    """A callback for each block, `called_s` after its first sample's time, with a stamp that wanders by 2 ms."""
    recorder = Recorder()
    for first in range(0, len(line) - BLOCK + 1, BLOCK):
        at = 1000.0 + from_s + first / true_rate
        stamp = at + stamp_ms / 1000 + dice.uniform(-0.002, 0.002)
        recorder.write(to_pcm(line[first : first + BLOCK]), stamp, at + called_s + dice.exponential(0.0005))
    return recorder.tape(RATE)
