"""The real gateway as a process of its own, an agent behind it, and kiosks before it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from kiosk.database.database import Database
from kiosk.gateway.registry import SCHEMA, Registry
from kiosk.settings.schema import Agent as AgentSettings
from kiosk.wire.canonical import Closed, Event, Ready, Start
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import Dialect, load_dialect
from kiosk.wire.doorway import enrol
from kiosk.wire.handshake import Terms
from kiosk.wire.link import Link
from kiosk.wire.proof import new_key
from kiosk.wire.renewal import fixed
from kiosk.wire.tls import client_context
from tests.wire.wire_server import Peer, voice_server

EXEI = load_dialect("exei-voice")
CLIENT_ID = "planted-client-id-4711"
SOON_S = 10.0


@dataclass
class Agent:
    """The agent's end: knows some Client IDs, and keeps whoever came."""

    known: set[str] = field(default_factory=lambda: {CLIENT_ID})
    starts: list[Start] = field(default_factory=list)
    peers: asyncio.Queue[Peer] = field(default_factory=asyncio.Queue)

    async def serve(self, peer: Peer) -> None:
        start: Start = await peer.next(Start)
        self.starts.append(start)
        if start.client_id not in self.known:
            await peer.socket.close(4001, f"{start.client_id} is not known")
            return
        await peer.say(Ready(start.session_id, accepts=("text", "interrupt", "ping")))
        self.peers.put_nowait(peer)

    async def next(self) -> Peer:
        async with asyncio.timeout(SOON_S):
            return await self.peers.get()


class Kiosk:
    """An enrolled kiosk's link, and what it told."""

    def __init__(self, credentials: Credentials, dialect: Dialect = EXEI, **settings: Any) -> None:
        self.events: list[Event] = []
        self.news = asyncio.Event()
        self.audio: list[bytes] = []
        self.link = Link(
            dialect,
            fixed(credentials),
            on_event=self._on_event,
            on_audio=lambda response_id, pcm, rate: self.audio.append(pcm),
            device_id="what the site calls it",
            app="kiosk",
            version="0.1",
            settings=AgentSettings(**settings),
        )

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        self.news.set()

    async def until(self, kind: type[Any]) -> Any:
        async with asyncio.timeout(SOON_S):
            while not (found := [event for event in self.events if isinstance(event, kind)]):
                self.news.clear()
                await self.news.wait()
        return found[0]

    @asynccontextmanager
    async def talking(self, session_id: str = "s-1") -> AsyncIterator[asyncio.Task[Closed]]:
        """From `ready` on; hangs up at the end."""
        task = asyncio.create_task(self.link.run(session_id))
        try:
            await self.until(Ready)
            yield task
        finally:
            await self.link.close("user")
            await asyncio.wait_for(task, SOON_S)

    async def refused(self) -> Closed:
        """What one try ended with."""
        return await asyncio.wait_for(self.link.run("s-1"), SOON_S)


@dataclass
class Gateway:
    """One process of it."""

    process: asyncio.subprocess.Process
    url: str
    status_port: int
    registry: Registry
    log: Path
    folder: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def enrolled(self, name: str = "lobby-1", terms: Terms | None = None) -> Credentials:
        """A kiosk that has come with its code."""
        code = await asyncio.to_thread(self.registry.add, name, timedelta(minutes=5))
        key = new_key()
        device = await enrol(self.url, code, key, terms or TERMS)
        return Credentials(self.url, device, "this test", key)

    async def status(self, path: str) -> tuple[int, str]:
        return await asyncio.to_thread(self._get, path)

    def _get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.status_port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), SOON_S)

    def logged(self) -> str:
        return self.log.read_text()


TERMS = Terms(client_context(None), 5.0, "kiosk/0.1")


def write_credentials(file: Path, endpoint: str, client_id: str = CLIENT_ID) -> None:
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(f'endpoint = "{endpoint}"\nclient_id = "{client_id}"\n')
    new.replace(file)


@asynccontextmanager
async def gateway(
    folder: Path, endpoint: str, name: str = "gateway", *, client_id: str = CLIENT_ID, **settings: object
) -> AsyncIterator[Gateway]:
    """Settings by their names in [gateway], or with a table's name before: agent__dialect."""
    file = folder / f"{name}-credentials.toml"
    write_credentials(file, endpoint, client_id)
    registry = folder / "registry" / "registry.sqlite3"
    log = folder / f"{name}.log"
    env = {k: v for k, v in os.environ.items() if not k.startswith("KIOSK_")}
    env |= {"KIOSK_GATEWAY__PORT": "0", "KIOSK_GATEWAY__STATUS_PORT": "0", "KIOSK_GATEWAY__REGISTRY": str(registry)}
    env |= {"HOME": str(folder), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    for key, value in settings.items():
        env[f"KIOSK_{key.upper()}" if "__" in key else f"KIOSK_GATEWAY__{key.upper()}"] = str(value)
    with log.open("wb") as err:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "dev", "-m", "kiosk", "gateway", "--credentials", str(file)),
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=err,
        )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert line, log.read_text()
        ready = json.loads(line)
        opened = Registry(Database.named(str(registry), SCHEMA))
        url = str(settings.get("url") or f"ws://127.0.0.1:{ready['port']}")
        yield Gateway(process, url, ready["status_port"], opened, log, folder)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()
    assert "planted" not in log.read_text(), log.read_text()
    assert client_id not in log.read_text(), log.read_text()


@asynccontextmanager
async def house(folder: Path, dialect: Dialect = EXEI, **settings: object) -> AsyncIterator[tuple[Agent, Gateway]]:
    """An agent and one gateway before it."""
    agent = Agent()
    async with voice_server(dialect, agent.serve) as endpoint, gateway(folder, endpoint, **settings) as one:
        yield agent, one
