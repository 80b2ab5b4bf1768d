"""Ours beside other programs, on one rig: interruptions, heard position, latencies, memory, processor time, faults.

packaging/bench peers [--json FILE] [--repeats 20] [--only NAME...]

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
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.rehearsal.figures import summarise
from kiosk.rehearsal.report import machine
from tests.bench import peer_contest, peer_trouble
from tests.bench.peer_clients import Ours, Theirs
from tests.bench.peer_install import PEERS, CannotInstall

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
    "self_interruptions": "interrupts itself in an echo, times a minute",
}
UNITS = {
    "missing_unsteady": "ms a minute",
    "self_interruptions": "a minute",
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


def contestant(name: str) -> Ours | Theirs:
    """Raises `CannotInstall`."""
    return Ours() if name == "ours" else Theirs(next(peer for peer in PEERS if peer.name == name))


async def measure(name: str, out: Path, repeats: int) -> dict[str, Any]:
    """One program's column, or why there is none."""
    try:
        program = contestant(name)
    except CannotInstall as why:
        return {"missing": str(why)}
    before = machine()
    values = await peer_contest.talk(program, out / name / "talk", repeats)
    faults = await peer_trouble.faults(program, out / name, max(1, repeats // 7))
    if program.decides:
        values["self_interruptions"] = [await peer_trouble.echo(program, out / name / "echo", 9.0 * repeats)]
    figures = {key: asdict(summarise(found, UNITS.get(key, "ms"))) for key, found in values.items() if found}
    for key, figure in figures.items():
        figure["p5"] = round(float(np.percentile(values[key], 5)), 2)
    return {
        "versions": program.versions,
        "figures": figures,
        "faults": faults,
        "machine": {"before": before, "after": machine()},
    }


def table(columns: dict[str, Any]) -> str:
    """One column a program, as Markdown."""
    there = [name for name in columns if "missing" not in columns[name]]
    lines = [f"| | {' | '.join(there)} |", f"|---|{'---|' * len(there)}"]
    for key, title in ROWS.items():
        lines.append(f"| {title} | {' | '.join(_cell(key, columns[name]['figures'].get(key)) for name in there)} |")
    for key, title in FAULTS.items():
        lines.append(f"| {title} | {' | '.join(_fate(columns[name]['faults'][key]) for name in there)} |")
    for name in there:
        column = columns[name]
        versions = ", ".join(f"{package} {version}" for package, version in column["versions"].items())
        loads = [column["machine"][when]["load"][0] for when in ("before", "after")]
        lines.append(f"\n{name}: {versions}; load {loads[0]:.1f} before, {loads[1]:.1f} after.")
    lines += [f"\n{name}: not measured. {columns[name]['missing']}" for name in columns if name not in there]
    return "\n".join(lines)


def _cell(key: str, figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "none seen"
    if figure["n"] == 1:
        return f"{figure['p50']:.1f}" if key in ("cpu", "self_interruptions") else f"{figure['p50']:.0f}"
    if key.startswith("heard_position_error"):
        return f"{figure['p50']:+.0f} (5–95 %: {figure['p5']:+.0f} to {figure['p95']:+.0f})"
    return f"{figure['p50']:.0f} (p95 {figure['p95']:.0f})"


def _fate(tries: list[float | None]) -> str:
    back = [took for took in tries if took is not None]
    if not back:
        return f"not back (0 of {len(tries)})"
    return f"back in {np.median(back) / 1000:.1f} s ({len(back)} of {len(tries)})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="figures as JSON; columns not measured now stay")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument(
        "--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=f"of {', '.join(NAMES)}"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    columns: dict[str, Any] = json.loads(args.json.read_text()) if args.json and args.json.exists() else {}
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        for name in args.only:
            columns[name] = asyncio.run(measure(name, args.out or Path(scratch), args.repeats))
            if args.json:
                args.json.write_text(json.dumps(columns, indent=2) + "\n")
    print(table({name: columns[name] for name in NAMES if name in columns}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
