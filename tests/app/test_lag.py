"""The loop's lateness, on a real loop."""

from __future__ import annotations

import asyncio
import time

from kiosk.app.lag import LoopLag


async def test_a_loop_that_stands_still_is_seen() -> None:
    lag = LoopLag(asyncio.get_running_loop())
    lag.start()
    await asyncio.sleep(0.05)
    time.sleep(0.2)  # noqa: ASYNC251 - holds the loop, as a call that takes too long does
    await asyncio.sleep(0.05)
    assert lag.read().worst_ms > 150
    lag.start()
    assert lag.read().ticks == 0, "what was before counts anew"
    lag.stop()


async def test_at_rest_nothing_ticks() -> None:
    lag = LoopLag(asyncio.get_running_loop())
    assert lag.read().ticks == 0
    lag.start()
    await asyncio.sleep(0.05)
    assert lag.read().ticks > 0
    lag.stop()
    seen = lag.read().ticks
    await asyncio.sleep(0.03)  # three periods
    assert lag.read().ticks == seen
