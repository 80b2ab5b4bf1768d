"""What `kiosk doctor --sound` plays: chirps to measure with, earcons, and speech. Pure; float32 mono, -1..1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kiosk.audio.formats import Floats

CHIRP_S = 0.4
CHIRP_HZ = (200.0, 7000.0)  # what loudspeakers of a kiosk play and its microphones hear
CHIRP_DB = -17.0  # RMS of the loud ones, as loud as the speech
SOFTER_DB = 12.0  # how far below it the soft one is
SPEECH_DB = -20.0  # RMS of the speech while it is spoken
EARCON_DB = -26.0
PAUSE_S = 0.4
_ACTIVE_S = 0.02


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples `first` up to `last` of a programme. `kind`: chirp, soft chirp, earcon or speech."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Programme:
    """Samples of `rate` Hz and what they are. The first sample sounds, so that it is found again in a recording."""

    samples: Floats
    rate: int
    pieces: tuple[Piece, ...]

    def of(self, kind: str) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.kind == kind)


def programme(rate: int, speech: Floats, earcons: Sequence[Floats] = ()) -> Programme:
    """Chirps before, between and behind two halves of the speech, so that drift shows; silence at the end.

    speech, earcons     at `rate`, of any level
    """
    half = _pause_near(speech, rate)
    parts: list[tuple[str, Floats]] = [
        ("chirp", chirp(rate, CHIRP_DB)),
        ("soft chirp", chirp(rate, CHIRP_DB - SOFTER_DB)),
        ("chirp", chirp(rate, CHIRP_DB)),
        *(("earcon", levelled(earcon, rate, EARCON_DB)) for earcon in earcons),
        *((("speech", levelled(speech[:half], rate, SPEECH_DB)),) if half else ()),
        ("chirp", chirp(rate, CHIRP_DB)),
        ("speech", levelled(speech[half:], rate, SPEECH_DB)),
        ("chirp", chirp(rate, CHIRP_DB)),
        ("chirp", chirp(rate, CHIRP_DB)),
    ]
    pause = np.zeros(round(PAUSE_S * rate), np.float32)
    line: list[Floats] = []
    pieces = []
    at = 0
    for kind, samples in parts:
        pieces.append(Piece(kind, at, at + len(samples)))
        line += [samples, pause]
        at += len(samples) + len(pause)
    return Programme(np.concatenate(line), rate, tuple(pieces))


def chirp(rate: int, rms_db: float) -> Floats:
    """A sine that rises through `CHIRP_HZ` by equal ratios (an exponential sweep: as much energy in every octave)."""
    low, high = CHIRP_HZ[0], min(CHIRP_HZ[1], 0.45 * rate)
    at = np.arange(round(CHIRP_S * rate)) / rate
    growth = np.log(high / low)
    # A cosine: the first sample sounds.
    sweep = np.cos(2 * np.pi * low * CHIRP_S / growth * (np.exp(at * growth / CHIRP_S) - 1))
    ends = np.minimum(1.0, np.minimum((at + 1 / rate) / 0.005, (CHIRP_S - at) / 0.005))
    return np.asarray(10 ** (rms_db / 20) * np.sqrt(2) * ends * sweep, np.float32)


def levelled(samples: Floats, rate: int, rms_db: float) -> Floats:
    """At this RMS while it sounds; peaks above -1 dBFS lower all of it."""
    loud = active_db(samples, rate)
    gain = 10 ** ((rms_db - loud) / 20) if np.isfinite(loud) else 1.0
    peak = float(np.abs(samples).max(initial=0.0))
    return (samples * np.float32(min(gain, 0.89 / peak if peak else 1.0))).astype(np.float32)


def active_db(samples: Floats, rate: int) -> float:
    """RMS, dBFS, of the stretches of 20 ms that are at most 20 dB below the mean of the loudest tenth."""
    size = max(1, round(_ACTIVE_S * rate))
    count = len(samples) // size
    if not count:
        return -np.inf
    power = np.square(samples[: count * size].astype(np.float64)).reshape(count, size).mean(axis=1)
    loud = float(np.sort(power)[-max(1, count // 10) :].mean())
    if loud <= 0:
        return -np.inf
    return float(10 * np.log10(power[power > loud / 100].mean()))


def spoken_like(rate: int, seconds: float, seed: int = 5) -> Floats:
    """Syllables of a voice that says nothing: for a machine on which no voice is installed.

    A pulse train with a wandering pitch through three formant resonances (vowels of Peterson and Barney, 1952),
    syllables of 110-260 ms with a hiss before some, and pauses between phrases.
    """
    dice = np.random.default_rng(seed)
    vowels = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
    line: list[Floats] = []
    length = 0
    pitch = 120.0
    until_pause = int(dice.integers(6, 11))
    while length < round(seconds * rate):
        if until_pause == 0:
            piece = np.zeros(round(dice.uniform(0.2, 0.45) * rate), np.float32)
            until_pause, pitch = int(dice.integers(6, 11)), float(dice.uniform(115, 150))
        else:
            until_pause -= 1
            piece = _syllable(rate, dice, pitch, vowels[int(dice.integers(len(vowels)))])
            pitch *= float(dice.uniform(0.93, 1.04))
        line.append(piece)
        length += len(piece)
    return levelled(np.concatenate(line), rate, SPEECH_DB)


def _syllable(rate: int, dice: np.random.Generator, pitch: float, vowel: tuple[int, ...]) -> Floats:
    count = round(dice.uniform(0.11, 0.26) * rate)
    phase = np.cumsum(pitch * (1 + 0.08 * np.linspace(1, -1, count)) / rate)
    source = np.zeros(count)
    source[np.flatnonzero(np.diff(np.floor(phase), prepend=0.0))] = 1.0
    spectrum = np.fft.rfft(source, 2 * count)
    hertz = np.fft.rfftfreq(2 * count, 1 / rate)
    for formant, width in zip(vowel, (80, 100, 140), strict=True):
        spectrum *= formant**2 / (formant**2 - hertz**2 + 1j * hertz * width)
    spectrum *= hertz / (hertz + 100) / (1 + (hertz / 4500) ** 4)
    voiced = np.fft.irfft(spectrum)[:count]
    voiced *= np.sin(np.pi * np.linspace(0.02, 1, count)) ** 0.5 / (np.sqrt(np.mean(voiced**2)) or 1.0)
    if dice.random() < 0.4:
        hiss = np.diff(dice.standard_normal(round(dice.uniform(0.05, 0.1) * rate)), prepend=0.0)
        hiss *= 0.15 * np.sin(np.pi * np.linspace(0, 1, len(hiss)))
        return np.concatenate((hiss, voiced)).astype(np.float32)
    return voiced.astype(np.float32)


def _pause_near(speech: Floats, rate: int) -> int:
    """The quietest 50 ms in the middle third."""
    size = max(1, round(0.05 * rate))
    first = len(speech) // 3
    count = first // size
    if not count:
        return 0
    power = np.square(speech[first : first + count * size]).reshape(count, size).mean(axis=1)
    return first + int(np.argmin(power)) * size + size // 2
