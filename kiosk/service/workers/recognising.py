"""Recognition by workers: the door to it, and what is behind the door."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import cast

import numpy as np

from kiosk.service.engines import WIRE_RATE, Recogniser, Recognition, Samples
from kiosk.service.plugins import plug_in
from kiosk.service.turn_end import TurnEnd
from kiosk.service.workers.crew import Crew, Errand
from kiosk.service.workers.frames import Header
from kiosk.service.workers.queue import Urgency
from kiosk.service.workers.work import Handle
from kiosk.settings.schema import Service

SHORT_S = 12.0  # what fits the recogniser's small window; more takes two to four times as long
WITHIN_S = 15.0  # a decode of 30 s of speech takes 2 on a busy machine


class Recognisers:
    """Satisfies `engines.Hearing`."""

    def __init__(self, crew: Crew, name: str) -> None:
        self.name = name
        self.crew = crew

    async def recognise(
        self, audio: Samples, *, final: bool, language: str, due_in_s: float, guess: bool
    ) -> Recognition | None:
        if not final and not self.crew.idle:
            return None
        errand = Errand(
            Urgency.WAITED_FOR if final else Urgency.PARTIAL,
            time.monotonic() + due_in_s,
            slow=not final or len(audio) > SHORT_S * WIRE_RATE,
            request={"final": final, "language": language, "guess": guess},
            sound=audio.astype(np.float32, copy=False).tobytes(),
        )
        reply, _ = await self.crew.do(errand, WITHIN_S)
        words = tuple((word, sure) for word, sure in reply["words"])
        return Recognition(reply["text"], reply["language"], reply["confidence"], words, reply["finished"])

    def close(self) -> None:
        self.crew.stop()


def opened(settings: Service) -> tuple[Header, Handle]:
    """In the worker. Raises `Fault` for a missing or damaged model or an unknown engine."""
    ending = TurnEnd()
    aside = ThreadPoolExecutor(1, "end of turn")  # beside the recognition, which has pauses enough on its cores
    engine = cast("Recogniser", plug_in("kiosk.stt", settings.stt)(settings))
    engine.recognise(np.zeros(WIRE_RATE, np.float32), final=True)  # the first decode of a process is slow

    def handle(request: Header, sound: bytes) -> tuple[Header, bytes]:
        audio = np.frombuffer(sound, np.float32)
        ended = aside.submit(ending.probability, audio) if request["guess"] else None
        found = engine.recognise(audio, final=request["final"], language=request["language"])
        if ended is not None and found.text:
            found = replace(found, finished=ended.result())
        return asdict(found), b""

    return {"name": engine.name}, handle
