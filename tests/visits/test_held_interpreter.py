"""A whole visit with captions, the window on a display: no C call keeps the interpreter for long, and no garbage is
collected before the visitor is gone."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from product import RunningService
from stage import Stage

from kiosk.app.run import COLLECT_AFTER_S
from kiosk.rehearsal.programs import phase_of
from kiosk.rehearsal.steps import CutIn, Pause, Say, Touch, Wait
from tests.bench.withheld import NOTED_MS

pytestmark = [pytest.mark.rig, pytest.mark.models]

LONGEST_MS = 20.0  # half of what the loudspeaker's device holds


@pytest.mark.slow
async def test_no_call_keeps_the_interpreter_through_a_visit(
    stage: Stage, service: RunningService, tmp_path: Path
) -> None:
    file = tmp_path / "withheld.json"
    program = (sys.executable, "-m", "tests.bench.withheld", str(file), "run", "--stdio")
    async with stage.kiosk(tmp_path, service.endpoint, program) as visitor:
        await visitor.do(Touch("touch"), Wait("agent_done", 25))
        await visitor.do(Say("What are your opening hours?"), CutIn(button=True, after_ms=2500, within_s=25))
        await visitor.do(Say("How much is a ticket for a child?"), Wait("agent_done", 25))
        await visitor.tap("finish")
        await visitor.sees("farewell")
        await visitor.do(Touch("leave"))
        await visitor.sees("attract")
        await visitor.do(Pause(COLLECT_AFTER_S[0] + 0.5))
        quit_at = time.monotonic()
        phases = [(event["t"], phase) for event in visitor.program.events if (phase := phase_of(event))]
        began = next(at for at, phase in phases if phase == "connecting")
        ended = next(at for at, phase in phases if phase == "resetting")
    found = json.loads(file.read_text())
    assert found["switch_interval_s"] == pytest.approx(0.0005), "an audio callback waits this long behind Python"
    held = [one for one in found["held"] if began < one["at"] < ended]
    assert NOTED_MS < LONGEST_MS
    assert [one for one in held if one["ms"] > LONGEST_MS] == []
    assert [when for when, _, _ in found["collected"] if began < when < ended] == [], "collected in the visit"
    assert [when for when, _, what in found["collected"] if ended < when < quit_at and what == 2], "nor after it"
