"""A small voice server on loopback, written with the server side of the codec: a real socket for the link's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from kiosk.wire.canonical import Command, Ended, Event, Ready, Start
from kiosk.wire.codec import Codec, FrameRefused
from kiosk.wire.dialect import Dialect, Side

Script = Callable[["Peer"], Awaitable[None]]


class Peer:
    """One accepted connection: `items` are what the kiosk said, `frames` the frames it said it with."""

    def __init__(self, socket: ServerConnection, dialect: Dialect) -> None:
        self.socket = socket
        self.codec = Codec(dialect, Side.SERVER)
        self.frames: list[str | bytes] = []
        self.items: asyncio.Queue[Command | Event] = asyncio.Queue()

    async def say(self, *items: Event) -> None:
        for item in items:
            for frame in self.codec.write(item):
                await self.socket.send(frame)

    async def next(self, kind: type[Any]) -> Any:
        """The next item of this kind; others before it are passed over."""
        async with asyncio.timeout(5):
            while True:
                item = await self.items.get()
                if isinstance(item, kind):
                    return item

    async def open(self, **ready: Any) -> Start:
        start: Start = await self.next(Start)
        await self.say(Ready(start.session_id, **ready))
        return start

    async def listen(self) -> None:
        async for frame in self.socket:
            self.frames.append(frame)
            try:
                for item in self.codec.read(frame):
                    self.items.put_nowait(item)
            except FrameRefused as refused:
                await self.socket.close(refused.close_code, refused.reason)


@asynccontextmanager
async def voice_server(dialect: Dialect, script: Script, **options: Any):
    """Yields the endpoint. `script` is run for each connection while its frames are read beside it."""
    failures: list[BaseException] = []

    async def handle(socket: ServerConnection) -> None:
        peer = Peer(socket, dialect)
        listening = asyncio.ensure_future(peer.listen())
        try:
            await script(peer)
            await listening
        except ConnectionClosed:
            pass
        except AssertionError as failure:
            failures.append(failure)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async with serve(handle, "127.0.0.1", 0, compression=None, close_timeout=0.2, **options) as server:
        port = server.sockets[0].getsockname()[1]
        scheme = "wss" if options.get("ssl") else "ws"
        yield f"{scheme}://127.0.0.1:{port}/voice-of-planted-endpoint"
    if failures:
        raise failures[0]


async def bye(peer: Peer) -> None:
    await peer.say(Ended("done"))
    await peer.socket.close(1000)
