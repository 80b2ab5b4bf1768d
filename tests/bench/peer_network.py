"""The network between a program and its agent, which can go and come back: a relay of two local sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Network:
    """Carries bytes between `port` and the agent's port. While it is cut, connections are refused."""

    def __init__(self, agent_port: int) -> None:
        self.port = 0
        self._agent_port = agent_port
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Transport] = set()

    async def restore(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Both ends see a reset, as when a router restarts."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for link in tuple(self._links):
            link.abort()
        await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        agent_reader, agent_writer = await asyncio.open_connection("127.0.0.1", self._agent_port)
        ends = {writer.transport, agent_writer.transport}
        self._links |= ends
        try:
            await asyncio.gather(_pump(reader, agent_writer), _pump(agent_reader, writer))
        finally:
            self._links -= ends
            for end in ends:
                end.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


@asynccontextmanager
async def network(agent_port: int) -> AsyncIterator[Network]:
    line = Network(agent_port)
    await line.restore()
    try:
        yield line
    finally:
        await line.cut()
