"""A compositor that answers, one that hangs, one that is gone: as far as a socket tells."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.device.compositor import SYNC, Compositor

DONE = struct.pack("=III", 2, 12 << 16, 7) + struct.pack("=III", 1, 12 << 16 | 1, 2)


class Server:
    def __init__(self, folder: Path) -> None:
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(str(folder / "wayland-7"))
        self.door.listen()
        self.asks = Compositor({"XDG_RUNTIME_DIR": str(folder), "WAYLAND_DISPLAY": "wayland-7"})
        self.line, _ = self.door.accept()

    def hear(self) -> bytes:
        return self.line.recv(4096)

    def close(self) -> None:
        for one in (self.asks, self.line, self.door):
            one.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.close()


def test_one_that_answers_is_asked_again_and_again(server: Server) -> None:
    for now in range(100, 200, 5):
        assert server.asks.unanswered_s(now) == 0.0
        assert server.hear() == SYNC
        server.line.sendall(DONE[:7])
        server.line.sendall(DONE[7:])


def test_one_that_hangs_leaves_the_question_open(server: Server) -> None:
    assert [server.asks.unanswered_s(now) for now in (100, 105, 110)] == [0.0, 5.0, 10.0]
    assert server.hear() == SYNC, "once"
    server.line.sendall(DONE)
    assert server.asks.unanswered_s(115) == 0.0


def test_half_an_answer_is_none(server: Server) -> None:
    server.asks.unanswered_s(100)
    server.line.sendall(DONE[:12])
    assert server.asks.unanswered_s(105) == 5.0


def test_one_that_hangs_up_is_gone(server: Server) -> None:
    server.asks.unanswered_s(100)
    server.line.close()
    assert server.asks.unanswered_s(105) == 5.0
    assert server.asks.unanswered_s(110) == 10.0


def test_where_there_is_none_nobody_is_asked(tmp_path: Path) -> None:
    assert Compositor({}).unanswered_s(1) is None
    assert Compositor({"WAYLAND_DISPLAY": str(tmp_path / "nothing")}).unanswered_s(1) is None
