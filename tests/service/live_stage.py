"""The real Voice API on a real port inside of the test's own loop, so that a test can look at its agent; with quick
stand-ins for the three models, and clients of it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn

from kiosk.service.agent import Agent
from kiosk.service.clients import KnownClients
from kiosk.service.engines import WIRE_RATE, Answer, Samples, Turn
from kiosk.service.serve import bind
from kiosk.service.server import VOICE_PATH, VoiceApi
from kiosk.service.store.tables import Row
from kiosk.settings.schema import Service
from kiosk.wire.dialect import load_dialect
from tests.service.doors import agent_here
from tests.service.store_stage import CLIENT_ID, Client, HearsOneThing, Repeats, client


@dataclass
class Sings:
    """Half a second of a tone for every clause; `said` tells what with."""

    name: str = "singer"
    rate: int = WIRE_RATE
    said: list[tuple[str, str | None, float]] = field(default_factory=list)

    def voices(self) -> list[str]:
        return ["alto", "bass"]

    def speak(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Samples:
        self.said.append((text, voice, speed))
        return np.sin(np.arange(self.rate // 2, dtype=np.float32) * 0.2) * np.float32(0.2)


class Ponders(Repeats):
    """Repeats, and takes its time while `held` is set."""

    def __init__(self) -> None:
        self.held = threading.Event()

    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        deadline = time.monotonic() + 5
        while self.held.is_set() and time.monotonic() < deadline:
            time.sleep(0.01)
        return super().answer(question, history, language)


@dataclass
class Live:
    """The running service. `voice` is the stand-in for its speech engine; `rows`: what would be kept."""

    agent: Agent
    voice: Sings
    endpoint: str
    api: VoiceApi
    rows: list[Row]
    answers: Ponders

    def visitor(self, session: str, device: str = "kiosk-7", **start: Any) -> Any:
        """`async with`: a `Client` that the service was ready for."""
        return client(self, session, device, **start)


@asynccontextmanager
async def live(folder: Path, *, due_s: float = 90.0, **settings: Any) -> AsyncIterator[Live]:
    """`due_s`: of a person, also shorter than a site may have it."""
    section = Service(voice="alto", cache=folder / "cache", **settings)
    section = section.model_copy(update={"person_due_s": due_s})
    voice = Sings()
    answers = Ponders()
    agent = agent_here(section, HearsOneThing(), voice, answers)
    rows: list[Row] = []
    api = VoiceApi(agent, load_dialect("exei-voice"), KnownClients((CLIENT_ID,)), rows.append)
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(api.application, ws="websockets-sansio", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    filling = asyncio.create_task(agent.keep_cache_full())
    try:
        yield Live(agent, voice, f"ws://127.0.0.1:{listener.getsockname()[1]}{VOICE_PATH}", api, rows, answers)
    finally:
        server.should_exit = True
        await serving
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
        agent.close()


__all__ = ["Client", "Live", "Sings", "live"]
