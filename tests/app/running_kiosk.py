"""The real engine on WAV sound: real capture and playback threads, no device; an agent only where a test brings one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from kiosk.app.kiosk import Caller, Kiosk
from kiosk.app.talk import Talk
from kiosk.audio import open_sound
from kiosk.core.policy import Policy
from kiosk.settings.schema import Capture, Settings, Sound
from kiosk.wire.backoff import Backoff


class Lamp:
    """Keeps every change of its light."""

    def __init__(self) -> None:
        self.lit = False
        self.shown: list[bool] = []

    def show(self, lit: bool) -> None:
        self.lit = lit
        self.shown.append(lit)


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
) -> AsyncIterator[Kiosk]:
    sound = (sound or Sound()).model_copy(update={"backend": "wav"})
    microphone, speaker = open_sound(sound, capture or Settings().capture)
    kiosk = Kiosk(
        policy=policy,
        microphone=microphone,
        speaker=speaker,
        talk=Talk(make_link, Backoff(random.random)),
        lamp=lamp or Lamp(),
        caller=caller,
        pin_needed=pin_needed,
    )
    async with asyncio.TaskGroup() as tasks:
        kiosk.start(tasks)
        try:
            yield kiosk
        finally:
            await kiosk.stop()
