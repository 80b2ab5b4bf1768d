"""`kiosk gateway`: opens the registry, binds the ports, says that it is ready, and relays until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil

from kiosk.core.fault import ExitCode, Fault
from kiosk.database.database import Away, Database
from kiosk.gateway.agent import AgentLine
from kiosk.gateway.certificate import Certificate
from kiosk.gateway.challenge import Challenge
from kiosk.gateway.door import Door
from kiosk.gateway.limits import Crowd, WrongCodes
from kiosk.gateway.metrics import Metrics
from kiosk.gateway.registry import SCHEMA, Registry
from kiosk.gateway.status import Status
from kiosk.gateway.switchboard import Switchboard
from kiosk.journal import log as journal
from kiosk.settings.gateway import Gateway
from kiosk.settings.schema import Settings
from kiosk.wire.dialect import load_dialect
from kiosk.wire.listening import bind
from kiosk.wire.opening import check_relayed
from kiosk.wire.proof import host_of
from kiosk.wire.renewal import credentials_in

SWITCH_INTERVAL_S = 0.0005
"""A thread that asks the registry gives the interpreter back to the loop after this long; of the usual 5 ms everything
that passes would wait as much, two and a half times a second."""
FILES = 4  # for one conversation: two sockets, and room

log = logging.getLogger(__name__)


def registry_of(settings: Gateway) -> Registry:
    """The one that the settings name, ready for use. Raises `Fault`."""
    registry = Registry(Database.named(settings.registry, SCHEMA))
    try:
        registry.prepare()
    except Away as away:
        raise Fault(
            f"the registry cannot be opened ({away})",
            where=SCHEMA.where,
            remedy="check that its folder is there and may be written to, or that its server runs",
            code=ExitCode.SETTINGS,
        ) from None
    return registry


def serve(settings: Settings, credentials_file: Path | None) -> int:
    """Blocks until a signal. Raises `Fault` for what a person can mend."""
    own = settings.gateway
    dialect = load_dialect(settings.agent.dialect)
    check_relayed(dialect)
    source = credentials_in(credentials_file, dialect)
    if source.current.enrolled:
        raise Fault(
            "these are a kiosk's, which is enrolled with a gateway itself",
            where=source.current.source,
            remedy="give this gateway the agent's own endpoint and Client ID: `kiosk secrets set`",
            code=ExitCode.CREDENTIALS,
        )
    certificate = Certificate.of(own)
    gate = journal.start(settings.journal.level, settings.journal.folder, name="gateway")
    source.tell(lambda credentials: gate.add(credentials.faces))
    journal.log_crashes()
    registry = registry_of(own)
    listener = bind(own.host, own.port, "gateway")
    status_listener = bind("127.0.0.1", own.status_port, "gateway", "status_port")
    _raise_file_limit(FILES * own.all_conversations + own.strangers)

    sys.setswitchinterval(SWITCH_INTERVAL_S)
    metrics = Metrics()
    source.tell(lambda credentials: metrics.count("credentials_total"))
    switchboard = Switchboard(own, AgentLine(dialect, source, settings.agent, metrics), registry, metrics)
    crowd = Crowd(own.strangers, own.strangers_per_address)
    host = host_of(own.url or f"ws://127.0.0.1:{listener.getsockname()[1]}")
    door = Door(
        Challenge(host, registry, WrongCodes(own.wrong_codes)), switchboard, crowd, metrics,
        tls=certificate.context if certificate else None, within_s=own.proof_within_s,
    )  # fmt: skip
    _add_gauges(metrics, switchboard, crowd)

    async def renew() -> None:
        await source.ask()
        if certificate is not None:
            certificate.read_again()

    gateway = Running(door, Status(metrics, switchboard.why_not), switchboard, renew, own.drain_s)
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(gateway.run(listener, status_listener))
    return ExitCode.STAFF_LEFT


class Running:
    """The gateway between its start and its end. `renew`: on SIGHUP."""

    def __init__(
        self, door: Door, status: Status, switchboard: Switchboard, renew: Callable[[], Awaitable[None]], drain_s: float
    ) -> None:
        self._door = door
        self._status = status
        self._switchboard = switchboard
        self._renew = renew
        self._drain_s = drain_s

    async def run(self, listener: socket.socket, status_listener: socket.socket) -> None:
        """Until it is told to stop, and those that talk have gone. Told twice, they go at once."""
        stop, hurry, renew = asyncio.Event(), asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def told() -> None:
            (hurry if stop.is_set() else stop).set()

        if sys.platform != "win32":  # whose loops have none: there Ctrl-C cuts off those that still talk
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, told)
            loop.add_signal_handler(signal.SIGHUP, renew.set)
        serving = asyncio.create_task(self._serve(listener, status_listener, renew), name="gateway")
        ports = {"port": listener.getsockname()[1], "status_port": status_listener.getsockname()[1]}
        kind = type(loop).__module__.partition(".")[0]
        print(json.dumps({"event": "ready", **ports, "loop": kind}), flush=True)
        try:
            await _first(serving, stop.wait())
            log.info("told to stop: %d conversations go on for %g s at the most", len(self._switchboard), self._drain_s)
            await _first(serving, self._switchboard.drain(self._drain_s), hurry.wait())
            await _first(serving, self._switchboard.drain(0))
        finally:
            serving.cancel()
            await asyncio.wait({serving})
            listener.close()
            status_listener.close()
        log.info("stopped")

    async def _serve(self, listener: socket.socket, status_listener: socket.socket, renew: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._door.receive(listener, tasks), name="door")
            tasks.create_task(self._status.serve(status_listener, tasks), name="status")
            tasks.create_task(self._switchboard.watch(), name="watch")
            while True:
                await renew.wait()
                renew.clear()
                await self._renew()


async def _first(serving: asyncio.Task[None], *others: Coroutine[Any, Any, object]) -> None:
    """Until one of the others is done; what ends the serving itself is raised."""
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(other) for other in others]
        await asyncio.wait({serving, *waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
    if serving.done():
        serving.result()


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where it is: it passes a frame on in half the time."""
    try:
        import uvloop  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


def _add_gauges(metrics: Metrics, switchboard: Switchboard, crowd: Crowd) -> None:
    process = psutil.Process()
    metrics.gauge("conversations", "Conversations under way.", lambda: len(switchboard))
    metrics.gauge("strangers", "Connections that have not proved themselves yet.", lambda: len(crowd))
    metrics.gauge("ready", "Whether new conversations are taken.", lambda: not switchboard.why_not())
    metrics.gauge("cpu_seconds", "Processor time of this process.", lambda: sum(process.cpu_times()[:2]))
    metrics.gauge("memory_bytes", "Resident memory of this process.", lambda: process.memory_info().rss)


def _raise_file_limit(wanted: int) -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - POSIX only

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < wanted:
            log.warning("%d open files are allowed here, and as many conversations as are set need %d", most, wanted)
