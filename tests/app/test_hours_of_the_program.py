"""The site's opening hours reach the program that visitors stand before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.programs import Program


@pytest.mark.parametrize(("week", "phase"), [('["mon closed"]', "closed"), ('["daily 00:00-24:00"]', "attract")])
async def test_a_closed_house_lets_nobody_in(tmp_path: Path, week: str, phase: str) -> None:
    env = {
        **os.environ,
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "EXEI_VOICE_ENDPOINT": "ws://127.0.0.1:9/v1/voice",
        "EXEI_VOICE_CLIENT_ID": "nobody",
        "KIOSK_SOUND__BACKEND": "wav",
        "KIOSK_HOURS__WEEK": week,
    }
    async with Program("kiosk", own_program("run", "--headless", "--stdio"), env, tmp_path) as kiosk:
        assert await kiosk.wait_for(lambda event: event.get("phase") == phase, within_s=20)
        await kiosk.order("touch")
        await kiosk.order("quit")
        assert await kiosk.ended(within_s=10) is not None
    began = [event for event in kiosk.events if event.get("phase") == "connecting"]
    assert bool(began) is (phase == "attract")
