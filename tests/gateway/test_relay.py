"""The relay between two ends of the `websockets` library, on real sockets: what one says, the other hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from kiosk.gateway.peer import Peer
from kiosk.gateway.relay import Ending, Relay
from kiosk.gateway.upgrade import asked
from kiosk.wire.dialect import load_dialect
from kiosk.wire.handshake import Terms, open_bare
from kiosk.wire.tls import client_context

EXEI = load_dialect("exei-voice")
TERMS = Terms(client_context(None), 5.0, "test")
SOON_S = 10.0
LARGEST = 1 << 20

message = st.one_of(st.text(max_size=200), st.binary(max_size=2000), st.sampled_from([b"x" * 65_536, "y" * 70_000]))
said = st.lists(st.one_of(message, st.lists(st.binary(min_size=1, max_size=50), min_size=2, max_size=4)), max_size=6)


@asynccontextmanager
async def relayed(
    agent: Callable[[ServerConnection], Awaitable[None]], told: Callable[[int], int] = lambda code: code
) -> AsyncIterator[tuple[ClientConnection, asyncio.Future[Relay], asyncio.Future[Ending]]]:
    """A kiosk's socket, the relay behind it, and how it ended."""
    loop = asyncio.get_running_loop()
    standing: asyncio.Future[Relay] = loop.create_future()
    ended: asyncio.Future[Ending] = loop.create_future()
    tasks: set[asyncio.Task[None]] = set()

    async def put_through(peer: Peer, endpoint: str) -> None:
        request = await asked(peer)
        assert request is not None
        assert request.accept()
        bare = await open_bare(EXEI, {"endpoint": endpoint}, TERMS)
        line = Peer.over(bare.transport, bare.early, lost=bare.gone)
        relay = Relay(peer, line, largest_up=LARGEST, largest_down=LARGEST, told=told)
        standing.set_result(relay)
        ended.set_result(await relay.run())

    async with serve(agent, "127.0.0.1", 0, compression=None, max_size=None) as behind:
        endpoint = f"ws://127.0.0.1:{behind.sockets[0].getsockname()[1]}"

        class Door(Peer):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                tasks.add(loop.create_task(put_through(self, endpoint)))

        server = await loop.create_server(lambda: Door(client=True), "127.0.0.1", 0)
        try:
            port = server.sockets[0].getsockname()[1]
            async with connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None) as kiosk:
                yield kiosk, standing, ended
            await asyncio.wait_for(asyncio.gather(*tasks), SOON_S)
        finally:
            server.close()


async def echo(socket: ServerConnection) -> None:
    async for heard in socket:
        await socket.send(heard)


def whole(one: str | bytes | list[bytes]) -> str | bytes:
    return b"".join(one) if isinstance(one, list) else one


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said, st.integers(1000, 1003).filter(lambda code: code != 1004), st.text(max_size=20))
def test_what_one_says_the_other_hears_in_order(
    messages: list[str | bytes | list[bytes]], code: int, reason: str
) -> None:
    async def talk() -> None:
        async with relayed(echo) as (kiosk, _, ended):
            for one in messages:
                await kiosk.send(one)
            pong = await kiosk.ping()
            assert [await kiosk.recv() for _ in messages] == [whole(one) for one in messages]
            await asyncio.wait_for(pong, SOON_S)
            await kiosk.close(code, reason)
            assert kiosk.close_code == code
            assert await asyncio.wait_for(ended, SOON_S) == Ending("kiosk", code)

    asyncio.run(talk())


async def test_the_agents_goodbye_reaches_the_kiosk_with_its_reason() -> None:
    async def leaves(socket: ServerConnection) -> None:
        await socket.send("first")
        await socket.close(4031, "idle")

    async with relayed(leaves) as (kiosk, _, ended):
        assert await kiosk.recv() == "first"
        await asyncio.wait_for(kiosk.wait_closed(), SOON_S)
        assert (kiosk.close_code, kiosk.close_reason) == (4031, "idle")
        assert await ended == Ending("agent", 4031)


async def test_what_speaks_of_the_client_id_is_told_otherwise() -> None:
    async def refuses(socket: ServerConnection) -> None:
        await socket.close(4001, "planted")

    async with relayed(refuses, lambda code: 1013 if code == 4001 else code) as (kiosk, _, ended):
        await asyncio.wait_for(kiosk.wait_closed(), SOON_S)
        assert (kiosk.close_code, kiosk.close_reason) == (1013, "")
        assert await ended == Ending("agent", 4001)


async def test_a_lost_agent_is_a_lost_link_and_no_goodbye() -> None:
    async def falls(socket: ServerConnection) -> None:
        await socket.recv()
        socket.transport.abort()

    async with relayed(falls) as (kiosk, _, ended):
        await kiosk.send("one")
        await asyncio.wait_for(kiosk.wait_closed(), SOON_S)
        assert kiosk.close_code == 1006
        assert await ended == Ending("agent", 1006)


async def test_a_lost_kiosk_is_lost_for_the_agent_too() -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def waits(socket: ServerConnection) -> None:
        await socket.wait_closed()
        codes.put_nowait(socket.close_code)

    async with relayed(waits) as (kiosk, standing, ended):
        await standing
        kiosk.transport.abort()
        assert await asyncio.wait_for(codes.get(), SOON_S) == 1006
        assert await ended == Ending("kiosk", 1006)


async def test_the_gateway_ends_it_with_a_code_for_the_kiosk_and_another_for_the_agent() -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def talks(socket: ServerConnection) -> None:
        try:
            while True:
                await socket.send(b"x" * 640)
                await asyncio.sleep(0.001)
        except ConnectionClosed:
            codes.put_nowait(socket.close_code)

    async with relayed(talks) as (kiosk, standing, ended):
        relay = await standing
        await kiosk.recv()
        relay.end(4463, "shut out")
        try:
            while True:
                assert await asyncio.wait_for(kiosk.recv(), SOON_S) == b"x" * 640
        except ConnectionClosed:
            pass
        assert (kiosk.close_code, kiosk.close_reason) == (4463, "shut out")
        assert await asyncio.wait_for(codes.get(), SOON_S) == 1001
        assert await ended == Ending("gateway", 4463)


async def test_a_message_of_the_gateways_own_comes_between_two() -> None:
    async with relayed(echo) as (kiosk, standing, _):
        relay = await standing
        await kiosk.send("one")
        assert await kiosk.recv() == "one"
        assert relay.tell(b"\x81\x03two")
        await kiosk.send("three")
        assert [await kiosk.recv(), await kiosk.recv()] == ["two", "three"]


async def test_what_is_too_big_ends_it_and_the_agent_did_nothing_wrong() -> None:
    codes: asyncio.Queue[int | None] = asyncio.Queue()

    async def waits(socket: ServerConnection) -> None:
        await socket.wait_closed()
        codes.put_nowait(socket.close_code)

    async with relayed(waits) as (kiosk, _, ended):
        await kiosk.send(b"x" * (LARGEST + 1))
        await asyncio.wait_for(kiosk.wait_closed(), SOON_S)
        assert kiosk.close_code == 1009
        assert await asyncio.wait_for(codes.get(), SOON_S) == 1001
        assert await ended == Ending("gateway", 1009)


async def test_who_does_not_listen_is_not_read_for() -> None:
    """An agent that reads nothing stops the kiosk, not the gateway's memory."""
    go_on, heard = asyncio.Event(), []

    async def deaf(socket: ServerConnection) -> None:
        await go_on.wait()
        async for one in socket:
            heard.append(len(one))

    async with relayed(deaf) as (kiosk, standing, _):
        relay = await standing
        sent = 0
        try:
            async with asyncio.timeout(1.0):
                while sent < 64 << 20:
                    await kiosk.send(b"x" * 60_000)
                    sent += 60_000
        except TimeoutError:
            pass
        assert sent < 64 << 20, "somebody took it all"
        waiting = relay.agent.transport.get_write_buffer_size()
        assert waiting < 1 << 20, f"{waiting} bytes wait in the gateway"
        go_on.set()
        await kiosk.send("done")
        while not heard or heard[-1] != 4:  # noqa: ASYNC110 - until it was read
            await asyncio.sleep(0.01)
        assert sum(heard[:-1]) // 60_000 >= sent // 60_000
