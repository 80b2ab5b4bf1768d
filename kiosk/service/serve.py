"""`kiosk service`: loads the engines, binds the port, says that it is ready, and serves until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import uvicorn

from kiosk.core.fault import ExitCode
from kiosk.journal import log as journal
from kiosk.service.agent import Agent
from kiosk.service.chat import chat_key
from kiosk.service.clients import KnownClients
from kiosk.service.console.serve import Console, check_exposure, open_console
from kiosk.service.house.schema import house_of
from kiosk.service.limits import LARGEST_FRAME_BYTES
from kiosk.service.live import Live
from kiosk.service.plugins import plug_in
from kiosk.service.retrain.retraining import Retraining, open_retraining
from kiosk.service.server import VOICE_PATH, VoiceApi
from kiosk.service.store.schema import conversations_of
from kiosk.service.store.store import kept
from kiosk.service.voice_settings import restore
from kiosk.service.workers.open import load_agent
from kiosk.settings.schema import Service, Settings
from kiosk.wire.dialect import load_dialect
from kiosk.wire.listening import bind

log = logging.getLogger(__name__)

DIALECT = "exei-voice"


def serve(settings: Settings) -> int:
    """Blocks until a signal. Raises `Fault` for a taken port, a missing model, unreadable knowledge, no Client ID or a
    database that this program cannot use."""
    clients = KnownClients.of(os.environ)
    clients.tell(
        journal.start(settings.journal.level, settings.journal.folder, [chat_key(os.environ)], name="service").add
    )
    listener = bind(settings.service.host, settings.service.port)
    console = console_of(settings)
    with ThreadPoolExecutor(1, "retraining") as beside:
        opened = beside.submit(retraining_of, settings.service)
        agent = load_agent(settings.service, lambda: opened.result().layer)
    restore(agent, house_of(settings.service))
    return serve_agent(agent, listener, clients, opened.result(), console)


def retraining_of(settings: Service) -> Retraining:
    """What the house has taught, in front of the engine that the settings name. Seconds. Raises `Fault`."""
    engine = plug_in("kiosk.answers", settings.answers)
    return open_retraining(settings, house_of(settings), conversations_of(settings), engine)


def console_of(settings: Settings) -> Console | None:
    """The console with its socket, if the site has it. Raises `Fault`."""
    own = settings.console
    if not own.enabled:
        return None
    check_exposure(own)
    return open_console(settings, bind(own.host, own.port, "console"))


def serve_agent(
    agent: Agent,
    listener: socket.socket,
    clients: KnownClients,
    retraining: Retraining | None = None,
    console: Console | None = None,
) -> int:
    """The same with an agent and sockets that stand already. A console needs the `retraining` of that agent."""
    try:
        with kept(agent.settings) as keep:
            _run(VoiceApi(agent, load_dialect(DIALECT), clients, keep), listener, agent, retraining, console)
    finally:
        agent.close()
    return ExitCode.STAFF_LEFT


def _run(
    api: VoiceApi, listener: socket.socket, agent: Agent, retraining: Retraining | None, console: Console | None
) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            api.application,
            ws="websockets-sansio",
            ws_max_size=LARGEST_FRAME_BYTES,
            ws_per_message_deflate=False,  # saves 14 % of PCM and costs latency
            ws_ping_interval=3,
            ws_ping_timeout=6,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=3,
        )
    )
    # uvicorn shuts down in order and then raises the signal again. SIGTERM would end the process right there, and with
    # it the rows that wait for the store.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(_serve(server, listener, agent, retraining=retraining, console=console, live=api.live))
    except KeyboardInterrupt:
        log.info("stopped")


async def _serve(
    server: uvicorn.Server,
    listener: socket.socket,
    agent: Agent,
    *,
    retraining: Retraining | None,
    console: Console | None,
    live: Live,
) -> None:
    port = listener.getsockname()[1]
    print(
        json.dumps(
            {
                "event": "ready",
                "port": port,
                "path": VOICE_PATH,
                "stt": agent.recogniser.name,
                "tts": agent.speech.name,
                "answers": agent.answers.name,
                **({"console": console.url} if console else {}),
            }
        ),
        flush=True,
    )
    if retraining:
        retraining.live.taught = partial(asyncio.get_running_loop().call_soon_threadsafe, agent.spoken_anew)
    filling = asyncio.create_task(agent.keep_cache_full(), name="fill the cache of fixed answers")
    try:
        async with asyncio.TaskGroup() as both:
            pages = console.server(agent, retraining, live) if console and retraining else None
            if console and pages:
                both.create_task(pages.serve_on(console.listener), name="console")
            try:
                await server.serve(sockets=[listener])
            finally:
                if pages:
                    pages.should_exit = True
    finally:
        filling.cancel()
        (result,) = await asyncio.gather(filling, return_exceptions=True)
        if isinstance(result, Exception):
            log.error("the cache of fixed answers was not filled", exc_info=result)
