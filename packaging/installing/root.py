"""A bare Debian 12 in a folder: what a technician finds on a new machine, without Python and without a desktop."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from record import Broken, Record

SUITE = "bookworm"
EVERYWHERE = ("systemd-sysv", "dbus", "libpam-systemd", "udev")
"""What every installed Debian has and `minbase` has not: it would not boot."""

LOADS_FROM = "/var/cache/apt/archives"
_LISTED = ("etc", "opt", "usr", "var", "home", "root", "srv", "boot")


def lay_out(root: Path, cache: Path, record: Record) -> None:
    """Unpacks a fresh root; made by debootstrap the first time (about a minute, 100 MB) and kept in `cache`."""
    tarball = cache / f"{SUITE}-{'-'.join(EVERYWHERE)}.tar"
    if not tarball.exists():
        record.say(f"debootstrap: {SUITE}, {', '.join(EVERYWHERE)}")
        made = cache / f"root.{os.getpid()}"
        try:
            command = ["debootstrap", "--variant=minbase", f"--include={','.join(EVERYWHERE)}", SUITE, str(made)]
            _do(command, 900, cache / "debootstrap.log")
            shutil.rmtree(made / LOADS_FROM[1:], ignore_errors=True)
            (made / LOADS_FROM[1:] / "partial").mkdir(parents=True)
            unfinished = cache / f"{tarball.name}.{os.getpid()}"
            _do(["tar", "--numeric-owner", "--one-file-system", "-C", str(made), "-cf", str(unfinished), "."], 300)
            unfinished.replace(tarball)
        finally:
            remove(made)
    root.mkdir(parents=True)
    _do(["tar", "--numeric-owner", "-C", str(root), "-xf", str(tarball)], 300)
    (root / "etc/hostname").write_text("kiosk-proof\n")


def python_in(root: Path) -> list[str]:
    """Every Python that Debian would have brought: commands, libraries, packages. (Not the frozen program's own.)"""
    found = [
        str(path)
        for pattern in ("usr/bin/python*", "usr/local/bin/python*", "bin/python3*")
        for path in root.glob(pattern)
    ]
    found += [str(path) for path in root.glob("usr/lib/**/libpython*")]
    names = (
        line.split(": ", 1)[1]
        for line in (root / "var/lib/dpkg/status").read_text().splitlines()
        if line.startswith("Package: ")
    )
    return found + [name for name in names if name.startswith(("python", "libpython"))]


def files(root: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder of the system with its kind and owner, without what is memory or a mount."""
    listed: dict[str, tuple[int, int]] = {}
    for top in _LISTED:
        for folder, folders, names in os.walk(root / top):
            for name in (*folders, *names):
                path = os.path.join(folder, name)
                status = os.lstat(path)
                listed["/" + os.path.relpath(path, root)] = (status.st_mode & 0o170000, status.st_uid)
    return listed


def size_mb(path: Path) -> float:
    """Of a folder as it lies on the disk, each hard link once."""
    said = subprocess.run(["du", "-sk", "-x", str(path)], capture_output=True, text=True, timeout=120, check=True)
    return round(int(said.stdout.split()[0]) / 1024, 1)


def remove(root: Path) -> None:
    """Deletes a root, and never what is mounted in one."""
    if not root.exists():
        return
    while inside := mounts_below(root):
        if subprocess.run(["umount", "-R", inside[0]], timeout=60, check=False).returncode:
            raise Broken(
                f"{inside[0]} cannot be unmounted, so {root} was not removed: unmount it, then delete the folder"
            )
    shutil.rmtree(root)


def mounts_below(root: Path) -> list[str]:
    real = os.path.realpath(root)
    places = [line.split()[4].replace("\\040", " ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return sorted(place for place in places if place == real or place.startswith(real + "/"))


def _do(command: list[str], within_s: float, log: Path | None = None) -> None:
    """Raises `Broken` with the last words of a command that fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=within_s, check=False)
    except FileNotFoundError:
        raise Broken(f"the command {command[0]} is missing") from None
    except subprocess.TimeoutExpired:
        raise Broken(f"{command[0]} has not ended within {within_s:g} s") from None
    if log is not None:
        log.write_text(done.stdout + done.stderr)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Broken(f"{command[0]} failed: {said[-1] if said else done.returncode}")
