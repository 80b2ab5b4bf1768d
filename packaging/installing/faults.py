"""What goes wrong in the field, done on purpose: a program that hangs, programs that crash, and the ways it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installed import AGAIN_S, ATTRACT, PIN, READY_S, Scene, running, sees
from record import Broken
from virtual import LOGIN, UNIT

from kiosk.rehearsal.children import tethered

LEDGER = "var/lib/exei-voice-kiosk/crashes.json"
CRASHES = 4
_NO_LOOP_S = 20.0


def hung(scene: Scene) -> None:
    """The whole process stands still; then its window's thread alone, while sound and line go on."""
    ways = {"a program that stands still": _stopped, "a window that hangs while the rest runs": _first_thread_held}
    for what, held_by in ways.items():
        old = running(scene)
        since = len(scene.machine.journal.lines)
        held = time.time()
        with held_by(old):
            killed = sees(scene, rf"{UNIT}: Watchdog timeout", since, AGAIN_S, f"{what} is noticed by the watchdog")
            back = sees(scene, ATTRACT, since, AGAIN_S, f"{what} is followed by a fresh start")
        new = running(scene)
        scene.record.claim(f"{what}: another process afterwards", new not in {0, old}, f"{old} -> {new}")
        scene.record.figure(f"{what}: until it is killed", round(killed.at - held, 1), "s")
        scene.record.figure(f"{what}: until attract again", round(back.at - held, 1), "s")


def crashes(scene: Scene) -> None:
    """Up to the fourth crash in ten minutes, those of before included: then the glass says so, and nothing loops."""
    record, machine = scene.record, scene.machine
    before = _noted(scene)
    for number in range(before + 1, CRASHES + 1):
        old = running(scene)
        since = len(machine.journal.lines)
        signalled = signal.SIGSEGV if number % 2 else signal.SIGKILL
        os.kill(old, signalled)
        if number < CRASHES:
            sees(scene, ATTRACT, since, AGAIN_S, f"crash {number} ({signalled.name}) is followed by a fresh start")
    out = sees(scene, r"out of order: ", since, AGAIN_S, f"crash {CRASHES} leads to safe mode")
    machine.wait_until("safe mode is ready", lambda: machine.show(UNIT, "ActiveState") == "active", READY_S)
    record.claim(
        "systemd knows why", "out of order" in machine.show(UNIT, "StatusText"), machine.show(UNIT, "StatusText")
    )
    safe, restarts = running(scene), machine.show(UNIT, "NRestarts")
    time.sleep(_NO_LOOP_S)
    record.claim(
        f"safe mode stays: no loop within {_NO_LOOP_S:g} s",
        running(scene) == safe
        and machine.show(UNIT, "NRestarts") == restarts
        and machine.show(UNIT, "ActiveState") == "active",
        out.text,
    )
    scene.glass.picture("safe-mode")
    since = len(machine.journal.lines)
    scene.glass.let_staff_in(PIN)
    scene.glass.picture("safe-mode-staff")
    scene.glass.staff("restart")
    sees(scene, ATTRACT, since, AGAIN_S, "staff restart it at the glass, with their PIN, and it is well")


def exits(scene: Scene) -> None:
    """What the unit does with the exit codes 10, 0 and 11; 12 needs a version before (see `upkeep`)."""
    record, machine, glass = scene.record, scene.machine, scene.glass
    old = running(scene)
    since = len(machine.journal.lines)
    glass.let_staff_in(PIN)
    glass.picture("staff")
    glass.staff("restart")
    sees(scene, ATTRACT, since, AGAIN_S, "exit code 10: staff restart the program")
    record.claim("it is another process", running(scene) != old)

    time.sleep(2)
    glass.let_staff_in(PIN)
    glass.staff("leave, without a version before")
    machine.wait_until("exit code 0: the unit stops", lambda: machine.show(UNIT, "ActiveState") == "inactive", 60)
    machine.wait_until("a login appears", lambda: machine.show(LOGIN, "ActiveState") == "active", 20)
    record.claim("exit code 0: staff leave, the unit stops and the terminal has a login", True)
    since = len(machine.journal.lines)
    machine.run("systemctl", "start", UNIT, within_s=READY_S)
    sees(scene, ATTRACT, since, AGAIN_S, "`systemctl start` brings the kiosk back")
    record.claim("and takes the login away", machine.show(LOGIN, "ActiveState") != "active")

    time.sleep(2)
    glass.let_staff_in(PIN)
    glass.staff("machine")
    glass.staff("machine")  # it asks whether it is meant
    machine.comes_back(60)
    sees(scene, ATTRACT, 0, READY_S, "exit code 11: the machine restarts, and the kiosk with it")


def _noted(scene: Scene) -> int:
    """Crashes in the ledger so far."""
    return len(json.loads((scene.machine.root / LEDGER).read_text())["crashes"])


@contextmanager
def _stopped(number: int) -> Iterator[None]:
    """All of it."""
    os.kill(number, signal.SIGSTOP)
    yield


@contextmanager
def _first_thread_held(number: int) -> Iterator[None]:
    """Qt's thread alone; all others go on."""
    command = [sys.executable, str(Path(__file__).with_name("hold.py")), str(number)]
    with subprocess.Popen(tethered(command), stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        try:
            if holder.stdout.readline() != b"held\n":
                raise Broken("the window's thread cannot be held: see the lines above")
            yield
        finally:
            holder.kill()
