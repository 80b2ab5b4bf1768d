"""The screen: start, frames, loop lag, processor time, memory, touch to pixels, captions against the sound.

packaging/bench screen --json FILE [--repeats 20] [--only start,portrait,...] [--program dist/kiosk/kiosk]

Definitions stand beside each measurement: screen_start.py, screen_visit.py, screen_pixels.py, screen_watched.py,
screen_caption.py. Medians and 95th percentiles; never asserted. Machines differ and are noisy: the load average is
reported with each part.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.display import Display
from kiosk.rehearsal.figures import Figure, summarise
from kiosk.rehearsal.report import machine
from tests.bench.screen_start import starts
from tests.bench.screen_visit import offscreen, seen, visit
from tests.bench.screen_watched import voiced, watched

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
RESPONSES = 3  # of 28 s
REACH = {
    "start_to_first_frame": "<= 1000",
    "start_to_ready": "<= 2000",
    "loop_lag": "p95 <= 10, max <= 50",
    "python_per_frame": "p95 <= 4",
    "idle_cpu": "<= 5",
    "talking_cpu": "<= 50",
    "idle_memory": "<= 260",
    "talking_memory": "<= 260",
    "offscreen_idle_cpu": "<= 2",
    "offscreen_talking_cpu": "<= 15",
    "offscreen_idle_memory": "<= 160",
    "offscreen_talking_memory": "<= 160",
    "touch_to_listening": "<= 100",
    "touch_to_pixels": "<= 100",
    "press_to_pixels": "<= 100",
    "caption_error_voice": "p95 <= 250",
    "caption_error_clause": "p95 <= 250",
    "caption_error_exact": "p95 <= 250",
}
VERSIONS = ("PySide6_Essentials", "qasync", "sounddevice", "numpy", "websockets")


Part = Callable[[], Coroutine[Any, Any, dict[str, Figure]]]


def reach_of(name: str) -> str:
    """Of a figure of any display; offscreen has its own."""
    return REACH.get(name) or REACH.get(name.partition("_")[2], "")


def table(found: dict[str, Figure]) -> str:
    lines = [f"{'figure':<34}{'n':>6}{'p50':>10}{'p95':>10}{'max':>10}  unit            reach"]
    for name, figure in found.items():
        numbers = "".join(f"{value:>10.1f}" for value in (figure.p50, figure.p95, figure.max))
        lines.append(f"{name:<34}{figure.n:>6}{numbers}  {figure.unit:<16}{reach_of(name)}".rstrip())
    return "\n".join(lines)


def parts(
    out: Path, command: Sequence[str], repeats: int
) -> dict[str, Callable[[], Coroutine[Any, Any, dict[str, Figure]]]]:
    async def start() -> dict[str, Figure]:
        with Display(*PORTRAIT) as display:
            found = await starts(out, display.env, command, repeats)
            return {name: summarise(values, "ms") for name, values in found.items()}

    async def portrait() -> dict[str, Figure]:
        with Display(*PORTRAIT) as display:
            return await seen(out / "portrait", "portrait", display, command, responses=RESPONSES, repeats=repeats)

    async def landscape() -> dict[str, Figure]:
        with Display(*LANDSCAPE) as display:
            return await seen(out / "landscape", "landscape", display, command, responses=1, repeats=0)

    async def bare() -> dict[str, Figure]:
        around = offscreen(*PORTRAIT, out / "offscreen")
        return await visit(out / "offscreen", "offscreen", around, command, responses=RESPONSES)

    async def stopwatch() -> dict[str, Figure]:
        voice = voiced()
        with Display(*PORTRAIT) as display:
            return await watched(out / "watched", display, voice)

    return {"start": start, "portrait": portrait, "landscape": landscape, "offscreen": bare, "watched": stopwatch}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--repeats", type=int, default=20, help="of starts and touches")
    parser.add_argument("--only", metavar="PARTS", help="start, portrait, landscape, offscreen, watched; by commas")
    parser.add_argument("--program", metavar="FILE", help="a frozen kiosk; its Python cannot be watched")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    found: dict[str, Figure] = {}
    loads: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        command = [args.program, "run"] if args.program else own_program("run")
        every = parts(args.out or Path(scratch), command, args.repeats)
        if args.program:
            del every["watched"]
        names = args.only.split(",") if args.only else list(every)
        if unknown := sorted(set(names) - set(every)):
            parser.error(f"there is no part {unknown[0]!r}: {', '.join(every)}")
        for name in names:
            before = machine()["load"]
            found |= asyncio.run(every[name]())
            loads[name] = {"before": before, "after": machine()["load"]}
            print(f"{name}: load {before[0]} before, {loads[name]['after'][0]} after", file=sys.stderr)
    print(table(found))
    if args.json:
        report = {
            "figures": {name: asdict(figure) for name, figure in found.items()},
            "reach": {name: reach_of(name) for name in found},
            "machine": machine(),
            "load": loads,
            "versions": {package: metadata.version(package) for package in VERSIONS},
        }
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
