"""Synthesis by workers: the door to it, and what is behind the door."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from kiosk.service.engines import WIRE_RATE
from kiosk.service.script import Line, Piece, Script
from kiosk.service.workers.crew import Crew, Errand
from kiosk.service.workers.frames import Header
from kiosk.service.workers.queue import Urgency
from kiosk.service.workers.work import Handle
from kiosk.settings.schema import Service

WITHIN_S = 30.0  # the longest clause takes 3 s of a busy machine


class Speakers:
    """Satisfies `engines.Speaking`, with the cache of what was spoken before."""

    def __init__(self, crew: Crew, script: Script) -> None:
        self.crew = crew
        self.script = script
        self._disk = ThreadPoolExecutor(1, "spoken cache")

    @property
    def name(self) -> str:
        return self.script.name

    async def pieces(self, lines: Sequence[Line], *, cacheable: bool, ahead: bool) -> AsyncIterator[Piece]:
        """The next is due when those before have been heard."""
        loop = asyncio.get_running_loop()
        due = time.monotonic()
        for line in lines:
            sound = await loop.run_in_executor(self._disk, self.script.recall, line)
            known = sound is not None
            if sound is None:
                sound = await self._make(line, due, ahead=ahead)
                if cacheable:
                    await loop.run_in_executor(self._disk, self.script.keep, line, sound)
            if sound:
                piece = self.script.piece(line, sound, cached=known)
                due = max(due, time.monotonic()) + len(piece.pcm) / 2 / self.script.rate
                yield piece

    async def _make(self, line: Line, due: float, *, ahead: bool) -> bytes:
        errand = Errand(
            Urgency.AHEAD if ahead else Urgency.WAITED_FOR,
            due,
            slow=ahead,
            request={"clause": line.clause, "voice": line.voice, "speed": line.speed},
        )
        _, sound = await self.crew.do(errand, WITHIN_S)
        return sound

    def close(self) -> None:
        self.crew.stop()
        self._disk.shutdown(wait=False, cancel_futures=True)


def opened(settings: Service) -> tuple[Header, Handle]:
    """In the worker: loads and, for `auto`, times the engines. Raises `Fault` as they do."""
    from kiosk.service.tts import Diction, chosen  # noqa: PLC0415 - the service itself needs no engine's imports

    diction = Diction(chosen(settings), WIRE_RATE)

    def handle(request: Header, sound: bytes) -> tuple[Header, bytes]:
        return {}, diction.sound(request["clause"], request["voice"], request["speed"])

    return {"name": diction.name, "voices": list(diction.voices), "rate": diction.rate}, handle
