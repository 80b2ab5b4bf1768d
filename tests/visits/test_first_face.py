"""A visit by finger: a real window on a display of its own, real touch events, real sound and speech."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from product import kiosk

HERE = Path(__file__).parent
HAS_DISPLAY = all(shutil.which(program) for program in ("Xorg", "matchbox-window-manager", "xwd"))

pytestmark = [
    pytest.mark.rig,
    pytest.mark.models,
    pytest.mark.slow,  # test_by_touch holds such a visit beside a service that others share
    pytest.mark.skipif(not HAS_DISPLAY, reason="install the packages of the set `display`"),
]


@pytest.fixture(scope="module")
def touched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("touched")
    env = {**os.environ, "KIOSK_SERVICE__TTS": "kokoro"}
    done = kiosk("rehearse", "--out", str(folder), "--visit", str(HERE / "touched.toml"), env=env, timeout=200)
    report = json.loads((folder / "report.json").read_text())
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in (folder / "kiosk.events.jsonl").read_text().splitlines()]
    return folder, report, events


def test_fingers_hold_the_whole_visit(touched: tuple[Path, dict[str, Any], list[dict[str, Any]]]) -> None:
    """Touch begins, Stop silences, Talk held sends, Finish says goodbye."""
    _, report, events = touched
    phases = [event["phase"] for event in events if event["event"] == "phase"]
    assert phases[:8] == [
        "attract",
        "connecting",
        "listening",
        "speaking",
        "listening",
        "thinking",
        "speaking",
        "listening",
    ]
    assert "farewell" in phases
    assert [e["cause"] for e in events if e["event"] == "flush"] == ["touch"]
    assert [e["state"] for e in events if e["event"] == "uplink"].count("held") == 1
    turns = report["sessions"][0]["transcript"]
    assert turns[0]["interrupted"]
    assert "child" in next(turn["text"] for turn in turns if turn["role"] == "user")


def test_every_state_has_its_picture(touched: tuple[Path, dict[str, Any], list[dict[str, Any]]]) -> None:
    folder, report, _ = touched
    states = set(report["screenshots"])
    assert {"attract", "speaking", "listening, interrupted", "farewell"} <= states
    pictures = [folder / shot["file"] for shot in report["screenshots"].values()]
    assert all(picture.stat().st_size > 20_000 for picture in pictures)
    assert len({picture.read_bytes() for picture in pictures}) >= 5, "one state looks like another"


def test_no_word_of_qt_is_a_warning(touched: tuple[Path, dict[str, Any], list[dict[str, Any]]]) -> None:
    folder, _, _ = touched
    log = (folder / "kiosk.log").read_text()
    assert "qml" not in log.lower(), log
