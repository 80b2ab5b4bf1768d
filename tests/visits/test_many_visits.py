"""Visitors come and go all day: what each leaves behind is collected between them, and the memory does not grow."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from kiosk.rehearsal.programs import phase_of
from tests.bench.engine import begin, engine, noise

pytestmark = [pytest.mark.rig, pytest.mark.slow]

VISITS, SETTLED = 45, 15
GROWTH_MB = 1.5  # the processor's pages come and go by this much


async def test_the_memory_does_not_grow_with_the_visits(tmp_path: Path) -> None:
    after: list[float] = []
    async with engine(tmp_path, KIOSK_CAPTURE__MODE="open") as (kiosk, peer, _):
        for number in range(VISITS):
            await begin(kiosk, peer)
            since = len(kiosk.events)
            await peer.burst(noise(0.6, seed=number))
            assert await kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=5)
            since = len(kiosk.events)
            await kiosk.order("leave")
            assert await kiosk.wait_for(lambda e: phase_of(e) == "attract", since=since, within_s=5)
            peer.connected.clear()
            await asyncio.sleep(1.2)  # one collection, and one look at the memory
            after.append(kiosk.memory_mb[-1])
    growth = np.median(after[-5:]) - np.median(after[SETTLED : SETTLED + 5])
    assert growth < GROWTH_MB, [round(mb, 1) for mb in after]
