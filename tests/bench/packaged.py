"""The frozen program's start: first frame and ready, cold and warm, on X servers and in a kiosk session's compositor.

packaging/bench packaged --json FILE [--program dist/kiosk/kiosk] [--repeats 10] [--only xorg_warm,cage_cold,...]

warm   every file of the program has been read a moment ago
cold   the kernel has forgotten every file (drop_caches, which needs root): what a machine's own start is like. The
       files of the system are cold too; the disk's own cache and a virtual machine's host are not
xorg   Xorg with its dummy driver and a window manager; xvfb the same without touch
cage   cage, as the kiosk's session has it, without hardware (headless, drawn by the processor); its start is included

Each start is a process of its own with a private sound server. Medians and 95th percentiles; never asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.figures import Figure, summarise
from kiosk.rehearsal.report import machine
from tests.bench.screen_start import starts

PORTRAIT = (1080, 1920)
REACH = {"start_to_first_frame": "<= 1500", "start_to_ready": "<= 3000"}
DROP = Path("/proc/sys/vm/drop_caches")
WITHIN_S = 120.0  # a cold start on a busy disk
CAGE = ("cage", "-d", "--")
NOT_ROOT = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
"""cage refuses to run as root, who is another in here, with the same files."""
CAGE_ENVIRONMENT = {
    "QT_QPA_PLATFORM": "wayland",
    "WLR_BACKENDS": "headless",
    "WLR_LIBINPUT_NO_DEVICES": "1",
    "WLR_RENDERER": "pixman",
    "WLR_XWAYLAND": "/bin/true",  # asked for at its start, and never used
}

Around = Callable[[Mapping[str, str]], Mapping[str, str]]


@contextmanager
def x_server(*, with_touch: bool) -> Iterator[tuple[list[str], Around]]:
    with Display(*PORTRAIT, with_touch=with_touch) as display:
        yield [], display.env


@contextmanager
def compositor() -> Iterator[tuple[list[str], Around]]:
    with tempfile.TemporaryDirectory(prefix="cage-") as folder:
        own = {**CAGE_ENVIRONMENT, "XDG_RUNTIME_DIR": folder, "DISPLAY": ""}
        yield [*(NOT_ROOT if os.geteuid() == 0 else ()), *CAGE], lambda env: {**env, **own}


SURROUNDINGS = {
    "xorg": partial(x_server, with_touch=True),
    "xvfb": partial(x_server, with_touch=False),
    "cage": compositor,
}


def forget() -> None:
    """Every file that the kernel keeps in memory. Raises `PermissionError` where this is not root."""
    os.sync()
    DROP.write_text("3\n")


async def measured(name: str, program: Path, repeats: int, out: Path) -> dict[str, Figure]:
    where, _, how = name.partition("_")
    with SURROUNDINGS[where]() as (wrapper, around):
        command = [*wrapper, str(program), "run"]
        before = forget if how == "cold" else None
        values = await starts(out / name, around, command, repeats, before, WITHIN_S)
    return {f"{name}_{figure}": summarise(each, "ms") for figure, each in values.items()}


def table(found: dict[str, Figure]) -> str:
    lines = [f"{'figure':<34}{'n':>4}{'p50':>10}{'p95':>10}{'max':>10}  unit  goal"]
    for name, figure in found.items():
        numbers = "".join(f"{value:>10.0f}" for value in (figure.p50, figure.p95, figure.max))
        lines.append(f"{name:<34}{figure.n:>4}{numbers}  {figure.unit:<4}  {REACH[name.split('_', 2)[2]]}")
    return "\n".join(lines)


def main() -> int:
    every = [f"{where}_{how}" for where in SURROUNDINGS for how in ("warm", "cold")]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--program", type=Path, default=Path("dist/kiosk/kiosk"), metavar="FILE", help="a frozen kiosk")
    parser.add_argument("--repeats", type=int, default=10, help="starts of each kind")
    parser.add_argument("--only", metavar="KINDS", help=f"{', '.join(every)}; by commas")
    args = parser.parse_args()
    names = args.only.split(",") if args.only else every
    if unknown := sorted(set(names) - set(every)):
        parser.error(f"there is no kind {unknown[0]!r}: {', '.join(every)}")
    if not args.program.is_file():
        parser.error(f"{args.program} is not there: run packaging/freeze")
    found: dict[str, Figure] = {}
    loads: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-out-") as out:
        for name in names:
            before = machine()["load"]
            found |= asyncio.run(measured(name, args.program.absolute(), args.repeats, Path(out)))
            loads[name] = {"before": before, "after": machine()["load"]}
            print(f"{name}: load {before[0]} before, {loads[name]['after'][0]} after", file=sys.stderr)
    print(table(found))
    if args.json:
        report = {
            "figures": {name: asdict(figure) for name, figure in found.items()},
            "reach": REACH,
            "machine": machine(),
            "load": loads,
        }
        args.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
