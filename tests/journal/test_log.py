"""No secret reaches a handler, not even in a traceback."""

from __future__ import annotations

import logging
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
