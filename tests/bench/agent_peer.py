"""An agent that says exactly what the bench wants, over a real socket, and notes when everything arrived."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from kiosk.wire.canonical import (
    AgentAudio,
    AgentAudioEnd,
    Audio,
    Command,
    Event,
    Flush,
    Ready,
    ResponseDone,
    ResponseStarted,
    Start,
)
from kiosk.wire.codec import Codec
from kiosk.wire.dialect import Side, load_dialect

RATE = 16000
ACCEPTS = ("speech_start", "speech_end", "interrupt", "playback", "text", "mute", "feedback", "ping", "rate", "context")


@dataclass
class Received:
    """One item of the kiosk and when its frame was read, monotonic seconds."""

    at: float
    item: Command | Event


@dataclass
class AgentPeer:
    """The newest connection. `audio` keeps (arrival, pcm) of every microphone frame."""

    received: list[Received] = field(default_factory=list)
    audio: list[tuple[float, bytes]] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    resume_token: str | None = None
    refuses: int | None = None  # close code with which it turns every caller away
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _number: int = 0
    _socket: ServerConnection | None = None
    _codec: Codec | None = None

    async def say(self, *events: Event) -> float:
        """Sends events; the time just before the first."""
        assert self._socket is not None
        assert self._codec is not None
        at = time.monotonic()
        for event in events:
            for frame in self._codec.write(event):
                await self._socket.send(frame)
        return at

    async def burst(self, pcm: bytes) -> str:
        """A whole response as fast as it goes. Its id."""
        self._number += 1
        response_id = f"b{self._number}"
        await self.say(ResponseStarted(response_id))
        for at in range(0, len(pcm), 3200):
            await self.say(AgentAudio(pcm[at : at + 3200], RATE, response_id))
        await self.say(AgentAudioEnd(response_id), ResponseDone(response_id))
        return response_id

    async def paced(self, pcm: bytes, delays: list[float] | None = None) -> tuple[str, float]:
        """A response in 20 ms frames at real time, each late by its delay (s). Its id, and when the first went."""
        self._number += 1
        response_id = f"b{self._number}"
        await self.say(ResponseStarted(response_id))
        first = time.monotonic()
        frames = [pcm[at : at + 640] for at in range(0, len(pcm), 640)]
        sent = first
        for number, frame in enumerate(frames):
            due = first + number * 0.02 + (delays[number] if delays else 0.0)
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            at = await self.say(AgentAudio(frame, RATE, response_id))
            sent = at if number == 0 else sent
        await self.say(AgentAudioEnd(response_id), ResponseDone(response_id))
        return response_id, sent

    async def interrupt(self, response_id: str) -> float:
        return await self.say(Flush("response", response_id, "barge_in"))

    async def wait_for(self, kind: type[Any], since: int, within_s: float = 5.0, **wanted: Any) -> Received:
        """The first received item of a kind with these fields, from number `since` on."""
        async with asyncio.timeout(within_s):
            number = since
            while True:
                while number < len(self.received):
                    found = self.received[number]
                    if isinstance(found.item, kind) and all(getattr(found.item, k) == v for k, v in wanted.items()):
                        return found
                    number += 1
                self._news.clear()
                await self._news.wait()

    def _ready(self, start: Start) -> Ready:
        grace_s = 30.0 if self.resume_token else 0.0
        return Ready(start.session_id, accepts=ACCEPTS, resume_token=self.resume_token, resume_grace_s=grace_s)

    async def hold(self, socket: ServerConnection) -> None:
        if self.refuses is not None:
            await socket.close(self.refuses)
            return
        self._socket, self._codec = socket, Codec(load_dialect("exei-voice"), Side.SERVER)
        try:
            async for frame in socket:
                at = time.monotonic()
                for item in self._codec.read(frame):
                    if isinstance(item, Audio):
                        self.audio.append((at, item.pcm))
                        continue
                    if isinstance(item, Start):
                        await self.say(self._ready(item))
                        self.connected.set()
                    self.received.append(Received(at, item))
                    self._news.set()
        except ConnectionClosed:
            return


@asynccontextmanager
async def agent_peer() -> AsyncIterator[tuple[AgentPeer, str]]:
    """The peer and the endpoint at which it listens."""
    peer = AgentPeer()
    async with serve(peer.hold, "127.0.0.1", 0, compression=None, close_timeout=0.5) as server:
        yield peer, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/voice"
