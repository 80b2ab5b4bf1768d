"""Ours and the peers behind one interface: started in the same kind of room, with an agent that the bench plays."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psutil

import kiosk
from kiosk.rehearsal.children import own_program, tethered
from kiosk.rehearsal.programs import Program
from kiosk.rehearsal.roomlink import Room
from kiosk.rehearsal.soundserver import SoundServer
from kiosk.wire.canonical import Interrupt, Playback
from tests.bench import peer_server
from tests.bench.agent_peer import RATE, AgentPeer, agent_peer
from tests.bench.engine import begin, furnished
from tests.bench.peer_install import Peer, install
from tests.bench.peer_network import Network, network
from tests.bench.peer_server import realtime_server

QUIET_DBFS = -75.0
"""A microphone that gives nothing but zeros is a broken one, and ours says so."""


class Agent(Protocol):
    """The agent's end of the wire, on the event loop. Sound is mono PCM16 at `rate`, times are monotonic seconds.

    audio       (arrival, pcm) of every frame of the microphone
    heard_ms    what the program said was heard of a response that was cut, by the response's id
    cancelled   when the program itself cut one
    """

    rate: int

    @property
    def audio(self) -> list[tuple[float, bytes]]: ...
    @property
    def heard_ms(self) -> dict[str, float]: ...
    @property
    def cancelled(self) -> list[float]: ...
    async def burst(self, pcm: bytes) -> tuple[str, float]: ...
    async def paced(self, pcm: bytes, delays: list[float] | None = None) -> tuple[str, float]: ...
    async def interrupt(self, response: str) -> float: ...


class OurAgent:
    """Our dialect's agent in that shape."""

    rate = RATE

    def __init__(self, peer: AgentPeer) -> None:
        self.peer = peer

    @property
    def audio(self) -> list[tuple[float, bytes]]:
        return self.peer.audio

    @property
    def heard_ms(self) -> dict[str, float]:
        told: dict[str, float] = {}
        for item in (received.item for received in self.peer.received):
            if isinstance(item, Interrupt) or (isinstance(item, Playback) and item.state == "flushed"):
                told[item.response_id] = float(item.played_ms)
        return told

    @property
    def cancelled(self) -> list[float]:
        return [received.at for received in self.peer.received if isinstance(received.item, Interrupt)]

    async def burst(self, pcm: bytes) -> tuple[str, float]:
        at = time.monotonic()
        return await self.peer.burst(pcm), at

    async def paced(self, pcm: bytes, delays: list[float] | None = None) -> tuple[str, float]:
        return await self.peer.paced(pcm, delays)

    async def interrupt(self, response: str) -> float:
        return await self.peer.interrupt(response)


@dataclass
class Client:
    """A program in a conversation, its microphone open to the agent."""

    agent: Agent
    network: Network
    sound: SoundServer
    room: Room
    process: psutil.Process

    @property
    def alive(self) -> bool:
        return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE


class Ours:
    name = "ours"
    decides = True
    rate = RATE

    def __init__(self) -> None:
        self.versions = {"exei-voice-kiosk": kiosk.__version__}

    @asynccontextmanager
    async def conversing(self, out: Path, *, local: bool = False) -> AsyncIterator[Client]:
        """`kiosk run --headless` with all of its processing; `local`: captured by voice, as at a site."""
        mode = {} if local else {"KIOSK_CAPTURE__MODE": "open"}
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch, _room(out) as (sound, room):
            async with agent_peer() as (peer, endpoint):
                peer.resume_token = "bench"
                async with network(urlsplit(endpoint).port or 0) as line:
                    through = f"ws://127.0.0.1:{line.port}/v1/voice"
                    settings = {"KIOSK_CAPTURE__VOICE_BARGE_IN": "true", **mode}
                    env, options = furnished(sound, Path(scratch), through, **settings)
                    command = [*own_program("run"), "--headless", *options]
                    async with Program("kiosk", command, env, out) as program:
                        await program.wait_for(lambda e: e.get("phase") == "attract", within_s=20)
                        await begin(program, peer)
                        yield Client(OurAgent(peer), line, sound, room, psutil.Process(program.pid))


class Theirs:
    """One of the peers. Raises `CannotInstall`.

    rate        of the agent's sound

    decides     whether it finds out by itself that a visitor interrupts
    """

    rate = peer_server.RATE

    def __init__(self, peer: Peer) -> None:
        self.name, self.decides = peer.name, peer.decides
        self._peer = peer
        self._python, self.versions = install(peer)

    @asynccontextmanager
    async def conversing(self, out: Path, *, local: bool = False) -> AsyncIterator[Client]:
        """`local`: it decides about interruptions by itself, where it can."""
        with _room(out) as (sound, room):
            async with realtime_server() as (server, port), network(port) as line:
                url = f"ws://127.0.0.1:{line.port}/v1/realtime"
                command = self._peer.command(self._python, url, *(["local"] if local else []))
                env = sound.env(OPENAI_AGENTS_DISABLE_TRACING="1", PYTHONUNBUFFERED="1")
                with (out / "peer.log").open("wb") as log:
                    process = await asyncio.create_subprocess_exec(
                        *tethered(command), env=env, cwd="/", stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
                    )
                try:
                    async with asyncio.timeout(40):
                        await server.listening.wait()
                    await asyncio.sleep(0.5)
                    yield Client(server, line, sound, room, psutil.Process(process.pid))
                finally:
                    await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):  # it may have ended by itself
        process.terminate()
    try:
        async with asyncio.timeout(3):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


@contextmanager
def _room(out: Path) -> Iterator[tuple[SoundServer, Room]]:
    """Without echo, nearly quiet; its recordings stand in `out` when it is left."""
    out.mkdir(parents=True, exist_ok=True)
    with SoundServer() as sound, Room(sound, out) as room:
        room.echo(gain_db=None)
        room.noise(QUIET_DBFS)
        yield sound, room
