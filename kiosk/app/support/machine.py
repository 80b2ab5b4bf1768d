"""The machine in a support bundle: what is installed, what it is made of, what shows and sounds on it."""

from __future__ import annotations

import json
import locale
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from kiosk import __version__
from kiosk.app.checks import glass
from kiosk.app.checks.finding import Skipped
from kiosk.app.support.part import Part, said, tail
from kiosk.settings import places
from kiosk.settings.schema import Settings

PACKAGES = ("exei-voice-kiosk*", "cage", "pulseaudio", "pipewire*", "wireplumber", "systemd", "libgl1-mesa-dri",
            "libasound2*", "linux-image-*", "firmware-*")  # fmt: skip
OURS = ("exei-voice-kiosk", "exei-voice-kiosk-service")
OF_THE_PROGRAM = {"FILES": "the program's files as they were built", "sbom.cdx.json": "what it was built from"}
VERIFY_S = 60.0  # every file of the program is read
PROGRAMS = ("kiosk", "cage", "pulseaudio", "pipewire", "wireplumber", "Xorg", "Xwayland")


def parts(settings: Settings) -> Iterator[Part]:
    yield Part("versions.json", "the program, Python, Qt, the system", versions)
    yield Part("packages.txt", "Debian's packages that it stands on, and which of its own files were changed", packages)
    for name, what in OF_THE_PROGRAM.items():
        yield Part(name, what, partial(of_the_program, name))
    yield Part(
        "machine.json", "processor, memory, disks, clock, temperatures, our processes", lambda: machine(settings)
    )
    yield Part("display.txt", "screens, graphics, touch", lambda: display(settings))
    yield Part("sound.txt", "sound server, sound cards, microphones and loudspeakers by name", sound)


def versions() -> str:
    told = {
        "kiosk": __version__,
        "packaged": bool(getattr(sys, "frozen", False)),
        "program": sys.executable,
        "python": platform.python_version(),
        "qt": _qt(),
        "system": _of_the_release(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "c library": " ".join(platform.libc_ver()),
        "locale": ".".join(part or "?" for part in locale.getlocale()),
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def packages() -> str:
    """Of the program itself also what `dpkg --verify` says: nothing, where every file is as it was installed."""
    listed = said("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package} ${Version}\n", *PACKAGES)
    installed = sorted(line for line in listed.splitlines() if line.startswith("ii"))
    if not any(line.split()[1] in OURS for line in installed):
        changed = "the program was not installed from Debian packages"
    else:
        changed = said("dpkg", "--verify", *OURS, within_s=VERIFY_S).strip() or "no file of the program was changed"
    return "\n".join([*installed, "", "dpkg --verify:", changed, ""])


def of_the_program(name: str) -> str:
    """A list that stands beside the packaged program."""
    if not getattr(sys, "frozen", False):
        raise Skipped("this is no packaged program")
    return tail(Path(sys.executable).parent / name)


def machine(settings: Settings) -> str:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    folders = {
        "program": Path(sys.executable).parent,
        "state": places.state(),
        "logs": settings.journal.folder or places.state(),
        "cache": settings.service.cache or places.cache(),
    }
    told: dict[str, Any] = {
        "now": datetime.now(UTC).isoformat(timespec="seconds"),
        "time zone": time.strftime("%Z %z"),
        "up since": datetime.fromtimestamp(psutil.boot_time(), UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "memory MB": {"all": memory.total // 10**6, "free": memory.available // 10**6, "swap": swap.total // 10**6},
        "disks MB": {name: _disk(folder) for name, folder in folders.items()},
        "temperatures C": _temperatures(),
        "processes": list(_processes()),
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def display(settings: Settings) -> str:
    """What the kernel knows of connectors, and what Qt sees, where it sees one."""
    lines = [f"{name}={value}" for name in glass.VARIABLES if (value := os.environ.get(name))]
    for connector in sorted(Path("/sys/class/drm").glob("card*-*")):
        modes = tail(connector / "modes").split()
        lines.append(f"{connector.name}: {tail(connector / 'status').strip()} {modes[0] if modes else ''}".rstrip())
    lines += [f"{card.name}: {_driver(card)}" for card in sorted(Path("/sys/class/drm").glob("card[0-9]"))]
    try:
        lines.append(json.dumps(asdict(glass.look(settings.screen.renderer)), ensure_ascii=False))
    except Skipped as why:
        lines.append(f"Qt: {why}")
    return "\n".join([*lines, ""])


def sound() -> str:
    """Names only; nothing is opened."""
    asked: list[tuple[str, Callable[[], str]]] = [
        ("pactl info", lambda: said("pactl", "info")),
        ("pactl list short sinks", lambda: said("pactl", "list", "short", "sinks")),
        ("pactl list short sources", lambda: said("pactl", "list", "short", "sources")),
        ("/proc/asound/cards", lambda: tail(Path("/proc/asound/cards"))),
        ("/proc/asound/pcm", lambda: tail(Path("/proc/asound/pcm"))),
    ]
    lines = []
    for name, ask in asked:
        try:
            answer = ask().strip()
        except Skipped as why:
            answer = str(why)
        lines += [f"--- {name}", answer, ""]
    return "\n".join(lines)


def _qt() -> str:
    try:
        import PySide6  # noqa: PLC0415 - a kiosk without a window needs none
    except ImportError as error:
        return f"cannot be loaded: {error}"
    return str(PySide6.__version__)


def _of_the_release() -> str:
    with suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return platform.platform()


def _processor() -> str:
    try:
        lines = tail(Path("/proc/cpuinfo")).splitlines()
    except Skipped:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))), "")


def _disk(folder: Path) -> dict[str, Any]:
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        used = psutil.disk_usage(str(standing))
    except OSError as error:
        return {"folder": str(folder), "fault": error.strerror}
    return {"folder": str(folder), "all": used.total // 10**6, "free": used.free // 10**6}


def _temperatures() -> dict[str, float]:
    if not hasattr(psutil, "sensors_temperatures"):  # Linux and FreeBSD have it
        return {}
    read = psutil.sensors_temperatures()
    return {f"{chip} {one.label}".strip(): one.current for chip, found in read.items() for one in found}


def _processes() -> Iterator[dict[str, Any]]:
    """By name alone: a command line may hold what an address of an agent is."""
    for process in psutil.process_iter(["pid", "name", "username", "memory_info", "num_threads", "create_time"]):
        about = process.info
        if about["name"] in PROGRAMS and about["memory_info"] is not None:
            since = datetime.fromtimestamp(about["create_time"], UTC).isoformat(timespec="seconds")
            yield {
                "pid": about["pid"], "name": about["name"], "user": about["username"], "since": since,
                "memory MB": about["memory_info"].rss // 10**6, "threads": about["num_threads"],
            }  # fmt: skip


def _driver(card: Path) -> str:
    driver = card / "device" / "driver"
    return driver.resolve().name if driver.exists() else "no driver"
