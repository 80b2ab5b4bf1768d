"""When a supervised kiosk is up, what proves it, and how it takes its leave."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app import attendance as attending
from kiosk.app.attendance import Attendance
from kiosk.core.fault import ExitCode
from kiosk.device.health import Vitals
from kiosk.device.ledger import Ledger
from kiosk.device.notify import Supervisor


class Pane:
    """In the window's place."""

    def __init__(self, *, exposed: bool) -> None:
        self.first_frame_at: float | None = None
        self.exposed = exposed

    def owed_s(self, now: float) -> float | None:
        return 0.0 if self.exposed else None


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ear:
        ear.bind(str(tmp_path / "notify"))
        yield ear


@pytest.fixture
def attendance(tmp_path: Path, ear: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attendance]:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    supervisor = Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"})
    ledger = Ledger(tmp_path, "1.0")
    ledger.begin(previous=False)
    attendance = Attendance(supervisor, ledger, previous=False)
    yield attendance
    attendance.end()


async def heard(ear: socket.socket) -> str:
    async with asyncio.timeout(5):
        return (await asyncio.get_running_loop().sock_recv(ear, 1000)).decode()


def nothing_yet(ear: socket.socket) -> bool:
    try:
        return not ear.recv(1000)
    except BlockingIOError:
        return True


async def test_it_is_up_with_its_first_frame(attendance: Attendance, ear: socket.socket) -> None:
    pane = Pane(exposed=True)
    attendance.begin(pane, lambda now: Vitals(), "open for visitors")
    await asyncio.sleep(0.2)
    assert nothing_yet(ear)
    pane.first_frame_at = time.monotonic()
    assert (await heard(ear)).startswith("READY=1")


async def test_it_is_up_where_no_glass_is_on(
    attendance: Attendance, ear: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending, "NO_OUTPUT_S", 0.3)
    attendance.begin(Pane(exposed=False), lambda now: Vitals(), "open for visitors")
    await asyncio.sleep(0.2)
    assert nothing_yet(ear)
    assert (await heard(ear)).startswith("READY=1")
    assert await heard(ear) == "WATCHDOG=1"


async def test_its_leave_is_noted_at_once(attendance: Attendance, ear: socket.socket, tmp_path: Path) -> None:
    assert json.loads((tmp_path / "crashes.json").read_text())["running"]
    attendance.leaving()
    assert await heard(ear) == "STOPPING=1"
    assert json.loads((tmp_path / "crashes.json").read_text())["running"] is None


def test_the_version_before_is_offered_only_where_there_is_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "1.0")
    assert ExitCode.ROLL_BACK not in Attendance(Supervisor({}), ledger, previous=False).ways
    assert ExitCode.ROLL_BACK in Attendance(Supervisor({}), ledger, previous=True).ways
