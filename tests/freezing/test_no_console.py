"""A frozen program that was started without standard streams, as Windows starts one without a console."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOOK = Path(__file__).resolve().parents[2] / "packaging" / "freezing" / "hook_machine.py"

PROGRAM = """
import os, runpy, sys
assert (sys.stdin, sys.stdout, sys.stderr) == (None, None, None)
if sys.argv[2] == "hooked":
    runpy.run_path(sys.argv[3])
import faulthandler, io
said = io.StringIO()
try:
    faulthandler.enable()  # what a worker does first
    os.dup2(2, 1)
    print("nobody hears this", flush=True)
    sys.stderr.write("nor this")
    said.write(f"read {sys.stdin.read()!r}, {os.get_inheritable(2)}")
except Exception as error:
    said.write(f"fell: {error}")
with open(sys.argv[1], "w") as out:
    out.write(said.getvalue())
"""


def started(tmp_path: Path, how: str) -> str:
    out = tmp_path / "out"
    words = [sys.executable, "-c", PROGRAM, str(out), how, str(HOOK)]
    subprocess.run(["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh", *words], check=True, timeout=60)
    return out.read_text()


def test_it_has_streams_that_lead_nowhere(tmp_path: Path) -> None:
    assert started(tmp_path, "hooked") == "read '', True"


def test_without_that_a_worker_would_fall(tmp_path: Path) -> None:
    assert started(tmp_path, "bare").startswith("fell: ")
