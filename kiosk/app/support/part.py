"""One part of a support bundle, and how the system's own programs are asked for some of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.app.checks.finding import Skipped
from kiosk.settings.places import for_children

ASK_S = 10.0
LONGEST_PART = 2_000_000  # bytes; of a longer one the end is kept


@dataclass(frozen=True, slots=True)
class Part:
    """
    name  of its file in the zip
    what  is in it, for whoever decides whether to send it
    make  its text; raises `Skipped` or `Fault` where it cannot be had, which is told in its place
    """

    name: str
    what: str
    make: Callable[[], str]


def said(*command: str, within_s: float = ASK_S) -> str:
    """What one of the system's programs prints. Raises `Skipped` where it is missing, hangs or fails without a word."""
    program = shutil.which(command[0])
    if program is None:
        raise Skipped(f"the program {command[0]} is not on this machine")
    try:
        done = subprocess.run(
            [program, *command[1:]],
            env={**for_children(os.environ), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise Skipped(f"{command[0]} does not answer ({type(error).__name__})") from None
    if not done.stdout.strip():
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if done.returncode or why:
            raise Skipped(f"{command[0]} says nothing: {why[-1] if why else f'code {done.returncode}'}")
    return done.stdout.decode("utf-8", "replace")


def tail(file: Path, longest: int = LONGEST_PART) -> str:
    """The last bytes of a text, from the beginning of a line on. Raises `Skipped` where it cannot be read."""
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size  # 0 of what the kernel tells in /proc
            if size > longest:
                opened.seek(size - longest)
            kept = opened.read(longest)
    except OSError as error:
        raise Skipped(f"{file} cannot be read: {error.strerror or type(error).__name__}") from None
    if size > longest:
        kept = kept.partition(b"\n")[2]
    return kept.decode("utf-8", "replace")
