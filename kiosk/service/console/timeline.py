"""Who spoke when, and where the time of an answer went: the geometry of two drawings. Pure; the templates draw it.

The store holds the moment at which each turn was final and each answer found, and how long the stages around these
took. From that follows when there was speech: a turn's ends its recognition and its end-of-turn pause before its
final words; an answer's sound begins `sound_ms` after it was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.service.store.tables import Conversation, Response, Turn

WIDE = 100.0
"""Everything is given in percent of the drawing's width, so that it fits any window."""
NARROWEST = 0.3  # a bar must be seen
SHORTEST_S = 10.0  # of a timeline
LEAST_MS = 1500  # of a row of stages
TICKS = 8  # at most

STAGES = ("pause", "recognise", "answer", "sound")
"""End of speech → over → final words → answer found → first sound."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of one lane. `kind`: voice, typed, said (and heard) or unheard. `anchor`: of its line below."""

    lane: str
    kind: str
    x: float
    width: float
    anchor: str
    label: str

    @property
    def end(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """`cuts`: where the visitor cut in, on the agent's lane."""

    bars: tuple[Bar, ...]
    cuts: tuple[float, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    ms: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Span:
    begins: datetime
    ends: datetime


def spoken(turn: Turn) -> Span:
    """When the visitor spoke, or typed it: then a moment."""
    ends = turn.at - _ms(turn.recognise_ms) - _ms(turn.endpoint_ms)
    long = (turn.end_ms or 0) - (turn.start_ms or 0)
    return Span(ends - _ms(max(0, long)), ends)


def sounded(response: Response) -> tuple[Span, Span]:
    """When the agent was heard, and when it would have gone on: what was sent and was not heard."""
    begins = response.at + _ms(response.sound_ms)
    sent = response.sent_ms or 0
    heard = sent if response.heard_ms is None else min(sent, max(0, response.heard_ms))
    until = begins + _ms(heard)
    return Span(begins, until), Span(until, begins + _ms(sent))


def timeline(conversation: Conversation) -> Timeline:
    """Of a whole conversation, from its begin to its end or to the last sound."""
    turns = [(turn, spoken(turn)) for turn in conversation.turns]
    responses = [(response, *sounded(response)) for response in conversation.responses]
    origin = min([conversation.began_at, *(span.begins for _, span in turns)])
    last = [conversation.ended_at or origin, *(s.ends for _, s in turns), *(span.ends for _, span, _ in responses)]
    seconds = max(SHORTEST_S, (max(last) - origin).total_seconds())
    per_s = WIDE / seconds

    def bar(lane: str, kind: str, span: Span, anchor: str, label: str) -> Bar:
        x = (span.begins - origin).total_seconds() * per_s
        width = max(NARROWEST, (span.ends - span.begins).total_seconds() * per_s)
        return Bar(lane, kind, round(min(x, WIDE - width), 2), round(width, 2), anchor, label)

    bars = [
        bar("visitor", "voice" if turn.how == "voice" else "typed", span, f"turn-{turn.number}", turn.text)
        for turn, span in turns
    ]
    cuts = []
    for response, heard, rest in responses:
        anchor = f"answer-{response.number}"
        bars.append(bar("agent", "said", heard, anchor, response.text))
        if response.status == "interrupted":
            cuts.append(round(min(WIDE, (heard.ends - origin).total_seconds() * per_s), 2))
            if rest.ends > rest.begins:
                bars.append(bar("agent", "unheard", rest, anchor, "sent, and not heard"))
    return Timeline(tuple(bars), tuple(cuts), tuple(_ticks(seconds)))


def _ticks(seconds: float) -> Iterator[Tick]:
    step = next(step for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600) if seconds / step <= TICKS)
    for number in range(int(seconds // step) + 1):
        at = number * step
        yield Tick(round(at / seconds * WIDE, 2), f"{at // 60}:{at % 60:02}")


def waits(turn: Turn | None, response: Response) -> dict[str, int]:
    """ms of each stage that is known, in the order in which the visitor waited for them."""
    known = {
        "pause": turn.endpoint_ms if turn else None,
        "recognise": turn.recognise_ms if turn else None,
        "answer": response.answer_ms,
        "sound": response.sound_ms,
    }
    return {name: max(0, ms) for name, ms in known.items() if ms is not None}


def longest_wait(conversation: Conversation) -> int:
    """ms: all rows of stages of a conversation are drawn to one scale."""
    turns = {turn.number: turn for turn in conversation.turns}
    totals = [sum(waits(turns.get(r.turn or 0), r).values()) for r in conversation.responses]
    return max(LEAST_MS, *totals) if totals else LEAST_MS


def stages(known: dict[str, int], scale_ms: int) -> tuple[Stage, ...]:
    """Side by side."""
    made: list[Stage] = []
    at = 0
    for name, ms in known.items():
        made.append(Stage(name, ms, round(at / scale_ms * WIDE, 2), round(ms / scale_ms * WIDE, 2)))
        at += ms
    return tuple(made)


def _ms(value: int | None) -> timedelta:
    return timedelta(milliseconds=value or 0)
