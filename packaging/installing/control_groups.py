"""A control group of its own for a machine, so that the units of two machines on one host never meet in one.

A host without a systemd of its own runs everything in the root group: the `system.slice` of one machine would be that
of another, and what one of them stops, it could not even see the processes of.
"""

from __future__ import annotations

from pathlib import Path


def make(name: str) -> list[Path]:
    """A group below the one of this process, in every hierarchy that takes one. A process joins by writing 0 to
    `cgroup.procs` in each."""
    made = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, group = line.split(":", 2)
        # A processor set takes no process before it is filled, and nobody's units meet there.
        if controllers == "cpuset" or (mount := _mount_of(controllers)) is None:
            continue
        folder = mount / group.lstrip("/") / name
        try:
            folder.mkdir(exist_ok=True)
        except OSError:  # read-only, as in a container: then there is no second machine beside this one
            continue
        made.append(folder)
    return made


def remove(groups: list[Path]) -> None:
    """After everything in them has ended."""
    for group in groups:
        for folder in sorted((path for path in group.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts)):
            folder.rmdir()
        group.rmdir()


def _mount_of(controllers: str) -> Path | None:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == ("cgroup" if controllers else "cgroup2") and set(filter(None, controllers.split(","))) <= set(
            options.split(",")
        ):
            return Path(place)
    return None
