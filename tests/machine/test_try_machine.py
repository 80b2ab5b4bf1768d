"""The hands, eyes and shell by which an emulated machine is tried: against a stand-in for QEMU, and a real shell."""

from __future__ import annotations

import json
import lzma
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "packaging" / "machine"
NAMES = ("guest", "image", "machine", "qmp", "tries")


@pytest.fixture(scope="module")
def parts() -> Iterator[dict[str, ModuleType]]:
    """As packaging/try-machine imports them."""
    import importlib

    sys.path.insert(0, str(FOLDER))
    yield {name: importlib.import_module(name) for name in NAMES}
    sys.path.remove(str(FOLDER))
    for name in NAMES:
        del sys.modules[name]


@pytest.fixture
def qemu(tmp_path: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """What QEMU's socket was asked for. It reports a reset before each answer, and knows no `nonsense`."""
    path, asked = tmp_path / "qmp", []
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    listening.listen()

    def serve() -> None:
        peer, _ = listening.accept()
        with peer, peer.makefile("rwb") as lines:

            def say(message: dict[str, Any]) -> None:
                lines.write(json.dumps(message).encode() + b"\n")
                lines.flush()

            say({"QMP": {}})
            for line in lines:
                request = json.loads(line)
                asked.append(request)
                say({"event": "RESET"})
                known = request["execute"] != "nonsense"
                say({"return": {"icount": 7}} if known else {"error": {"desc": "not known"}})

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield path, asked
    thread.join(5)
    listening.close()


def test_keys_are_let_go_in_the_other_order(
    parts: dict[str, ModuleType], qemu: tuple[Path, list[dict[str, Any]]]
) -> None:
    path, asked = qemu
    hands = parts["qmp"].Qmp(path)
    hands.keys("ctrl", "alt", "f2", hold_s=0)
    hands.move(0.5, 2.0)
    hands.close()
    events = [event for request in asked for event in request["arguments"].get("events", [])]
    pressed = [(event["data"]["key"]["data"], event["data"]["down"]) for event in events if event["type"] == "key"]
    assert [name for name, down in pressed if down] == ["ctrl", "alt", "f2"]
    assert [name for name, down in pressed if not down] == ["f2", "alt", "ctrl"]
    assert [event["data"]["value"] for event in events if event["type"] == "abs"] == [16384, 0x7FFF]


def test_a_refusal_is_said_and_events_are_kept(
    parts: dict[str, ModuleType], qemu: tuple[Path, list[dict[str, Any]]]
) -> None:
    hands = parts["qmp"].Qmp(qemu[0])
    with pytest.raises(parts["qmp"].QmpError, match="not known"):
        hands.do("nonsense")
    assert hands.do("query-replay") == {"icount": 7}
    assert hands.events == ["RESET"] * 3
    hands.close()


def test_a_picture_is_read_and_compared(parts: dict[str, ModuleType]) -> None:
    body = bytes(range(18))
    picture = parts["qmp"].of_ppm(b"P6\n3 2\n255\n" + body)
    assert picture.tobytes() == body
    assert picture.shape == (2, 3, 3)
    other = picture.copy()
    other[0, 0] = 200
    assert parts["qmp"].unlike(picture, picture) == 0
    assert parts["qmp"].unlike(picture, other) == pytest.approx(1 / 6)
    assert parts["qmp"].unlike(picture, np.zeros((1, 1, 3), np.uint8)) == 1
    with pytest.raises(ValueError, match="cut short"):
        parts["qmp"].of_ppm(b"P6\n3 2\n255\n" + body[:-1])


def test_a_command_in_the_machine_is_answered_with_its_code(parts: dict[str, ModuleType], tmp_path: Path) -> None:
    path = tmp_path / "shell"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        guest = parts["guest"].Guest(path)
        peer, _ = listening.accept()
    with peer, subprocess.Popen(["bash"], stdin=peer, stdout=peer, stderr=peer) as shell:
        peer.sendall(b"the rest of what a snapshot had half said\n")
        answer = guest.run('echo "it\'s"; printf no-newline; exit 3')
        assert (answer.code, answer.text) == (3, "it's\nno-newline")
        assert guest.run("true") == parts["guest"].Answer(0, "")
        with pytest.raises(parts["guest"].GuestSilent, match="no answer within"):
            guest.run("read -r line </dev/tcp/127.0.0.1/9 || exec sleep 2", timeout_s=0.2)
        shell.kill()
    guest.close()


def test_a_kernel_that_is_packed_otherwise_is_refused(parts: dict[str, ModuleType]) -> None:
    elf = b"\x7fELF" + bytes(100)
    assert parts["image"].unpacked(b"MZ" + bytes(50) + lzma.compress(elf) + b"rest") == elf
    with pytest.raises(parts["image"].ImageError, match="xz"):
        parts["image"].unpacked(b"MZ" + bytes(50))


def test_the_screen_of_the_machine_has_the_controls_where_they_are_touched(parts: dict[str, ModuleType]) -> None:
    places = parts["tries"]
    assert (parts["machine"].WIDTH, parts["machine"].HEIGHT) == (1280, 720)
    assert len(set(places._DIGITS.values()) | {places._OK}) == 11
