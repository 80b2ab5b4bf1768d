"""No secret reaches a handler, not even in a traceback."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.journal import log

PLANTED = "planted-client-4711"


@pytest.fixture
def folder(tmp_path: Path):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield tmp_path
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)


def test_a_planted_secret_is_not_found_in_the_log(folder: Path) -> None:
    log.start("debug", folder, [PLANTED])
    logging.getLogger("somebody").warning("connecting as %s", PLANTED)
    try:
        raise ValueError(f"refused: {PLANTED}")
    except ValueError:
        logging.getLogger("somebody").exception("it failed")
    text = (folder / "kiosk.log").read_text(encoding="utf-8")
    assert "connecting as ..." in text
    assert "ValueError: refused: ..." in text
    assert PLANTED not in text


def test_what_is_rotated_in_later_is_hidden_and_what_was_before_stays_so(folder: Path) -> None:
    gate = log.start("debug", folder, [PLANTED])
    gate.add(["planted-client-4712", "wss://planted.example/voice", "planted.example"])
    said = f"{PLANTED}, then planted-client-4712 at wss://planted.example/voice of planted.example"
    assert gate.hide(said) == "..., then ... at ... of ..."
    logging.getLogger("somebody").info("%s", said, stack_info=True)
    assert "planted-" not in (folder / "kiosk.log").read_text(encoding="utf-8")


CRASHES = """
import gc, sys, threading
from kiosk.journal import log
log.start("debug", None, [sys.argv[1]])
log.log_crashes()
class Held:
    def __del__(self):
        raise ValueError("unraisable " + sys.argv[1])
def fall():
    raise ValueError("thread " + sys.argv[1])
Held(); gc.collect()
thread = threading.Thread(target=fall); thread.start(); thread.join()
import asyncio
async def forgotten():
    raise ValueError("task " + sys.argv[1])
async def main():
    task = asyncio.ensure_future(forgotten())
    await asyncio.wait([task])
asyncio.run(main(), debug=True); gc.collect()
import faulthandler
faulthandler.dump_traceback()
raise ValueError("main " + sys.argv[1]) from KeyError(sys.argv[1])
"""


def test_the_last_words_of_a_process_that_crashes_pass_the_gate() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHES, PLANTED], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    for where in ("unraisable", "thread", "task", "main"):
        assert f"ValueError: {where} ..." in done.stderr
    assert PLANTED not in done.stdout + done.stderr
