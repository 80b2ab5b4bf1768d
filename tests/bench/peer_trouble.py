"""What can happen to a conversation, measured the same way for every program: parts that go away, and an echo."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from websockets.exceptions import ConnectionClosed

from kiosk.rehearsal import g722, waves
from kiosk.rehearsal.visitor import shape
from tests.bench.engine import noise, room_of
from tests.bench.peer_clients import Client, Ours, Theirs
from tests.bench.peer_readings import first_loud_frame, first_sound

PATIENCE_S = 10.0
"""How long a program may take to come back from a fault before it counts as not coming back."""
GONE_S = 2.0
PARTS = ("network", "microphone", "loudspeaker", "server")
ECHO_DB = -15.0
AFTERWARDS_S = 1.5
"""After a sentence, until it has left the loudspeaker, the room and every detector."""
RECORDINGS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")


async def faults(contestant: Ours | Theirs, out: Path, repeats: int) -> dict[str, list[float | None]]:
    """Something is away for 2 s and comes back: ms until the conversation sounds again both ways, each in a new
    process of the program; None for one that is not back in time.

    The room is noisy all the time and the agent says something every 0.3 s: so the first frame of the microphone that
    is not silent, and the first sound of the loudspeaker, tell when each way is back.
    """
    found: dict[str, list[float | None]] = {}
    for part in PARTS:
        for number in range(repeats):
            folder = out / f"{part}-{number}"
            async with contestant.conversing(folder) as client:
                client.room.noise(-20.0)
                await asyncio.sleep(0.5)
                await _away(client, part)
                back_at = time.monotonic()
                await _talk_on(client, back_at + PATIENCE_S)
                frames = list(client.agent.audio)
            up = first_loud_frame(frames, back_at)
            down = first_sound(room_of(folder), back_at, back_at + PATIENCE_S)
            found.setdefault(part, []).append(None if up is None or down is None else 1000 * (max(up, down) - back_at))
    return found


async def _away(client: Client, part: str) -> None:
    if part == "network":
        await client.network.cut()
        await asyncio.sleep(GONE_S)
        await client.network.restore()
    else:
        client.sound.unplug(part)
        await asyncio.sleep(GONE_S)
        client.sound.plug(part)


async def _talk_on(client: Client, until: float) -> None:
    words = noise(0.15, rate=client.agent.rate)
    while client.alive and time.monotonic() < until:
        with suppress(ConnectionClosed):
            await client.agent.paced(words)
        await asyncio.sleep(0.15)


async def echo(contestant: Ours | Theirs, out: Path, number: int) -> list[bool]:
    """Of each sentence of the agent whether it interrupted itself, nobody else being in the room: recorded speech at
    -22 dBFS, a loudspeaker that reaches the microphone with -15 dB in a room of 0.35 s, quiet noise.

    Only for a program that decides about interruptions by itself.
    """
    spoken = sentences(contestant.rate)  # seconds of computing, before there is a connection to be kept alive
    interrupted = []
    async with contestant.conversing(out, local=True) as client:
        client.room.echo(gain_db=ECHO_DB, delay_ms=5.0, rt60_s=0.35)
        client.room.noise(-66.0)
        await asyncio.sleep(0.5)
        for words in islice(cycle(spoken), number):
            known = len(client.agent.cancelled)
            await client.agent.paced(words)
            await asyncio.sleep(AFTERWARDS_S)
            interrupted.append(len(client.agent.cancelled) > known)
    return interrupted


@cache
def sentences(rate: int) -> list[bytes]:
    """What one person recorded, 5 to 6 s each, PCM16."""
    spoken = []
    for file in sorted(RECORDINGS.glob("vm-*.g722"), key=lambda file: file.stat().st_size)[-12:-7]:
        decoded = g722.decode(file.read_bytes()).astype(np.float32) / 32768
        spoken.append(waves.pcm16(shape(waves.resample(decoded, 16000, rate), rate, -22.0)))
    return spoken
