"""The physics of the simulated room: impulse responses and block convolution. Pure; float32 mono throughout."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SPEED_OF_SOUND = 343.0  # m/s


def amplitude(db: float) -> float:
    return float(10.0 ** (db / 20.0))


def decibels(level: float) -> float:
    """dBFS of a linear level; -120 stands for silence."""
    return float(20.0 * np.log10(max(level, 1e-6)))


def single_path(rate: int, *, gain_db: float, delay_ms: float) -> Samples:
    """One tap: an echo with an exact gain and a delay of a whole number of samples."""
    response = np.zeros(round(rate * delay_ms / 1000) + 1, np.float32)
    response[-1] = amplitude(gain_db)
    return response


def shoebox(
    rate: int, *, gain_db: float, delay_ms: float = 0.0, rt60_s: float = 0.35, reflections: int = 6, seed: int = 7
) -> Samples:
    """Impulse response from a kiosk's loudspeaker to its microphone in a 6 x 5 x 3 m room.

    Image sources (Allen and Berkley, 1979) up to `reflections` per axis with one absorption for all walls, chosen by
    Sabine's formula for `rt60_s`, then an exponentially decaying noise tail where the images end. `gain_db` is the
    energy of the whole response (what an echo's level at the microphone is measured by), `delay_ms` is added in front
    (sound card buffers). Length `delay_ms` + `rt60_s`.
    """
    size = np.array([6.0, 5.0, 3.0])
    loudspeaker = np.array([3.0, 0.35, 1.2])
    microphone = np.array([3.0, 0.35, 1.5])
    volume = float(size.prod())
    surface = 2 * float(size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    absorption = min(0.161 * volume / (surface * rt60_s), 0.95)
    wall = float(np.sqrt(1 - absorption))

    response = np.zeros(round(rate * rt60_s), np.float64)
    # Up to this distance every image is among them; beyond, the tail takes over.
    complete = min(round(reflections * float(size.min()) / SPEED_OF_SOUND * rate), len(response))
    order = range(-reflections, reflections + 1)
    for image in itertools.product(order, order, order):
        if sum(map(abs, image)) > reflections:
            continue
        # Even images repeat the source, odd ones mirror it at the wall.
        position = [n * s + (p if n % 2 == 0 else s - p) for n, s, p in zip(image, size, loudspeaker, strict=True)]
        distance = float(np.linalg.norm(np.array(position) - microphone))
        sample = round(distance / SPEED_OF_SOUND * rate)
        if sample < complete:
            response[sample] += wall ** sum(map(abs, image)) / distance
    tail = np.arange(len(response) - complete)
    noise = np.random.default_rng(seed).standard_normal(len(tail))
    edge = np.sqrt(np.mean(response[complete - rate // 50 : complete] ** 2))
    response[complete:] = edge * noise * 10 ** (-3 * tail / (rate * rt60_s))

    response *= amplitude(gain_db) / np.sqrt(np.sum(response**2))
    return np.concatenate([np.zeros(round(rate * delay_ms / 1000)), response]).astype(np.float32)


class Convolver:
    """Uniformly partitioned overlap-save convolution, one block of `block` samples a call.

    The past of the input is kept for `longest` samples, so that a response loaded in mid-signal sounds at once. One
    thread calls `step`; `load` may be called on another, its result is picked up with the next block. At 48 kHz,
    10 ms blocks and 0.35 s of response a step takes about 0.1 ms.
    """

    def __init__(self, block: int, longest: int) -> None:
        self.block = block
        self._past = np.zeros((longest // block + 2, block + 1), np.complex64)
        self._newest = 0
        self._window = np.zeros(2 * block, np.float32)
        self._spectra: NDArray[np.complex64] | None = None

    def load(self, response: Samples | None) -> None:
        """None or silence: no path. Raises `ValueError` when the response is longer than `longest`."""
        if response is None or not np.any(response):
            self._spectra = None
            return
        parts = -(-len(response) // self.block)
        if parts > len(self._past):
            raise ValueError(f"the response has {len(response)} samples, at most {len(self._past) * self.block} fit")
        padded = np.zeros((parts, 2 * self.block), np.float32)
        padded[:, : self.block].flat[: len(response)] = response
        self._spectra = np.fft.rfft(padded, axis=1).astype(np.complex64)

    def step(self, block: Samples) -> Samples:
        """The convolved block; always a new array of `block` samples."""
        self._window[: self.block] = self._window[self.block :]
        self._window[self.block :] = block
        self._newest = (self._newest - 1) % len(self._past)
        self._past[self._newest] = np.fft.rfft(self._window)
        spectra = self._spectra
        if spectra is None:
            return np.zeros(self.block, np.float32)
        # The newest spectrum meets the first part of the response; the ring is read in two runs.
        run = min(len(spectra), len(self._past) - self._newest)
        total = np.einsum("pk,pk->k", self._past[self._newest : self._newest + run], spectra[:run])
        if run < len(spectra):
            total += np.einsum("pk,pk->k", self._past[: len(spectra) - run], spectra[run:])
        return np.fft.irfft(total, 2 * self.block)[self.block :].astype(np.float32)
