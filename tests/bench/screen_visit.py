"""The window in a visit: processor time, memory and the loop's lag, at rest in attract and while the agent speaks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from kiosk.rehearsal.display import Display
from kiosk.rehearsal.figures import Figure, summarise
from kiosk.rehearsal.programs import Program
from tests.bench.agent_peer import AgentPeer
from tests.bench.engine import begin, engine
from tests.bench.screen_pixels import presses, touches
from tests.bench.screen_speech import clauses, say

Around = Callable[[Mapping[str, str]], Mapping[str, str]]

STILL_S = 13.0  # attract moves for 10 s, and the start has its own costs
REST_S = 15.0
RESPONSE_S = 60.0  # none takes as long


def offscreen(width: int, height: int, folder: Path) -> Around:
    """Qt's own platform without a display: the kiosk's drawing, without an X server that takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    screen = {"name": "glass", "x": 0, "y": 0, "width": width, "height": height}
    screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    file = folder / "offscreen.json"
    file.write_text(json.dumps({"screens": [screen]}))
    return lambda env: {**env, "QT_QPA_PLATFORM": f"offscreen:configfile={file}"}


async def visit(out: Path, name: str, around: Around, command: Sequence[str], *, responses: int) -> dict[str, Figure]:
    """One kiosk that nobody but this bench disturbs. `name` begins the names of its figures."""
    found: dict[str, Figure] = {}
    async with engine(out, command=command, around=around) as (kiosk, peer, _):
        await asyncio.sleep(STILL_S)
        first = len(kiosk.cpu_percent)
        await asyncio.sleep(REST_S)
        found[f"{name}_idle_cpu"] = summarise(kiosk.cpu_percent[first:], "% of a core")
        found[f"{name}_idle_memory"] = summarise(kiosk.memory_mb[first:], "MB")
        await begin(kiosk, peer)
        found |= {f"{name}_{figure}": value for figure, value in (await talk(kiosk, peer, responses)).items()}
    return found


async def talk(kiosk: Program, peer: AgentPeer, responses: int) -> dict[str, Figure]:
    """The agent speaks with captions; 10 ms ticker on the loop all the while."""
    await kiosk.order("lag", watch=True)
    cpu: list[float] = []
    memory: list[float] = []
    for number in range(responses):
        since = len(kiosk.events)
        await say(peer, number, clauses(number))
        await kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
        await asyncio.sleep(1.0)  # a sample that is all of the talking
        first = len(kiosk.cpu_percent)
        await kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=RESPONSE_S)
        cpu += kiosk.cpu_percent[first:]
        memory += kiosk.memory_mb[first:]
    since = len(kiosk.events)
    await kiosk.order("lag", watch=False)
    await kiosk.order("lag")
    lag = await kiosk.wait_for(lambda e: e["event"] == "lag", since=since, within_s=5)
    assert lag is not None
    rounded = (round(lag[name], 2) for name in ("p50_ms", "p95_ms", "worst_ms"))
    return {
        "talking_cpu": summarise(cpu, "% of a core"),
        "talking_memory": summarise(memory, "MB"),
        "loop_lag": Figure(lag["ticks"], *rounded, "ms"),
    }


async def seen(
    out: Path, name: str, display: Display, command: Sequence[str], *, responses: int, repeats: int
) -> dict[str, Figure]:
    """`visit` on a display, then what a finger sees, with a kiosk that has held a visit already."""
    server = psutil.Process(display.pid)
    before = server.cpu_times()
    found = await visit(out / "visit", name, display.env, command, responses=responses)
    after = server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    found[f"{name}_x_server"] = summarise([spent], "s of processor")
    if repeats and display.has_touch:
        async with engine(out / "touch", command=command, around=display.env) as (kiosk, peer, _):
            for figure, values in (await touches(kiosk, display, repeats)).items():
                found[f"{name}_{figure}"] = summarise(values, "ms")
            await begin(kiosk, peer)
            found[f"{name}_press_to_pixels"] = summarise(await presses(kiosk, display, repeats), "ms")
    return found
