"""The real console on a real socket, with quick stand-ins for the agent's models, and a client that is no browser."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn

from kiosk.database.database import Database
from kiosk.service.agent import Agent
from kiosk.service.clients import KnownClients
from kiosk.service.console.serve import Console, ConsoleServer, open_console
from kiosk.service.engines import Voice
from kiosk.service.house import accounts, passwords
from kiosk.service.house.accounts import Identity, Role
from kiosk.service.house.tables import User
from kiosk.service.live import Live
from kiosk.service.retrain.retraining import open_retraining
from kiosk.service.serve import bind
from kiosk.service.server import VOICE_PATH, VoiceApi
from kiosk.settings.schema import Settings
from kiosk.wire.dialect import load_dialect
from tests.service.doors import agent_here
from tests.service.retrain.retrain_stage import Bag
from tests.service.store_stage import CLIENT_ID, HearsOneThing, Hums, Repeats

PASSWORD = "four unrelated words"
USERS = {"ada": Role.ADMIN, "eve": Role.EDITOR, "vic": Role.VIEWER}


@cache
def hashed() -> str:
    return passwords.hashed(PASSWORD)


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Visitor:
    """A client with the cookies of one login, or with a token. Follows no redirect."""

    url: str
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    proof: str = ""

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`form`: as a page sends it. `body`: JSON, or bytes as they are."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        data = None
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            data = urllib.parse.urlencode({"proof": self.proof, **form}).encode()
        elif body is not None:
            sent = {"Content-Type": "application/json", "X-Proof": self.proof} | sent
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
        link = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=20)
        try:
            link.request(method, path, data, {name: value for name, value in sent.items() if value})
            got = link.getresponse()
            for cookie in got.headers.get_all("Set-Cookie", []):
                name, value = cookie.split(";")[0].split("=", 1)
                self.cookies[name] = value.strip('"')
            return Answer(got.status, dict(got.headers.items()), got.read())
        finally:
            link.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        return self.ask("POST", path, form=form)

    def log_in(self, name: str, password: str = PASSWORD) -> Answer:
        answer = self.post("/login", {"name": name, "password": password})
        if answer.status == 303:
            (secret,) = self.cookies.values()
            self.proof = Identity(name, Role.VIEWER, secret).proof  # as a form on any page has it
        return answer


@dataclass
class Stage:
    """A running console. `agent` is whole, its engines are stand-ins; visitors talk with it at `endpoint`."""

    url: str
    console: Console
    agent: Agent
    setup_key: str
    endpoint: str
    live: Live

    @property
    def house(self) -> Database:
        return self.console.house

    @property
    def conversations(self) -> Database:
        return self.console.conversations

    def visitor(self, name: str = "") -> Visitor:
        """Logged in, if there is a name: ada is an admin, eve an editor, vic a viewer."""
        one = Visitor(self.url)
        if name:
            assert one.log_in(name).status == 303
        return one

    def program(self, role: Role) -> Visitor:
        """With a token of its own."""
        with self.house.session(write=True) as session:
            name = f"p{len(accounts.tokens(session))}"
            return Visitor(self.url, accounts.add_token(session, name, role, "the test"))


async def _both(
    console: ConsoleServer, listener: socket.socket, talks: uvicorn.Server, voice_listener: socket.socket
) -> None:
    async with asyncio.TaskGroup() as both:
        both.create_task(console.serve_on(listener))
        both.create_task(talks.serve(sockets=[voice_listener]))


@contextmanager
def stage(
    folder: Path,
    *,
    users: bool = True,
    keep_days: int = 30,
    voice: Voice | None = None,
    engine: Any = None,
    knowledge: str = "",
    **console: Any,
) -> Iterator[Stage]:
    """`console`: settings of that table. `voice`: another stand-in for the speech engine. `engine`: what answers, from
    the file `knowledge`; a stand-in without."""
    settings = Settings.model_validate(
        {
            "console": {"port": 0, **console},
            "service": {
                "keep_days": keep_days,
                "house_db": str(folder / "house" / "house.sqlite3"),
                "conversations_db": str(folder / "kept" / "conversations.sqlite3"),
                "cache": str(folder / "cache"),
                **({"knowledge": knowledge} if knowledge else {}),
            },
        }
    )
    agent = agent_here(settings.service, HearsOneThing(), voice or Hums(), Repeats())
    one = open_console(settings, bind("127.0.0.1", 0, "console"))
    one.conversations.prepare()
    if users:
        with one.house.session(write=True) as session:
            for name, role in USERS.items():
                session.add(User(name=name, role=role, password=hashed(), made_at=datetime.now(UTC)))
    answers = engine or (lambda _: Repeats())
    retraining = open_retraining(settings.service, one.house, one.conversations, answers, Bag())
    agent.answers = retraining.layer
    api = VoiceApi(agent, load_dialect("exei-voice"), KnownClients((CLIENT_ID,)))
    server = one.server(agent, retraining, api.live)
    talks = uvicorn.Server(uvicorn.Config(api.application, ws="websockets-sansio", log_config=None, lifespan="off"))
    voice_listener = bind("127.0.0.1", 0)
    thread = threading.Thread(target=lambda: asyncio.run(_both(server, one.listener, talks, voice_listener)))
    thread.start()
    try:
        endpoint = f"ws://127.0.0.1:{voice_listener.getsockname()[1]}{VOICE_PATH}"
        yield Stage(one.url, one, agent, one.setup_key, endpoint, api.live)
    finally:
        server.should_exit = talks.should_exit = True
        thread.join(10)
        agent.close()
