"""Kiosks talk through their gateway: real processes and sockets, the kiosk's own link, an agent that looks at it."""

from __future__ import annotations

import asyncio
import http.server
import json
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

from gateway_stage import CLIENT_ID, EXEI, Agent, Kiosk, gateway, house, write_credentials

from kiosk.wire.canonical import AgentAudio, Audio, GoAway, ResponseDone, ResponseStarted, Start, Text
from kiosk.wire.closing import REVOKED
from kiosk.wire.dialect import load_dialect, parse_dialect
from tests.wire.wire_server import Peer, voice_server

FRAME = b"\x01\x00" * 320
ACME = """
name = "acme"
[connect]
url = "{endpoint}?agent={client_id}&token={token}"
headers = { Authorization = "Bearer {client_id}" }
[before]
url = "BEFORE"
headers = { X-Client = "{client_id}" }
body = { device = "{device_id}" }
answer = { url = "{url}", token = "{token}" }
[ready]
when = "open"
[[command]]
is = "start"
message = { hello = { who = "{client_id}", token = "{token}", session = "{session_id}", locale = "{locale?}" } }
[[command]]
is = "text"
message = { text = "{text}" }
[[event]]
is = "response_started"
message = { type = "started", id = "{response_id}" }
"""


async def test_a_conversation_passes_as_it_is_with_the_gateways_client_id(tmp_path: Path) -> None:
    async with house(tmp_path) as (agent, gateway):
        kiosk = Kiosk(await gateway.enrolled())
        async with kiosk.talking("s-1") as talk:
            peer = await agent.next()
            (start,) = agent.starts
            assert (start.client_id, start.device_id, start.session_id) == (CLIENT_ID, "lobby-1", "s-1")
            kiosk.link.push_audio(FRAME)
            assert (await peer.next(Audio)).pcm == FRAME
            kiosk.link.send(Text("where is the lift"))
            assert (await peer.next(Text)).text == "where is the lift"
            await peer.say(ResponseStarted("r1"), AgentAudio(FRAME, 16000, "r1"), ResponseDone("r1"))
            await kiosk.until(ResponseDone)
            assert kiosk.audio == [FRAME]
            await peer.socket.close(4010, "the conversation is over")
            closed = await talk
        assert closed.code == 4010
        status, text = await gateway.status("/metrics")
        assert status == 200
        assert 'kiosk_gateway_conversations_total{by="agent"} 1' in text
        assert 'kiosk_gateway_frames_total{way="up"} ' in text
        assert await gateway.status("/healthz") == (200, "ok\n")
        assert await gateway.status("/readyz") == (200, "ok\n")
        assert (await gateway.status("/elsewhere"))[0] == 404
        log = gateway.logged()
        assert "lobby-1: conversation" in log
        assert "ended after" in log
        assert "lift" not in log, "who talked when, never what"


async def test_the_bridge_whose_client_id_is_nested(tmp_path: Path) -> None:
    bridge = load_dialect("exei-bridge")
    agent = Agent()

    async def serve(peer: Peer) -> None:
        agent.starts.append(await peer.next(Start))
        agent.peers.put_nowait(peer)

    async with (
        voice_server(bridge, serve) as endpoint,
        gateway(tmp_path, endpoint, agent__dialect="exei-bridge") as one,
    ):
        kiosk = Kiosk(await one.enrolled(), bridge)
        async with kiosk.talking("s-2"):
            peer = await agent.next()
            kiosk.link.push_audio(FRAME)
            assert (await peer.next(Audio)).pcm == FRAME
            sent = json.loads(peer.frames[0])
            assert json.loads(sent["ivr_data"])["clientId"] == CLIENT_ID
            assert sent["virtual_number"] == "lobby-1"


async def test_a_client_id_in_address_header_and_a_request_before(tmp_path: Path) -> None:
    """What a dialect does before the socket is done by the gateway; the kiosk says its name where a token belongs."""
    asked: list[tuple[str, dict[str, str]]] = []
    opened: asyncio.Queue[tuple[str, str | None, dict[str, dict[str, str]]]] = asyncio.Queue()

    class Before(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.headers["X-Client"], json.loads(body)))
            answer = json.dumps({"url": socket_url[0], "token": "planted-token"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    async def serve(peer: Peer) -> None:
        request = peer.socket.request
        assert request is not None
        first = await peer.next(object)
        assert first is not None
        opened.put_nowait((request.path, request.headers.get("Authorization"), json.loads(peer.frames[0])))

    socket_url = [""]
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Before)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    file = tmp_path / "acme.toml"
    file.write_text(ACME.replace("BEFORE", f"http://127.0.0.1:{web.server_port}/before"))
    acme = parse_dialect(file.read_text(), file.name)
    try:
        async with (
            voice_server(acme, serve) as endpoint,
            gateway(tmp_path, "https://planted.example/agent", agent__dialect=str(file)) as one,
        ):
            socket_url[0] = endpoint
            kiosk = Kiosk(await one.enrolled(), acme)
            async with kiosk.talking("s-3"):
                path, header, first = await asyncio.wait_for(opened.get(), 5)
    finally:
        web.shutdown()
        web.server_close()
    assert asked == [(CLIENT_ID, {"device": "lobby-1"})]
    assert path.endswith(f"?agent={CLIENT_ID}&token=planted-token")
    assert header == f"Bearer {CLIENT_ID}"
    assert first == {"hello": {"who": CLIENT_ID, "token": "planted-token", "session": "s-3"}}


async def test_a_revoked_kiosk_is_silent_within_a_second_at_every_gateway(tmp_path: Path) -> None:
    """Two gateways on one registry; a third process, which is this one, revokes."""
    agent = Agent()
    async with (
        voice_server(EXEI, agent.serve) as endpoint,
        gateway(tmp_path, endpoint, "first") as first,
        gateway(tmp_path, endpoint, "second") as second,
    ):
        credentials, other = await first.enrolled(), await first.enrolled("lobby-2")
        at_first, at_second = Kiosk(credentials), Kiosk(replace(credentials, endpoint=second.url))
        untouched = Kiosk(replace(other, endpoint=second.url))
        async with at_first.talking() as talk, at_second.talking("s-2") as too, untouched.talking("s-3") as goes_on:
            began = time.monotonic()
            await asyncio.to_thread(first.registry.revoke, "lobby-1")
            closed, also = await asyncio.wait_for(asyncio.gather(talk, too), 5)
            took = time.monotonic() - began
            assert (closed.code, also.code) == (REVOKED, REVOKED)
            assert closed.fault is not None
            assert "let this kiosk in no more" in closed.fault.what
            assert not closed.retryable
            assert took < 1.5, f"{took:.2f} s"  # 1 s and what a busy machine adds
            assert not goes_on.done()
        again = await at_first.refused()
        assert again.code == REVOKED
        assert (await Kiosk(replace(credentials, endpoint=second.url)).refused()).code == REVOKED


async def test_a_new_client_id_for_all_at_once_and_no_conversation_is_lost(tmp_path: Path) -> None:
    async with house(tmp_path) as (agent, gateway):
        credentials = await gateway.enrolled()
        early, late = Kiosk(credentials), Kiosk(credentials)
        file = tmp_path / "gateway-credentials.toml"
        endpoint = file.read_text().split('"')[1]
        async with early.talking("s-1"):
            peer = await agent.next()
            agent.known = {"planted-next-4712"}
            closed = await late.refused()  # the agent knows the new one before the gateway has it
            assert (closed.code, closed.retryable, closed.fault) == (1013, True, None)
            write_credentials(file, endpoint, "planted-next-4712")
            async with late.talking("s-2"):
                assert [start.client_id for start in agent.starts] == [CLIENT_ID, CLIENT_ID, "planted-next-4712"]
                early.link.send(Text("still here"))
                assert (await peer.next(Text)).text == "still here"
        assert "new credentials from the credentials file" in gateway.logged()
        assert "Client ID was refused" in gateway.logged()
        assert "kiosk_gateway_credentials_total 2" in (await gateway.status("/metrics"))[1]


async def test_an_agent_that_drops_the_old_client_id_in_mid_conversation(tmp_path: Path) -> None:
    """The kiosk is told to come back, not that its Client ID is wrong: it has none."""
    async with house(tmp_path) as (agent, gateway):
        kiosk = Kiosk(await gateway.enrolled())
        async with kiosk.talking() as talk:
            peer = await agent.next()
            await peer.socket.close(4001, f"{CLIENT_ID} is not known any more")
            closed = await talk
        assert (closed.code, closed.retryable) == (1013, True)


async def test_it_drains_and_what_does_not_end_is_told_to_come_back(tmp_path: Path) -> None:
    async with house(tmp_path, drain_s=2) as (agent, gateway):
        credentials = await gateway.enrolled()
        short, long = Kiosk(credentials), Kiosk(credentials)
        async with short.talking("s-1"), long.talking("s-2") as talk:
            peer = await agent.next()
            await agent.next()
            gateway.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(5):
                while (await gateway.status("/readyz"))[0] == 200:  # noqa: ASYNC110 - nothing tells of it
                    await asyncio.sleep(0.02)
            assert (await Kiosk(credentials).refused()).code == 1012
            short.link.send(Text("goes on"))
            assert (await peer.next(Text)).text == "goes on"
            await short.link.close("user")
            closed = await talk
            assert (closed.code, closed.retryable) == (1001, True)
            await long.until(GoAway)
        assert await gateway.ended() == 0


async def test_an_agent_that_is_away_is_said_so_and_tried_again(tmp_path: Path) -> None:
    async with gateway(tmp_path, "ws://127.0.0.1:9/voice-of-planted-endpoint") as one:
        closed = await Kiosk(await one.enrolled()).refused()
        assert (closed.code, closed.retryable) == (1013, True)
        assert "nothing listens at the endpoint" in one.logged().lower()
