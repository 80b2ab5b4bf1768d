"""The conversation: interruptions, press, microphone, loudspeaker, answers, memory and processor time, on the rig.

packaging/bench conversation --json FILE [--repeats 20]

Definitions stand beside each measurement in engine.py and in kiosk/rehearsal/figures.py. Medians and 95th percentiles;
never asserted. Machines differ and are noisy: the load average is reported with them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.figures import Figure, summarise
from kiosk.rehearsal.report import machine
from tests.bench import engine

REACH = {
    "interrupt_to_silence_agent": "p50 <= 10, p95 <= 30",
    "interrupt_to_silence_touch": "p50 <= 10, p95 <= 30",
    "heard_position_error": "p95 <= 20",
    "press_to_first_frame": "<= 20",
    "pre_roll_in_press": ">= 300",
    "microphone_to_wire": "p50 <= 25",
    "wire_to_loudspeaker": "<= 60",
    "jitter_missing_60ms": "0",
    "jitter_missing_60ms_learned": "0",
    "end_of_speech_to_first_sound_cached": "p50 <= 800",
    "end_of_speech_to_first_sound_fresh": "p50 <= 1300",
    "kiosk_idle_cpu": "<= 2",
    "kiosk_idle_memory": "<= 160",
    "kiosk_talking_cpu": "<= 15",
}
UNITS = {"cpu": "% of a core", "memory": "MB"}
QUESTIONS = [
    "What are your opening hours?",
    "How much is a ticket for a child?",
    "Where are the toilets?",
    "Is there a cafe?",
    "When does the ferry leave?",
    "Can I come in with a wheelchair?",
    "Do you have guided tours?",
    "Where can I park my car?",
    "Tell me about the whale skeleton.",
    "Are dogs allowed?",
]


def visit_script(folder: Path) -> Path:
    """Each question once; the answer is cut by the Stop button after a second, so that the bench is not a concert."""
    steps = ['do = "touch"', 'do = "wait"\nfor = "agent_done"\nwithin_s = 30']
    for question in QUESTIONS:
        steps.append(f'do = "say"\ntext = "{question}"')
        steps.append('do = "cut_in"\nbutton = true\nafter_ms = 900\nwithin_s = 30')
        steps.append('do = "wait"\nfor = "listening"')
    steps.append('do = "leave"')
    room = "[room]\ngain_db = -30\ndelay_ms = 10\nrt60_s = 0.35\nnoise_dbfs = -66\nvisitor_dbfs = -24\n"
    file = folder / "bench.toml"
    file.write_text('name = "bench"\n' + room + "".join(f"\n[[step]]\n{step}\n" for step in steps))
    return file


async def rehearse(out: Path, script: Path, cache: Path) -> dict[str, Any]:
    """One visit with the real service, its spoken answers kept in `cache`."""
    env = {**os.environ, "KIOSK_SERVICE__CACHE": str(cache), "KIOSK_SERVICE__TTS": "kokoro"}
    command = own_program("rehearse", "--out", str(out), "--visit", str(script))
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.DEVNULL)
    await process.wait()
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    if not report["ok"]:
        print("the visit did not go well:", report["why"], file=sys.stderr)
    return report


async def answers(out: Path, folder: Path) -> dict[str, Figure]:
    """The same visit twice: first nothing is spoken ahead of time (fresh), then everything that was said is cached."""
    script, cache = visit_script(folder), folder / "cache"
    fresh = await rehearse(out / "fresh", script, cache)
    cached = await rehearse(out / "cached", script, cache)
    found: dict[str, Figure] = {}
    for kind, report in (("fresh", fresh), ("cached", cached)):
        figures = {name: Figure(**figure) for name, figure in report["figures"].items()}
        found[f"end_of_speech_to_first_sound_{kind}"] = figures["end_of_speech_to_first_sound"]
        found[f"end_of_speech_to_transcript_{kind}"] = figures["end_of_speech_to_transcript"]
        if kind == "cached":
            found["kiosk_talking_cpu"] = figures["kiosk_cpu"]
            for name in ("kiosk_memory", "service_memory", "service_cpu", "speech_to_wire", "touch_to_listening"):
                found[name] = figures[name]
    return found


async def swaying(out: Path, seconds: float) -> engine.Values:
    """Frames that are late by up to 120 ms: as much is held back from the start, or learned from the first response."""
    _, known = await engine.jitter(out / "jitter", seconds, 0.06, jitter_ms=120, jitter_most_ms=0)
    first, learned = await engine.jitter(out / "jitter-learned", seconds, 0.06)
    return {
        "jitter_missing_60ms": [known],
        "jitter_missing_60ms_first_5s": [first],
        "jitter_missing_60ms_learned": [learned],
    }


async def measure(out: Path, repeats: int) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for values in (
        await engine.cuts(out / "cuts", repeats),
        await engine.presses(out / "presses", repeats),
        await engine.mouths(out / "mouths", repeats),
        await engine.arrivals(out / "arrivals", repeats),
        await swaying(out, 3.0 * repeats),
    ):
        for name, numbers in values.items():
            found[name] = summarise(numbers, UNITS.get(name.rsplit("_", 1)[-1], "ms"))
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        found.update(await answers(out, Path(scratch)))
    return found


def table(found: dict[str, Figure]) -> str:
    lines = [f"{'figure':<38}{'n':>4}{'p50':>10}{'p95':>10}{'max':>10}  unit          reach"]
    for name, figure in found.items():
        numbers = "".join(f"{value:>10.1f}" for value in (figure.p50, figure.p95, figure.max))
        lines.append(f"{name:<38}{figure.n:>4}{numbers}  {figure.unit:<14}{REACH.get(name, '')}".rstrip())
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep recordings and logs there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-out-") as scratch:
        before = machine()
        found = asyncio.run(measure(args.out or Path(scratch), args.repeats))
    print(table(found))
    if args.json:
        report = {
            "figures": {name: asdict(figure) for name, figure in found.items()},
            "reach": REACH,
            "machine": {"before": before, "after": machine()},
        }
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
