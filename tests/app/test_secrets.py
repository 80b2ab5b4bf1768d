"""`kiosk secrets`, as an operator meets it: real processes, a real terminal, an agent that knows some Client IDs."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from kiosk.cli import main
from kiosk.core.fault import ExitCode
from kiosk.settings.pin import StaffPin
from kiosk.wire.canonical import Ready, Start, Text, Transcript
from kiosk.wire.credentials import find_credentials
from kiosk.wire.dialect import load_dialect
from tests.wire.memory_keyring import MemoryKeyring
from tests.wire.wire_server import Peer, voice_server

EXEI = load_dialect("exei-voice")
OLD, NEW = "planted-old-4711", "planted-new-4712"


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    ring = MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a user who has nothing yet."""
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "CREDENTIALS_DIRECTORY", "EXEI_VOICE_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("EXEI_VOICE_CLIENT_ID", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return tmp_path


class Agent:
    """Counts who came with which Client ID."""

    def __init__(self, *known: str) -> None:
        self.known = set(known)
        self.came: list[str] = []
        self.peers: list[Peer] = []

    async def serve(self, peer: Peer) -> None:
        start: Start = await peer.next(Start)
        self.came.append(start.client_id)
        if start.client_id not in self.known:
            await peer.socket.close(4001, f"{start.client_id} is not known")
            return
        self.peers.append(peer)
        await peer.say(Ready(start.session_id, accepts=("text", "interrupt")))


async def secrets(*words: str, said: str = "") -> tuple[int, str]:
    """Exit code, and everything that was printed, by a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "dev", "-m", "kiosk", "secrets", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(said.encode()), 60)
    text = printed.decode()
    assert "planted" not in text, text
    assert process.returncode is not None
    return process.returncode, text


def the_file(home: Path) -> Path:
    return home / ".config" / "exei-voice-kiosk" / "credentials.toml"


def write(file: Path, endpoint: str, client_id: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(f'endpoint = "{endpoint}"\nclient_id = "{client_id}"\n')
    return file


@pytest.mark.slow
async def test_the_way_of_an_operator(home: Path) -> None:
    """Set, find, try, exchange; and what the agent refuses changes nothing."""
    agent, file = Agent(OLD), the_file(home)
    async with voice_server(EXEI, agent.serve) as endpoint:
        code, text = await secrets("set", said=f"{endpoint}\n{OLD}\n")
        assert code == 0, text
        assert "Not in the key ring, because this machine has no key ring" in text
        assert find_credentials().client_id == OLD
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        _, before = await secrets("source")
        assert re.search(r"in force +the user's credentials file +fingerprint [0-9a-f]{8} ", before), before
        code, text = await secrets("test")
        assert code == 0, text
        assert re.search(r"^ok +agent +takes the Client ID", text, re.MULTILINE)

        old_file = file.read_bytes()
        code, text = await secrets("rotate", said=f"\n{NEW}\n")
        assert code == ExitCode.CREDENTIALS
        assert "the client id was refused" in text.lower()
        assert "Nothing was changed" in text
        assert file.read_bytes() == old_file

        agent.known = {NEW}
        code, text = await secrets("rotate", said=f"\n{NEW}\n")
        assert code == 0, text
        assert "nothing needs a restart" in text
        found = find_credentials()
        assert (found.endpoint, found.client_id) == (endpoint, NEW)
        assert agent.came == [OLD, NEW, NEW]
        _, after = await secrets("source")
        assert after != before, "the fingerprint tells that it was rotated"
        code, text = await secrets("rotate", said=f"\n{NEW}\n")
        assert (code, "in force already" in text) == (ExitCode.USAGE, True)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "no endpoint"),
        ("wss://planted.example/voice\n", "no Client ID"),
        ("https-is-not-typed\nplanted\n", "does not begin with wss://"),
        ("ws://planted.example/voice\nplanted\n", "unencrypted"),
        ("wss://planted:planted@planted.example/\nplanted\n", "user name"),
        ("wss://planted.example/voice\nplanted\x07\n", "Client ID holds something"),
        (f"wss://planted.example/{'x' * 9000}\nplanted\n", "endpoint holds something"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(
    home: Path, said: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, said)
    assert main(["secrets", "set"]) in {ExitCode.USAGE, ExitCode.CREDENTIALS}
    printed = "".join(capsys.readouterr())
    assert words in printed
    assert "planted" not in printed
    assert not the_file(home).exists()


def type_in(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO(said))


def test_a_key_ring_comes_first_and_what_it_hides_is_said(
    home: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = f"wss://planted.example/voice\n{OLD}\n"
    type_in(monkeypatch, pair)
    assert main(["secrets", "set"]) == 0
    assert "in the key ring" in capsys.readouterr().out
    assert sorted(ring.values.values()) == [OLD, "wss://planted.example/voice"]
    assert not the_file(home).exists()
    type_in(monkeypatch, pair.replace(OLD, NEW))
    assert main(["secrets", "set", "--to", "file"]) == ExitCode.CREDENTIALS
    assert "others are in force, from key ring, which comes first" in capsys.readouterr().out
    assert main(["secrets", "source", "--json"]) == 0
    places = {place["name"]: place for place in json.loads(capsys.readouterr().out)}
    assert {name: place["state"] for name, place in places.items()} == {
        "systemd credentials": "empty",
        "key ring": "in force",
        "the user's credentials file": "also",
        "the environment": "empty",
    }
    assert places["key ring"]["says"] != places["the user's credentials file"]["says"]
    type_in(monkeypatch, pair)
    assert main(["secrets", "rotate", "--to", "file"]) == ExitCode.USAGE
    assert "would not be in force there" in capsys.readouterr().err


def test_a_key_ring_that_was_asked_for_must_be_there(
    home: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.set_keyring(NoKeyring())
    type_in(monkeypatch, f"wss://planted.example/voice\n{OLD}\n")
    assert main(["secrets", "set", "--to", "keyring"]) == ExitCode.CREDENTIALS
    assert "machine has no key ring" in capsys.readouterr().err
    assert not the_file(home).exists()


async def test_rotated_in_a_key_ring(
    home: Path, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = Agent(OLD)
    async with voice_server(EXEI, agent.serve) as endpoint:
        type_in(monkeypatch, f"{endpoint}\n{OLD}\n")
        assert main(["secrets", "set"]) == 0
        agent.known = {NEW}
        type_in(monkeypatch, f"\n{NEW}\n")
        assert await asyncio.to_thread(main, ["secrets", "rotate"]) == 0
    assert find_credentials().client_id == NEW
    assert find_credentials().source == "key ring"
    assert "planted" not in "".join(capsys.readouterr())


def test_a_half_pair_is_named_as_what_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(the_file(home), "", OLD)
    assert main(["secrets", "source"]) == ExitCode.CREDENTIALS
    assert re.search(r"wrong +the user's credentials file +There is no endpoint", capsys.readouterr().out)


def test_on_a_terminal_nothing_of_it_is_shown(home: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "secrets", "set"]
    import subprocess

    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = ""
    for line in ("wss://planted.example/voice", OLD):
        while "shown): " not in shown.rpartition("\n")[2]:
            shown += os.read(ours, 1000).decode()
        shown += "\n"
        os.write(ours, f"{line}\n".encode())
    try:
        while data := os.read(ours, 1000):
            shown += data.decode()
    except OSError:
        pass  # the other end is closed
    os.close(ours)
    assert process.wait(20) == 0, shown
    assert "planted" not in shown
    assert find_credentials().client_id == OLD


class Running:
    """`kiosk run`, a process of its own, through the peripherals' pipe."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = ""

    def do(self, what: str, **fields: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **fields}).encode() + b"\n")

    async def until(self, event: str, **fields: Any) -> None:
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            while line := (await self._process.stdout.readline()).decode():
                self.said += line
                told = json.loads(line)
                if told["event"] == event and fields.items() <= told.items():
                    return
        raise AssertionError(f"it ended before {event} {fields}: {self.said}")


@asynccontextmanager
async def kiosk(home: Path, *words: str, **environ: str) -> AsyncIterator[tuple[Running, Path]]:
    """The running kiosk and the file that has its log, at debug level."""
    log = home / "log"
    env = {**os.environ, "KIOSK_SOUND__BACKEND": "wav", "KIOSK_JOURNAL__LEVEL": "debug", **environ}
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "dev", "-m", "kiosk", "run", "--stdio", *words),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=env,
        )
    running = Running(process)
    try:
        await running.until("phase", phase="attract")
        yield running, log
        command = Path(f"/proc/{process.pid}/cmdline")
        if command.exists():
            assert b"planted" not in command.read_bytes()
            cores = Path(f"/proc/{process.pid}/limits").read_text()
            assert re.search(r"Max core file size +0 +0 ", cores), "a crash would write the memory to the disk"
        running.do("quit")
        rest, _ = await asyncio.wait_for(process.communicate(), 20)
        running.said += rest.decode()
        assert process.returncode == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("way", ["--headless", "--windowed"])
async def test_rotated_in_mid_day_no_visit_is_lost_and_nothing_is_said_of_either(home: Path, way: str) -> None:
    pin = StaffPin(home / "pin.json")  # a window asks for one first
    assert pin.choose("830571").ok
    agent = Agent(OLD)
    async with voice_server(EXEI, agent.serve) as endpoint:
        write(the_file(home), endpoint, OLD)
        window = {"QT_QPA_PLATFORM": "offscreen", "KIOSK_STAFF__PIN_FILE": str(pin.file)}
        async with kiosk(home, way, **window) as (running, log):
            running.do("touch")
            await running.until("phase", phase="listening")
            agent.known = {NEW}
            code, text = await secrets("rotate", said=f"\n{NEW}\n")
            assert code == 0, text
            running.do("text", text="still the same visit")
            assert (await agent.peers[0].next(Text)).text == "still the same visit"
            await agent.peers[0].say(Transcript("user", "understood", "u1", final=True))
            await running.until("transcript", text="understood")
            # Now the agent ends what runs under the old one: the visit goes on under the new.
            await agent.peers[0].socket.close(4001, f"{OLD} was rotated")
            await running.until("phase", phase="listening", visit=1)
            running.do("text", text="and on")
            assert (await agent.peers[-1].next(Text)).text == "and on"
            running.do("leave")
            await running.until("phase", phase="attract")
            running.do("touch")
            await running.until("phase", phase="listening", visit=2)
        said = log.read_text() + running.said
    assert agent.came == [OLD, NEW, NEW, NEW], "the kiosk, the rotation's own try, the visit again, the next visit"
    assert "out_of_order" not in running.said
    assert "new credentials from the user's credentials file" in said
    assert "DEBUG" in said
    assert "planted" not in said
