"""Sample formats: 16-bit and float, levels, channels, streaming resampling, framing. Pure; one owner per instance."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
Floats = NDArray[np.float32]

SILENCE_DBFS = -120.0
_FULL_SCALE = 32768.0


def to_float(pcm: Pcm) -> Floats:
    """int16 to float32, -1..1."""
    return np.multiply(pcm, 1 / _FULL_SCALE, dtype=np.float32)


def to_pcm(samples: Floats) -> Pcm:
    """float32 to int16, rounded, limited; what is not a number becomes silence.

    Devices do deliver such values: a PipeWire replug once gave non-finite samples.
    """
    scaled = np.nan_to_num(samples * np.float32(_FULL_SCALE), nan=0.0, posinf=32767.0, neginf=-32768.0)
    pcm: Pcm = np.clip(np.rint(scaled), -32768, 32767).astype(np.int16)
    return pcm


def dbfs(pcm: Pcm) -> float:
    """Root-mean-square level of a block, dB of full scale (a full-scale square wave is 0); -120 for silence."""
    if not len(pcm):
        return SILENCE_DBFS
    samples = pcm.astype(np.float32)
    power = float(samples @ samples) / len(pcm) / _FULL_SCALE**2
    return max(SILENCE_DBFS, 10 * float(np.log10(power))) if power > 0 else SILENCE_DBFS


def to_mono(interleaved: Pcm, channels: int) -> Pcm:
    """Mean of the channels."""
    if channels == 1:
        return interleaved
    return np.asarray(np.rint(interleaved.reshape(-1, channels).mean(axis=1)), np.int16)


class Resampler:
    """Streaming rational resampler: polyphase Kaiser FIR with carried state.

    Half length 24 periods of the lower rate, beta 8: -1.3 dB at 0.9 of the lower Nyquist frequency, images and aliases
    below -100 dB. `delay_s` is constant (1.5 ms between 16 and 48 kHz); a converter whose backlog swings would look
    like a moving echo path, which is why near and far end both use this one.

    aligned     leave the filter's delay out of the result: output sample n belongs to input time n / out_rate exactly,
                and `finish` gives the last samples. For whole utterances; a live stream keeps the delay.
    """

    HALF_PERIODS = 24
    BETA = 8.0

    def __init__(self, in_rate: int, out_rate: int, *, aligned: bool = False) -> None:
        divisor = gcd(in_rate, out_rate)
        self._up, self._down = out_rate // divisor, in_rate // divisor
        self._plain = self._up == self._down
        widest = max(self._up, self._down)
        half = 0 if self._plain else self.HALF_PERIODS * widest
        self.delay_s = half / (in_rate * self._up)
        self._taps = -(-(2 * half + 1) // self._up)
        prototype = np.zeros(self._taps * self._up)
        n = np.arange(-half, half + 1)
        prototype[: 2 * half + 1] = np.sinc(n / widest) * np.kaiser(2 * half + 1, self.BETA)
        prototype *= self._up / prototype.sum()
        # Row p holds the taps of phase p, oldest sample first.
        self._phases: Floats = np.ascontiguousarray(
            prototype.reshape(self._taps, self._up).T[:, ::-1], dtype=np.float32
        )
        self._carry: Floats = np.zeros(self._taps - 1, np.float32)
        # Place of the next output, counted in 1/up input samples from the next input sample.
        self._step = half if aligned else 0
        self._half = half if aligned else 0
        self._taken = 0
        self._given = 0

    def feed(self, samples: Floats) -> Floats:
        """All output that these samples make possible: over a stream, exactly out_rate / in_rate times as many."""
        if self._plain or not len(samples):
            return samples
        self._taken += len(samples)
        line = np.concatenate((self._carry, samples))
        self._carry = line[len(line) - (self._taps - 1) :]
        # Output m lies at input m * down / up; its newest input sample is the floor of that.
        count = -(-(len(samples) * self._up - self._step) // self._down)
        if count <= 0:
            self._step -= len(samples) * self._up
            return np.zeros(0, np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(line, self._taps)
        # einsum and not matmul: BLAS would wake its thread pool for this and cost more than it saves.
        if self._down == 1:
            result = np.einsum("ij,pj->ip", windows, self._phases).reshape(-1)[self._step :]
        elif self._up == 1:
            result = np.einsum("ij,j->i", windows[self._step :: self._down][:count], self._phases[0])
        else:
            at = self._step + self._down * np.arange(count)
            result = np.einsum("ij,ij->i", windows[at // self._up], self._phases[at % self._up])
        self._step += count * self._down - len(samples) * self._up
        self._given += count
        return np.asarray(result, np.float32)

    def finish(self) -> Floats:
        """The samples that the filter still holds. Only of an `aligned` one; it is used up then."""
        owed = -(-self._taken * self._up // self._down) - self._given
        silence = np.zeros(-(-self._half // self._up), np.float32)
        return self.feed(silence)[:owed]


class Framer:
    """Cuts a stream of int16 into frames of `size` samples."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._rest: Pcm = np.zeros(0, np.int16)

    @property
    def held(self) -> int:
        """Samples that wait for the next frame."""
        return len(self._rest)

    def push(self, pcm: Pcm) -> list[Pcm]:
        line = np.concatenate((self._rest, pcm)) if len(self._rest) else pcm
        whole = len(line) - len(line) % self.size
        self._rest = line[whole:].copy()
        return [line[at : at + self.size] for at in range(0, whole, self.size)]

    def clear(self) -> None:
        self._rest = self._rest[:0]


class Meter:
    """Level and noise floor of a stream of 10 ms blocks, dBFS.

    The floor falls to the level within 50 ms and rises by 3 dB a second, so that a sentence does not lift it.

    floor_dbfs      where it starts, when the room is known; else at the first block's level
    """

    _RISE_DB = 0.03
    _FALL = 0.2

    def __init__(self, floor_dbfs: float | None = None) -> None:
        self.level = SILENCE_DBFS
        self.floor = SILENCE_DBFS if floor_dbfs is None else floor_dbfs
        self._begun = floor_dbfs is not None

    def push(self, pcm: Pcm) -> None:
        self.level = dbfs(pcm)
        if not self._begun:
            self.floor, self._begun = self.level, True
        elif self.level < self.floor:
            self.floor += self._FALL * (self.level - self.floor)
        else:
            self.floor = min(self.level, self.floor + self._RISE_DB)
