"""From two tapes, what the loudspeaker played and what the microphone heard, to the numbers of a room. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Protocol

import numpy as np

from kiosk.audio.echo import FRAME, RATE
from kiosk.audio.formats import SILENCE_DBFS, Floats, Pcm, Resampler, dbfs, to_float, to_pcm
from kiosk.audio.stimulus import Piece
from kiosk.audio.tape import Tape

SEARCH_S = (-0.1, 0.6)  # echo before the time that the stamps tell (they may be wrong), and behind it
FOUND_DB = 18.0  # a peak of the response over its own root-mean-square: noise alone reaches 13
DIRECT = 0.5  # of the highest peak: the first that is so high is the direct sound
SLIP_S = 0.001  # a chirp that stands this far off the straight line of the others
CLIPPED_AT_LEAST = 12  # samples on one and the same highest value: speech touches its peak a few times
_LEAST_CLIP = 200  # a peak below this is the grain of 16 bits, not an overdriven converter
FIRST_S = 2.0
STEADY_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Echo:
    """Where one chirp stands on both tapes, in samples of each; `found` False: the microphone did not hear it."""

    far: float
    near: float
    found: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """
    told_ms     from handing a sample to the loudspeaker to getting it from the microphone, after the time stamps
    measured_ms the same, by correlation
    drift_ppm   how much faster the microphone's clock runs than the loudspeaker's; nan when streams slipped
    slips       chirps off the straight line: samples were lost or doubled on the way
    """

    told_ms: float
    measured_ms: float
    drift_ppm: float
    slips: int

    @property
    def path_ms(self) -> float:
        """What is left when near and far end are laid on each other by their stamps: air, and what the stamps hide."""
        return self.measured_ms - self.told_ms


def find(near: Tape, far: Tape, piece: Piece) -> Echo:
    """A chirp of the far end, on the near end. By deconvolution with what was really played, and not with what was
    wanted: volume, limiter and the device's underruns are in it."""
    assert near.rate == far.rate
    pad = round(SEARCH_S[1] * near.rate)
    before = round(-SEARCH_S[0] * near.rate)
    played = to_float(far.pcm[piece.first : piece.last])
    expected = near.index(far.stamped(piece.first))
    start = expected - before
    heard = np.zeros(before + len(played) + pad, np.float32)
    first, last = max(0, start), min(len(near.pcm), start + len(heard))
    if last > first:
        heard[first - start : last - start] = to_float(near.pcm[first:last])
    response = np.abs(deconvolve(heard, played)[: before + pad])
    peak = float(response.max())
    if peak <= 0 or 20 * np.log10(peak / np.sqrt(np.mean(response**2))) < FOUND_DB:
        return Echo(piece.first, nan, found=False)
    at = int(np.argmax(response >= DIRECT * peak))
    while at + 1 < len(response) and response[at + 1] > response[at]:
        at += 1
    return Echo(piece.first, start + at + _between(response, at), found=True)


def deconvolve(heard: Floats, played: Floats) -> Floats:
    """The response that makes `heard` of `played`, as its envelope would be read: zero-phase where nothing was played.

    Regularised (Wiener) at -40 dB of the strongest frequency, so that what the chirp lacks is not blown up.
    """
    size = 1 << int(np.ceil(np.log2(len(heard) + len(played))))
    spectrum = np.fft.rfft(played, size)
    power = np.abs(spectrum) ** 2
    response = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(spectrum) / (power + 1e-4 * power.max()), size)
    return np.asarray(response[: len(heard)], np.float32)


def loop(near: Tape, far: Tape, echoes: Sequence[Echo]) -> Loop | None:
    """None when fewer than three chirps were heard."""
    heard = [echo for echo in echoes if echo.found]
    if len(heard) < 3:
        return None
    told = [far.stamped(e.far) - far.handed(e.far) + near.handed(e.near) - near.stamped(e.near) for e in heard]
    measured = [near.handed(e.near) - far.handed(e.far) for e in heard]
    at = np.array([e.far for e in heard])
    late = np.array([e.near - e.far for e in heard])
    slope, offset = np.polyfit(at - at[0], late, 1)
    astray = np.abs(late - (slope * (at - at[0]) + offset))
    slips = int((astray > SLIP_S * near.rate).sum())
    return Loop(
        told_ms=1000 * float(np.median(told)),
        measured_ms=1000 * float(np.median(measured)),
        drift_ppm=nan if slips else 1e6 * float(slope),
        slips=slips,
    )


def level_db(tape: Tape, spans: Sequence[tuple[float, float]], floor_dbfs: float = -inf) -> float:
    """RMS, dBFS, of stretches (first, last sample) of a tape, without the power of the room's noise."""
    power = _power(np.concatenate([_cut(tape.pcm, first, last) for first, last in spans] or [tape.pcm[:0]]))
    power -= 10 ** (floor_dbfs / 10)
    return 10 * float(np.log10(power)) if power > 10 ** (SILENCE_DBFS / 10) else SILENCE_DBFS


def noise_db(pcm: Pcm, rate: int) -> float:
    """Of a stretch in which nobody should speak, dBFS: the median of its 20 ms, so that a chair does not count."""
    size = rate // 50
    count = len(pcm) // size
    return float(np.median([dbfs(block) for block in pcm[: count * size].reshape(count, size)])) if count else nan


@dataclass(frozen=True, slots=True)
class Clipping:
    """
    at_dbfs     the value on which the microphone's converter stands still; nan when it does not
    share       of the samples, 0..1
    peak_dbfs   the highest sample
    """

    at_dbfs: float
    share: float
    peak_dbfs: float


def clipping(pcm: Pcm) -> Clipping:
    """Flat tops at any height: a converter that clips before a digital gain stands still below full scale."""
    if not len(pcm):
        return Clipping(nan, 0.0, SILENCE_DBFS)
    values = pcm.astype(np.int32)
    peaks = (int(values.max()), -int(values.min()))
    count = 0
    at = 0
    for peak, side in zip(peaks, (values, -values), strict=True):
        flat = int((side >= peak - 1).sum())
        if peak >= _LEAST_CLIP and flat >= CLIPPED_AT_LEAST:
            count += flat
            at = max(at, peak)
    peak_dbfs = 20 * float(np.log10(max(*peaks, 1) / 32768))
    return Clipping(20 * float(np.log10(at / 32768)) if at else nan, count / len(pcm), peak_dbfs)


def together(near: Tape, far: Tape, *, ahead_s: float) -> tuple[Pcm, Pcm]:
    """Both at 16 kHz in whole frames of 10 ms, near and far end laid on each other by the time stamps, as the capture
    thread does it; `ahead_s`: the far end is handed over that much before its time."""
    line = to_pcm(Resampler(near.rate, RATE).feed(to_float(near.pcm)))
    played = to_pcm(Resampler(far.rate, RATE).feed(to_float(far.pcm)))
    count = len(line) // FRAME * FRAME
    lead = round((far.index(near.stamped(0) + ahead_s)) * RATE / far.rate)
    laid: Pcm = np.zeros(count, np.int16)
    first, last = max(0, -lead), min(count, len(played) - lead)
    if last > first:
        laid[first:last] = played[first + lead : last + lead]
    return line[:count], laid


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Echo return loss enhancement, dB: how much quieter the canceller makes what the microphone hears of the speech.

    first_db    in the first 2 s that it hears at all
    steady_db   from 5 s on
    rest_dbfs   what is left then; at the noise floor there was no more to take
    """

    first_db: float
    steady_db: float
    rest_dbfs: float


class Cancels(Protocol):
    """What a canceller, or a chain of them, does to 10 ms."""

    def process(self, near: Pcm, far: Pcm) -> Pcm: ...


def cancelled(canceller: Cancels, near: Pcm, far: Pcm, sounding: Sequence[tuple[int, int]]) -> Cancelled:
    """Runs a fresh canceller over the speech. `near`, `far` as of `together`; `sounding`: the speech's stretches."""
    cleaned = np.concatenate(
        [canceller.process(near[at : at + FRAME], far[at : at + FRAME]) for at in range(0, len(near), FRAME)]
        or [near[:0]]
    )
    first: list[tuple[Pcm, Pcm]] = []
    steady: list[tuple[Pcm, Pcm]] = []
    heard_s = 0.0
    for start, end in sounding:
        for at in range(start, end - FRAME + 1, FRAME):
            pair = (near[at : at + FRAME], cleaned[at : at + FRAME])
            if heard_s < FIRST_S:
                first.append(pair)
            elif heard_s >= STEADY_AFTER_S:
                steady.append(pair)
            heard_s += FRAME / RATE
    rest = _power(np.concatenate([after for _, after in steady])) if steady else 0.0
    return Cancelled(_enhancement(first), _enhancement(steady), 10 * float(np.log10(max(rest, 1e-12))))


def _enhancement(pairs: Sequence[tuple[Pcm, Pcm]]) -> float:
    if not pairs:
        return nan
    before = _power(np.concatenate([near for near, _ in pairs]))
    after = _power(np.concatenate([cleaned for _, cleaned in pairs]))
    return 10 * float(np.log10(max(before, 1e-12) / max(after, 1e-12)))


def _power(pcm: Pcm) -> float:
    return float(np.square(pcm.astype(np.float64)).mean()) / 32768**2 if len(pcm) else 0.0


def _cut(pcm: Pcm, first: float, last: float) -> Pcm:
    return pcm[max(0, round(first)) : max(0, round(last))]


def _between(response: Floats, at: int) -> float:
    """How far the top of the parabola through a peak and its neighbours lies from it, samples."""
    if not 0 < at < len(response) - 1:
        return 0.0
    left, top, right = (float(value) for value in response[at - 1 : at + 2])
    curve = left - 2 * top + right
    return 0.5 * (left - right) / curve if curve < 0 else 0.0
