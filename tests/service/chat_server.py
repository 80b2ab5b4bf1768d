"""A chat endpoint on a real port: speaks server-sent events as the script says, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass
class Endpoint:
    url: str = ""
    heads: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # a client closed before the answer was over


class Stream:
    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def raw(self, text: str) -> None:
        self._writer.write(text.encode())
        await self._writer.drain()

    async def event(self, data: str) -> None:
        line = f"data: {data}\n\n"
        await self.raw(f"{len(line.encode()):x}\r\n{line}\r\n")

    async def says(self, *pieces: str) -> None:
        for piece in pieces:
            await self.event(json.dumps({"choices": [{"delta": {"content": piece}}]}))

    async def done(self) -> None:
        await self.event("[DONE]")
        await self.raw("0\r\n\r\n")


Script = Callable[[Stream], Awaitable[None]]


@asynccontextmanager
async def endpoint(script: Script) -> AsyncIterator[Endpoint]:
    kept = Endpoint()

    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        kept.heads.append(head)
        kept.bodies.append(json.loads(await reader.readexactly(length)))
        working = asyncio.create_task(script(Stream(writer)))
        leaving = asyncio.create_task(reader.read())
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            kept.gone.set()
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
        writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    kept.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield kept
    finally:
        server.close()
        await asyncio.gather(*serving)
