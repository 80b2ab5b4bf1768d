"""Figures of a visit, from its recordings and the times of its events. Pure.

Sound on the loudspeaker is timed by the recording of its monitor; the programs' own events only say where to look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.rehearsal.acoustics import Samples, amplitude
from kiosk.rehearsal.frameclock import Timeline
from kiosk.rehearsal.performance import Course, Spoken
from kiosk.rehearsal.programs import Event

AUDIBLE_DBFS = -50.0
_LOOK_S = 3.0  # how long after an order to stop, or the start of a playback, its effect is looked for
_PAUSE_MS = 5.0
_EARLY_S = 0.1  # a program's own time for a start may be this much late


@dataclass(frozen=True, slots=True)
class Figure:
    n: int
    p50: float
    p95: float
    max: float
    unit: str


def summarise(values: Sequence[float], unit: str) -> Figure:
    """Percentiles by linear interpolation; `values` is not empty."""
    p50, p95 = np.percentile(values, [50, 95])
    return Figure(len(values), round(float(p50), 2), round(float(p95), 2), round(float(max(values)), 2), unit)


@dataclass(frozen=True)
class Heard:
    """What the loudspeaker gave off: the monitor's samples, and when sample n sounded. Times are monotonic seconds."""

    samples: Samples
    timeline: Timeline

    def first(self, after: float, until: float, *, dbfs: float | None = AUDIBLE_DBFS) -> float | None:
        """When the first sample above `dbfs` (None: that is not digital silence) sounded in a stretch of time."""
        found = self.sounding(after, until, dbfs=dbfs)
        return self.timeline.at(int(found[0])) if len(found) else None

    def last(self, after: float, until: float, *, dbfs: float | None = AUDIBLE_DBFS) -> float | None:
        """The same of the last such sample."""
        found = self.sounding(after, until, dbfs=dbfs)
        return self.timeline.at(int(found[-1])) if len(found) else None

    def sounding(self, after: float, until: float, *, dbfs: float | None = None) -> NDArray[np.intp]:
        """Numbers of all samples above `dbfs` (None: that are not digital silence) in a stretch of time."""
        start = min(max(self.timeline.frame(after), 0), len(self.samples))
        stop = min(max(self.timeline.frame(until), start), len(self.samples))
        level = 0.0 if dbfs is None else amplitude(dbfs)
        return np.flatnonzero(np.abs(self.samples[start:stop]) > level) + start


def interrupt_to_silence(heard: Heard, events: Sequence[Event]) -> list[float]:
    """Order to stop -> last sample above -50 dBFS on the monitor, ms, of each `flush` that met any sound."""
    orders = [event["t"] for event in events if event["event"] == "flush"]
    last = [heard.last(at, _next_start(events, at)) for at in orders]
    return [1000 * (found - at) for at, found in zip(orders, last, strict=True) if found is not None]


def heard_position_error(heard: Heard, events: Sequence[Event]) -> list[float]:
    """|`played_ms` reported - ms of the response really on the monitor|, of each response that was cut.

    What is on the monitor is taken from the first to the last sample that is not digital silence. Longer runs of zeros
    between the two are pauses of the response, which count as heard, or underruns, which do not: the recording cannot
    tell, so a report between both readings has no error.
    """
    values = []
    for started, ended in _playbacks(events):
        if ended.get("fate") != "flushed":
            continue
        until = min(ended["t"] + 0.3, _next_start(events, started["t"]))
        sounding = heard.sounding(started["t"] - _EARLY_S, until)
        if len(sounding):
            runs = np.diff(sounding)
            per_ms = heard.timeline.rate / 1000
            longest = float(sounding[-1] - sounding[0] + 1) / per_ms
            shortest = longest - float(runs[runs > _PAUSE_MS * per_ms].sum()) / per_ms
            played = float(ended["played_ms"])
            values.append(max(played - longest, shortest - played, 0.0))
    return values


def playback_start_error(heard: Heard, events: Sequence[Event]) -> list[float]:
    """`playback_started` reported - first sample of the response on the monitor, ms, of each response."""
    values = []
    for started, _ in _playbacks(events):
        first = heard.first(
            started["t"] - _EARLY_S, min(started["t"] + 0.5, _next_start(events, started["t"])), dbfs=None
        )
        if first is not None:
            values.append(abs(1000 * (started["t"] - first)))
    return values


def speech_to_sound(heard: Heard, events: Sequence[Event], spoken: Sequence[Spoken], mouth: Timeline) -> list[float]:
    """The visitor's last sample -> the answer's first sample above -50 dBFS on the monitor, ms, of each line."""
    values = []
    for said, until in _windows(spoken, mouth):
        over = mouth.at(said.span.last_frame)
        started = _first(events, "playback_started", over - _EARLY_S, until)
        if started is not None:
            sound = heard.first(started["t"] - _EARLY_S, started["t"] + _LOOK_S)
            if sound is not None:
                values.append(1000 * (sound - over))
    return values


def speech_to_transcript(events: Sequence[Event], spoken: Sequence[Spoken], mouth: Timeline) -> list[float]:
    """The visitor's last sample -> final transcript of what was said, ms, of each line."""
    values = []
    for said, until in _windows(spoken, mouth):
        final = next(
            (
                event
                for event in events
                if event["event"] == "transcript"
                and event["role"] == "user"
                and event.get("final")
                and mouth.at(said.span.first_frame) < event["t"] < until
            ),
            None,
        )
        if final is not None:
            values.append(1000 * (final["t"] - mouth.at(said.span.last_frame)))
    return values


def voice_to_silence(heard: Heard, events: Sequence[Event], spoken: Sequence[Spoken], mouth: Timeline) -> list[float]:
    """First sample of a visitor who cuts in -> last sample above -50 dBFS of the agent, ms."""
    values = []
    for said in spoken:
        began = mouth.at(said.span.first_frame)
        flush = _first(events, "flush", began, began + _LOOK_S) if said.cut_in else None
        if flush is not None:
            last = heard.last(began, _next_start(events, flush["t"]))
            values.append(0.0 if last is None else 1000 * (last - began))
    return values


def speech_to_wire(events: Sequence[Event], spoken: Sequence[Spoken], mouth: Timeline) -> list[float]:
    """First sample of a line on the microphone -> first frame on the wire, ms: detection included, pre-roll follows."""
    values = []
    for said, until in _windows(spoken, mouth):
        began = mouth.at(said.span.first_frame)
        if (sent := _probe(events, "audio_sent", began, until)) is not None:
            values.append(1000 * (sent - began))
    return values


def press_to_wire(events: Sequence[Event], orders: Iterable[tuple[str, float]]) -> list[float]:
    """Talk button down -> first frame on the wire, ms."""
    presses = [at for do, at in orders if do == "press"]
    sent = [_probe(events, "audio_sent", at, at + _LOOK_S) for at in presses]
    return [1000 * (found - at) for at, found in zip(presses, sent, strict=True) if found is not None]


def touch_to_listening(events: Sequence[Event], orders: Iterable[tuple[str, float]]) -> list[float]:
    """Touch of a new visitor -> phase listening, ms: link, session and the agent's readiness included."""
    values = []
    for at in (at for do, at in orders if do == "touch"):
        phases = (event for event in events if event["event"] == "phase" and event["t"] >= at)
        listening = next((event for event in phases if event["phase"] == "listening"), None)
        if listening is not None:
            values.append(1000 * (listening["t"] - at))
    return values


def turn_start_error(events: Sequence[Event], spoken: Sequence[Spoken], mouth: Timeline) -> list[float]:
    """|start of the visitor's turn as reported - first sample of that line in the room|, ms.

    Turns and lines are matched by their order, so there are values only when every line became one turn.
    """
    session = next((event for event in events if event["event"] == "session"), None)
    turns = [event for event in events if event["event"] == "turn" and event["role"] == "user"]
    if session is None or len(turns) != len(spoken) or any(turn["end_ms"] is None for turn in turns):
        return []  # a visitor who left in the middle of a turn has no end of it
    turns.sort(key=lambda turn: turn["end_ms"])
    return [
        abs(1000 * (session["t"] - mouth.at(said.span.first_frame)) + turn["start_ms"])
        for turn, said in zip(turns, spoken, strict=True)
    ]


def of_visit(heard: Heard, mouth: Timeline, events: Sequence[Event], course: Course) -> dict[str, Figure]:
    """Every figure that this visit has values for. `mouth`: when sample n of the microphone was captured."""
    values: Mapping[str, list[float]] = {
        "interrupt_to_silence": interrupt_to_silence(heard, events),
        "voice_to_silence": voice_to_silence(heard, events, course.spoken, mouth),
        "heard_position_error": heard_position_error(heard, events),
        "playback_start_error": playback_start_error(heard, events),
        "end_of_speech_to_first_sound": speech_to_sound(heard, events, course.spoken, mouth),
        "end_of_speech_to_transcript": speech_to_transcript(events, course.spoken, mouth),
        "turn_start_error": turn_start_error(events, course.spoken, mouth),
        "speech_to_wire": speech_to_wire(events, course.spoken, mouth),
        "press_to_wire": press_to_wire(events, course.orders),
        "touch_to_listening": touch_to_listening(events, course.orders),
    }
    return {name: summarise(found, "ms") for name, found in values.items() if found}


# --- where to look ------------------------------------------------------------------------------------------------


def _first(events: Sequence[Event], name: str, after: float, until: float) -> Event | None:
    return next((event for event in events if event["event"] == name and after <= event["t"] < until), None)


def _probe(events: Sequence[Event], name: str, after: float, until: float) -> float | None:
    """When the named moment of a program was, from `after` on."""
    moments = (event["at"] for event in events if event["event"] == "probe" and event["name"] == name)
    return next((at for at in moments if after <= at < until), None)


def _next_start(events: Sequence[Event], after: float) -> float:
    """When the response after the one at `after` begins to sound, or the end of what is looked at."""
    started = _first(events, "playback_started", after + 1e-6, float("inf"))
    return started["t"] - 0.005 if started is not None else after + 60.0


def _playbacks(events: Sequence[Event]) -> list[tuple[Event, Event]]:
    """(started, ended) of each response that was heard."""
    ended = {event["id"]: event for event in events if event["event"] == "playback_ended"}
    started = (event for event in events if event["event"] == "playback_started")
    return [(event, ended[event["id"]]) for event in started if event["id"] in ended]


def _windows(spoken: Sequence[Spoken], mouth: Timeline) -> list[tuple[Spoken, float]]:
    """Each line with the time at which the next one begins."""
    begins = [mouth.at(said.span.first_frame) for said in spoken[1:]]
    return list(zip(spoken, [*begins, float("inf")][: len(spoken)], strict=True))
