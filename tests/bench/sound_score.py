"""What a run through a scene is worth: found and missed interruptions, false alarms, and how long it took. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from tests.bench.sound_corpus import RATE
from tests.bench.sound_loop import Order, Run

EARLIEST_S, LATEST_S = 0.020, 0.350
"""An order counts as caused by a visitor between 20 ms after the first sound and 350 ms after the last."""
WARM_S = 3.0  # a scene begins with a chain that has heard nothing yet


@dataclass
class Score:
    """
    spoken_s            of agent speech, visits included
    stops, ducks        outside of any visit; `cold_stops`: those in the first 3 s of a scene
    to_stop, to_duck    ms from a visitor's first sound; None: not found
    """

    spoken_s: float = 0.0
    stops: int = 0
    cold_stops: int = 0
    ducks: int = 0
    to_duck: list[float | None] = field(default_factory=list)
    to_stop: list[float | None] = field(default_factory=list)
    cpu_s: float = 0.0
    armed_s: float = 0.0


def scored(run: Run) -> Score:
    score = Score(spoken_s=run.spoken_s, cpu_s=run.cpu_s, armed_s=run.armed_s)
    spans = [(c.start / RATE + EARLIEST_S, c.end / RATE + LATEST_S) for c in run.scene.comings]
    for at, order in run.orders:
        if not any(first <= at <= last for first, last in spans):
            score.stops += order is Order.STOP
            score.cold_stops += order is Order.STOP and at < WARM_S
            score.ducks += order is Order.DUCK
    for coming, (first, last) in zip(run.scene.comings, spans, strict=True):
        within = [(at, order) for at, order in run.orders if first <= at <= last]
        onset = coming.start / RATE
        duck = next((1000 * (at - onset) for at, order in within if order is not Order.RESTORE), None)
        stop = next((1000 * (at - onset) for at, order in within if order is Order.STOP), None)
        score.to_duck.append(duck)
        score.to_stop.append(stop)
    return score


def together(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        for name, value in asdict(score).items():
            setattr(total, name, getattr(total, name) + value)
    return total


def rate(count: int, seconds: float) -> float:
    return 60 * count / seconds if seconds else float("nan")


def share(found: Sequence[float | None]) -> float:
    return 100 * sum(at is not None for at in found) / len(found) if found else float("nan")


def percentile(found: Sequence[float | None], percent: float) -> float:
    """Over what was found; unfound ones stand in the share."""
    there = [at for at in found if at is not None]
    return float(np.percentile(there, percent)) if there else float("nan")


def summary(scores: Iterable[Score]) -> str:
    total = together(scores)
    lines = [
        f"agent speech {total.spoken_s / 60:.1f} min: {rate(total.stops, total.spoken_s):.2f} false stops a minute "
        f"({total.cold_stops} of {total.stops} in a scene's first 3 s), {rate(total.ducks, total.spoken_s):.2f} ducks",
        f"chain: {100 * total.cpu_s / max(total.armed_s, 1e-9):.2f} % of a core while armed",
    ]
    if total.to_stop:
        lines.append(
            f"visits {len(total.to_stop)}: stopped {share(total.to_stop):.1f} %, "
            f"ms to stop {percentile(total.to_stop, 50):.0f} / {percentile(total.to_stop, 90):.0f}; "
            f"ducked {share(total.to_duck):.1f} %, "
            f"ms to duck {percentile(total.to_duck, 50):.0f} / {percentile(total.to_duck, 90):.0f}"
        )
    return "\n".join(lines)
