"""The packaged visits of a lobby: somebody talks over the agent, somebody coughs, nobody does for a while.

The whole ten minutes: `kiosk rehearse --visit ten_minutes`; a test here is ended after five.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from product import kiosk

from kiosk.rehearsal.visit import SHIPPED

pytestmark = [pytest.mark.rig, pytest.mark.models, pytest.mark.slow]

MINUTES = 1.5


@pytest.mark.parametrize("visit", ["talk_over", "six_interruptions", "cough_and_clap", "ten_minutes"])
def test_the_agent_stops_for_a_visitor_and_for_nothing_else(visit: str, tmp_path: Path) -> None:
    env = {**os.environ, "KIOSK_SERVICE__TTS": "kokoro"}
    script = tmp_path / f"{visit}.toml"
    script.write_text((SHIPPED / script.name).read_text().replace("minutes = 10", f"minutes = {MINUTES}"))
    done = kiosk("rehearse", "--out", str(tmp_path), "--visit", str(script), env=env, timeout=280)
    report = json.loads((tmp_path / "report.json").read_text())
    assert done.returncode == 0, report["why"]
    stops = [one for one in report["interruptions"] if one["what"] == "stop"]
    assert len(stops) == {"talk_over": 2, "six_interruptions": 6, "cough_and_clap": 0, "ten_minutes": 0}[visit], stops
    if visit == "ten_minutes":
        assert report["listened_s"] >= 60 * MINUTES
