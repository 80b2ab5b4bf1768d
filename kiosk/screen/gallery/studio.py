"""The studio: one window without a display, in which time stands still, set to one pose after the other."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtGui import QGuiApplication, QImage

from kiosk.core.ports import Fate, Heard, MicrophoneFigures, SpeakerFigures, Uplink, VoiceEdge
from kiosk.core.session import Phase
from kiosk.screen.gallery.poses import Pose
from kiosk.screen.window import Window
from kiosk.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Shape:
    """A glass: pixels and diagonal."""

    name: str
    width: int
    height: int
    diagonal_in: float

    @property
    def upright(self) -> bool:
        return self.height > self.width


PORTRAIT = Shape("portrait", 1080, 1920, 21.5)
LANDSCAPE = Shape("landscape", 1920, 1080, 32.0)
SMALL = Shape("small", 1024, 600, 10.1)
SHAPES = (
    PORTRAIT,
    LANDSCAPE,
    SMALL,
    Shape("portrait-4k", 2160, 3840, 21.5),
    Shape("landscape-4k", 3840, 2160, 32.0),
    Shape("laptop", 1366, 768, 15.6),
    Shape("laptop-upright", 768, 1366, 15.6),
    Shape("square", 1280, 1024, 19.0),
)


class Stillness:
    """Hands that nobody uses, a room with one steady voice, a loudspeaker that stands still at one moment."""

    def __init__(self) -> None:
        self.played_ms = 0.0
        self.figures: Any = MicrophoneFigures(level_dbfs=-36.0, floor_dbfs=-62.0)
        self.uplink = Uplink.CLOSED
        self.on_frame = self.on_lost = lambda *_: None
        self.on_voice: Any = lambda edge, at: (VoiceEdge(edge), at)
        self.on_started: Any = lambda *_: None
        self.on_ended: Any = lambda response_id, played_ms, fate: Fate(fate)
        self.on_position = "r1"

    def position(self) -> Heard:
        return Heard(self.on_position, self.played_ms, 1000.0)

    def nothing(self, *_: Any, **__: Any) -> None:
        pass

    touch = press = release = discard = silence = write = mute = agree = decline = finish = leave = rate = nothing
    speak_language = step_volume = step_speed = call_person = set_volume = nothing
    open = close = set_uplink = forget = begin = end = nothing

    def feed(self, response_id: str, pcm: bytes, rate: int) -> bool:
        return False

    def flush(self, response_id: str | None = None) -> Heard:
        return self.position()


class Studio:
    """Makes an offscreen QGuiApplication where there is none. Raises `Fault` as the window does."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._app = QGuiApplication.instance() or QGuiApplication([])
        self.shape = shape
        screen = settings.screen.model_copy(update={"diagonal_in": shape.diagonal_in})
        self.settings = settings.model_copy(update={"screen": screen})
        self.still = Stillness()
        size = (shape.width, shape.height)
        self.window = Window(self.settings, self.still, self.still, self.still, windowed=False, size=size, still=True)
        self.window.quick.show()

    def pose(self, pose: Pose) -> None:
        """Show it. Nothing moves in a still window, so one turn of the loop, with its frame, is all the wait."""
        view = self.window.view
        self.still.played_ms = pose.played_ms
        sounding = pose.session.phase is Phase.SPEAKING
        self.still.figures = SpeakerFigures(level_dbfs=-9.0) if sounding else MicrophoneFigures(0, 0, 0, -36.0, -62.0)
        view.renew(replace(pose.session, phase=Phase.RESETTING))
        if view.property("large"):
            view.toggleLarge()
        view.renew(pose.shifted(time.monotonic()))
        for touch in pose.touches:
            touch(view)
        QGuiApplication.processEvents()

    def image(self) -> QImage:
        return self.window.quick.grabWindow()

    def close(self) -> None:
        self.window.close()
        QGuiApplication.processEvents()
