"""Who is at the other end: real certificates, made for the test."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from own_certificate import DAY, TODAY, certificate, serving
from test_link import EXEI, closes
from wire_server import Peer, bye, voice_server

from kiosk.core.fault import ExitCode, Fault
from kiosk.wire.tls import client_context, parse_pins


async def script(peer: Peer) -> None:
    await peer.open()
    await bye(peer)


async def test_an_authority_of_the_operators_own_is_trusted_when_it_is_named(tmp_path: Path):
    file, _ = certificate(tmp_path)
    async with voice_server(EXEI, script, ssl=serving(file)) as endpoint:
        assert (await closes(endpoint, extra_ca_file=file)).clean
        closed = await closes(endpoint)
    assert "signed by itself" in closed.reason
    assert not closed.retryable


@pytest.mark.parametrize(
    ("details", "words"), [({"address": "127.0.0.9"}, "another host"), ({"ends": TODAY - DAY}, "expired")]
)
async def test_a_wrong_certificate_is_refused_with_its_reason(tmp_path: Path, details, words):
    file, _ = certificate(tmp_path, **details)
    async with voice_server(EXEI, script, ssl=serving(file)) as endpoint:
        closed = await closes(endpoint, extra_ca_file=file)
    assert words in closed.fault.sentence
    assert "127.0.0" not in closed.fault.sentence


async def test_pins_are_checked_before_anything_is_said(tmp_path: Path):
    file, pin = certificate(tmp_path)
    peers: list[Peer] = []

    async def remember(peer: Peer) -> None:
        peers.append(peer)
        await script(peer)

    other = "ab" * 32
    async with voice_server(EXEI, remember, ssl=serving(file)) as endpoint:
        closed = await closes(endpoint, extra_ca_file=file, pins=[other, "cd" * 32])
        assert "not one of the pinned" in closed.reason
        assert not closed.retryable
        assert peers == []  # not even the opening request was sent
        colons = ":".join(pin[n : n + 2].upper() for n in range(0, 64, 2))
        assert (await closes(endpoint, extra_ca_file=file, pins=[other, colons])).clean


async def test_a_server_without_tls_behind_a_wss_endpoint():
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        await writer.drain()
        await reader.read(1000)
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    async with server:
        closed = await closes(f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert closed.fault.code is ExitCode.NOT_A_VOICE_SOCKET
    assert "TLS" in closed.reason


def test_pins_come_in_pairs_and_are_fingerprints():
    with pytest.raises(Fault, match="only one"):
        parse_pins(["ab" * 32])
    with pytest.raises(Fault, match="not a SHA-256"):
        parse_pins(["ab", "cd"])


def test_an_authority_file_that_is_none(tmp_path: Path):
    (tmp_path / "ca.pem").write_text("nothing")
    for file in (tmp_path / "ca.pem", tmp_path / "absent.pem"):
        with pytest.raises(Fault, match="cannot be read"):
            client_context(file)
