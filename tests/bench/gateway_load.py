"""One of the two ends of the gateway's bench: many sessions of real-time audio both ways, each frame with its time.

python -m tests.bench.gateway_load agent | kiosks      (JSON lines on standard input and output; started by the bench)

Handshakes, proofs and opening messages are made by the product's own code; then each socket belongs to a `Stream`,
which costs as little as Python allows: what is measured shall be the gateway. Sessions are spread over the 20 ms, as
visitors are. Latency is from the call that writes a frame to the call that has read it, by one monotonic clock.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import struct
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import uvloop

from kiosk.gateway.frames import TEXT
from kiosk.gateway.peer import Gone, Peer
from kiosk.gateway.upgrade import asked
from kiosk.wire.canonical import Ready, Start
from kiosk.wire.codec import Codec
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import Side, load_dialect
from kiosk.wire.doorway import open_at_gateway
from kiosk.wire.handshake import Terms, open_socket
from kiosk.wire.tls import client_context

EXEI = load_dialect("exei-voice")
FRAME_S, SLOTS = 0.02, 20
AUDIO = bytes(632)  # with the 8 bytes of the time: 20 ms at 16 kHz
FROM_KIOSK, FROM_AGENT = b"\x82\xfe\x02\x80\0\0\0\0", b"\x82\x7e\x02\x80"  # masked with a key of zeros, and not masked
CLOCK = struct.Struct("!d")
CONNECTING = 10  # at once
QUANTILES = (0.5, 0.95, 0.99, 1.0)


class Load:
    """All streams of this process, and what they measured since `begin`."""

    def __init__(self) -> None:
        self.slots: list[list[Stream]] = [[] for _ in range(SLOTS)]
        self.latencies: list[float] = []
        self.streams = 0
        self._process = psutil.Process()
        self._cpu = self._at = 0.0

    def add(self, stream: Stream) -> None:
        self.slots[self.streams % SLOTS].append(stream)
        self.streams += 1

    def begin(self) -> None:
        self.latencies.clear()
        self._cpu, self._at = sum(self._process.cpu_times()[:2]), time.monotonic()

    def report(self) -> dict[str, Any]:
        span = time.monotonic() - self._at
        found = sorted(self.latencies)
        return {
            "frames": len(found),
            "expected": round(self.streams * span / FRAME_S),
            "ms": [1000 * found[min(len(found) - 1, int(len(found) * part))] for part in (0.5, 0.95, 0.99, 1.0)]
            if found
            else [],
            "cpu": (sum(self._process.cpu_times()[:2]) - self._cpu) / span,
        }

    async def pace(self) -> None:
        """A frame of each stream every 20 ms, for ever."""
        at = time.monotonic()
        while True:
            for slot in self.slots:
                for stream in slot:
                    stream.speak()
                at += FRAME_S / SLOTS
                await asyncio.sleep(max(0.0, at - time.monotonic()))


class Stream(asyncio.Protocol):
    """One socket, its handshake done."""

    def __init__(self, load: Load, transport: asyncio.Transport, *, kiosk: bool) -> None:
        self._load = load
        self._transport = transport
        self._head = FROM_KIOSK if kiosk else FROM_AGENT
        self._skip = len(FROM_AGENT if kiosk else FROM_KIOSK)
        self._size = self._skip + CLOCK.size + len(AUDIO)
        self._rest = b""
        self._speaks = kiosk
        transport.set_protocol(self)
        if kiosk:
            load.add(self)

    def speak(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(self._head + CLOCK.pack(time.monotonic()) + AUDIO)

    def data_received(self, data: bytes) -> None:
        if not self._speaks:  # or its first frames would meet a kiosk whose handshake is not quite done
            self._speaks = True
            self._load.add(self)
        now = time.monotonic()
        data = self._rest + data
        whole = len(data) - len(data) % self._size
        for at in range(self._skip, whole, self._size):
            self._load.latencies.append(now - CLOCK.unpack_from(data, at)[0])
        self._rest = data[whole:]


# --- the agent ------------------------------------------------------------------------------------------------------


async def agent(load: Load, order: dict[str, Any]) -> dict[str, Any]:
    """Takes every conversation. `order`: tls (PEM file) or nothing. Returns its port."""
    tasks: set[asyncio.Task[None]] = set()
    context = None
    if order["tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(order["tls"])

    async def take(peer: Peer) -> None:
        try:
            request = await asked(peer)
            if request is None or not request.accept():
                return
            codec = Codec(EXEI, Side.SERVER)
            (start,) = codec.read((await peer.message(1 << 16)).content)
            assert isinstance(start, Start)
            for said in codec.write(Ready(start.session_id)):
                peer.say(TEXT, str(said).encode())
            peer.rest()
            Stream(load, peer.transport, kiosk=False)
            peer.transport.resume_reading()
        except Gone:
            pass

    class Door(Peer):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            task = asyncio.get_running_loop().create_task(take(self))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.get_running_loop().create_server(lambda: Door(client=True), "127.0.0.1", 0, ssl=context)
    return {"port": server.sockets[0].getsockname()[1]}


# --- the kiosks -----------------------------------------------------------------------------------------------------


async def kiosks(load: Load, order: dict[str, Any]) -> dict[str, Any]:
    """Opens `order["sessions"]` conversations at `order["url"]`, with the keys of `order["devices"]` if there are."""
    terms = Terms(client_context(Path(order["tls"]) if order["tls"] else None), 20.0, "bench")
    gate = asyncio.Semaphore(CONNECTING)

    async def one(number: int) -> None:
        async with gate:
            if order["devices"]:
                name, key = order["devices"][number % len(order["devices"])]
                socket = await open_at_gateway(EXEI, Credentials(order["url"], name, "bench", key), terms)
            else:
                name = order["client_id"]
                socket = await open_socket(EXEI, {"endpoint": order["url"]}, terms)
            (init,) = Codec(EXEI, Side.CLIENT).write(Start(f"s-{number}", name, protocol=EXEI.protocol, now_ms=1))
            await socket.send(init)
            ready = json.loads(await asyncio.wait_for(socket.recv(), 20))
            assert ready["type"] == "ready", ready
            assert socket.keepalive_task is not None
            socket.keepalive_task.cancel()
            Stream(load, socket.transport, kiosk=True)

    await asyncio.gather(*(one(number) for number in range(order["sessions"])))
    return {"sessions": load.streams}


async def main(side: str) -> None:
    load = Load()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    pacing = asyncio.create_task(load.pace())
    while line := await reader.readline():
        order = json.loads(line)
        match order["do"]:
            case "open":
                answer = await (agent if side == "agent" else kiosks)(load, order)
            case "begin":
                load.begin()
                answer = {}
            case _:
                answer = load.report()
        print(json.dumps(answer), flush=True)
    pacing.cancel()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
