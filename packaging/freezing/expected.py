"""Compares what is in the frozen program with what belongs there, files.txt: a new stray is noticed, and so is a loss.

    python packaging/freezing/expected.py dist/kiosk             says what is new and what is gone; exit code 1
    python packaging/freezing/expected.py dist/kiosk --accept    what is there is what belongs from now on

Versions, hashes in names and Python's own modules are left out of it: they change with every upgrade. So is what the
checkout itself gives, and the licence texts, which follow the bill of materials. The list is of Linux on x86_64.
"""

from __future__ import annotations

import platform
import re
import sys
from pathlib import Path

LIST = Path(__file__).parent / "files.txt"
HEAD = "# What belongs into the frozen program, without versions. Made by packaging/freezing/expected.py --accept.\n"
UNLISTED = re.compile(r"_internal/(assets|kiosk)/|_internal/python3\.\d+/lib-dynload/|licences/.+/")
VERSIONS = (
    (re.compile(r"\.(cpython-3\d+-[\w-]+|abi3)(?=\.so)"), ""),
    (re.compile(r"(-[0-9a-f]{8})+(?=\.so|\.[\d.]+so)"), ""),
    (re.compile(r"-\d[\w.]*(?=\.dist-info/)"), ""),
    (re.compile(r"\.so(\.[\d.]+)?$"), ".so"),
    (re.compile(r"(?<=libpython3)\.\d+"), ""),
)


def listed(place: str) -> str | None:
    """A path of the frozen folder as the list has it; None for what it does not list."""
    if UNLISTED.match(place):
        return None
    for pattern, instead in VERSIONS:
        place = pattern.sub(instead, place)
    return place


def found_in(folder: Path) -> set[str]:
    places = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir())
    return {name for name in map(listed, places) if name}


def belonging() -> set[str]:
    return {line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")}


def main(folder: Path, *, accept: bool) -> int:
    found = found_in(folder)
    if accept:
        LIST.write_text(HEAD + "".join(f"{name}\n" for name in sorted(found)), "utf-8")
        return 0
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        print("packaging/freeze: what belongs into the folder is listed for Linux on x86_64 only: not compared.")
        return 0
    new, gone = sorted(found - belonging()), sorted(belonging() - found)
    for name in new:
        print(f"packaging/freeze: {name} is new: leave it out in packaging/freezing/contents.py, or accept it.")
    for name in gone:
        print(f"packaging/freeze: {name} is not there any more.")
    if new or gone:
        print(f"What is right is accepted by: python packaging/freezing/expected.py {folder} --accept")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), accept="--accept" in sys.argv[2:]))
