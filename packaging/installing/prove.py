"""Proves the product from its packages alone: a bare Debian 12 in a folder becomes a kiosk that talks, is watched, and
goes again without a trace. Started by packaging/test-installer."""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import FrameType

import faults
import installed
import packages
import root as debian
import upkeep
import virtual
import visit
from alone import leave_the_network
from glass import Glass
from machine import Machine
from record import Broken, Record

from kiosk.core.fault import Fault
from kiosk.rehearsal.display import Display

STAGES: dict[str, Callable[[installed.Scene], None]] = {
    "start": installed.start,
    "visit": visit.visit,
    "hung": faults.hung,
    "crashes": faults.crashes,
    "exits": faults.exits,
    "rehearse": installed.rehearse,
    "upgrade": upkeep.upgrade,
    "purge": upkeep.purge,
}
"""What follows the installation. All but `start` need a kiosk that `start` has left running."""


def main() -> int:
    words = _words()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    words.out.mkdir(parents=True, exist_ok=True)
    words.cache.mkdir(parents=True, exist_ok=True)
    record = Record(words.out)
    fault = ""
    try:
        with (words.cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _prove(words, record)
    except (Broken, Fault) as broken:
        fault = str(broken)
    except KeyboardInterrupt:
        fault = "it was interrupted"
    except Exception as bug:  # the report says what was proved before it
        fault = f"{type(bug).__name__}: {bug}"
        raise
    finally:
        record.write(fault)
    if fault:
        record.say(f"NOT PROVED: {fault}")
        return 1
    record.say(f"Proved. {words.out}/installer.md has the claims and figures, the pictures stand beside it.")
    return 0


def _prove(words: argparse.Namespace, record: Record) -> None:
    pair = packages.find(words.debs) if words.debs else None
    if pair is None:
        pair = packages.make(words.cache / "debs", record, frozen=words.frozen)
    packages.describe(pair, record)
    work = words.work / f"installer-{os.getpid()}"
    root = work / "root"
    with ExitStack() as stack:
        stack.callback(_clear, work, words.keep, record)
        debian.lay_out(root, words.cache, record)
        loads = words.cache / "archives"
        (loads / "partial").mkdir(parents=True, exist_ok=True)
        card = virtual.VirtualCard(root)
        card.start()
        machine = stack.enter_context(Machine(root, words.out, binds=[(loads, debian.LOADS_FROM)]))
        _stage("install", record, lambda: installed.install(machine, pair, record))
        machine.shut_down()

        leave_the_network()
        display = stack.enter_context(Display(*virtual.PORTRAIT))
        virtual.take_hardware_away(root, display.name)
        scene = installed.Scene(record, machine, Glass(display, words.out), card, pair, words)
        for name, stage in STAGES.items():
            if name in words.stages:
                _stage(name, record, partial(stage, scene))
        record.figure("orderly shutdown", round(machine.shut_down(), 1), "s")


def _stage(name: str, record: Record, do: Callable[[], None]) -> None:
    record.say(f"--- {name}")
    began = time.monotonic()
    do()
    record.figure(f"stage {name}", round(time.monotonic() - began), "s")


def _clear(work: Path, keep: bool, record: Record) -> None:
    if keep:
        record.say(f"kept: {work}")
    else:
        debian.remove(work)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _words() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "exei-voice-kiosk-installer"
    parser = argparse.ArgumentParser(prog="packaging/test-installer", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=packages.ROOT / "installer-out", help="claims, figures, pictures, logs"
    )
    parser.add_argument(
        "--cache", type=Path, default=cache, help="the bare root and Debian's packages, kept for the next run"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("/var/tmp"), help="where the machine stands while it lives; 4 GB"
    )
    parser.add_argument("--debs", type=Path, metavar="DIR", help="prove this pair of packages instead of making one")
    parser.add_argument("--frozen", type=Path, metavar="DIR", help="the frozen program that packages are made of")
    parser.add_argument("--keep", action="store_true", help="leave the machine's folder behind")
    parser.add_argument(
        "--stages", default=",".join(STAGES), help=f"after the installation, some of {','.join(STAGES)}"
    )
    words = parser.parse_args()
    words.stages = words.stages.split(",")
    if unknown := set(words.stages) - set(STAGES):
        parser.error(f"no stage is called {', '.join(sorted(unknown))}")
    for name in ("out", "cache", "work", "debs", "frozen"):
        setattr(words, name, getattr(words, name) and getattr(words, name).absolute())
    return words


if __name__ == "__main__":
    sys.exit(main())
