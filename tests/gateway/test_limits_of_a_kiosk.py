"""What one kiosk may use, and what happens to the others meanwhile: real processes, sockets and files."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import pytest
from gateway_stage import EXEI, SOON_S, TERMS, Kiosk, house
from websockets.exceptions import ConnectionClosed

from kiosk.gateway.limits import BURST_S, Crowd, Rate, WrongCodes
from kiosk.wire.canonical import Start, Text
from kiosk.wire.codec import Codec
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import Side
from kiosk.wire.doorway import open_at_gateway
from kiosk.wire.handshake import Socket


async def opened(credentials: Credentials) -> Socket:
    """A conversation that stands, for whoever does what no link would. The one before it may be just ending."""
    (init,) = Codec(EXEI, Side.CLIENT).write(Start("s-9", credentials.client_id, now_ms=1, protocol=EXEI.protocol))
    async with asyncio.timeout(SOON_S):
        while True:
            socket = await open_at_gateway(EXEI, credentials, TERMS)
            with suppress(ConnectionClosed):
                await socket.send(init)
                assert json.loads(await socket.recv())["type"] == "ready"
                return socket
            assert socket.close_code == 4029, socket.close_reason


async def closed(socket: Socket) -> tuple[int | None, str | None]:
    await asyncio.wait_for(socket.wait_closed(), SOON_S)
    return socket.close_code, socket.close_reason


async def test_limits(tmp_path: Path) -> None:
    """One process for all; the other kiosk's conversation goes on through everything."""
    async with house(tmp_path, conversations=1, bytes_per_s=8000, message_bytes=4096) as (agent, gateway):
        mine, other = await gateway.enrolled(), Kiosk(await gateway.enrolled("lobby-2"))
        async with other.talking("s-2") as goes_on:
            theirs = await agent.next()

            socket = await opened(mine)
            again = await Kiosk(mine).refused()
            assert (again.code, again.retryable) == (4029, True)
            await socket.send(b"x" * 4097)
            assert await closed(socket) == (1009, "a message may hold 4096 bytes")

            socket = await opened(mine)
            with suppress(ConnectionClosed):
                for _ in range(round(8000 * BURST_S / 4000) + 20):
                    await socket.send(b"x" * 4000)
            assert await closed(socket) == (4029, "more than 8000 bytes a second")

            socket = await opened(mine)
            socket.transport.write(b"\xff\xff\xff\xff\xff\xff")
            assert (await closed(socket))[0] == 1002

            await (await opened(mine)).close(1000)
            other.link.send(Text("still here"))
            assert (await theirs.next(Text)).text == "still here"
            assert not goes_on.done()
        _, text = await gateway.status("/metrics")
        for code in (4029, 1009, 1002):
            assert f'kiosk_gateway_closed_total{{code="{code}"}}' in text


async def test_a_registry_that_goes_away_stops_nobody_who_talks(tmp_path: Path) -> None:
    async with house(tmp_path) as (agent, gateway):
        credentials = await gateway.enrolled()
        kiosk = Kiosk(credentials)
        folder, away = tmp_path / "registry", tmp_path / "away"
        async with kiosk.talking() as talk:
            peer = await agent.next()
            folder.rename(away)
            folder.write_text("a file where a folder was")
            async with asyncio.timeout(SOON_S):
                while (await gateway.status("/readyz"))[0] == 200:  # noqa: ASYNC110 - only asked it tells
                    await asyncio.sleep(0.05)
            refused = await Kiosk(credentials).refused()
            assert (refused.code, refused.retryable) == (1013, True)
            kiosk.link.send(Text("still here"))
            assert (await peer.next(Text)).text == "still here"
            assert not talk.done()
            folder.unlink()
            away.rename(folder)
            async with asyncio.timeout(SOON_S):
                while (await gateway.status("/readyz"))[0] != 200:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
            async with Kiosk(credentials).talking("s-2"):
                assert "the registry is back" in gateway.logged()


def test_a_burst_passes_and_what_lasts_does_not() -> None:
    rate = Rate(1000, now=0.0)
    assert rate.keeps(9_000, 0.4)
    assert not rate.keeps(18_000, 0.8)
    steady = Rate(1000, now=0.0)
    assert all(steady.keeps(round(at * 1000), at) for at in (0.4 * step for step in range(1000)))
    assert not steady.keeps(1000 * 400 + 1000 * 2 * 10, 400.0 + 0.4)


def test_a_crowd() -> None:
    crowd = Crowd(3, 2)
    assert [crowd.enter(address) for address in "aaabc"] == [True, True, False, True, False]
    crowd.leave("a")
    assert crowd.enter("c")
    for address in "abc":
        crowd.leave(address)
    assert len(crowd) == 0
    assert not crowd._of, "or every address that ever came would be kept"


@pytest.mark.parametrize("most", [3, 20])
def test_wrong_codes_are_forgotten_after_a_while(most: int) -> None:
    wrong = WrongCodes(most)
    for at in range(most):
        assert wrong.allow(at)
        wrong.add(at)
    assert not wrong.allow(most)
    assert wrong.allow(601.0)
