"""Whoever should not come in: wrong keys, old challenges, used codes, floods, and those who take their time."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gateway_stage import SOON_S, TERMS, Gateway, Kiosk, gateway
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kiosk.core.fault import Fault
from kiosk.wire.canonical import Start
from kiosk.wire.closing import REVOKED, STRANGER, WRONG_CODE
from kiosk.wire.codec import Codec
from kiosk.wire.dialect import Side, load_dialect
from kiosk.wire.doorway import enrol
from kiosk.wire.proof import CONVERSE, ENROL, VOICE_PATH, Claim, host_of, new_key, public_of

NOWHERE = "ws://127.0.0.1:9/voice-of-planted-endpoint"
EXEI = load_dialect("exei-voice")


async def at_the_door(one: Gateway, path: str = VOICE_PATH) -> tuple[ClientConnection, str]:
    """A socket, and the challenge."""
    socket = await connect(one.url + path, compression=None)
    challenge = json.loads(await asyncio.wait_for(socket.recv(), SOON_S))
    assert challenge["type"] == "challenge"
    return socket, challenge["nonce"]


async def turned_away(socket: ClientConnection) -> tuple[int | None, str | None]:
    await asyncio.wait_for(socket.wait_closed(), SOON_S)
    return socket.close_code, socket.close_reason


def proof(key: str, host: str, device: str, nonce: str, purpose: str = CONVERSE) -> str:
    signature = Claim(purpose, host, device, nonce).signed(key)
    return json.dumps({"type": "proof", "device": device, "signature": signature})


def init(client_id: str) -> str:
    (frame,) = Codec(EXEI, Side.CLIENT).write(Start("s-1", client_id, "d", "a", "1", 1, "exei-voice/1"))
    assert isinstance(frame, str)
    return frame


@pytest.fixture
async def one(tmp_path: Path):
    async with gateway(tmp_path, NOWHERE, proof_within_s=2, wrong_codes=3) as found:
        yield found


async def test_who_is_turned_away(one: Gateway) -> None:
    """One process for all of them: each brings something else that is wrong."""
    mine, other = await one.enrolled(), await one.enrolled("lobby-2")
    key, host = mine.device_key, host_of(one.url)

    async def told(message: str | bytes, *more: str) -> tuple[int | None, str | None]:
        socket, _ = await at_the_door(one)
        for said in (message, *more):
            await socket.send(said)
        return await turned_away(socket)

    socket, nonce = await at_the_door(one)
    await socket.send(proof(new_key(), host, "lobby-1", nonce))
    assert await turned_away(socket) == (STRANGER, "this kiosk is not known here, or it has another key now")

    right, nonce = await at_the_door(one)
    overheard = proof(key, host, "lobby-1", nonce)
    await right.send(overheard)
    await right.send(init("lobby-1"))
    assert (await turned_away(right))[0] == 1013, "it was let in; only the agent is away"
    assert (await told(overheard))[0] == STRANGER, "a proof is good for its own connection alone"

    for wrong in (
        lambda nonce: proof(key, "evil.example", "lobby-1", nonce),  # signed for whoever pretended to be the gateway
        lambda nonce: proof(key, host, "lobby-1", nonce, ENROL),
        lambda nonce: proof(key, host, "lobby-2", nonce),
        lambda nonce: proof(key, host, "nobody", nonce),
        lambda nonce: proof(key, host, "lobby-1'; drop table devices; --", nonce),
        lambda nonce: json.dumps({"type": "proof", "device": "lobby-1", "signature": "no base64 at all"}),
    ):
        socket, nonce = await at_the_door(one)
        await socket.send(wrong(nonce))
        assert (await turned_away(socket))[0] == STRANGER

    assert await told("no JSON") == (1008, "a message of type proof must come first")
    assert await told(init("lobby-1")) == (1008, "a message of type proof must come first")
    assert await told('{"type": "proof", "device": 1}') == (1008, "the message of type proof is not complete")
    assert (await told(b"\xff" * 100))[0] == 1008
    assert (await told("[" * 2000))[0] == 1008
    assert (await told("x" * 5000))[0] == 1009

    socket, nonce = await at_the_door(one)
    await socket.send(proof(key, host, "lobby-1", nonce))
    await socket.send(init("lobby-2"))
    code, reason = await turned_away(socket)
    assert (code, reason) == (STRANGER, "the opening message names another kiosk than the one that proved itself")
    for first in (
        "no JSON",
        '{"type": "text", "text": "x"}',
        b"\x00\x01" * 320,
        "\ud800".encode("utf-8", "surrogatepass"),
    ):
        socket, nonce = await at_the_door(one)
        await socket.send(proof(key, host, "lobby-1", nonce))
        await socket.send(first)
        assert (await turned_away(socket))[0] in {1007, 4000}

    one.registry.revoke("lobby-2")
    closed = await Kiosk(other).refused()
    assert closed.code == REVOKED
    one.registry.remove("lobby-2")
    closed = await Kiosk(other).refused()
    assert closed.code == STRANGER
    assert closed.fault is not None
    assert "`kiosk secrets enrol`" in closed.fault.remedy
    assert "turned away: lobby-1" in one.logged()


async def test_codes(one: Gateway) -> None:
    first = await one.enrolled()
    with pytest.raises(Fault, match="does not know this code"):
        await enrol(one.url, "2222-3333", new_key(), TERMS)
    code = one.registry.add("lobby-1", timedelta(minutes=5))
    assert (await Kiosk(first).refused()).code == 1013, "it keeps its key until the code is used"
    key = new_key()
    assert await enrol(one.url, f" {code.lower().replace('-', ' ')}", key, TERMS) == "lobby-1"
    assert (await Kiosk(first).refused()).code == STRANGER, "it has another key now"
    assert (await Kiosk(replace(first, device_key=key)).refused()).code == 1013
    with pytest.raises(Fault, match="it was used"):
        await enrol(one.url, code, new_key(), TERMS)
    old = one.registry.add("lobby-3", timedelta(seconds=-1))
    with pytest.raises(Fault, match="too old"):
        await enrol(one.url, old, new_key(), TERMS)
    good = one.registry.add("lobby-3", timedelta(minutes=5))
    with pytest.raises(Fault, match="takes no codes at the moment"):
        await enrol(one.url, good, new_key(), TERMS)


async def test_a_key_that_did_not_sign_is_not_enrolled(one: Gateway) -> None:
    code = one.registry.add("lobby-1", timedelta(minutes=5))
    socket, nonce = await at_the_door(one, "/v1/enrol")
    signature = Claim(ENROL, host_of(one.url), "", nonce).signed(new_key())
    await socket.send(json.dumps({"type": "enrol", "code": code, "key": public_of(new_key()), "signature": signature}))
    assert (await turned_away(socket))[0] == 1008
    assert await enrol(one.url, code, new_key(), TERMS) == "lobby-1", "the code is still good"
    socket, nonce = await at_the_door(one, "/v1/enrol")
    signature = Claim(ENROL, host_of(one.url), "", nonce).signed(key := new_key())
    await socket.send(json.dumps({"type": "enrol", "code": code, "key": public_of(key), "signature": signature}))
    assert await turned_away(socket) == (WRONG_CODE, "no such code, or it was used, or it is too old")


async def raw(one: Gateway, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
    writer.write(data)
    return reader, writer


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 404 "),
        (b"GET /v1/voice HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 426 "),
        (b"POST /v1/voice HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", b"HTTP/1.1 4"),
        (b"\x16\x03\x01 this is TLS, more or less\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET /" + b"a" * 9000, b"HTTP/1.1 431 "),
        (
            b"GET /v1/voice HTTP/1.1\r\nHost: x\r\nOrigin: https://page.example\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            b"HTTP/1.1 403 ",
        ),
    ],
)
async def test_what_is_no_voice_socket(one_for_all: Gateway, sent: bytes, answer: bytes) -> None:
    reader, writer = await raw(one_for_all, sent)
    assert (await asyncio.wait_for(reader.read(), SOON_S)).startswith(answer)
    writer.close()


@pytest.fixture(scope="module")
def one_for_all(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One process for tests that leave nothing behind."""
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()
    yield loop.run_until_complete(
        stack.enter_async_context(gateway(tmp_path_factory.mktemp("door"), NOWHERE, proof_within_s=1, strangers=40))
    )
    loop.run_until_complete(stack.aclose())
    loop.close()


async def test_those_who_take_their_time_are_hung_up_on(one_for_all: Gateway) -> None:
    """Slow-loris: a byte now and then, at each stage; and 4008 for whoever would understand it."""

    async def slowly(data: bytes) -> float:
        reader, writer = await raw(one_for_all, data)
        began = time.monotonic()
        with suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.1)
        writer.close()
        return time.monotonic() - began

    lasted = await asyncio.wait_for(asyncio.gather(slowly(b""), slowly(b"GET /v1/voice HTTP/1.1\r\nX: ")), SOON_S)
    assert max(lasted) < 5
    silent, _ = await at_the_door(one_for_all)
    assert await turned_away(silent) == (4008, "no proof and opening message within 1 s")


async def test_a_flood_leaves_room_for_those_who_have_proved_themselves(one_for_all: Gateway) -> None:
    """Two hundred connections that say nothing: no more than the crowd allows are held, and a kiosk comes in soon."""
    mine = await one_for_all.enrolled()
    flood = [await raw(one_for_all, b"") for _ in range(200)]
    _, text = await one_for_all.status("/metrics")
    held = int(next(line for line in text.splitlines() if line.startswith("kiosk_gateway_strangers ")).split()[1])
    assert 0 < held <= 32
    for _, writer in flood:
        writer.close()
    async with asyncio.timeout(SOON_S):
        while (await Kiosk(mine).refused()).code != 1013:  # noqa: ASYNC110 - it is let in when it is
            await asyncio.sleep(0.1)
    assert 'connections_total{how="no_room"}' in (await one_for_all.status("/metrics"))[1]


async def test_a_ping_at_the_door_is_answered_and_a_goodbye_too(one_for_all: Gateway) -> None:
    socket, _ = await at_the_door(one_for_all)
    await asyncio.wait_for(await socket.ping(), SOON_S)
    await socket.close(1000)
    assert socket.close_code in {1000, 1006}
    with pytest.raises(ConnectionClosed):
        await socket.recv()
