"""An echo canceller of our own, in numpy: for the path to the agent where libspeexdsp is not to be had.

A frequency-domain Kalman filter (Enzner and Vary, 2006; partitioned as by Kuech et al., 2014): each of its weights
carries how uncertain it is, so a visitor who speaks over the echo slows the learning down instead of spoiling it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.audio.echo import FRAME
from kiosk.audio.formats import Floats, Pcm, to_float, to_pcm

PARTS = 25  # of 10 ms of echo path each
FORGETTING = 0.9999  # of a weight in 10 ms: how fast a room may change
UNCERTAIN = 0.02
"""Variance of a weight nothing is known of, at delay 0; 60 dB less after half a second. With 1, what a path could be, a
voice's even spectra make the filter too sure of itself: minutes instead of seconds until it is right."""
AFTER_SLIP = 0.5  # of that, for a path which moved
FIRST_NOISE = 1e-3  # power in a bin: with none, the first frame of all would be believed too much
_NOISE_MEMORY = 0.8  # per frame
_RESIDUAL = 0.02  # of the predicted echo is left: what the loudspeaker bends, and the tail beyond the filter
_LEAST_GAIN = 0.1  # of the suppressor: mild, for it takes from the visitor too
_TINY = np.float32(1e-6)


class KalmanCanceller:
    """1.7 % of a core, and memory of its own only."""

    delay = FRAME  # the suppressor's overlap

    def __init__(self) -> None:
        bins = FRAME + 1
        self.linear: Pcm = np.zeros(FRAME, np.int16)
        self._window = np.sqrt(np.hanning(2 * FRAME + 1)[:-1]).astype(np.float32)
        decay = 10 ** (-6 * np.arange(PARTS) * 0.01 / 0.5)
        self._prior: Floats = np.repeat((UNCERTAIN * decay).astype(np.float32)[:, None], bins, axis=1)
        self._far = np.zeros((PARTS, bins), np.complex64)  # spectra, newest first
        self._weights = np.zeros((PARTS, bins), np.complex64)
        self._variance = self._prior.copy()
        self._noise: Floats = np.full(bins, FIRST_NOISE, np.float32)
        self._played, self._error, self._echo, self._padded = (np.zeros(2 * FRAME, np.float32) for _ in range(4))
        self._overlap: Floats = np.zeros(FRAME, np.float32)

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        _shift_in(self._played, to_float(far))
        self._far[1:] = self._far[:-1].copy()
        self._far[0] = np.fft.rfft(self._played)
        spectrum = np.einsum("pk,pk->k", self._far, self._weights)
        echo = np.fft.irfft(spectrum)[FRAME:].astype(np.float32)
        error = to_float(near) - echo
        self.linear = to_pcm(error)
        uncertain = self._learn(error)
        _shift_in(self._error, error)
        _shift_in(self._echo, echo)
        return to_pcm(self._suppress(uncertain))

    def slipped(self) -> None:
        np.maximum(self._variance, np.float32(AFTER_SLIP) * self._prior, out=self._variance)

    def reset(self) -> None:
        for memory in (self._far, self._weights, self._played, self._error, self._echo, self._overlap):
            memory[:] = 0
        self._variance[:] = self._prior
        self._noise[:] = FIRST_NOISE

    def _learn(self, error: Floats) -> Floats:
        """Takes the frame's error into weights and variances. Returns the power of echo that is not known, (161,)."""
        self._padded[FRAME:] = error
        spectrum = np.fft.rfft(self._padded)
        loud = _power(self._far)
        # Half of it, here and below: half of the padded error's window is zeros.
        uncertain: Floats = np.float32(0.5) * np.einsum("pk,pk->k", loud, self._variance)
        self._noise *= np.float32(_NOISE_MEMORY)
        self._noise += np.float32(1 - _NOISE_MEMORY) * _power(spectrum)
        gain = self._variance / (uncertain + self._noise + _TINY)
        step = np.fft.irfft(gain * self._far.conj() * spectrum, axis=1)
        step[:, FRAME:] = 0  # a part holds 10 ms of path: what wraps around is none
        self._weights += np.fft.rfft(step, axis=1)
        kept = np.float32(FORGETTING**2)
        self._variance *= kept * (1 - np.float32(0.5) * gain * loud)
        self._variance += (1 - kept) * _power(self._weights)
        return uncertain

    def _suppress(self, uncertain: Floats) -> Floats:
        """The frame before, less what is probably echo still."""
        spectrum = np.fft.rfft(self._error * self._window)
        residual = uncertain + _RESIDUAL * _power(np.fft.rfft(self._echo * self._window))
        gain = np.clip(1 - residual / (_power(spectrum) + _TINY), _LEAST_GAIN, 1)
        shaped: Floats = (np.fft.irfft(spectrum * gain) * self._window).astype(np.float32)
        out: Floats = self._overlap + shaped[:FRAME]
        self._overlap = shaped[FRAME:]
        return out


def _shift_in(line: Floats, frame: Floats) -> None:
    line[:FRAME] = line[FRAME:]
    line[FRAME:] = frame


def _power(spectrum: NDArray[np.complexfloating]) -> Floats:
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)
