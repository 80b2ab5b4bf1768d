"""A person of the house takes a visit: the real kiosk says and shows it, and the visitor goes on talking."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from product import RunningService, kiosk
from stage import Stage

from kiosk.rehearsal.steps import Say, Touch, Wait

pytestmark = [pytest.mark.rig, pytest.mark.models, pytest.mark.slow]


class Desk:
    """A program of the house with a token of its own. Blocks; the service has a few seconds for everything."""

    def __init__(self, service: RunningService) -> None:
        env = {**os.environ, "KIOSK_SERVICE__HOUSE_DB": str(service.house_db)}
        made = kiosk("service", "tokens", "add", "desk", "--role", "editor", env=env)
        assert made.returncode == 0, made.stderr
        self._token = made.stdout.split()[-1]
        self._url = f"{service.console}/api/v1/live"

    async def ask(self, method: str, path: str = "", body: Any = None) -> Any:
        return await asyncio.to_thread(self._ask, method, path, body)

    def _ask(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    async def reads(self, id: str, who: str) -> str:
        """The last whole line of that side, as soon as there is one."""
        async with asyncio.timeout(20):
            while True:
                lines = (await self.ask("GET", f"/{id}"))["lines"]
                if lines and lines[-1]["who"] == who and lines[-1]["final"]:
                    return str(lines[-1]["text"])
                await asyncio.sleep(0.1)


async def test_a_visit_is_taken_answered_and_handed_back(stage: Stage, service: RunningService, tmp_path: Path) -> None:
    desk = Desk(service)
    async with stage.kiosk(tmp_path, service.endpoint, KIOSK_VISIT__FAREWELL_S="3") as visitor:
        await visitor.do(Touch("touch"), Wait("speaking", 25))
        (live,) = await desk.ask("GET")
        id = live["id"]
        since = visitor.now
        await desk.ask("POST", f"/{id}/person", {"name": "Ingrid"})
        await visitor.sees("handover", since=since)
        assert "ingrid will answer you now" in await visitor.answered(since=since)
        await visitor.looks("taken")

        since = visitor.now
        await visitor.do(Say("What are your opening hours?"))
        assert "opening hours" in (await desk.reads(id, "visitor")).lower()
        await desk.ask("POST", f"/{id}/person/writing", {})
        await visitor.looks("writing")
        await desk.ask("POST", f"/{id}/person/words", {"text": "For you we open at nine today."})
        await visitor.hears("playback_started", since=since)
        await visitor.looks("answering")
        assert "nine today" in await visitor.answered(since=since)
        assert visitor.phase == "handover"

        since = visitor.now
        await desk.ask("DELETE", f"/{id}/person")
        await visitor.sees("speaking", since=since)
        assert "ai guide" in await visitor.answered(since=since)
        since = visitor.now
        await visitor.do(Say("What are your opening hours?"))
        assert "ten" in await visitor.answered(since=since)
    assert {"taken", "writing", "answering"} <= set(visitor.screens.taken)
