"""The real engine on WAV sound: real capture and playback threads, no device; an agent only where a test brings one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from kiosk.app.earcons import Earcons
from kiosk.app.kiosk import Caller, Kiosk
from kiosk.app.opening import Opening
from kiosk.app.talk import Talk
from kiosk.audio import open_sound
from kiosk.core.policy import Policy
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Capture, Sound
from kiosk.wire import canonical as wire
from kiosk.wire.backoff import Backoff


class Lamp:
    """Keeps every change of its light."""

    def __init__(self) -> None:
        self.lit = False
        self.shown: list[bool] = []

    def show(self, lit: bool) -> None:
        self.lit = lit
        self.shown.append(lit)


class Agent:
    """Its lines stand as soon as they are asked for; what goes up on any of them is kept."""

    def __init__(self) -> None:
        self.pushed: list[bytes] = []

    def make(self, on_event: Callable[[wire.Event], None], on_audio: Callable[[str, bytes, int], None]) -> Line:
        return Line(self.pushed)


class Line:
    """One conversation's link, as far as the engine knows it."""

    def __init__(self, pushed: list[bytes]) -> None:
        self._pushed = pushed
        self._gone = asyncio.Event()

    async def run(self, session_id: str, resume_token: str | None = None) -> wire.Closed:
        await self._gone.wait()
        return wire.Closed(1000, "bye", clean=True)

    async def close(self, reason: str) -> None:
        self._gone.set()

    def push_audio(self, pcm: bytes) -> bool:
        self._pushed.append(pcm)
        return True

    def hold_audio(self) -> Callable[[], None]:
        return lambda: None

    def send(self, command: object) -> None:
        pass


async def until(ready: Callable[[], bool], limit_s: float = 8.0) -> None:
    async with asyncio.timeout(limit_s):
        while not ready():  # noqa: ASYNC110 - audio threads tell of nothing here
            await asyncio.sleep(0.02)


def no_agent(on_event: Callable[..., None], on_audio: Callable[..., None]) -> Any:
    raise AssertionError("this test opens no conversation")


@asynccontextmanager
async def running(
    policy: Policy,
    *,
    sound: Sound | None = None,
    capture: Capture | None = None,
    make_link: Callable[..., Any] = no_agent,
    lamp: Lamp | None = None,
    caller: Caller | None = None,
    pin_needed: bool = False,
    opening: Opening | None = None,
) -> AsyncIterator[Kiosk]:
    sound = (sound or Sound()).model_copy(update={"backend": "wav"})
    microphone, speaker = open_sound(sound, capture or Settings().capture)
    kiosk = Kiosk(
        policy=policy,
        microphone=microphone,
        speaker=speaker,
        talk=Talk(make_link, Backoff(random.random)),
        lamp=lamp or Lamp(),
        earcons=Earcons(sound),
        caller=caller,
        pin_needed=pin_needed,
        opening=opening,
    )
    async with asyncio.TaskGroup() as tasks:
        await kiosk.start(tasks)
        try:
            yield kiosk
        finally:
            await kiosk.stop()
