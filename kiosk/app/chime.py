"""The kiosk's own short sounds, made when they are needed: nothing to ship, nothing to read."""

from __future__ import annotations

from functools import cache

import numpy as np

CHIME_RATE = 16000  # hertz
PEAK = 0.2  # of full scale: well below a voice

NOTES = {"attention": ((587.33, 0.16), (783.99, 0.34))}
"""Hertz and seconds of each tone. Two rising tones are heard as a question, and no speech detector minds them."""


@cache
def chime(name: str) -> bytes:
    """Little-endian signed 16-bit mono at `CHIME_RATE`. Raises `KeyError` for a name that is not in `NOTES`."""
    tones = [_tone(hertz, seconds) for hertz, seconds in NOTES[name]]
    return (np.concatenate(tones) * 32767).astype("<i2").tobytes()


def _tone(hertz: float, seconds: float) -> np.ndarray:
    """Starts in 8 ms, so that it does not click, and dies away like a struck bar."""
    at = np.arange(round(seconds * CHIME_RATE)) / CHIME_RATE
    swell = np.minimum(1.0, at / 0.008) * np.exp(-at * 5.0) * np.minimum(1.0, (seconds - at) / 0.02)
    partials = np.sin(2 * np.pi * hertz * at) + 0.25 * np.sin(4 * np.pi * hertz * at)
    return PEAK * swell * partials / 1.25
