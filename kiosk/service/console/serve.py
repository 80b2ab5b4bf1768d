"""The console's own listener, in the loop of the Voice API: another port, another server, other doors."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import anyio.to_thread
import uvicorn

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Database
from kiosk.service.agent import Agent
from kiosk.service.console.app import application
from kiosk.service.console.parts import Parts
from kiosk.service.house import accounts, audit
from kiosk.service.house.schema import house_of
from kiosk.service.live import Live
from kiosk.service.retrain.retraining import Retraining
from kiosk.service.store.schema import conversations_of
from kiosk.service.voice_settings import VoiceSettings
from kiosk.settings.console import Console as ConsoleSettings
from kiosk.settings.places import SETUP_KEY_VARIABLE
from kiosk.settings.schema import Settings

log = logging.getLogger(__name__)

AT_ONCE = 4  # requests that are worked on; a page must not take the processor from a visitor's answer


@dataclass
class Console:
    """What `kiosk service` needs to serve it. Made before the engines, so that what is wrong is said at once."""

    settings: Settings
    listener: socket.socket
    house: Database
    conversations: Database
    setup_key: str = field(repr=False)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host, port = self.listener.getsockname()[:2]
        name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        return f"http://{f'[{name}]' if ':' in name else name}:{port}"

    def server(self, agent: Agent, retraining: Retraining, live: Live) -> ConsoleServer:
        """`retraining`: of that agent; `live`: what is held with it."""
        settings = self.settings.console
        voice = VoiceSettings(agent, self.house)
        parts = Parts(self.settings, self.house, self.conversations, agent, retraining, live, voice, self.setup_key)
        if sys.stdout.isatty() and self._empty():  # a link that lets in must not get into a log
            print(f"The first admin of the console comes in here, once: {self.url}/setup?key={self.setup_key}")
        return ConsoleServer(
            uvicorn.Config(
                application(parts),
                ws="none",
                ws_per_message_deflate=False,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                proxy_headers=bool(settings.address),  # told by a proxy on this machine only
                limit_concurrency=64,
                timeout_graceful_shutdown=1,
            )
        )

    def _empty(self) -> bool:
        with self.house.session() as session:
            return accounts.nobody_yet(session)


class ConsoleServer(uvicorn.Server):
    """Ends when the Voice API does, which has the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def serve_on(self, listener: socket.socket) -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        await self.serve(sockets=[listener])


def open_console(settings: Settings, listener: socket.socket) -> Console:
    """The house is made if it is not there. Raises `Fault`."""
    house = house_of(settings.service)
    with house.session(write=True) as session:
        audit.sweep(session)
    key = os.environ.get(SETUP_KEY_VARIABLE) or secrets.token_urlsafe(24)
    return Console(settings, listener, house, conversations_of(settings.service), key)


def check_exposure(settings: ConsoleSettings) -> None:
    """Raises `Fault` for a console that others can reach without anybody having said how."""
    if _loopback(settings.host):
        return
    if not settings.address:
        raise Fault(
            f"the console would listen on {settings.host}, where other machines reach it",
            where="setting console.host",
            remedy="set console.address to the https address of the proxy in front of it, or console.host to 127.0.0.1",
            code=ExitCode.SETTINGS,
        )
    if settings.address.startswith("http:"):
        log.warning(
            "the console is offered to the network without TLS: passwords and transcripts go over it in clear. "
            "Put a proxy that speaks TLS in front of it, and set console.address to its https address"
        )


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
