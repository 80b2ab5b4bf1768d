"""A link as a kiosk holds it, with all that it told."""

from __future__ import annotations

import asyncio
import time

from kiosk.settings.schema import Agent
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import load_dialect
from kiosk.wire.link import Link
from kiosk.wire.renewal import fixed

EXEI = load_dialect("exei-voice")
FRAME = b"\x01\x00" * 320
CLIENT_ID = "planted-client-id-4711"


class Kiosk:
    """A link and all that it told."""

    def __init__(self, endpoint: str, dialect=EXEI, **settings) -> None:
        self.events: list[object] = []
        self.audio: list[tuple[str, bytes, int]] = []
        self.probes: list[tuple[str, float]] = []
        self.news = asyncio.Condition()
        pins = settings.pop("pins", ())
        monotonic = settings.pop("monotonic", time.monotonic)
        self.link = Link(
            dialect,
            fixed(Credentials(endpoint, CLIENT_ID)),
            on_event=self.heard,
            on_audio=lambda *audio: self.audio.append(audio),
            device_id="lobby-1",
            app="kiosk",
            version="0.1",
            settings=Agent(**settings),
            pins=pins,
            monotonic=monotonic,
            probe=lambda *probe: self.probes.append(probe),
        )
        self.waiting: list[tuple[type, asyncio.Future]] = []

    def heard(self, event) -> None:
        self.events.append(event)
        for kind, future in self.waiting:
            if isinstance(event, kind) and not future.done():
                future.set_result(event)

    async def until(self, kind):
        for event in self.events:
            if isinstance(event, kind):
                return event
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((kind, future))
        return await asyncio.wait_for(future, 5)

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]
