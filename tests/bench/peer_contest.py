"""A conversation without trouble, measured the same way for every program; definitions stand beside each figure."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiosk.rehearsal import waves
from kiosk.rehearsal.figures import Heard
from kiosk.rehearsal.roomlink import Recordings, Span
from tests.bench.engine import Values, noise, room_of
from tests.bench.peer_clients import Client, Ours, Theirs
from tests.bench.peer_readings import first_frame_with_sound, first_sound, heard_ms, missing_ms, silence_after

QUIET_S = 0.6
"""Between two responses, so that each has a stretch of the recording to itself."""
LATEST_S = 1.0
"""What comes later belongs to something else."""
SOUND_SPREAD_MS = 10.0
"""Blocks of the monitor that come further apart than this have no common clock: under load, a sound was heard before it
was sent. Nothing is told that was timed by such a recording."""
UNSTEADY_S = 0.04
"""A frame of the unsteady network is late by anything up to this."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One interrupted response. Monotonic seconds; `until`: how long its silence was waited for."""

    response: str
    sent: float
    ordered: float
    until: float


async def talk(contestant: Ours | Theirs, out: Path, repeats: int) -> Values:
    """All figures, in one process of the program."""
    async with contestant.conversing(out) as client:
        await client.agent.paced(noise(1.0, rate=client.agent.rate))  # the first response may load and open things
        await asyncio.sleep(1.5)
        cut = await _cuts(client, repeats)
        stalled = await _stalled_cuts(client, repeats)
        paced = await _arrivals(client, repeats)
        unsteady = await _unsteady(client, float(repeats))
        said = await _mouths(client, repeats)
        found = await _effort(client)
        told, frames = client.agent.heard_ms, list(client.agent.audio)
    heard, recordings = room_of(out), Recordings.load(out)
    found["rig_spread"] = [recordings.arrival_spread_ms]
    if recordings.arrival_spread_ms > SOUND_SPREAD_MS:
        return found
    onsets = [recordings.captured.at(span.first_frame) for span in said]
    found["interrupt_to_silence"] = _known(silence_after(heard, each.ordered, each.until) for each in cut)
    found["heard_position_error"] = _errors(heard, told, cut)
    found["heard_position_error_stalled"] = _errors(heard, told, stalled)
    found["wire_to_loudspeaker"] = _waits((sent, first_sound(heard, sent, sent + LATEST_S)) for sent in paced)
    found["wire_to_loudspeaker_burst"] = _waits((c.sent, first_sound(heard, c.sent, c.ordered)) for c in cut)
    found["missing_unsteady"] = [60 / repeats * missing_ms(heard, *unsteady)]
    found["microphone_to_wire"] = _waits((onset, first_frame_with_sound(frames, onset)) for onset in onsets)
    return found


async def _cuts(client: Client, repeats: int) -> list[Cut]:
    """9 s of a response at once, and the agent's word to stop after 0.4 to 1.4 s."""
    pick = random.Random(7)
    cut = []
    for number in range(repeats):
        response, sent = await client.agent.burst(noise(9.0, seed=number, rate=client.agent.rate))
        cut.append(await _cut(client, response, sent, pick.uniform(0.4, 1.4)))
    return cut


async def _stalled_cuts(client: Client, repeats: int) -> list[Cut]:
    """The same when the network stands still: 0.4 s of the response come at once, the rest a second later."""
    delays = [(0.0 if number < 20 else 1.4) - number * 0.02 for number in range(450)]
    pick = random.Random(8)
    cut = []
    for number in range(repeats):
        response, sent = await client.agent.paced(noise(9.0, seed=number, rate=client.agent.rate), delays)
        cut.append(await _cut(client, response, sent, pick.uniform(0.4, 0.9)))
    return cut


async def _cut(client: Client, response: str, sent: float, after_s: float) -> Cut:
    await asyncio.sleep(after_s)
    ordered = await client.agent.interrupt(response)
    await asyncio.sleep(QUIET_S)
    return Cut(response, sent, ordered, time.monotonic() - 0.05)


async def _arrivals(client: Client, repeats: int) -> list[float]:
    """0.6 s of a response in 20 ms frames at real time. When the first frame was sent."""
    sent = []
    for number in range(repeats):
        _, at = await client.agent.paced(noise(0.6, seed=number, rate=client.agent.rate))
        await asyncio.sleep(QUIET_S)
        sent.append(at)
    return sent


async def _unsteady(client: Client, seconds: float) -> tuple[float, float]:
    """A response in 20 ms frames, each late by 0 to 40 ms and none before the one ahead of it. Its stretch of time."""
    pick = random.Random(3)
    delays = [pick.uniform(0, UNSTEADY_S) for _ in range(round(seconds / 0.02))]
    for at in range(1, len(delays)):
        delays[at] = max(delays[at], delays[at - 1] - 0.02)
    _, sent = await client.agent.paced(noise(seconds, rate=client.agent.rate), delays)
    await asyncio.sleep(1.0)
    return sent, time.monotonic()


async def _mouths(client: Client, repeats: int) -> list[Span]:
    """A loud short sound in the room, out of step with everybody's blocks. Where it stands on the microphone."""
    said = []
    with tempfile.TemporaryDirectory() as scratch:
        sound = Path(scratch) / "sound.wav"
        waves.write(sound, np.frombuffer(noise(0.2, -12), "<i2").astype(np.float32) / 32768, 16000)
        for number in range(repeats):
            said.append(await asyncio.wrap_future(client.room.say(sound).said))
            await asyncio.sleep(0.4 + 0.007 * (number % 7))
    return said


async def _effort(client: Client) -> Values:
    """Processor and memory while a response streams and the microphone is open; children are in all but RSS."""
    family = [client.process, *client.process.children(recursive=True)]
    for one in family:
        one.cpu_percent()
    await client.agent.paced(noise(10.0, rate=client.agent.rate))
    return {
        "cpu": [sum(one.cpu_percent() for one in family)],
        "memory_rss": [client.process.memory_info().rss / 1e6],
        "memory_pss": [sum(one.memory_full_info().pss for one in family) / 1e6],
    }


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _waits(moments: Iterable[tuple[float, float | None]]) -> list[float]:
    """ms from the first to the second moment of each pair, where there is a second within reason."""
    return [1000 * (then - at) for at, then in moments if then is not None and then < at + LATEST_S]


def _errors(heard: Heard, told: Mapping[str, float], cut: Iterable[Cut]) -> list[float]:
    """ms that the program said were heard - ms of the response really on the monitor until it was silent."""
    return [told[c.response] - heard_ms(heard, c.sent, c.until) for c in cut if c.response in told]
