"""Keeps microphone and loudspeaker alive: opens them, takes notice when one goes, and gets it back by itself.

The engine is told which part is lost and which is back; what that means to a visit is the state table's business.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from kiosk.core.events import Part
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Microphone, Speaker

log = logging.getLogger(__name__)

REOPEN_S = 1.0
SOUND_WITHIN_S = 0.5  # of a microphone that was opened again
NO_SOUND_DBFS = -119.0


class SoundCare:
    """
    on_lost    told of a part that went
    on_back    told of a part that was opened again; never before its `on_lost`

    Both are called on the loop thread, and so is everything here but the waiting for a device.
    """

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        *,
        on_lost: Callable[[Part], None],
        on_back: Callable[[Part], None],
    ) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._on_lost = on_lost
        self._on_back = on_back
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._reopening: set[asyncio.Task[None]] = set()
        microphone.on_lost = partial(self._post_lost, Part.MICROPHONE)
        speaker.on_lost = partial(self._post_lost, Part.SPEAKER)

    def start(self, tasks: asyncio.TaskGroup) -> None:
        """Opens both. Raises `Fault` when a device cannot be had."""
        self._loop = asyncio.get_running_loop()
        self._tasks = tasks
        self._speaker.open()
        self._microphone.open()

    def stop(self) -> None:
        """The devices are given back."""
        for reopening in self._reopening:
            reopening.cancel()
        self._microphone.close()
        self._speaker.close()

    def _post_lost(self, part: Part, reason: str) -> None:
        """Any thread."""
        log.warning("the %s is gone: %s", part, reason)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lost, part)

    def _lost(self, part: Part) -> None:
        self._on_lost(part)
        assert self._tasks is not None
        task = self._tasks.create_task(self._reopen(part), name=f"reopen {part}")
        self._reopening.add(task)
        task.add_done_callback(self._reopening.discard)

    async def _reopen(self, part: Part) -> None:
        device = self._microphone if part is Part.MICROPHONE else self._speaker
        while True:
            await asyncio.sleep(REOPEN_S)
            try:
                await asyncio.to_thread(self._open_again, device)
            except Fault as fault:
                log.debug("the %s is still gone: %s", part, fault.what)
                continue
            self._on_back(part)
            return

    def _open_again(self, device: Microphone | Speaker) -> None:
        """Raises `Fault` while the device cannot be had."""
        device.close()
        device.open()
        if device is self._microphone:
            self._await_sound()

    def _await_sound(self) -> None:
        """What took the place of a microphone that was unplugged can be opened, and gives nothing but zeros."""
        deadline = time.monotonic() + SOUND_WITHIN_S
        while self._microphone.figures.level_dbfs <= NO_SOUND_DBFS:
            if time.monotonic() > deadline:
                raise Fault(
                    "the microphone gives nothing but zeros",
                    where="setting sound.microphone",
                    remedy="see that it is plugged in and not muted",
                    code=ExitCode.NO_DEVICE,
                )
            time.sleep(SOUND_WITHIN_S / 10)
