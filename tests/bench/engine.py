"""The engine's figures: the real kiosk on the real sound server, with an agent that says what the bench wants."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from kiosk.rehearsal import waves
from kiosk.rehearsal.children import own_program
from kiosk.rehearsal.figures import Heard
from kiosk.rehearsal.programs import Program
from kiosk.rehearsal.roomlink import Recordings, Room, Span
from kiosk.rehearsal.soundserver import LOUDSPEAKER, MICROPHONE, SoundServer
from kiosk.settings.pin import StaffPin
from kiosk.wire.canonical import Interrupt
from tests.bench.agent_peer import RATE, AgentPeer, agent_peer
from tests.bench.peer_readings import missing_ms

Values = dict[str, list[float]]

HEADLESS = (*own_program("run"), "--headless")


def noise(seconds: float, dbfs: float = -20.0, seed: int = 1, rate: int = RATE) -> bytes:
    """Sound without a single zero sample, so that what was played can be counted on the monitor."""
    samples = np.random.default_rng(seed).uniform(0.5, 1.0, round(seconds * rate)) * 10 ** (dbfs / 20)
    signs = np.where(np.random.default_rng(seed + 1).random(len(samples)) < 0.5, -1, 1)
    # Low-passed so that the resampler's ringing stays small, then kept away from zero.
    smooth = np.convolve(samples * signs, np.ones(4) / 2, "same")
    smooth += np.where(smooth >= 0, 0.01, -0.01)
    return (np.clip(smooth, -0.9, 0.9) * 32767).astype("<i2").tobytes()


def furnished(sound: SoundServer, folder: Path, endpoint: str, **settings: str) -> tuple[dict[str, str], list[str]]:
    """Environment and options of a kiosk that has what it needs in `folder`, and nothing of this machine's own."""
    credentials, pin = folder / "credentials.toml", StaffPin(folder / "staff-pin.json")
    with os.fdopen(os.open(credentials, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(f'endpoint = "{endpoint}"\nclient_id = "bench"\n')
    pin.choose("7351")
    defaults = {
        "KIOSK_SOUND__MICROPHONE": MICROPHONE,
        "KIOSK_SOUND__LOUDSPEAKER": LOUDSPEAKER,
        "KIOSK_CAPTURE__VOICE_BARGE_IN": "false",
        "KIOSK_VISIT__SILENCE_S": "120",
        "KIOSK_STAFF__PIN_FILE": str(pin.file),
        "XDG_STATE_HOME": str(folder),
    }
    env = sound.env(**{**defaults, **settings})
    return env, ["--stdio", "--credentials", str(credentials)]


@asynccontextmanager
async def engine(
    out: Path,
    *,
    command: Sequence[str] = HEADLESS,
    around: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
    **settings: str,
) -> AsyncIterator[tuple[Program, AgentPeer, Room]]:
    """A kiosk in attract that will reach the peer, in a room without echo.

    command  of `kiosk run`; without a window unless told otherwise
    around   adds to the environment what the kiosk stands in, such as a display
    """
    out.mkdir(parents=True, exist_ok=True)
    with SoundServer() as sound, Room(sound, out) as room:
        room.echo(gain_db=None)
        room.noise(None)
        async with engine_on(sound, out, command=command, around=around, **settings) as (kiosk, peer):
            yield kiosk, peer, room


@asynccontextmanager
async def engine_on(
    sound: SoundServer,
    out: Path,
    *,
    command: Sequence[str] = HEADLESS,
    around: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
    **settings: str,
) -> AsyncIterator[tuple[Program, AgentPeer]]:
    """The same on a sound server whose faults are the bench's own business."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        async with agent_peer() as (peer, endpoint):
            env, options = furnished(sound, Path(scratch), endpoint, **settings)
            async with Program("kiosk", [*command, *options], around(env), out) as kiosk:
                await kiosk.wait_for(lambda e: e.get("phase") == "attract", within_s=20)
                yield kiosk, peer
                await kiosk.order("quit")
                await kiosk.ended(within_s=10)


async def begin(kiosk: Program, peer: AgentPeer) -> None:
    await kiosk.order("touch")
    async with asyncio.timeout(10):
        await peer.connected.wait()
    await kiosk.wait_for(lambda e: e.get("phase") == "listening", within_s=10)
    await asyncio.sleep(0.5)


async def idle(kiosk: Program, seconds: float) -> Mapping[str, float]:
    """Memory and processor time in attract, before any visit."""
    first = len(kiosk.cpu_percent)
    await asyncio.sleep(seconds)
    cpu, memory = kiosk.cpu_percent[first:], kiosk.memory_mb[first:]
    return {"cpu": float(np.median(cpu)), "memory": float(np.median(memory))}


async def cuts(out: Path, repeats: int) -> Values:
    """Interruptions by the agent's event and by the Stop button, with 6 s of audio queued."""
    found: Values = {
        "interrupt_to_silence_agent": [],
        "interrupt_to_silence_touch": [],
        "heard_position_error": [],
        "kiosk_idle_cpu": [],
        "kiosk_idle_memory": [],
    }
    tried: list[tuple[str, float, float, float]] = []  # (how, started, ordered, played_ms)
    async with engine(out) as (kiosk, peer, _):
        resting = await idle(kiosk, 6)
        found["kiosk_idle_cpu"].append(resting["cpu"])
        found["kiosk_idle_memory"].append(resting["memory"])
        await begin(kiosk, peer)
        pick = random.Random(7)
        for number in range(2 * repeats):
            since, known = len(kiosk.events), len(peer.received)
            response_id = await peer.burst(noise(9.0, seed=number))
            started = await kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
            assert started is not None
            await asyncio.sleep(pick.uniform(0.4, 1.4))
            if number % 2:
                ordered = await kiosk.order("stop")
                told = await peer.wait_for(Interrupt, known, response_id=response_id)
                assert isinstance(told.item, Interrupt)
                tried.append(("touch", started["t"], ordered, float(told.item.played_ms)))
            else:
                await peer.interrupt(response_id)
                flushed = await kiosk.wait_for(lambda e: e["event"] == "flush", since=since, within_s=5)
                assert flushed is not None
                tried.append(("agent", started["t"], flushed["t"], flushed["played_ms"]))
            await asyncio.sleep(0.5)
    recordings = room_of(out)
    for how, started_at, ordered, played_ms in tried:
        sounding = recordings.sounding(started_at - 0.1, ordered + 0.4)
        last = recordings.last(ordered - 0.2, ordered + 0.4)
        if last is not None and len(sounding):
            found[f"interrupt_to_silence_{how}"].append(1000 * (last - ordered))
            heard_ms = (sounding[-1] - sounding[0] + 1) / recordings.timeline.rate * 1000
            found["heard_position_error"].append(abs(played_ms - heard_ms))
    return found


async def presses(out: Path, repeats: int) -> Values:
    """Talk button down -> first microphone frame at the agent, and how much from before the press came with it."""
    found: Values = {"press_to_first_frame": [], "pre_roll_in_press": []}
    async with engine(out, KIOSK_CAPTURE__MODE="push_to_talk") as (kiosk, peer, _):
        await begin(kiosk, peer)
        for _ in range(repeats):
            before = len(peer.audio)
            pressed = await kiosk.order("press")
            await asyncio.sleep(0.4)
            await kiosk.order("release")
            await asyncio.sleep(0.6)
            arrived = peer.audio[before:]
            found["press_to_first_frame"].append(1000 * (arrived[0][0] - pressed))
            burst = [pcm for at, pcm in arrived if at - arrived[0][0] < 0.012]
            found["pre_roll_in_press"].append(sum(map(len, burst)) / 2 / RATE * 1000)
    return found


async def mouths(out: Path, repeats: int) -> Values:
    """Onset on the virtual microphone -> frame with it at the agent; everything goes up, with all processing on."""
    found: Values = {"microphone_to_wire": []}
    said: list[tuple[Span, list[tuple[float, bytes]]]] = []
    with tempfile.TemporaryDirectory() as scratch:
        burst = Path(scratch) / "burst.wav"
        waves.write(burst, np.frombuffer(noise(0.2, -12), "<i2").astype(np.float32) / 32768, RATE)
        async with engine(out, KIOSK_CAPTURE__MODE="open") as (kiosk, peer, room):
            await begin(kiosk, peer)
            for number in range(repeats):
                before = len(peer.audio)
                span = await asyncio.wrap_future(room.say(burst).said)
                await asyncio.sleep(0.5 + 0.007 * (number % 7))
                said.append((span, peer.audio[before:]))
    captured = Recordings.load(out).captured
    for span, frames in said:
        arrived = next((at for at, pcm in frames if np.abs(np.frombuffer(pcm, "<i2")).max() > 1500), None)
        if arrived is not None:
            found["microphone_to_wire"].append(1000 * (arrived - captured.at(span.first_frame)))
    return found


async def arrivals(out: Path, repeats: int) -> Values:
    """First frame of a response sent by the agent -> first sample on the monitor; real-time pace, network quiet."""
    found: Values = {"wire_to_loudspeaker": []}
    sent: list[float] = []
    async with engine(out) as (kiosk, peer, _):
        await begin(kiosk, peer)
        for number in range(repeats):
            since = len(kiosk.events)
            _, at = await peer.paced(noise(0.6, seed=number))
            sent.append(at)
            await kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=5)
            await asyncio.sleep(0.3)
    recordings = room_of(out)
    for at in sent:
        first = recordings.first(at - 0.05, at + 0.5)
        if first is not None:
            found["wire_to_loudspeaker"].append(1000 * (first - at))
    return found


async def jitter(out: Path, seconds: float, half_width_s: float, **sound: int) -> list[float]:
    """ms missing on the monitor of two responses, when each frame is late by 0 to twice `half_width_s`: of one of 5 s,
    and of one of `seconds` behind it. `sound`: settings that are not the defaults.
    """
    pick = random.Random(3)
    spoken = []
    async with engine(out, **{f"KIOSK_SOUND__{name.upper()}": str(value) for name, value in sound.items()}) as it:
        kiosk, peer, _ = it
        await begin(kiosk, peer)
        for length in (5.0, seconds):
            delays = [pick.uniform(0, 2 * half_width_s) for _ in range(round(length / 0.02))]
            for at in range(1, len(delays)):  # one socket keeps the order of frames
                delays[at] = max(delays[at], delays[at - 1] - 0.02)
            since = len(kiosk.events)
            await peer.paced(noise(length), delays)
            started = await kiosk.wait_for(lambda e: e["event"] == "playback_started", since=since, within_s=5)
            ended = await kiosk.wait_for(lambda e: e["event"] == "playback_ended", since=since, within_s=20)
            assert started is not None
            assert ended is not None
            spoken.append((started["t"] - 0.1, ended["t"] + 0.3))
            await asyncio.sleep(0.5)  # the end of this one is no part of the next
    heard = room_of(out)
    return [missing_ms(heard, *each) for each in spoken]


def room_of(out: Path) -> Heard:
    """What the loudspeaker gave off, and when."""
    recordings = Recordings.load(out)
    samples, _ = waves.read(recordings.loudspeaker)
    return Heard(samples, recordings.heard)
