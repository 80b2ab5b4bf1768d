"""A visitor of the service on a real socket who speaks in real time, and notes when everything came back."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Command,
    End,
    Event,
    Interrupt,
    Ready,
    ResponseDone,
    ResponseStarted,
    Start,
    Transcript,
    UserSpeechStopped,
)
from kiosk.wire.codec import Codec
from kiosk.wire.dialect import Side, load_dialect

CLIENT_ID = "the visitors of the bench"
RATE = 16000
FRAME = RATE // 50  # 20 ms
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Running:
    """The service as a process. `ready_s`: from its start until it said so."""

    endpoint: str
    process: psutil.Process
    ready_s: float
    engines: dict[str, str]
    log: Path

    def share(self) -> dict[str, dict[str, float]]:
        """Processor seconds so far and memory (MB, unshared and shared in proportion) of each process by what it is."""
        found: dict[str, dict[str, float]] = {}
        for one in (self.process, *self.process.children(recursive=True)):
            words = one.cmdline()
            name = words[-1] if "worker" in words else "service"
            used = one.cpu_times()
            row = found.setdefault(name, {"processes": 0, "cpu_s": 0.0, "memory_mb": 0.0})
            row["processes"] += 1
            row["cpu_s"] += used.user + used.system
            row["memory_mb"] += one.memory_full_info().pss / 1e6
        return found


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    """`kiosk service` with these settings (as variables), nothing spoken ahead of time."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        "EXEI_VOICE_CLIENT_ID": CLIENT_ID,
        "KIOSK_SERVICE__CACHE": str(folder / "cache"),
        "KIOSK_SERVICE__TTS": "kokoro",
        "KIOSK_CONSOLE__ENABLED": "false",
        **settings,
    }
    log = folder / "service.log"
    began = time.monotonic()
    with log.open("a") as errors:
        command = [sys.executable, "-m", "kiosk", "service", "--port", "0"]
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(log.read_text()[-2000:])
        told = json.loads(line)
        engines = {name: told[name] for name in ("stt", "tts", "answers")}
        yield Running(
            f"ws://127.0.0.1:{told['port']}{told['path']}",
            psutil.Process(process.pid),
            time.monotonic() - began,
            engines,
            log,
        )
    finally:
        process.terminate()
        process.wait(15)
        process.stdout.close()


@dataclass
class Visitor:
    """`events`: when each came, and what it was; `closed`: how the socket ended, once it has."""

    socket: ClientConnection
    codec: Codec
    events: list[tuple[float, Event]] = field(default_factory=list)
    closed: ConnectionClosed | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        try:
            async for frame in self.socket:
                now = time.monotonic()
                self.events += [(now, e) for e in self.codec.read(frame, now) if isinstance(e, Event)]
                self._news.set()
        except ConnectionClosed as closed:
            self.closed = closed
        self.closed = self.closed or ConnectionClosed(None, None)
        self._news.set()

    async def send(self, *commands: Command) -> None:
        for command in commands:
            for frame in self.codec.write(command):
                await self.socket.send(frame)

    async def say(self, samples: Samples, *, silence_s: float = 0.0) -> float:
        """In real time; when the last sample of it was spoken."""
        pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
        due = time.monotonic()
        for at in range(0, len(pcm), FRAME):
            await self.send(Audio(pcm[at : at + FRAME].tobytes()))
            due += FRAME / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        ended = time.monotonic()
        if silence_s:
            await self.silence(silence_s)
        return ended

    async def silence(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """A quiet room: never digital silence."""
        noise = np.random.default_rng(1).normal(0, 1e-3, int(seconds * RATE)).astype(np.float32)
        due = time.monotonic()
        for at in range(0, len(noise), FRAME):
            if until() or self.closed is not None:
                return
            pcm = (noise[at : at + FRAME] * 32767).astype("<i2").tobytes()
            await self.send(Audio(pcm))
            due += FRAME / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def first(self, kind: type[Any], since: int, **fields: Any) -> tuple[float, Any] | None:
        for at, event in self.events[since:]:
            if isinstance(event, kind) and all(getattr(event, k) == v for k, v in fields.items()):
                return at, event
        return None

    async def hears(self, kind: type[Any], since: int, within_s: float = 20.0, **fields: Any) -> tuple[float, Any]:
        """The first such event since that one. Raises TimeoutError, and what closed the socket."""
        async with asyncio.timeout(within_s):
            while (found := self.first(kind, since, **fields)) is None:
                if self.closed is not None:
                    raise self.closed
                self._news.clear()
                await self._news.wait()
        return found

    async def quiet_until(
        self, kind: type[Any], since: int, within_s: float = 20.0, **fields: Any
    ) -> tuple[float, Any]:
        """The same, while the microphone hears a quiet room."""
        await self.silence(within_s, lambda: self.first(kind, since, **fields) is not None)
        return await self.hears(kind, since, 0.5, **fields)


@asynccontextmanager
async def visiting(endpoint: str, *, client_id: str = CLIENT_ID, **start: Any) -> AsyncIterator[Visitor]:
    """Greeted, if the service greets. Says goodbye at the end."""
    async with connect(endpoint, compression=None, proxy=None) as socket:
        visitor = Visitor(socket, Codec(load_dialect("exei-voice"), Side.CLIENT))
        listening = asyncio.create_task(visitor.listen())
        try:
            await visitor.send(Start(str(uuid.uuid4()), client_id, "bench", **start))
            await visitor.hears(Ready, 0)
            yield visitor
            if visitor.closed is None:
                await visitor.send(End("user"))
                await asyncio.wait([listening], timeout=5)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@dataclass(frozen=True)
class Turn:
    """One question and the way to its answer, milliseconds since the end of speech; `gap_ms`: how long the answer stood
    still in its midst, if it did."""

    ended: float
    final: float
    started: float
    sound: float
    gap: float
    words: str


async def ask(visitor: Visitor, samples: Samples, *, listen_s: float = 1.5) -> Turn | None:
    """Speaks, waits for the first sound of the answer, listens a while; None when nothing was understood."""
    since = len(visitor.events)
    spoken = await visitor.say(samples)
    final_at, final = await visitor.quiet_until(Transcript, since, role="user", final=True)
    if not final.text:
        return None
    started_at, started = await visitor.quiet_until(ResponseStarted, since)
    sound_at, _ = await visitor.quiet_until(AgentAudio, since, response_id=started.response_id)
    stopped = visitor.first(UserSpeechStopped, since)
    await visitor.silence(listen_s, lambda: visitor.first(ResponseDone, since) is not None)
    gap = _gap(visitor, since, sound_at)
    heard_ms = int((time.monotonic() - sound_at) * 1000)
    await visitor.send(Interrupt(started.response_id, heard_ms))  # the next question does not wait for this answer

    def ms(at: float) -> float:
        return (at - spoken) * 1000

    return Turn(ms(stopped[0]) if stopped else 0.0, ms(final_at), ms(started_at), ms(sound_at), gap, final.text)


def _gap(visitor: Visitor, since: int, sound_at: float) -> float:
    """The longest time for which a loudspeaker that began with the first frame had nothing to play, ms."""
    played_to, longest = sound_at, 0.0
    for at, event in visitor.events[since:]:
        if isinstance(event, AgentAudio):
            longest = max(longest, at - played_to)
            played_to = max(played_to, at) + len(event.pcm) / 2 / event.rate
    return longest * 1000
