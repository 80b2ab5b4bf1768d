"""One loudness for all voices and clauses: the silence around a clause cut away, its level set, its peaks limited."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kiosk.service.engines import Samples

SPEECH_DBFS = -20.0
"""Root mean square of the parts that are speech; the level of broadcast speech before its own processing."""
PEAK_DBFS = -3.0
SILENT_DBFS = -60.0  # a clip whose loudest part is below this is left as it is
SPEECH_BELOW_LOUDEST_DB = 30.0  # what is quieter than this beside the loudest part is no speech
EDGE_BELOW_LOUDEST_DB = 45.0  # the soft f or h at the edge of a word is
BLOCK_MS = 10
LEAD_MS = 30  # kept before the first sound
TAIL_MS = 50  # kept after the last
FADE_MS = 5


def trim(audio: Samples, rate: int) -> Samples:
    """Without the silence before and after the speech; faded at the cuts."""
    levels = _levels(audio, rate)
    if not len(levels) or levels.max() < SILENT_DBFS:
        return audio[:0]
    loud = np.flatnonzero(levels > levels.max() - EDGE_BELOW_LOUDEST_DB)
    block = rate * BLOCK_MS // 1000
    start = max(0, int(loud[0]) * block - rate * LEAD_MS // 1000)
    end = min(len(audio), (int(loud[-1]) + 1) * block + rate * TAIL_MS // 1000)
    cut = audio[start:end].copy()
    fade = min(rate * FADE_MS // 1000, len(cut) // 2)
    ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)
    cut[:fade] *= ramp
    cut[len(cut) - fade :] *= ramp[::-1]
    return cut


def normalise(audio: Samples, rate: int) -> Samples:
    """Speech at `SPEECH_DBFS`, no sample above `PEAK_DBFS`."""
    levels = _levels(audio, rate)
    if not len(levels) or levels.max() < SILENT_DBFS:
        return audio
    speech = levels[levels > levels.max() - SPEECH_BELOW_LOUDEST_DB]
    level = 10 * np.log10(np.mean(10 ** (speech / 10)))
    return _limited((audio * 10 ** ((SPEECH_DBFS - level) / 20)).astype(np.float32), rate)


def _levels(audio: Samples, rate: int) -> NDArray[np.float64]:
    """Root mean square of each 10 ms in dBFS; the last, incomplete block is filled up with silence."""
    block = rate * BLOCK_MS // 1000
    padded = np.pad(audio.astype(np.float64), (0, -len(audio) % block)).reshape(-1, block)
    levels: NDArray[np.float64] = 10 * np.log10(np.mean(padded**2, axis=1) + 1e-12)
    return levels


def _limited(audio: Samples, rate: int) -> Samples:
    """Peaks turned down with a gain that moves over some 6 ms on either side, so that nothing is clipped."""
    ceiling = 10 ** (PEAK_DBFS / 20)
    if float(np.max(np.abs(audio))) <= ceiling:
        return audio
    block = rate // 500  # 2 ms
    padded = np.pad(np.abs(audio), (0, -len(audio) % block)).reshape(-1, block)
    gain = np.minimum(1.0, ceiling / np.maximum(padded.max(axis=1), 1e-9))
    reach = 3
    lowest = np.lib.stride_tricks.sliding_window_view(np.pad(gain, 2 * reach + 1, mode="edge"), 2 * reach + 3).min(
        axis=1
    )
    smooth = np.convolve(lowest, np.full(2 * reach + 1, 1 / (2 * reach + 1)), mode="valid")
    # The gain of a block is never above what its neighbours need, so neither is the line between their middles
    middles = (np.arange(len(smooth)) + 0.5) * block
    return (audio * np.interp(np.arange(len(audio)), middles, smooth)).astype(np.float32)
