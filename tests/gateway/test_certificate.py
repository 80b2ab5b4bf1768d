"""Encrypted to the kiosk: what the gateway refuses to do without, and a certificate that is exchanged while it runs."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from gateway_stage import SOON_S, Kiosk, house

from kiosk.core.fault import ExitCode, Fault
from kiosk.gateway.certificate import Certificate
from kiosk.settings.gateway import Gateway
from kiosk.wire.canonical import Text
from kiosk.wire.handshake import Terms
from kiosk.wire.tls import client_context
from tests.wire.own_certificate import certificate


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def shown(port: int) -> bytes:
    """The certificate that a new connection sees."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    assert isinstance(found, bytes)
    return found


async def test_a_conversation_over_tls_and_a_certificate_that_is_exchanged(tmp_path: Path) -> None:
    file, _ = certificate(tmp_path)
    port = free_port()
    settings: dict[str, Any] = {"port": port, "url": f"wss://127.0.0.1:{port}"}
    async with house(tmp_path, certificate_file=file, certificate_key_file=file, **settings) as (agent, one):
        terms = Terms(client_context(file), 5.0, "kiosk/0.1")
        kiosk = Kiosk(await one.enrolled(terms=terms), extra_ca_file=file)
        async with kiosk.talking():
            peer = await agent.next()
            old = await shown(port)
            certificate(tmp_path)  # another one into the same file
            one.process.send_signal(signal.SIGHUP)
            async with asyncio.timeout(SOON_S):
                while await shown(port) == old:  # noqa: ASYNC110 - of a signal nobody tells
                    await asyncio.sleep(0.05)
            kiosk.link.send(Text("still here"))
            assert (await peer.next(Text)).text == "still here"
        file.write_text("no certificate")
        new = await shown(port)
        one.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(SOON_S):
            while "the old certificate stays in force" not in one.logged():  # noqa: ASYNC110 - a log tells nobody
                await asyncio.sleep(0.05)
        assert await shown(port) == new
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /v1/voice HTTP/1.1\r\n\r\n")  # no TLS
        writer.close()
        assert (await one.status("/healthz"))[0] == 200


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"host": "0.0.0.0"}, "would travel unencrypted"),
        ({"host": "0.0.0.0", "url": "wss://voice.example"}, "would travel unencrypted"),
        ({"url": "ws://voice.example"}, "iosks would come unencrypted"),
        ({"certificate_file": "x.pem"}, "one of the two files"),
        ({"certificate_file": "x.pem", "certificate_key_file": "x.pem"}, "No such file"),
        ({"certificate_file": "GOOD", "certificate_key_file": "GOOD"}, "need to know its name"),
        ({"certificate_file": "GOOD", "certificate_key_file": "GOOD", "url": "ws://127.0.0.1"}, "told ws://"),
        ({"certificate_file": "GOOD", "certificate_key_file": "OTHER", "url": "wss://a.example"}, "do not fit"),
    ],
)
def test_what_it_refuses_to_do_without(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    (tmp_path / "other").mkdir()
    files = {"GOOD": str(certificate(tmp_path)[0]), "OTHER": str(certificate(tmp_path / "other")[0])}
    with pytest.raises(Fault, match=says) as refused:
        Certificate.of(Gateway(**{key: files.get(value, value) for key, value in settings.items()}))  # type: ignore[arg-type]
    assert refused.value.code is ExitCode.SETTINGS


@pytest.mark.parametrize("url", ["", "ws://127.0.0.1:8770", "wss://voice.example", "wss://voice.example/kiosks"])
def test_behind_a_proxy_or_for_this_machine_alone_it_needs_none(url: str) -> None:
    assert Certificate.of(Gateway(url=url)) is None
