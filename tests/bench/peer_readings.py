"""What the recordings of a room say about a program: onsets, ends, and what was really heard. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kiosk.rehearsal.acoustics import amplitude
from kiosk.rehearsal.figures import Heard

AUDIBLE_DBFS = -50.0
UNDERRUN_MS = 5.0
"""Silence inside of a response longer than this was not of the response: the bench's own has no silence."""


def first_sound(heard: Heard, after: float, until: float) -> float | None:
    """When the loudspeaker began, in a stretch of time."""
    return heard.first(after, until, dbfs=AUDIBLE_DBFS)


def silence_after(heard: Heard, ordered: float, until: float) -> float | None:
    """ms from an order to the last sample above -50 dBFS; None when nothing sounded when it was given.

    A program that is still sounding at `until` gets the whole stretch: a lower bound.
    """
    if heard.last(ordered - 0.1, ordered, dbfs=AUDIBLE_DBFS) is None:
        return None
    last = heard.last(ordered - 0.1, until, dbfs=AUDIBLE_DBFS)
    assert last is not None
    return 1000 * (last - ordered)


def heard_ms(heard: Heard, after: float, until: float) -> float:
    """How much of a response sounded in a stretch of time that holds nothing else; underruns are not of it."""
    sounding = heard.sounding(after, until, dbfs=AUDIBLE_DBFS)
    if not len(sounding):
        return 0.0
    span_ms = float(sounding[-1] - sounding[0] + 1) / heard.timeline.rate * 1000
    return span_ms - missing_ms(heard, after, until)


def missing_ms(heard: Heard, after: float, until: float) -> float:
    """Silence in the middle of a response: underruns. Only a response that itself has no silence."""
    gaps = np.diff(heard.sounding(after, until, dbfs=AUDIBLE_DBFS)) / heard.timeline.rate * 1000
    return float(gaps[gaps > UNDERRUN_MS].sum())


def first_frame_with_sound(frames: Iterable[tuple[float, bytes]], after: float, dbfs: float = -27.0) -> float | None:
    """Arrival of the first frame after a time that holds a sample above `dbfs`."""
    level = amplitude(dbfs)
    return next((at for at, pcm in frames if at > after and np.abs(_samples(pcm)).max(initial=0) > level), None)


def first_loud_frame(frames: Iterable[tuple[float, bytes]], after: float, dbfs: float = -32.0) -> float | None:
    """Arrival of the first frame after a time whose mean level is above `dbfs`: a room's noise, not one click."""
    power = amplitude(dbfs) ** 2
    return next((at for at, pcm in frames if at > after and pcm and np.mean(_samples(pcm) ** 2) > power), None)


def _samples(pcm: bytes) -> NDArray[np.float64]:
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768
