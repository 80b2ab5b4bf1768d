"""Sounds of a lobby that are not a visitor speaking: a clap, a cough, and people who talk among themselves.

Clap and cough are made, from what is known of their shape: a clap is a burst of noise around 1 to 3 kHz that is gone
after some 30 ms; a cough is a blast of breath, a hiss while the air flows, and in half of them a short voiced end
(Korpas, Sadlonova and Vrabec, 1996). Babble is made of recordings of speech where a Debian package holds them. All are
the same on every machine and on every run. Whole signals, nothing here runs in real time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from kiosk.rehearsal import g722, waves
from kiosk.rehearsal.acoustics import Samples, amplitude
from kiosk.rehearsal.children import missing_packages
from kiosk.rehearsal.steps import SOUNDS
from kiosk.rehearsal.visitor import RECORDINGS, RECORDINGS_PACKAGE

BABBLE_DBFS = -24.0
_TALKERS = 4
_LINES = 3  # of each talker
_BABBLE_S = 8.0
_OTHER_PEOPLE = (0.84, 1.0, 0.92, 1.1)
"""How much faster each talker is played: one recorded voice becomes several people, high and low."""


def clap(rate: int) -> Samples:
    """Two hands, 60 ms."""
    times = np.arange(round(0.06 * rate)) / rate
    noise = _band(np.random.default_rng(11).standard_normal(len(times)), rate, 900, 3500)
    return _full(noise * np.minimum(1, times / 0.0008) * np.exp(-times / 0.009))


def cough(rate: int) -> Samples:
    """One cough of a grown-up, 420 ms."""
    pick = np.random.default_rng(12)
    times = np.arange(round(0.42 * rate)) / rate
    breath = pick.standard_normal(len(times))
    blast = _band(breath, rate, 300, 5000) * np.minimum(1, times / 0.006) * np.exp(-times / 0.045)
    flow = 0.25 * _band(breath, rate, 600, 4000) * np.clip(times / 0.08, 0, 1) * np.clip((0.32 - times) / 0.2, 0, 1)
    pitch = 160 - 120 * np.clip(times - 0.26, 0, None)
    buzz = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / rate))
    end = (
        0.3 * _band(buzz, rate, 250, 1800) * np.clip((times - 0.26) / 0.03, 0, 1) * np.clip((0.42 - times) / 0.1, 0, 1)
    )
    return _full(blast / np.abs(blast).max() + flow + end)


BUILT_IN: Mapping[str, Callable[[int], Samples]] = dict(zip(SOUNDS, (clap, cough), strict=True))


def prepare(rate: int, folder: Path) -> dict[str, Path]:
    """Every built-in sound as a WAV file in `folder`, its peak at full scale."""
    files = {name: folder / f"{name}.wav" for name in BUILT_IN}
    for name, file in files.items():
        waves.write(file, BUILT_IN[name](rate), rate)
    return files


def babble(rate: int, recordings: Path = RECORDINGS) -> Samples:
    """Four people who talk among themselves, `_BABBLE_S` long, to be repeated; RMS at `BABBLE_DBFS`.

    Raises `Fault` MISSING_PACKAGE without the recordings of speech. Takes seconds.
    """
    lines = sorted(recordings.glob("*.g722"), key=lambda file: -file.stat().st_size)[: _LINES * _TALKERS]
    if not lines:
        raise missing_packages(["recorded speech for the babble"], [RECORDINGS_PACKAGE], where="[room] babble_dbfs")
    mixed = np.zeros(round(_BABBLE_S * rate), np.float32)
    for talker in range(_TALKERS):
        speech = _talk(
            [lines[(talker + part * _TALKERS) % len(lines)] for part in range(_LINES)], _OTHER_PEOPLE[talker], rate
        )
        place = (np.arange(len(mixed)) + talker * 7919) % len(speech)
        mixed += speech[place]
    found: Samples = (mixed * amplitude(BABBLE_DBFS) / np.sqrt(np.mean(mixed**2))).astype(np.float32)
    return found


def _talk(files: list[Path], speed: float, rate: int) -> Samples:
    spoken = [g722.decode(file.read_bytes()[: round(8000 * _BABBLE_S / _LINES)]).astype(np.float32) for file in files]
    speech = waves.resample(np.concatenate(spoken), round(16000 * speed), rate)
    return speech / np.float32(np.sqrt(np.mean(speech**2)))


def _band(signal: np.ndarray, rate: int, low: float, high: float) -> np.ndarray:
    spectrum = np.fft.rfft(signal)
    hertz = np.fft.rfftfreq(len(signal), 1 / rate)
    spectrum *= 1 / np.sqrt((1 + (low / np.maximum(hertz, 1)) ** 4) * (1 + (hertz / high) ** 4))
    return np.fft.irfft(spectrum, len(signal))


def _full(signal: np.ndarray) -> Samples:
    """Peak at full scale."""
    found: Samples = (signal / np.abs(signal).max()).astype(np.float32)
    return found
