"""From the packages to the first screen: installed by apt, told its settings and its PIN, booted, ready; and the
rehearsal that the installed program brings."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import packages
import root as debian
from glass import Glass
from machine import Line, Machine
from record import Broken, Record
from virtual import AGENT, UNIT, VirtualCard

PIN = "274961"
SETTINGS = Path("etc/exei-voice-kiosk/site.toml")
OUR_SETTINGS = """
[visit]
# A hello begins a visit, and a visitor who has left is noticed soon.
start_by_voice = true
silence_s = 8
reprompts = 0
"""
HERE = "/srv/packages"
"""Where the two files lie in the machine."""
READY_S = 90.0
AGAIN_S = 120.0
ATTRACT = r"-> attract \(Started\)"
REHEARSAL = [
    "pulseaudio-utils",
    "asterisk-core-sounds-en-g722",
    "xserver-xorg-core",
    "xserver-xorg-video-dummy",
    "xvfb",
    "matchbox-window-manager",
    "x11-utils",
    "x11-apps",
]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every stage works with."""

    record: Record
    machine: Machine
    glass: Glass
    card: VirtualCard
    pair: packages.Pair
    words: argparse.Namespace


def install(machine: Machine, pair: packages.Pair, record: Record) -> None:
    """As the guide says: two files, one command. Then the settings and the PIN."""
    root = machine.root
    before = debian.python_in(root)
    record.claim("no Python is on the bare machine", not before, ", ".join(before))
    machine.run("apt-get", "-q", "update", within_s=120)
    (record.out / "files-before.txt").write_text("\n".join(sorted(debian.files(root))) + "\n")
    had = _packages(machine)
    (root / HERE[1:]).mkdir()
    for file in pair.files:
        shutil.copy(file, root / HERE[1:])
    names = [f"{HERE}/{file.name}" for file in pair.files]
    began = time.monotonic()
    line = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "install", *names]
    done = machine.run(*line, within_s=420)
    record.figure("installation (apt, Debian's packages at hand or fetched)", round(time.monotonic() - began), "s")
    (record.out / "apt.log").write_text(done.stdout + done.stderr)
    new = _packages(machine) - had
    record.figure("packages that came with it", len(new) - len(pair.files))
    record.claim(
        "apt installs it from the two files and asks nothing", packages.KIOSK in new and packages.SERVICE in new
    )
    fetched = re.search(r"Need to get ([\d.,]+ \w+)(?:/([\d.,]+ \w+))? of archives", done.stdout)
    if fetched:
        record.figure("fetched", fetched[1])
    machine.run(
        *line[: -len(names) - 1], "--download-only", "--no-install-recommends", "install", *REHEARSAL, within_s=300
    )
    after = debian.python_in(root)
    record.claim("nor is there any after the installation", not after, ", ".join(after))
    record.figure("below /opt", debian.size_mb(root / "opt"), "MB")
    record.claim(
        "both units start with the machine",
        all(machine.run("systemctl", "is-enabled", unit).stdout.strip() == "enabled" for unit in (UNIT, AGENT)),
    )
    with (root / SETTINGS).open("a") as settings:
        settings.write(OUR_SETTINGS)
    machine.run("exei-voice-kiosk", "check", within_s=60)
    done = machine.run("exei-voice-kiosk", "pin", text=f"{PIN}\n{PIN}\n", within_s=60)
    record.claim("the staff PIN is chosen by its command", "in force" in done.stdout, done.stdout.strip())
    scores = [(unit, machine.run("systemd-analyze", "security", unit, ok=None).stdout) for unit in (UNIT, AGENT)]
    for unit, score in scores:
        found = re.search(r"exposure level for \S+: (.*)", score)
        record.figure(f"systemd-analyze security {unit}", found[1] if found else "unknown")


def start(scene: Scene) -> None:
    """The machine is turned on: the kiosk comes by itself."""
    record, machine = scene.record, scene.machine
    scene.card.clear()
    machine.power_on()
    frame = sees(scene, r"first frame", 0, READY_S, "the kiosk comes up by itself and draws")
    attract = sees(scene, ATTRACT, 0, READY_S, "it waits for a visitor")
    machine.wait_until(f"{UNIT} is ready", lambda: machine.show(UNIT, "ActiveState") == "active", READY_S)
    unit = _moment(machine, "ExecMainStartTimestampMonotonic")
    record.figure("power to unit start", round(unit - machine.powered_at, 2), "s")
    record.figure("unit start to first frame", round(frame.at - unit, 2), "s")
    record.figure("unit start to attract", round(attract.at - unit, 2), "s")
    record.figure("unit start to READY", round(_moment(machine, "ActiveEnterTimestampMonotonic") - unit, 2), "s")
    record.figure("power to attract", round(attract.at - machine.powered_at, 1), "s")
    record.claim("power to attract within 90 s", attract.at - machine.powered_at <= READY_S)
    record.claim("it runs as its own user", machine.show(UNIT, "User") == "exei-kiosk")
    kiosk = program(machine)
    record.claim("the program belongs to the unit", kiosk > 0, f"process {kiosk}")
    agent = sees(scene, r"Started server process", 0, 180, "the local agent is ready")
    record.figure("power to the agent's ready", round(agent.at - machine.powered_at, 1), "s")


def rehearse(scene: Scene) -> None:
    """The same program holds its own rehearsal in the machine, with its own sound server and display."""
    record, machine = scene.record, scene.machine
    line = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--no-install-recommends", "install"]
    machine.run(*line, *REHEARSAL, within_s=300)
    found = debian.python_in(machine.root)
    record.claim("the rehearsal's packages bring no Python either", not found, ", ".join(found))
    machine.run("systemctl", "stop", UNIT, AGENT, within_s=120)
    out = "/var/tmp/rehearsal"
    home = ["env", "HOME=/root", "/opt/exei-voice-kiosk/kiosk"]
    done = machine.run(*home, "rehearse", "--out", out, "--display", "1080x1920", within_s=300, ok=None)
    shutil.copytree(machine.root / out[1:], record.out / "rehearsal", dirs_exist_ok=True)
    said = (done.stdout + done.stderr).strip().splitlines()
    record.claim("a rehearsal with the installed program succeeds", done.returncode == 0, " / ".join(said[-3:]))
    report = json.loads((record.out / "rehearsal/report.json").read_text())
    record.claim("its report says so and shows the glass", report["ok"] and bool(report["screenshots"]))
    machine.run("systemctl", "start", AGENT, within_s=120)
    machine.run("systemctl", "start", "--no-block", UNIT)


def sees(scene: Scene, pattern: str, since: int, within_s: float, claim: str) -> Line:
    """Claims that the journal says so, in a line from number `since` on."""
    line = scene.machine.journal.wait_for(pattern, since=since, within_s=within_s)
    missed = f"not within {within_s:g} s. The journal's last lines:\n{scene.machine.journal.last(25)}"
    scene.record.claim(claim, line is not None, line.text if line else missed)
    assert line is not None
    return line


def running(scene: Scene) -> int:
    """The program's process, once the unit is active."""
    machine = scene.machine
    machine.wait_until(f"{UNIT} is active", lambda: machine.show(UNIT, "ActiveState") == "active", READY_S)
    if not (number := program(machine)):
        raise Broken(f"{UNIT} is active and has no program: {machine.run('systemctl', 'status', UNIT, ok=None).stdout}")
    return number


def program(machine: Machine) -> int:
    """The process of `kiosk run` in the unit, by the host's number; 0 where there is none."""
    for number, command in machine.processes(UNIT):
        if command[1:2] == ["run"] and command[0].endswith("/kiosk"):
            return number
    return 0


def _packages(machine: Machine) -> set[str]:
    told = machine.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n").stdout.splitlines()
    return {line.split()[1] for line in told if line.startswith("installed ")}


def _moment(machine: Machine, name: str) -> float:
    """A monotonic time of the unit's on the wall clock."""
    return time.time() - time.monotonic() + int(machine.show(UNIT, name)) / 1e6
