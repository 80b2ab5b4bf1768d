"""The real service as a process of its own, with quick stand-ins for its three models, and a client of it.

Run as a program it is that service; settings come from the environment, as ever.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from kiosk.journal import log as journal
from kiosk.service.clients import KnownClients
from kiosk.service.engines import Answer, Recognition, Samples, Turn
from kiosk.service.serve import bind, serve_agent
from kiosk.settings.load import load
from kiosk.wire.canonical import AgentAudio, Command, Playback, Ready, ResponseDone, Start
from kiosk.wire.codec import Codec
from kiosk.wire.dialect import Side, load_dialect
from tests.service.doors import agent_here

CLIENT_ID = "the client of these tests"
MISHEARD = "where is the gift shot"


class HearsOneThing:
    name = "stand-in ear"

    def recognise(self, audio: Samples, *, final: bool, language: str | None = None) -> Recognition:
        return Recognition(MISHEARD, "en", 0.31, tuple((word, 0.5) for word in MISHEARD.split()))


class Hums:
    name = "stand-in voice"
    rate = 16000

    def voices(self) -> list[str]:
        return ["hum"]

    def speak(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Samples:
        time.sleep(0.05)  # the fastest real one takes longer
        return np.sin(np.arange(self.rate, dtype=np.float32) * 0.2) * np.float32(0.2)


class Repeats:
    name = "stand-in answers"

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        if "xyzzy" in question:
            return Answer("I don't know that.", "unknown", 0.1, "unknown")
        return Answer(f"You asked {question}.", "echo", 0.9, cacheable=False)

    def fixed(self) -> Iterator[str]:
        return iter(())


def main() -> int:
    settings = load().settings.service
    journal.start("debug")
    agent = agent_here(settings, HearsOneThing(), Hums(), Repeats())
    return serve_agent(agent, bind("127.0.0.1", 0), KnownClients((CLIENT_ID,)))


@dataclass
class Service:
    """The running process. `log`: everything it said on standard error."""

    process: subprocess.Popen[str]
    endpoint: str
    log: Path
    file: Path

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Read with a plain driver, beside the running service."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]

    async def has(self, table: str, like: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The rows, as soon as there are some and they are so."""
        async with asyncio.timeout(10):
            while not ((rows := self.rows(table)) and like(rows)):  # noqa: ASYNC110 - another process's file
                await asyncio.sleep(0.02)
        return rows

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(15)
        assert self.process.stdout is not None
        self.process.stdout.close()


def kept_file(folder: Path) -> Path:
    return folder / "kept" / "conversations.sqlite3"


def start_service(folder: Path, **settings: str) -> Service:
    file = kept_file(folder)
    log = folder / "service.log"
    own = {
        "KIOSK_SERVICE__CACHE": str(folder / "cache"),
        "KIOSK_SERVICE__CONVERSATIONS_DB": str(file),
        "KIOSK_SERVICE__HOUSE_DB": str(folder / "house" / "house.sqlite3"),
        "KIOSK_SERVICE__KEEP_DAYS": "30",
        "KIOSK_SERVICE__GREETING": "Hello.",
    }
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(root), **own, **settings}
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, __file__], env=env, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=root
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, log.read_text()
    ready = json.loads(line)
    return Service(process, f"ws://127.0.0.1:{ready['port']}{ready['path']}", log, file)


@dataclass
class Client:
    socket: Any
    codec: Codec
    events: list[Any] = field(default_factory=list)

    async def say(self, *commands: Command) -> None:
        for command in commands:
            for frame in self.codec.write(command):
                await self.socket.send(frame)

    async def hears(self, kind: type[Any]) -> Any:
        """The next event of this kind; those before it are passed over."""
        async with asyncio.timeout(10):
            while True:
                for event in self.codec.read(await self.socket.recv(), time.monotonic()):
                    if isinstance(event, kind):
                        return event

    async def closed(self) -> None:
        """Reads what still comes, until the service has hung up: what is left unread holds the closing up for 10 s."""
        with suppress(ConnectionClosed):
            while True:
                await self.socket.recv()

    async def plays(self) -> str:
        """Hears a response out and says so; its id."""
        await self.hears(AgentAudio)
        done: ResponseDone = await self.hears(ResponseDone)
        await self.say(Playback(done.response_id, "finished", 900))
        return done.response_id


@asynccontextmanager
async def client(service: Service, session: str, device: str = "kiosk-7", **start: Any) -> AsyncIterator[Client]:
    async with connect(service.endpoint, compression=None, close_timeout=1) as socket:
        one = Client(socket, Codec(load_dialect("exei-voice"), Side.CLIENT))
        await one.say(Start(session, CLIENT_ID, device, **start))
        one.events.append(await one.hears(Ready))
        yield one


if __name__ == "__main__":
    sys.exit(main())
