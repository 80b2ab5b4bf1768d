"""The road to an agent, walked over real sockets: each way in which it can end, and that it tells no secret."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_tls import certificate, serving
from wire_server import Peer, bye, voice_server

from kiosk.app.checks.finding import Finding, Skipped, State, examine
from kiosk.app.checks.road import Road, skew_sentence
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Agent, Settings
from kiosk.wire.closing import MEANINGS
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import load_dialect

EXEI = load_dialect("exei-voice")
CLIENT_ID = "planted-client-id-4711"
STEPS = ["credentials", "address", "connection", "certificate", "agent's clock", "voice socket", "agent"]


def walk(endpoint: str, **agent: object) -> dict[str, Finding]:
    road = Road(Settings(agent=Agent(**agent)), lambda: Credentials(endpoint, CLIENT_ID, "this test"))
    findings = {name: examine(name, attempt) for name, attempt in road.steps()}
    assert list(findings) == STEPS
    for finding in findings.values():
        assert "planted" not in finding.sentence
        assert "127.0.0.1" not in finding.sentence
    return findings


def failure(findings: dict[str, Finding]) -> Finding:
    (found,) = [finding for finding in findings.values() if finding.state is State.FAIL]
    return found


async def visit(server: Callable[[Peer], Awaitable[None]], **options: object) -> dict[str, Finding]:
    agent = options.pop("agent", {})
    async with voice_server(EXEI, server, **options) as endpoint:
        return await asyncio.to_thread(walk, endpoint, **agent)


async def welcome(peer: Peer) -> None:
    await peer.open()
    await bye(peer)


async def test_a_right_endpoint_step_by_step():
    findings = await visit(welcome)
    assert [finding.state for finding in findings.values() if finding.name != "certificate"] == [State.OK] * 6, findings
    assert findings["certificate"].state is State.SKIPPED  # this very machine
    assert " ms" in findings["connection"].sentence
    assert "ready" in findings["agent"].sentence
    assert "the same as here" in findings["agent's clock"].sentence


async def test_a_secured_one(tmp_path: Path):
    file, _ = certificate(tmp_path)
    findings = await visit(welcome, ssl=serving(file), agent={"extra_ca_file": file})
    assert {finding.state for finding in findings.values()} == {State.OK}, findings
    assert "TLSv1.3" in findings["certificate"].sentence
    assert "SOON" in findings["certificate"].sentence  # it is valid for one day


@pytest.mark.parametrize(
    ("details", "trusted", "words"),
    [
        ({}, False, "signed by itself"),
        ({"address": "127.0.0.9"}, True, "another host"),
        ({"ends": datetime.now(UTC) - timedelta(days=1)}, True, "has expired"),
    ],
)
async def test_a_wrong_certificate(tmp_path: Path, details: dict[str, object], trusted: bool, words: str):
    file, _ = certificate(tmp_path, **details)
    findings = await visit(welcome, ssl=serving(file), agent={"extra_ca_file": file} if trusted else {})
    found = failure(findings)
    assert found.name == "certificate"
    assert words in found.what
    assert f"believes it is {datetime.now(UTC):%Y}" in found.remedy
    assert findings["agent"].state is State.SKIPPED
    assert "not tried" in findings["agent"].sentence


async def test_nothing_listens(unused_tcp_port: int):
    found = failure(await asyncio.to_thread(walk, f"ws://127.0.0.1:{unused_tcp_port}/planted"))
    assert (found.name, found.code) == ("connection", ExitCode.ENDPOINT_UNREACHABLE)


async def test_a_name_that_nobody_knows():
    found = failure(await asyncio.to_thread(walk, "wss://planted.invalid/x"))
    assert (found.name, found.code) == ("address", ExitCode.ENDPOINT_UNREACHABLE)


async def test_a_name_that_cannot_be_one():
    found = failure(await asyncio.to_thread(walk, f"wss://planted{'x' * 80}.example/x"))
    assert found.name == "address"
    assert found.code in {ExitCode.CREDENTIALS, ExitCode.ENDPOINT_UNREACHABLE}


async def test_a_refused_client_id():
    async def refuse(peer: Peer) -> None:
        await peer.next(object)
        await peer.socket.close(4001, CLIENT_ID)

    found = failure(await visit(refuse))
    assert (found.name, found.code) == ("agent", ExitCode.CREDENTIALS)
    assert found.what == MEANINGS["client_id"].reason


async def test_another_format_points_to_the_dialects(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kiosk.app.checks.road.READY_WITHIN_S", 1.0)

    async def mumble(peer: Peer) -> None:
        for _ in range(3):
            await peer.socket.send('{"greetings": "planted"}')

    found = failure(await visit(mumble))
    assert found.name == "agent"
    assert "messages that the dialect exei-voice does not know" in found.what
    assert "kiosk/wire/README.md" in found.remedy


async def test_an_agent_that_says_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kiosk.app.checks.road.READY_WITHIN_S", 0.5)

    async def stare(peer: Peer) -> None:
        await peer.next(object)

    found = failure(await visit(stare))
    assert "did not say that it is ready" in found.what
    assert "kiosk/wire/README.md" in found.remedy


async def test_a_web_page():
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nDate: Tue, 01 Jan 2019 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nhi")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(page, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        findings = await asyncio.to_thread(walk, f"ws://127.0.0.1:{port}/planted")
    assert findings["agent's clock"].code == ExitCode.MACHINE
    assert "ahead of the agent's" in findings["agent's clock"].what
    assert findings["voice socket"].code == ExitCode.NOT_A_VOICE_SOCKET
    assert "kiosk/wire/README.md" in findings["voice socket"].remedy


def test_clocks():
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert skew_sentence(b"HTTP/1.1 426 x\r\nDate: Tue, 24 Nov 2026 12:00:04 GMT\r\n\r\n", now).endswith("within 4 s")
    with pytest.raises(Fault, match="60 minutes behind"):
        skew_sentence(b"HTTP/1.1 426 x\r\nDATE: Tue, 24 Nov 2026 13:00:00 GMT\r\n\r\n", now)
    for none in (b"", b"HTTP/1.1 426 x\r\n\r\n", b"HTTP/1.1 200 OK\r\nDate: yesterday\r\n\r\n"):
        with pytest.raises(Skipped):
            skew_sentence(none, now)


def test_no_credentials_end_the_walk():
    def none() -> Credentials:
        raise Fault("there are none", where="here", remedy="get some", code=ExitCode.CREDENTIALS)

    findings = [examine(name, attempt) for name, attempt in Road(Settings(), none).steps()]
    assert [finding.state for finding in findings] == [State.FAIL] + [State.SKIPPED] * 6


def test_a_context_is_never_unchecked():
    """What the steps use is what the link uses."""
    from kiosk.wire.tls import client_context

    assert client_context(None).verify_mode is ssl.CERT_REQUIRED
