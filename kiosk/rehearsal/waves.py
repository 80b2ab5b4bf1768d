"""WAV files and sample rates, for everything that happens before or after a rehearsal and not in real time."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.acoustics import Samples, amplitude

_LOBES = 16  # zero crossings of the resampler's sinc on either side; with the Kaiser window about -90 dB of alias


def read(path: Path) -> tuple[Samples, int]:
    """Mono samples (-1..1) and rate of a 16-bit WAV file; channels are averaged. Raises `Fault` AUDIO_FORMAT."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise _unfit(path, f"{8 * file.getsampwidth()}-bit samples")
            raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            channels, rate = file.getnchannels(), file.getframerate()
    except (wave.Error, EOFError) as error:
        raise _unfit(path, str(error) or "it ends too early") from error
    return raw.reshape(-1, channels).mean(axis=1, dtype=np.float32) / np.float32(32768), rate


def write(path: Path, samples: Samples, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm16(samples))


def pcm16(samples: Samples) -> bytes:
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def resample(samples: Samples, rate: int, to: int) -> Samples:
    """Windowed-sinc conversion without delay: sample 0 stays at time 0. Whole signals only."""
    if rate == to:
        return samples
    cutoff = min(1.0, to / rate) * 0.97
    reach = int(np.ceil(_LOBES / cutoff))
    padded = np.concatenate([np.zeros(reach, np.float32), samples, np.zeros(reach + 1, np.float32)])
    positions = np.arange(int(len(samples) * to / rate)) * (rate / to)
    whole = positions.astype(np.int64)
    offsets = np.arange(-reach + 1, reach + 1)
    out = np.empty(len(positions), np.float32)
    for start in range(0, len(positions), 8192):  # bounds the working memory to some 8192 x 70 values
        part = slice(start, start + 8192)
        distance = offsets[None, :] - (positions[part] - whole[part])[:, None]
        window = np.i0(9.0 * np.sqrt(np.clip(1 - (distance / reach) ** 2, 0, None))) / np.i0(9.0)
        kernel = cutoff * np.sinc(cutoff * distance) * window
        out[part] = np.einsum("nk,nk->n", padded[whole[part][:, None] + offsets[None, :] + reach], kernel)
    return out


def speech_span(samples: Samples, rate: int, *, below_peak_db: float = 36.0) -> tuple[int, int]:
    """First sample of speech and the one after the last: 5 ms windows within `below_peak_db` of the loudest window."""
    step = rate // 200
    windows = samples[: len(samples) // step * step].reshape(-1, step)
    if not len(windows):
        return 0, len(samples)
    level = np.sqrt(np.mean(windows**2, axis=1))
    loud = np.flatnonzero(level > level.max() * amplitude(-below_peak_db))
    if not len(loud):
        return 0, len(samples)
    return int(loud[0]) * step, int(loud[-1] + 1) * step


def _unfit(path: Path, why: str) -> Fault:
    return Fault(
        f"the WAV file cannot be used: {why}",
        where=str(path),
        remedy="give a WAV file with 16-bit PCM samples",
        code=ExitCode.AUDIO_FORMAT,
    )
