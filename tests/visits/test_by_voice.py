"""A visit by voice: one touch to begin, and none after it. The visitor talks over the agent, and is heard."""

from __future__ import annotations

from pathlib import Path

import pytest
from product import RunningService
from stage import Stage

from kiosk.rehearsal.steps import CutIn, Say, Touch, Wait

pytestmark = [pytest.mark.rig, pytest.mark.models]


@pytest.mark.slow
async def test_a_whole_visit(stage: Stage, service: RunningService, tmp_path: Path) -> None:
    stage.room.echo(gain_db=-30, delay_ms=10, rt60_s=0.35)
    try:
        async with stage.kiosk(tmp_path, service.endpoint, KIOSK_VISIT__FAREWELL_S="3") as visitor:
            await visitor.do(Touch("touch"), CutIn("One moment please", after_ms=1500))
            flush = await visitor.hears("flush", since=0)
            assert flush["cause"] == "voice"
            await visitor.sees("listening")
            await visitor.do(Wait("agent_done", 25))

            since = visitor.now
            await visitor.do(Say("What are your opening hours?"))
            assert "ten" in await visitor.answered(since=since)
            since = visitor.now
            await visitor.do(Say("Thank you, goodbye."))
            await visitor.sees("farewell", "attract", since=since)
            assert [do for do, _ in visitor.performance.course.orders] == ["touch"]
            assert visitor.since(0, "lamp")[-1]["lit"] is False
        assert "listening, interrupted" in visitor.screens.taken
    finally:
        stage.room.echo(gain_db=None)
