"""Ours beside other programs, on one rig: interruptions, heard position, latencies, memory, processor time, faults.

packaging/bench peers [--json FILE] [--repeats 20] [--only NAME...] [--parts PART...]

The others are installed by the bench, each in an environment of its own in the user's cache folder. Each program talks
with an agent on this machine that says what the bench wants, through the private sound server; definitions stand beside
each measurement in peer_contest.py. Medians and 95th percentiles, never asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal.figures import summarise
from kiosk.rehearsal.report import machine
from tests.bench import peer_contest, peer_trouble
from tests.bench.peer_clients import Ours, Theirs
from tests.bench.peer_install import PEERS, CannotInstall

PARTS = ("talk", "faults", "echo")
NAMES = ["ours", *(peer.name for peer in PEERS)]
ROWS = {
    "interrupt_to_silence": "interrupt → silence, ms",
    "heard_position_error": "heard position, told − true, ms",
    "heard_position_error_stalled": "the same, the network stood still for 1 s before",
    "microphone_to_wire": "microphone → wire, ms",
    "wire_to_loudspeaker": "wire → loudspeaker, real-time pace, ms",
    "wire_to_loudspeaker_burst": "wire → loudspeaker, whole response at once, ms",
    "missing_unsteady": "sound missing, frames 0 to 40 ms late, ms a minute",
    "cpu": "processor while streaming, % of a core",
    "memory_rss": "memory of the process (RSS), MB",
    "memory_pss": "memory with children (PSS), MB",
    "rig_spread": "the recording's own spread, ms (above 10 nothing is timed by it)",
}
UNITS = {
    "missing_unsteady": "ms a minute",
    "cpu": "% of a core",
    "memory_rss": "MB",
    "memory_pss": "MB",
}
FAULTS = {
    "network": "network cut for 2 s",
    "microphone": "microphone unplugged for 2 s",
    "loudspeaker": "loudspeaker unplugged for 2 s",
    "server": "sound server killed, back after 2 s",
}
ECHO = "sentences in which it interrupts itself, in an echo"


def contestant(name: str) -> Ours | Theirs:
    """Raises `CannotInstall`."""
    return Ours() if name == "ours" else Theirs(next(peer for peer in PEERS if peer.name == name))


async def measure(name: str, part: str, out: Path, repeats: int) -> dict[str, Any]:
    """A part of one program's column, or why there is none."""
    try:
        program = contestant(name)
    except CannotInstall as why:
        return {"missing": str(why)}
    before = machine()
    found: dict[str, Any] = {}
    match part:
        case "talk":
            values = await peer_contest.talk(program, out / name / part, repeats)
            found = {key: asdict(summarise(each, UNITS.get(key, "ms"))) for key, each in values.items() if each}
            for key, figure in found.items():
                figure["p5"] = round(float(np.percentile(values[key], 5)), 2)
        case "faults":
            found = await peer_trouble.faults(program, out / name / part, max(1, repeats // 7))
        case "echo" if program.decides:
            found["interrupted"] = await peer_trouble.echo(program, out / name / part, repeats)
    return {"versions": program.versions, part: found, f"machine_{part}": {"before": before, "after": machine()}}


def table(columns: dict[str, Any]) -> str:
    """One column a program, as Markdown."""
    there = [name for name in columns if "missing" not in columns[name]]
    lines = [f"| | {' | '.join(there)} |", f"|---|{'---|' * len(there)}"]

    def row(title: str, cells: Iterable[str]) -> None:
        lines.append(f"| {title} | {' | '.join(cells)} |")

    for key, title in ROWS.items():
        row(title, (_cell(key, columns[name].get("talk", {}).get(key)) for name in there))
    for key, title in FAULTS.items():
        row(title, (_fate(columns[name].get("faults", {}).get(key, [])) for name in there))
    row(ECHO, (_share(columns[name].get("echo", {}).get("interrupted", [])) for name in there))
    for name in there:
        versions = ", ".join(f"{package} {version}" for package, version in columns[name]["versions"].items())
        machines = [columns[name][f"machine_{part}"] for part in PARTS if f"machine_{part}" in columns[name]]
        loads = [machine[when]["load"][0] for machine in machines for when in ("before", "after")]
        lines.append(f"\n{name}: {versions}; load {min(loads):.1f} to {max(loads):.1f}.")
    lines += [f"\n{name}: not measured. {columns[name]['missing']}" for name in columns if name not in there]
    return "\n".join(lines)


def _cell(key: str, figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "–"
    if figure["n"] == 1:
        return f"{figure['p50']:.1f}" if key == "cpu" else f"{figure['p50']:.0f}"
    if key.startswith("heard_position_error"):
        median, low, high = (f"{round(figure[key]):+d}" for key in ("p50", "p5", "p95"))
        return f"{median} (5–95 %: {low} to {high})"
    return f"{figure['p50']:.0f} (p95 {figure['p95']:.0f})"


def _fate(tries: list[float | None]) -> str:
    if not tries:
        return "–"
    back = [took for took in tries if took is not None]
    if not back:
        return f"not back (0 of {len(tries)})"
    return f"back in {np.median(back) / 1000:.1f} s ({len(back)} of {len(tries)})"


def _share(interrupted: list[bool]) -> str:
    return f"{sum(interrupted)} of {len(interrupted)}" if interrupted else "–"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="figures as JSON; what is not measured now stays")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    columns: dict[str, Any] = json.loads(args.json.read_text()) if args.json and args.json.exists() else {}
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        for name, part in product(args.only, args.parts):
            found = asyncio.run(measure(name, part, args.out or Path(scratch), args.repeats))
            known = {} if "missing" in found else columns.get(name, {})
            columns[name] = {key: value for key, value in known.items() if key != "missing"} | found
            if args.json:
                args.json.write_text(json.dumps(columns, indent=2) + "\n")
    print(table({name: columns[name] for name in NAMES if name in columns}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
