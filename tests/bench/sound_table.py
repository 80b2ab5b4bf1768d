"""The sound bench's results as figures, and the figures beside the floor and the goal of the issue. Pure."""

from __future__ import annotations

from statistics import median
from typing import Any

import numpy as np

from tests.bench.sound_score import percentile, rate, share, together
from tests.bench.sound_speech import resampler_ms

Figures = dict[str, dict[str, Any]]

# figure: (key, field, unit, floor, goal)
WANTED = (
    ("false barge-ins a minute, echo only", "echo/base", "stops_a_minute", "", "0.3", "0.1"),
    ("… with 20 ms slips", "echo/slips", "stops_a_minute", "", "1.5", "0.5"),
    ("barge-ins found at −5 dB", "visits/base -5", "found", " %", "95", "99"),
    ("… −10 dB", "visits/base -10", "found", " %", "93", "98"),
    ("… −15 dB", "visits/base -15", "found", " %", "80", "92"),
    ("onset → duck at −5 dB, median", "visits/base -5", "duck_p50", " ms", "180", "150"),
    ("onset → stop, median", "visits/base -5", "stop_p50", " ms", "280", "220"),
    ("onset → stop, 90th percentile", "visits/base -5", "stop_p90", " ms", "750", "450"),
    ("echo return loss (guard), first 2 s", "speech/echo", "guard_first", " dB", "25", "30"),
    ("… steady", "speech/echo", "guard_steady", " dB", "40", "45"),
    ("STOI in double talk at −5 dB", "speech/visits", "stoi_ours", "", "0.87", "0.92"),
    ("recogniser's word error rate there, raw", "words", "raw", " %", "stated", ""),
    ("… speech path, uplink open", "words", "ours", " %", "stated", ""),
    ("… what really went up", "words", "went up", " %", "stated", ""),
    ("clipped first words, presses", "onsets/pressed", "clipped", "", "0", "0"),
    ("… voice onsets", "onsets/spoken", "clipped", "", "0", "0"),
    ("share of a core, agent speaking", "echo/base", "core", " %", "5", "3"),
    ("… silent", "onsets/spoken", "core", " %", "5", "3"),
    ("latency added by processing", "speech/visits", "added_ms", " ms", "15", "12"),
)


def figures(results: dict[str, list[Any]]) -> Figures:
    """By row; each with `n` and what n counts."""
    found: Figures = {}
    for row, values in results.items():
        kind = row.split("/")[0]
        if kind in ("echo", "visits", "peer"):
            found[row] = _scores(values)
        elif kind == "onsets":
            found[row] = _onsets(values)
        elif row == "speech/echo":
            found[row] = {"n": len(values), "of": "scenes"} | {
                f"{path}_{when}": median(value.loss[path][at] for value in values)
                for path in values[0].loss
                for at, when in enumerate(("first", "steady"))
            }
        elif row == "speech/visits":
            each = {path: [s for value in values for s in value.stoi[path]] for path in values[0].stoi}
            late_ms, astray_ms = (median(getattr(value, name) for value in values) for name in ("late_ms", "astray_ms"))
            found[row] = (
                {
                    "n": len(each["ours"]),
                    "of": "visits",
                    "astray_ms": astray_ms,
                    "added_ms": late_ms + astray_ms + resampler_ms(),
                }
                | {f"stoi_{path}": median(stois) for path, stois in each.items()}
                | {f"stoi_{path}_p10": float(np.percentile(stois, 10)) for path, stois in each.items()}
            )
        else:
            said = sum(value["raw"][1] for value in values)
            found[row] = {"n": said, "of": "words"} | {
                path: 100 * sum(value[path][0] for value in values) / said for path in values[0]
            }
    for kind in ("spoken", "pressed"):
        if every := [value for row, values in results.items() if row.startswith(f"onsets/{kind} ") for value in values]:
            found[f"onsets/{kind}"] = _onsets(every)
    return found


def _scores(scores: list[Any]) -> dict[str, Any]:
    total = together(scores)
    seconds = total.spoken_s
    figure: dict[str, Any] = {
        "n": len(total.to_stop) or round(seconds / 60, 1),
        "of": "visits" if total.to_stop else "min",
        "minutes": seconds / 60,
        "stops_a_minute": rate(total.stops, seconds),
        "warm_stops_a_minute": rate(total.stops - total.cold_stops, seconds - 3 * len(scores)),
        "ducks_a_minute": rate(total.ducks, seconds),
        "core": 100 * total.cpu_s / max(total.armed_s, 1e-9),
    }
    if total.to_stop:
        figure |= {
            "found": share(total.to_stop),
            "ducked": share(total.to_duck),
            "duck_p50": percentile(total.to_duck, 50),
            "duck_p90": percentile(total.to_duck, 90),
            "stop_p50": percentile(total.to_stop, 50),
            "stop_p90": percentile(total.to_stop, 90),
        }
    return figure


def _onsets(values: list[Any]) -> dict[str, Any]:
    return {
        "n": sum(value.visits for value in values),
        "of": "onsets",
        "clipped": sum(value.clipped for value in values),
        "unheard": sum(value.unheard for value in values),
        "opened_a_minute": rate(sum(value.opened for value in values), sum(value.seconds for value in values)),
        "core": 100 * sum(value.cpu_s for value in values) / max(sum(value.seconds for value in values), 1e-9),
    }


def table(found: Figures) -> str:
    """Markdown: the issue's figures, then a line for each row."""
    lines = ["| figure | measured | n | floor | goal |", "|---|---|---|---|---|"]
    for name, row, field, unit, floor, goal in WANTED:
        if row in found:
            figure = found[row]
            of = f"{figure['n']} {figure['of']}"
            lines.append(f"| {name} | {_number(figure[field])}{unit} | {of} | {floor} | {goal} |")
    if any("stops_a_minute" in figure for figure in found.values()):
        lines += [
            "",
            "| row | n | false stops / warm / ducks a minute | stopped | ducked | to duck | to stop | core |",
            "|---|---|---|---|---|---|---|---|",
        ]
    for row, figure in found.items():
        if "stops_a_minute" in figure:
            alarms = " / ".join(_number(figure[f"{kind}_a_minute"]) for kind in ("stops", "warm_stops", "ducks"))
            cells = [row, f"{figure['n']} {figure['of']}", alarms, *[""] * 4, f"{figure['core']:.1f} %"]
            if "found" in figure:
                cells[3:5] = f"{figure['found']:.1f} %", f"{figure['ducked']:.1f} %"
                cells[5:7] = (
                    f"{figure[f'{kind}_p50']:.0f} / {figure[f'{kind}_p90']:.0f} ms" for kind in ("duck", "stop")
                )
            lines.append(f"| {' | '.join(cells)} |")
    others = {row: figure for row, figure in found.items() if "stops_a_minute" not in figure}
    if others:
        lines += ["", "| row | n | |", "|---|---|---|"]
    for row, figure in others.items():
        rest = ", ".join(f"{name} {_number(value)}" for name, value in figure.items() if name not in ("n", "of"))
        lines.append(f"| {row} | {figure['n']} {figure['of']} | {rest} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
