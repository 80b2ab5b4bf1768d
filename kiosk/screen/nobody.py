"""Stands behind a window that has no visitor, no microphone and no loudspeaker: safe mode, pictures, tests."""

from __future__ import annotations

import time
from typing import Any

from kiosk.core.ports import Fate, Heard, MicrophoneFigures, Uplink, VoiceEdge


class Nobody:
    """Satisfies `core.ports` Hands, Microphone and Speaker. Hears nothing, says nothing, does nothing."""

    def __init__(self) -> None:
        self.played_ms = 0.0
        self.figures: Any = MicrophoneFigures()
        self.uplink = Uplink.CLOSED
        self.on_frame = self.on_lost = lambda *_: None
        self.on_voice: Any = lambda edge, at: (VoiceEdge(edge), at)
        self.on_started: Any = lambda *_: None
        self.on_ended: Any = lambda response_id, played_ms, fate: Fate(fate)
        self.on_position = ""

    @property
    def alive_at(self) -> float:
        return time.monotonic()

    def position(self) -> Heard:
        return Heard(self.on_position, self.played_ms, 1000.0)

    def nothing(self, *_: Any, **__: Any) -> None:
        pass

    touch = press = release = discard = silence = write = mute = agree = decline = finish = leave = rate = nothing
    speak_language = step_volume = step_speed = call_person = set_volume = duck = nothing
    open = close = set_uplink = forget = watch = begin = end = nothing

    def feed(self, response_id: str, pcm: bytes, rate: int) -> bool:
        return False

    def earcon(self, pcm: bytes, rate: int) -> bool:
        return False

    def flush(self, response_id: str | None = None) -> Heard:
        return self.position()
