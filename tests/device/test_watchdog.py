"""The watchdog before a real notify socket: what the supervisor hears, and when it hears nothing any more."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.device.health import Vitals
from kiosk.device.notify import Supervisor
from kiosk.device.watchdog import Watchdog


class Ear:
    """The supervisor's end of the socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(str(path))

    def supervisor(self, watchdog_s: float = 0.2) -> Supervisor:
        return Supervisor({"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": str(round(watchdog_s * 1e6))})

    async def hear(self) -> str:
        async with asyncio.timeout(5):
            return (await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode()

    def heard(self) -> list[str]:
        messages = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    ear = Ear(tmp_path / "notify")
    yield ear
    ear.close()


class Program:
    """What the watchdog looks at."""

    def __init__(self) -> None:
        self.up = True
        self.vitals = Vitals()
        self.proven = 0

    def watched(self, supervisor: Supervisor, healthy_s: float = 600.0) -> Watchdog:
        def proven() -> None:
            self.proven += 1

        return Watchdog(
            supervisor,
            measure=lambda: self.vitals,
            stands=lambda: self.up,
            status="open for visitors",
            on_healthy=proven,
            healthy_s=healthy_s,
        )


async def test_it_is_ready_when_it_stands_and_fed_four_times_in_each_patience(ear: Ear) -> None:
    program = Program()
    program.up = False
    watchdog = program.watched(ear.supervisor())
    watchdog.begin()
    await asyncio.sleep(0.1)
    assert ear.heard() == []
    program.up = True
    assert await ear.hear() == "READY=1\nSTATUS=open for visitors"
    began = time.monotonic()
    for _ in range(9):
        assert await ear.hear() == "WATCHDOG=1"
    assert 0.3 < time.monotonic() - began < 1.0  # 8 quarters of 0.2 s
    watchdog.end()
    ear.heard()
    await asyncio.sleep(0.2)
    assert ear.heard() == []


async def test_what_is_bad_is_said_once_and_ends_the_feeding_until_it_is_good(
    ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    program = Program()
    watchdog = program.watched(ear.supervisor())
    watchdog.begin()
    await ear.hear()
    await ear.hear()
    program.vitals = Vitals(owed_s=9.0)
    with caplog.at_level(logging.ERROR):
        while not (message := await ear.hear()).startswith("STATUS=not in order: frame counter: 9.0 s"):
            assert message == "WATCHDOG=1"
        await asyncio.sleep(0.3)
    assert ear.heard() == []
    assert len(caplog.records) == 1
    assert "frame counter" in caplog.text
    program.vitals = Vitals()
    assert await ear.hear() == "STATUS=open for visitors"
    assert await ear.hear() == "WATCHDOG=1"
    watchdog.end()


async def test_a_loop_that_was_held_is_not_fed_for_that(ear: Ear) -> None:
    watchdog = Program().watched(ear.supervisor())
    watchdog.begin()
    await ear.hear()
    await ear.hear()
    time.sleep(1.2)  # noqa: ASYNC251 - that is what is tried
    while (message := await ear.hear()) == "WATCHDOG=1":
        pass
    assert message.startswith("STATUS=not in order: loop lag: 1.")
    assert await ear.hear() == "STATUS=open for visitors"
    watchdog.end()


async def test_a_while_of_good_looks_proves_the_version_once(ear: Ear) -> None:
    program = Program()
    watchdog = program.watched(ear.supervisor(), healthy_s=0.3)
    watchdog.begin()
    await ear.hear()
    await asyncio.sleep(0.15)
    program.vitals = Vitals(overdue_s=9.0)
    await asyncio.sleep(0.15)
    program.vitals = Vitals()
    await asyncio.sleep(0.2)
    assert program.proven == 0, "it was bad in between: that while counts from there"
    await asyncio.sleep(0.5)
    assert program.proven == 1
    watchdog.end()


def test_without_a_supervisor_nothing_is_said() -> None:
    supervisor = Supervisor({"WATCHDOG_USEC": "2000000"})
    assert supervisor.watchdog_s is None
    supervisor.ready("here")
    supervisor.feed()
    supervisor.stopping()


def test_an_address_without_a_file(ear: Ear) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(f"\0{ear.path}")
        Supervisor({"NOTIFY_SOCKET": f"@{ear.path}"}).status("two\nlines  of text")
        assert other.recv(100) == b"STATUS=two lines of text"


def test_a_supervisor_that_does_not_listen_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    supervisor = Supervisor({"NOTIFY_SOCKET": str(tmp_path / "nobody"), "WATCHDOG_USEC": "x"})
    assert supervisor.watchdog_s is None
    for _ in range(3):
        supervisor.feed()
    assert len(caplog.records) == 1
