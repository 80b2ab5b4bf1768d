"""One end of a connection while it is opened: what it says waits until somebody asks for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import cast

from kiosk.gateway.frames import CLOSE, PING, PONG, Frame, Order, Violation, farewell, frame, take

HELD_BYTES = 1 << 16  # read ahead of whoever asks; then the sender waits
GOODBYE_S = 1.0  # for the other side to hear why


class Gone(Exception):
    """The other side hung up (1006), or said goodbye with `code`."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Peer(asyncio.Protocol):
    """On the loop thread; one task at a time asks. `client`: the other side is one, and masks what it says.

    Whoever takes the connection over sets a protocol of its own on `transport`, and begins with `rest()`.
    """

    def __init__(self, *, client: bool) -> None:
        self.transport: asyncio.Transport
        self.lost = True  # until it stands
        self._client = client
        self._read = bytearray()
        self._news = asyncio.Event()

    @classmethod
    def over(cls, transport: asyncio.Transport, early: bytes, *, lost: bool) -> Peer:
        """A server's end of a transport that stands already. `early`: what was read of it."""
        peer = cls(client=False)
        peer.connection_made(transport)
        peer.lost = lost
        transport.set_protocol(peer)
        peer.data_received(early)
        return peer

    # --- the loop -------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self._read += data
        if len(self._read) > HELD_BYTES:
            self.transport.pause_reading()
        self._news.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self._news.set()

    # --- the task that opens it -----------------------------------------------------------------------------------

    async def until(self, mark: bytes, longest: int) -> bytes:
        """Everything up to `mark`, with it. Raises `Gone`; ValueError when it does not come within `longest` bytes."""
        while (at := self._read.find(mark)) < 0:
            if len(self._read) > longest:
                raise ValueError(f"longer than {longest} bytes")
            await self._more()
        head = bytes(self._read[: at + len(mark)])
        del self._read[: len(head)]
        return head

    async def message(self, largest: int) -> Frame:
        """The next message, its fragments joined; pings are answered. Raises `Gone`, and `Violation`."""
        order, parts = Order(largest), list[Frame]()
        while True:
            found = await self._frame(order)
            match found.opcode:
                case _ if found.opcode == CLOSE:
                    raise Gone(int.from_bytes(found.payload[:2], "big") or 1005)
                case _ if found.opcode == PING:
                    self.say(PONG, found.payload)
                case _ if found.opcode != PONG:
                    parts.append(found)
                    if found.final:
                        return Frame(parts[0].opcode, True, b"".join(part.payload for part in parts))

    def say(self, opcode: int, payload: bytes) -> None:
        if not self.lost and not self.transport.is_closing():
            self.transport.write(frame(opcode, payload, masked=not self._client))

    def rest(self) -> bytes:
        """What was read and not asked for. Nothing more is read until somebody resumes it."""
        self.transport.pause_reading()
        rest = bytes(self._read)
        self._read.clear()
        return rest

    async def close(self, code: int, reason: str) -> None:
        """Says why and reads on for a moment: with something unread the kernel would take the words back."""
        if self.lost or self.transport.is_closing():
            return
        self.transport.write(farewell(code, reason, masked=not self._client))
        with suppress(TimeoutError, Gone, Violation):
            async with asyncio.timeout(GOODBYE_S):
                while True:
                    await self.message(HELD_BYTES)
        self.transport.close()

    def hang_up(self) -> None:
        """Without a word, if it stands at all."""
        if not self.lost and not self.transport.is_closing():
            self.transport.abort()

    async def _frame(self, order: Order) -> Frame:
        while (found := take(self._read, order, masked=self._client)) is None:
            await self._more()
        return found

    async def _more(self) -> None:
        if self.lost:
            raise Gone(1006)
        self._news.clear()
        self.transport.resume_reading()
        await self._news.wait()
