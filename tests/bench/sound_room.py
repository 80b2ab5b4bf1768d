"""Rooms, loudspeakers and noises of the sound bench: what the air does. Pure; 16 kHz float32 mono.

Image sources with fractional delays for the first 90 ms, then a decaying noise tail; the walls damp all frequencies
alike. A loudspeaker is a second-order high-pass at 170 Hz and a lopsided soft clip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import butter, fftconvolve, lfilter

from kiosk.rehearsal.acoustics import SPEED_OF_SOUND
from tests.bench.sound_corpus import RATE, Samples, levelled

EARLY_S = 0.090
LOUDSPEAKER_BELOW_M = 0.30


@dataclass(frozen=True)
class Place:
    """A shoebox with a kiosk in it. Metres; the origin is a corner.

    microphone      where it stands; the loudspeaker is 30 cm below
    visitor         the mouth, against the microphone
    """

    size: tuple[float, float, float]
    rt60_s: float
    microphone: tuple[float, float, float]
    visitor: tuple[float, float, float]


ROOMS = {
    "tuning": (
        Place((6.0, 5.0, 3.0), 0.40, (3.0, 0.35, 1.45), (0.15, 0.70, 0.05)),
        Place((4.2, 3.6, 2.6), 0.28, (1.1, 0.30, 1.30), (-0.10, 0.75, 0.20)),
        Place((9.5, 7.0, 3.4), 0.50, (4.0, 0.50, 1.50), (0.25, 0.90, 0.00)),
    ),
    "test": (
        Place((5.2, 6.8, 2.9), 0.38, (2.2, 0.40, 1.40), (-0.20, 0.72, 0.10)),
        Place((3.4, 4.1, 2.5), 0.25, (1.9, 0.25, 1.35), (0.10, 0.71, 0.15)),
        Place((11.0, 8.3, 3.8), 0.48, (6.3, 0.60, 1.55), (0.30, 0.95, -0.05)),
    ),
    "small": (Place((4.5, 4.0, 2.7), 0.30, (2.0, 0.35, 1.40), (0.10, 0.72, 0.10)),),
}
ECHOING = {
    "tuning": Place((8.0, 6.0, 3.2), 0.60, (3.5, 0.40, 1.45), (0.20, 0.80, 0.10)),
    "test": Place((9.1, 5.6, 3.1), 0.60, (4.4, 0.35, 1.50), (-0.15, 0.75, 0.12)),
}
"""The row of long reverberation."""

DRIVE = {"mild": 2.3, "strong": 4.2}
"""Of the soft clip. Harmonic distortion of a sine of amplitude 0.06 / 0.14 / 0.3 / 0.5 (an agent's speech has an RMS of
0.1 and peaks of 0.5): 0.5 / 1.5 / 4 / 9 % and 1 / 3 / 10 / 18 %. What no linear canceller can take away of speech is 28
and 19 dB below it."""


def response(place: Place, source: tuple[float, float, float], seed: int) -> Samples:
    """From a point in the room to the microphone; energy as it comes, 1/distance for the direct path."""
    size, microphone = np.array(place.size), np.array(place.microphone)
    surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    wall = np.sqrt(1 - min(0.161 * size.prod() / (surface * place.rt60_s), 0.95))
    reach = EARLY_S * SPEED_OF_SOUND
    axes = []
    for axis in range(3):
        order = np.arange(-int(reach / size[axis]) - 2, int(reach / size[axis]) + 3)
        mirrored = np.where(order % 2 == 0, source[axis], size[axis] - source[axis])
        axes.append((order * size[axis] + mirrored - microphone[axis], np.abs(order)))
    distance = np.sqrt(axes[0][0][:, None, None] ** 2 + axes[1][0][None, :, None] ** 2 + axes[2][0][None, None, :] ** 2)
    bounces = axes[0][1][:, None, None] + axes[1][1][None, :, None] + axes[2][1][None, None, :]
    near = distance < reach
    gains, at = wall ** bounces[near] / distance[near], distance[near] / SPEED_OF_SOUND * RATE
    taps = np.arange(-16, 17)  # a windowed sinc places each image between the samples
    whole = np.floor(at).astype(int)
    offset = taps[None, :] - (at - whole)[:, None]
    kernel = np.sinc(offset) * (0.5 + 0.5 * np.cos(np.pi * np.clip(offset / 17, -1, 1)))
    length = round(place.rt60_s * RATE) + 64
    sound = np.zeros(length + 64)
    np.add.at(sound, whole[:, None] + taps[None, :] + 32, kernel * gains[:, None])
    sound = sound[32 : 32 + length]
    early = round(EARLY_S * RATE)
    level = np.sqrt(np.mean(sound[early - 320 : early] ** 2))
    tail = np.arange(length - early)
    noise = np.random.default_rng(seed).standard_normal(len(tail))
    sound[early:] = level * noise * 10 ** (-3 * tail / (RATE * place.rt60_s))
    return sound.astype(np.float32)


def loudspeaker_at(place: Place) -> tuple[float, float, float]:
    x, y, z = place.microphone
    return x, y, z - LOUDSPEAKER_BELOW_M


def visitor_at(place: Place) -> tuple[float, float, float]:
    x, y, z = (m + v for m, v in zip(place.microphone, place.visitor, strict=True))
    return x, y, z


def wet(samples: Samples, echo: Samples) -> Samples:
    """A sound as it arrives: as long as before, and its reverberation after it."""
    return np.asarray(fftconvolve(samples, echo), np.float32)


def high_passed(samples: Samples) -> Samples:
    """What a small box leaves of it."""
    return np.asarray(lfilter(*butter(2, 170, "highpass", fs=RATE), samples), np.float32)


def clipped(samples: Samples, drive: float) -> Samples:
    """The cone's limits, lopsided: odd harmonics and a few even ones."""
    if not drive:
        return samples
    pushed = samples * np.float32(drive)
    return np.asarray((np.tanh(pushed + 0.08 * pushed * pushed)) / np.float32(drive), np.float32)


def drifted(samples: Samples, ppm: float) -> Samples:
    """Played by a clock that is `ppm` too slow."""
    at = np.arange(len(samples)) * (1 - ppm * 1e-6)
    whole = np.clip(np.floor(at).astype(int), 8, len(samples) - 10)
    taps = np.arange(-7, 9)
    offset = taps[None, :] - (at - whole)[:, None]
    out = np.empty(len(samples), np.float32)
    for first in range(0, len(samples), 1 << 16):
        part = slice(first, first + (1 << 16))
        kernel = np.sinc(offset[part]) * (0.5 + 0.5 * np.cos(np.pi * np.clip(offset[part] / 9, -1, 1)))
        out[part] = np.einsum("nk,nk->n", samples[whole[part][:, None] + taps[None, :]], kernel)
    return out


# --- noises: RMS 1/10 -----------------------------------------------------------------------------------------------


def pink(count: int, rng: np.random.Generator) -> Samples:
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return _tenth(np.fft.irfft(spectrum, count))


def ventilation(count: int, rng: np.random.Generator) -> Samples:
    """A fan: rumble with a hum of the blades, and every second or two something clatters."""
    low = lfilter(*butter(2, rng.uniform(250, 500), fs=RATE), rng.standard_normal(count))
    time = np.arange(count) / RATE
    hum = sum(np.sin(2 * np.pi * rng.uniform(80, 130) * k * time) / k for k in (1, 2, 3))
    sound = low / low.std() + 0.4 * hum
    for _ in range(count // RATE // 2):
        at = int(rng.integers(0, max(count - RATE // 2, 1)))
        struck = clatter(rng)
        sound[at : at + len(struck)] += 4 * struck[: count - at] / np.abs(struck).max()
    return _tenth(sound)


def clatter(rng: np.random.Generator) -> Samples:
    """Crockery: a few ringing modes, 60-200 ms."""
    time = np.arange(round(rng.uniform(0.06, 0.2) * RATE)) / RATE
    modes = [np.sin(2 * np.pi * rng.uniform(900, 6000) * time) * np.exp(-time * rng.uniform(20, 90)) for _ in range(5)]
    return np.asarray(np.sum(modes, axis=0), np.float32)


def clap(rng: np.random.Generator) -> Samples:
    """Synthetic: one to four claps, each a burst of noise around 1-2.5 kHz that is gone in 10-20 ms."""
    sound = np.zeros(RATE)
    for index in range(int(rng.integers(1, 5))):
        burst = rng.standard_normal(RATE // 10) * np.exp(-np.arange(RATE // 10) / (rng.uniform(0.004, 0.008) * RATE))
        centre = rng.uniform(1000, 2500)
        burst = lfilter(*butter(1, [centre * 0.6, centre * 1.6], "bandpass", fs=RATE), burst)
        at = round(index * rng.uniform(0.18, 0.24) * RATE)
        sound[at : at + len(burst)] += burst / np.abs(burst).max() * rng.uniform(0.7, 1)
    return levelled(sound.astype(np.float32))


def cough(rng: np.random.Generator) -> Samples:
    """Synthetic: one to three explosions of breath (noise through two wide formants, 25 ms) that die in 150-250 ms, the
    last with a little voice in it."""
    sound = np.zeros(round(1.6 * RATE))
    bursts = int(rng.integers(1, 4))
    for index in range(bursts):
        time = np.arange(round(rng.uniform(0.2, 0.32) * RATE)) / RATE
        breath = rng.standard_normal(len(time))
        shaped = sum(
            lfilter(*butter(1, [f * 0.7, f * 1.4], "bandpass", fs=RATE), breath) * g
            for f, g in ((rng.uniform(400, 700), 1.0), (rng.uniform(1200, 2000), 0.8), (rng.uniform(3000, 4500), 0.4))
        )
        if index == bursts - 1:
            pitch = rng.uniform(110, 220) * (1 - 0.2 * time)
            shaped = shaped / np.std(shaped) + 0.5 * np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE)) * (time > 0.1)
        shape = np.minimum(time / 0.008, 1) * np.exp(-time / rng.uniform(0.05, 0.08))
        at = round(index * rng.uniform(0.34, 0.45) * RATE)
        sound[at : at + len(time)] += shaped / np.std(shaped) * shape * rng.uniform(0.6, 1)
    return levelled(sound.astype(np.float32))


def looped(samples: Samples, count: int, at: int) -> Samples:
    """`count` samples of a sound that goes round, from `at` on."""
    return np.asarray(np.take(samples, np.arange(at, at + count), mode="wrap"), np.float32)


def _tenth(sound: Samples) -> Samples:
    return np.asarray(sound * (0.1 / max(float(np.sqrt(np.mean(sound**2))), 1e-9)), np.float32)
