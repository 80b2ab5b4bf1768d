"""A kiosk as its house has it: enrolled at the command line, run as a program, and looked through for a Client ID.

The agent is the real local service (with quick stand-ins for its models), the gateway and the kiosk are real processes.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import keyring
import pytest
from gateway_stage import Gateway, gateway
from keyring.backends.fail import Keyring as NoKeyring
from memory_search import faces, in_memory

from kiosk.cli import main
from kiosk.core.fault import ExitCode
from kiosk.rehearsal.programs import Program, phase_of
from tests.service.store_stage import CLIENT_ID, Service, start_service

SOON_S = 30.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    running = start_service(tmp_path_factory.mktemp("service"))
    yield running
    running.stop()


@asynccontextmanager
async def before(service: Service, folder: Path, **settings: object) -> AsyncIterator[Gateway]:
    """A gateway before the real service."""
    folder.mkdir(exist_ok=True)
    async with gateway(folder, service.endpoint, client_id=CLIENT_ID, **settings) as one:
        yield one


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Of a kiosk's user who has nothing yet, nor anything of this machine's own."""
    for name in list(os.environ):
        if name.startswith(("KIOSK_", "XDG_", "EXEI_")):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield home
    keyring.set_keyring(before)


async def kiosk(*words: str, said: str = "") -> tuple[int, str]:
    """The command's exit code, and everything it printed. On another thread: some have a loop of their own."""
    printed, stdin = io.StringIO(), sys.stdin
    with redirect_stdout(printed), redirect_stderr(printed):
        sys.stdin = io.StringIO(said)
        try:
            exit_code = await asyncio.to_thread(main, words)
        finally:
            sys.stdin = stdin
    assert CLIENT_ID not in printed.getvalue()
    return exit_code, printed.getvalue()


async def code_for(one: Gateway, name: str) -> str:
    """As whoever keeps the gateway has it made."""
    exit_code, text = await keeper(one, "add", name)
    assert exit_code == 0, text
    found = re.search(rf"Code for {name}: (\S+)", text)
    assert found, text
    return found[1]


async def keeper(one: Gateway, *words: str) -> tuple[int, str]:
    """`kiosk gateway devices` beside the gateway that runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIOSK_GATEWAY__REGISTRY", str(one.folder / "registry" / "registry.sqlite3"))
        return await kiosk("gateway", "devices", *words)


def the_file(home: Path) -> Path:
    return home / ".config" / "exei-voice-kiosk" / "credentials.toml"


async def enrol(one: Gateway, name: str) -> str:
    exit_code, text = await kiosk("secrets", "enrol", "--gateway", one.url, said=await code_for(one, name) + "\n")
    assert exit_code == 0, text
    return text


async def test_the_way_of_an_operator(service: Service, tmp_path: Path, home: Path) -> None:
    async with before(service, tmp_path / "gateway") as one:
        assert "The gateway knows this kiosk as lobby-1." in await enrol(one, "lobby-1")
        assert stat.S_IMODE(the_file(home).stat().st_mode) == 0o600
        exit_code, text = await kiosk("secrets", "source")
        assert exit_code == 0
        assert "enrolled with a gateway as lobby-1" in text
        exit_code, text = await kiosk("secrets", "test")
        assert exit_code == 0, text
        assert "lets this kiosk in" in text
        exit_code, text = await kiosk("secrets", "rotate", said="\nplanted\n")
        assert exit_code == ExitCode.USAGE
        assert "`kiosk gateway rotate`" in text
        exit_code, text = await kiosk("gateway")
        assert exit_code == ExitCode.CREDENTIALS, text
        assert "enrolled with a gateway itself" in text

        exit_code, text = await keeper(one, "list")
        assert exit_code == 0
        assert re.search(r"lobby-1 +enrolled +since .*, last talk ", text), text
        assert (await keeper(one, "revoke", "lobby-1"))[0] == 0
        exit_code, text = await kiosk("secrets", "test")
        assert exit_code == ExitCode.CREDENTIALS
        assert "let this kiosk in no more" in text
        exit_code, text = await keeper(one, "list", "--json")
        assert [(d["name"], d["state"]) for d in json.loads(text)] == [("lobby-1", "revoked")]
        assert (await keeper(one, "remove", "nobody"))[0] == ExitCode.USAGE
        assert (await keeper(one, "add", "no name at all"))[0] == ExitCode.USAGE
        assert (await keeper(one, "remove", "lobby-1"))[0] == 0
        assert "No kiosk is known yet" in (await keeper(one, "list"))[1]


async def test_new_credentials_for_all_kiosks(service: Service, tmp_path: Path) -> None:
    """`kiosk gateway rotate`, as whoever keeps it: tried with the agent first, and what it refuses changes nothing."""
    async with before(service, tmp_path / "gateway") as one:
        file = one.folder / "gateway-credentials.toml"
        old = file.read_bytes()
        exit_code, text = await kiosk("gateway", "rotate", "--credentials", str(file), said="\nplanted-wrong\n")
        assert exit_code == ExitCode.CREDENTIALS, text
        assert "Nothing was changed" in text
        assert file.read_bytes() == old
        elsewhere = service.endpoint.replace("127.0.0.1", "localhost")
        exit_code, text = await kiosk(
            "gateway", "rotate", "--credentials", str(file), said=f"{elsewhere}\n{CLIENT_ID}\n"
        )
        assert exit_code == 0, text
        await enrol(one, "lobby-1")
        assert (await kiosk("secrets", "test"))[0] == 0
        assert "new credentials from the credentials file" in one.logged()


@pytest.mark.parametrize(
    ("url", "code", "says", "exit_code"),
    [
        ("ws://voice.museum.example", "2222-3333", "unencrypted", ExitCode.CREDENTIALS),
        ("https://voice.museum.example", "2222-3333", "begins with wss://", ExitCode.CREDENTIALS),
        ("ws://127.0.0.1:9", "2222-3333", "Nothing listens", ExitCode.ENDPOINT_UNREACHABLE),
        ("GATEWAY", "", "There is no code", ExitCode.USAGE),
        ("GATEWAY", "2222-3333", "does not know this code", ExitCode.CREDENTIALS),
        ("SERVICE", "2222-3333", "no kiosk gateway", ExitCode.NOT_A_VOICE_SOCKET),
    ],
)
async def test_an_enrolment_that_fails_changes_nothing(
    service: Service, shared: Gateway, home: Path, url: str, code: str, says: str, exit_code: int
) -> None:
    known = {"GATEWAY": shared.url, "SERVICE": service.endpoint.removesuffix("/v1/voice")}
    got, text = await kiosk("secrets", "enrol", "--gateway", known.get(url, url), said=f"{code}\n")
    assert says.lower() in text.lower()
    assert got == exit_code, text
    assert not the_file(home).exists()


@pytest.fixture(scope="module")
def shared(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Any:
    loop = asyncio.new_event_loop()
    standing = before(service, tmp_path_factory.mktemp("shared"))
    yield loop.run_until_complete(standing.__aenter__())
    loop.run_until_complete(standing.__aexit__(None, None, None))
    loop.close()


async def test_a_client_id_that_is_left_behind_is_named(shared: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an earlier `kiosk secrets set`: the kiosk would not use it, and a thief would."""
    monkeypatch.setenv("EXEI_VOICE_ENDPOINT", "wss://planted.example/v")
    monkeypatch.setenv("EXEI_VOICE_CLIENT_ID", "planted")
    code = await code_for(shared, "lobby-9")
    exit_code, text = await kiosk("secrets", "enrol", "--gateway", shared.url, said=f"{code}\n")
    assert exit_code == ExitCode.CREDENTIALS
    assert "still stand in the environment" in text


@pytest.mark.slow
async def test_neither_disk_nor_memory_of_the_kiosk_holds_the_client_id(
    service: Service, tmp_path: Path, home: Path
) -> None:
    async with before(service, tmp_path / "gateway") as one:
        await enrol(one, "lobby-1")
        env = os.environ | {"KIOSK_SOUND__BACKEND": "wav", "KIOSK_JOURNAL__LEVEL": "debug"}
        words = (sys.executable, "-m", "kiosk", "run", "--headless", "--stdio")
        async with asyncio.timeout(2 * SOON_S), Program("kiosk", words, env, home) as program:
            await seen(program, lambda event: phase_of(event) == "attract")
            await program.order("touch")
            await seen(program, lambda event: phase_of(event) in {"speaking", "listening"})
            await program.order("text", text="where is the lift")
            await seen(
                program, lambda event: event["event"] == "transcript" and "you asked" in str(event.get("text")).lower()
            )
            secrets, pid = [CLIENT_ID, service.endpoint], program.pid
            assert in_memory(one.process.pid, secrets) == set(secrets), (
                "the search finds what is there: the gateway has it"
            )
            assert in_memory(pid, ["where is the lift", one.url]) == {"where is the lift", one.url}, (
                "and looks everywhere"
            )
            assert in_memory(pid, secrets) == set()
            await program.order("quit")
            assert await program.ended(within_s=15) == 0
        files = [file for file in home.rglob("*") if file.is_file()]
        assert the_file(home) in files
        assert [file for file in files if any(face in file.read_bytes() for face in faces(CLIENT_ID))] == []
        assert service.rows("conversations")[-1]["device"] == "lobby-1"


async def seen(program: Program, wanted: Any) -> None:
    found = await program.wait_for(wanted, since=0, within_s=SOON_S)
    assert found is not None, program.log_file.read_text(errors="replace")[-3000:]
