"""Somebody of the house is reached, or it is said that nobody was: a real web server, real programs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.core.session import Session
from kiosk.core.transcript import Transcript, Turn
from kiosk.device.person import PersonCaller
from kiosk.settings.house import HouseWords
from kiosk.settings.schema import Person, Settings, Site

PLANTED = "zanzibar-4711"
TOKEN = "tok-planted-9"
VISIT = Session(visit=7, language="de", transcript=Transcript((Turn("user", "u", PLANTED, final=True),)))

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def caller(**person: object) -> PersonCaller:
    words = {"en": HouseWords(place="Skarvholm", guide="Maren")}
    return PersonCaller(Settings(site=Site(device_id="k-1"), words=words, person=Person.model_validate(person)))


@asynccontextmanager
async def house(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A web server that keeps what it is told. Yields its address and that."""
    told: list[bytes] = []
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.splitlines() if line.startswith(b"Content-Length"))
        told.append(head + await reader.readexactly(length))
        with suppress(ConnectionError):
            await answer(writer)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/call?key={TOKEN}", told
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*serving), 5)


def status(code: int, more: str = "") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {code} What\r\n{more}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()

    return answer


async def test_the_webhook_is_told_where_help_is_wanted_and_nothing_that_was_said() -> None:
    async with house(status(204)) as (address, told):
        assert await caller(webhook=address)(VISIT)
    head, _, body = told[0].partition(b"\r\n\r\n")
    assert head.startswith(f"POST /call?key={TOKEN} HTTP/1.1\r\n".encode())
    facts = json.loads(body)
    assert datetime.fromisoformat(facts.pop("time")).tzinfo is not None
    assert facts == {"device": "k-1", "place": "Skarvholm", "language": "de", "visit": 7}
    assert PLANTED.encode() not in told[0]


async def test_a_name_and_password_in_the_address_go_where_they_belong() -> None:
    async with house(status(200)) as (address, told):
        assert await caller(webhook=address.replace("://", "://ann:s%40w@"))(VISIT)
    assert b"\r\nAuthorization: Basic YW5uOnNAdw==\r\n" in told[0]
    assert b"ann" not in told[0].replace(b"YW5uOnNAdw==", b"")


@pytest.mark.parametrize("code", [302, 404, 500])
async def test_any_other_status_reached_nobody(code: int, caplog: pytest.LogCaptureFixture) -> None:
    async with house(status(code, "Location: /elsewhere\r\n")) as (address, told):
        assert not await caller(webhook=address)(VISIT)
    assert len(told) == 1, "a redirection is not followed"
    assert str(code) in caplog.text
    assert TOKEN not in caplog.text


async def nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
    await writer.drain()


async def nothing(writer: asyncio.StreamWriter) -> None:
    pass


async def drip(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("answer", [nonsense, nothing])
async def test_what_is_no_web_server_reached_nobody(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    async with house(answer) as (address, _):
        assert not await caller(webhook=address)(VISIT)
    assert "ValueError" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_server_that_never_comes_to_an_end_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    began = time.monotonic()
    async with house(drip) as (address, _):
        assert not await caller(webhook=address, timeout_s=1)(VISIT)
    assert 0.9 < time.monotonic() - began < 3
    assert "longer than 1 s" in caplog.text


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}/?key=" + TOKEN, "http://no-such-house.invalid/" + TOKEN])
async def test_a_house_that_is_not_there_reached_nobody(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    caplog.set_level(logging.DEBUG, "kiosk")
    assert not await caller(webhook=address.format(port=port))(VISIT)
    assert "nobody was reached" in caplog.text
    assert TOKEN not in caplog.text


async def test_the_command_gets_arguments_as_they_are_and_facts_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXEI_VOICE_CLIENT_ID", "planted-client")
    out = tmp_path / "out.json"
    program = "import json, os, sys; json.dump([sys.argv[1:], dict(os.environ)], open(sys.argv[1], 'w'))"
    assert await caller(command=(sys.executable, "-c", program, str(out), "$HOME; true"))(VISIT)
    arguments, environment = json.loads(out.read_text())
    assert arguments[1] == "$HOME; true", "no shell reads it"
    assert environment["KIOSK_CALL_DEVICE"] == "k-1"
    assert environment["KIOSK_CALL_LANGUAGE"] == "de"
    assert environment["KIOSK_CALL_VISIT"] == "7"
    assert environment["PATH"] == os.environ["PATH"]
    assert "planted-client" not in environment.values()


@pytest.mark.parametrize(
    ("command", "said"),
    [((sys.executable, "-c", "raise SystemExit(3)"), "code 3"), (("no-such-program-here",), "FileNotFoundError")],
)
async def test_a_command_that_fails_reached_nobody(
    command: tuple[str, ...], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert not await caller(command=command)(VISIT)
    assert said in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
async def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    script = f"sleep 60 & echo $! > {child}; wait"
    assert not await caller(command=("/bin/sh", "-c", script), timeout_s=1)(VISIT)
    pid = int(child.read_text())
    limit = time.monotonic() + 3
    while _alive(pid) and time.monotonic() < limit:  # noqa: ASYNC110 - nobody tells of its end
        await asyncio.sleep(0.02)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    """A process that ended and that nobody has asked about yet is a zombie, not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_one_way_is_enough() -> None:
    async with house(status(500)) as (address, told):
        assert await caller(webhook=address, command=(sys.executable, "-c", ""))(VISIT)
    assert len(told) == 1


def test_the_address_is_in_no_repr() -> None:
    settings = Settings(person=Person(webhook=f"https://house.example/{TOKEN}"))
    assert TOKEN not in repr(settings)
