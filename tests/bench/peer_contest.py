"""The measurements of `packaging/bench peers`, the same for every program. Definitions stand beside each."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
from websockets.exceptions import ConnectionClosed

from kiosk.rehearsal import waves
from kiosk.rehearsal.roomlink import Recordings, Span
from tests.bench.engine import Values, noise, room_of
from tests.bench.peer_clients import Client, Ours, Theirs
from tests.bench.peer_readings import first_frame_with_sound, first_loud_frame, first_sound, heard_ms, silence_after

QUIET_S = 0.6  # between two responses, so that each has a stretch of the recording to itself
PATIENCE_S = 10.0
"""How long a program may take to come back from a fault before it counts as not coming back."""
GONE_S = 2.0


async def talk(contestant: Ours | Theirs, out: Path, repeats: int) -> Values:
    """Everything that a conversation without trouble shows, in one process of the program."""
    async with contestant.conversing(out) as client:
        rate = client.agent.rate
        await client.agent.paced(noise(1.0, rate=rate))  # the first response may load and open things
        await asyncio.sleep(1.5)
        cut = await _cuts(client, repeats)
        paced = await _arrivals(client, repeats)
        said = await _mouths(client, repeats)
        found = await _effort(client)
        told, frames = client.agent.heard_ms, list(client.agent.audio)
    heard = room_of(out)
    captured = Recordings.load(out).captured
    found.update(
        interrupt_to_silence=[], heard_position_error=[], wire_to_loudspeaker=[], wire_to_loudspeaker_burst=[],
        microphone_to_wire=[],
    )  # fmt: skip
    for response, sent, ordered, until in cut:
        if (first := first_sound(heard, sent, ordered)) is not None:
            found["wire_to_loudspeaker_burst"].append(1000 * (first - sent))
        if (silence := silence_after(heard, ordered, until)) is not None:
            found["interrupt_to_silence"].append(silence)
        if response in told:
            found["heard_position_error"].append(told[response] - heard_ms(heard, sent, until))
    for sent in paced:
        if (first := first_sound(heard, sent, sent + 1.0)) is not None:
            found["wire_to_loudspeaker"].append(1000 * (first - sent))
    for span in said:
        onset = captured.at(span.first_frame)
        if (arrived := first_frame_with_sound(frames, onset)) is not None and arrived < onset + 1.0:
            found["microphone_to_wire"].append(1000 * (arrived - onset))
    return found


async def _cuts(client: Client, repeats: int) -> list[tuple[str, float, float, float]]:
    """9 s of a response at once, and the agent's word to stop after 0.4 to 1.4 s. (id, sent, ordered, looked until)."""
    pick = random.Random(7)
    cut = []
    for number in range(repeats):
        response, sent = await client.agent.burst(noise(9.0, seed=number, rate=client.agent.rate))
        await asyncio.sleep(pick.uniform(0.4, 1.4))
        ordered = await client.agent.interrupt(response)
        await asyncio.sleep(QUIET_S)
        cut.append((response, sent, ordered, time.monotonic() - 0.05))
    return cut


async def _arrivals(client: Client, repeats: int) -> list[float]:
    """0.6 s of a response in 20 ms frames at real time. When the first frame was sent."""
    sent = []
    for number in range(repeats):
        _, at = await client.agent.paced(noise(0.6, seed=number, rate=client.agent.rate))
        await asyncio.sleep(QUIET_S)
        sent.append(at)
    return sent


async def _mouths(client: Client, repeats: int) -> list[Span]:
    """A loud short sound in the room, out of step with everybody's blocks. Where it stands on the microphone."""
    said = []
    with tempfile.TemporaryDirectory() as scratch:
        sound = Path(scratch) / "sound.wav"
        samples = np.frombuffer(noise(0.2, -12), "<i2").astype(np.float32) / 32768
        waves.write(sound, samples, 16000)
        for number in range(repeats):
            said.append(await asyncio.wrap_future(client.room.say(sound).said))
            await asyncio.sleep(0.4 + 0.007 * (number % 7))
    return said


async def _effort(client: Client) -> Values:
    """Processor and memory while a response streams and the microphone is open; children included in all but RSS."""
    family = [client.process, *client.process.children(recursive=True)]
    for one in family:
        one.cpu_percent()
    await client.agent.paced(noise(10.0, rate=client.agent.rate))
    cpu = sum(one.cpu_percent() for one in family)
    return {
        "cpu": [cpu],
        "memory_rss": [client.process.memory_info().rss / 1e6],
        "memory_pss": [sum(one.memory_full_info().pss for one in family) / 1e6],
    }


# --- what can happen ----------------------------------------------------------------------------------------------


async def faults(contestant: Ours | Theirs, out: Path, repeats: int) -> dict[str, list[float | None]]:
    """Something is away for 2 s and comes back: ms until the conversation sounds again both ways, each in a new
    process of the program; None for one that is not back in time.

    The room is noisy all the time and the agent says something every 0.3 s: so the first frame of the microphone that
    is not silent, and the first sound of the loudspeaker, tell when each way is back.
    """
    found: dict[str, list[float | None]] = {}
    for what in ("network", "microphone", "loudspeaker", "server"):
        for number in range(repeats):
            folder = out / f"{what}-{number}"
            async with contestant.conversing(folder) as client:
                client.room.noise(-20.0)
                await asyncio.sleep(0.5)
                await _away(client, what)
                back_at = time.monotonic()
                await _talk_on(client, back_at + PATIENCE_S)
                frames = list(client.agent.audio)
            up = first_loud_frame(frames, back_at)
            down = first_sound(room_of(folder), back_at, back_at + PATIENCE_S)
            found.setdefault(what, []).append(None if up is None or down is None else 1000 * (max(up, down) - back_at))
    return found


async def _away(client: Client, what: str) -> None:
    if what == "network":
        await client.network.cut()
        await asyncio.sleep(GONE_S)
        await client.network.restore()
    else:
        client.sound.unplug(what)
        await asyncio.sleep(GONE_S)
        client.sound.plug(what)


async def _talk_on(client: Client, until: float) -> None:
    words = noise(0.15, rate=client.agent.rate)
    while client.alive and time.monotonic() < until:
        with suppress(ConnectionClosed):
            await client.agent.paced(words)
        await asyncio.sleep(0.15)
