"""Keeps microphone and loudspeaker alive: opens them, takes notice when one goes, and gets it back by itself.

The engine is told which part is lost and which is back; what that means to a visit is the state table's business. A
kiosk that starts without a device starts with a lost part, and nobody needs to start it again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from kiosk.core.events import Part
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Devices, Microphone, Speaker
from kiosk.core.session import Session
from kiosk.device import health

log = logging.getLogger(__name__)

REOPEN_S = 1.0
"""A lost part is tried again when devices came or went, and this often, because not everything tells."""
SOUND_WITHIN_S = 2.0
"""Of a microphone that was opened again. It stays open meanwhile, and is back with its first sound."""
NO_SOUND_DBFS = -119.0
LOOK_EVERY_S = 0.02
DEVICE_CODES = (ExitCode.NO_DEVICE, ExitCode.AUDIO_FORMAT)
"""What another device, or the same one plugged in again, mends. Anything else is for a person."""


class SoundCare:
    """
    devices    tell when they come and go; None: nobody tells
    on_lost    told of a part that went, or was not there to begin with
    on_back    told of a part that was opened again; never before its `on_lost`

    Both are called on the loop thread. What waits for a device does so on threads of its own.
    """

    def __init__(
        self,
        microphone: Microphone,
        speaker: Speaker,
        devices: Devices | None,
        *,
        on_lost: Callable[[Part], None],
        on_back: Callable[[Part], None],
    ) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._devices = devices
        self._on_lost = on_lost
        self._on_back = on_back
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._reopening: dict[Part, asyncio.Task[None]] = {}
        self._tried_at: dict[Part, float] = {}  # of the lost ones
        self._again: set[Part] = set()  # lost while it was being opened
        self._opening = {part: threading.Lock() for part in Part}  # opening and closing are done by one at a time
        self._stopping = False
        self._changes = 0
        self._change = asyncio.Event()
        microphone.on_lost = partial(self._post_lost, Part.MICROPHONE)
        speaker.on_lost = partial(self._post_lost, Part.SPEAKER)

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """Both were tried when this returns. Raises `Fault` for what no device can mend."""
        self._loop = asyncio.get_running_loop()
        self._tasks = tasks
        if self._devices is not None:
            self._devices.watch(self._post_change)
        for part in (Part.SPEAKER, Part.MICROPHONE):
            try:
                await asyncio.to_thread(self._device(part).open)
            except Fault as fault:
                if fault.code not in DEVICE_CODES:
                    raise
                log.warning("started without the %s: %s", part, fault.sentence)
                self._lost(part)

    async def stop(self) -> None:
        """The devices are given back."""
        self._stopping = True
        for reopening in self._reopening.values():
            reopening.cancel()
        if self._devices is not None:
            self._devices.unwatch()
        await asyncio.gather(*(asyncio.to_thread(self._close, part) for part in Part))

    def parts(self, now: float) -> dict[str, health.Part]:
        """How each part is, for the watchdog."""
        return {
            part.value: health.Part(
                sounded_s=now - self._device(part).alive_at,
                tried_s=now - self._tried_at[part] if part in self._reopening else None,
            )
            for part in Part
        }

    def changed(self, old: Session, new: Session) -> None:
        """Observer of the engine: between visits sound may move to a better device, in a visit it stays."""
        if self._devices is not None and bool(old.began_at) is not bool(new.began_at):
            self._devices.set_free(not new.began_at)

    # --- any thread -------------------------------------------------------------------------------------------------

    def _post_lost(self, part: Part, reason: str) -> None:
        log.warning("the %s is gone: %s", part, reason)
        self._post(partial(self._lost, part))

    def _post_change(self) -> None:
        self._post(self._note_change)

    def _post(self, call: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    # --- loop thread ------------------------------------------------------------------------------------------------

    def _note_change(self) -> None:
        self._changes += 1
        self._change.set()
        self._change = asyncio.Event()

    def _lost(self, part: Part) -> None:
        if part in self._reopening:
            self._again.add(part)
            return
        self._tried_at[part] = time.monotonic()
        self._on_lost(part)
        assert self._tasks is not None
        task = self._tasks.create_task(self._reopen(part), name=f"reopen {part}")
        self._reopening[part] = task

    async def _reopen(self, part: Part) -> None:
        """Until it is back. The first try is at once: another device may be there already."""
        while True:
            changes = self._changes
            self._again.discard(part)
            self._tried_at[part] = time.monotonic()
            try:
                await asyncio.to_thread(self._open_again, part)
            except Fault as fault:
                log.debug("the %s is still gone: %s", part, fault.what)
            else:
                if part not in self._again:
                    break
            if changes == self._changes:
                await self._await_change(REOPEN_S)
        del self._reopening[part]
        log.info("the %s is back", part)
        self._on_back(part)

    async def _await_change(self, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._change.wait()
        except TimeoutError:
            pass

    def _device(self, part: Part) -> Microphone | Speaker:
        return self._microphone if part is Part.MICROPHONE else self._speaker

    # --- a thread of the pool ---------------------------------------------------------------------------------------

    def _open_again(self, part: Part) -> None:
        """Raises `Fault` while the device cannot be had."""
        device = self._device(part)
        with self._opening[part]:
            device.close()
            if not self._stopping:
                device.open()
        if part is Part.MICROPHONE:
            self._await_sound()

    def _close(self, part: Part) -> None:
        with self._opening[part]:
            self._device(part).close()

    def _await_sound(self) -> None:
        """What took the place of a microphone that was unplugged can be opened, and gives nothing but zeros."""
        deadline = time.monotonic() + SOUND_WITHIN_S
        while self._microphone.figures.level_dbfs <= NO_SOUND_DBFS:
            if time.monotonic() > deadline or self._stopping:
                raise Fault(
                    "the microphone gives nothing but zeros",
                    where="setting sound.microphone",
                    remedy="see that it is plugged in and not muted",
                    code=ExitCode.NO_DEVICE,
                )
            time.sleep(LOOK_EVERY_S)
