"""The studio: one window without a display, in which time stands still, set to one pose after the other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtGui import QGuiApplication, QImage

from kiosk.core.fault import ExitCode
from kiosk.core.ports import Check, MicrophoneFigures, PinVerdict, SpeakerFigures
from kiosk.core.session import Phase, Session
from kiosk.screen.gallery.poses import PIN, Pose
from kiosk.screen.nobody import Nobody
from kiosk.screen.window import Window
from kiosk.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Shape:
    """A glass: pixels and diagonal; 0 inches are the site's own."""

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


class Stillness(Nobody):
    """A room with one steady voice, a loudspeaker that stands still at one moment."""

    def __init__(self) -> None:
        super().__init__()
        self.figures = MicrophoneFigures(level_dbfs=-36.0, floor_dbfs=-62.0)
        self.on_position = "r1"


class StillDesk:
    """Staff who know the PIN, and a kiosk with one thing wrong, or `out` of order."""

    locked = True
    out = False
    ways = frozenset({ExitCode.RESTART_PROGRAM, ExitCode.RESTART_MACHINE, ExitCode.ROLL_BACK})
    checks = (
        Check("display", "ok", "1080 x 1920"),
        Check("microphone", "ok", "-62 dBFS"),
        Check("loudspeaker", "ok", "48000 Hz"),
        Check("agent", "ok", "ready"),
        Check("credentials", "ok", "found"),
        Check("clock", "skipped", "no time server"),
        Check("disk", "fail", "The disk is nearly full (/var, 0.4 GB are free): remove old logs, or move them."),
    )

    reason = Check(
        "start",
        "fail",
        "The setting visit.silence_s should be less than or equal to 120 (it is 1200) (site.toml:14): correct the "
        "value; `kiosk check` explains each setting with its bounds.",
    )

    @property
    def has_sound(self) -> bool:
        return not self.out

    def choose_pin(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        told(PinVerdict(True))

    def unlock(self, pin: str, told: Callable[[PinVerdict], None]) -> None:
        told(PinVerdict(pin == PIN))

    def examine(self, told: Callable[[tuple[Check, ...]], None]) -> None:
        told((self.reason, *self.checks) if self.out else self.checks)

    def facts(self) -> tuple[tuple[str, str], ...]:
        if self.out:
            times = (("out_since", "14:05"), ("tries_again", "14:06"))
            return (("device", "kiosk-1"), ("version", "1.0"), ("settings_file", "site.toml"), *times)
        return (
            ("device", "kiosk-1"),
            ("version", "1.0"),
            ("uptime", "3 d 4 h 12 min"),
            ("visits", "214"),
            ("agent_reached", "14:32"),
            ("settings_file", ""),
            ("repairs", "0"),
        )

    def lock(self) -> None:
        pass

    def close_for_now(self, closed: bool) -> None:
        pass

    def leave(self, code: ExitCode = ExitCode.STAFF_LEFT) -> None:
        pass


class Studio:
    """`language` is the site's own, in which staff read; a pose may be in another, as a visitor chose it.

    Makes an offscreen QGuiApplication where there is none. Raises `Fault` as the window does."""

    def __init__(self, shape: Shape, settings: Settings, language: str = "") -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._app = QGuiApplication.instance() or QGuiApplication([])
        self.shape = shape
        screen = settings.screen.model_copy(update={"diagonal_in": shape.diagonal_in or settings.screen.diagonal_in})
        site = settings.site.model_copy(update={"language": language or settings.site.language})
        self.settings = settings.model_copy(update={"screen": screen, "site": site})
        self.still = Stillness()
        size = (shape.width, shape.height)
        self.desk = StillDesk()
        self.window = Window(
            self.settings,
            self.still,
            self.still,
            self.still,
            windowed=False,
            staff=self.desk,
            size=size,
            still=True,
        )
        self.window.quick.show()

    def pose(self, pose: Pose) -> None:
        """Show it. Nothing moves in a still window, so one turn of the loop and one frame are all the wait."""
        view = self.window.view
        self.still.played_ms = pose.played_ms
        self.desk.out = pose.out
        sounding = pose.session.phase is Phase.SPEAKING
        self.still.figures = SpeakerFigures(level_dbfs=-9.0) if sounding else MicrophoneFigures(0, 0, 0, -36.0, -62.0)
        self._show(replace(pose.session, phase=Phase.RESETTING))
        self.window.staff.cancel()
        if view.property("large"):
            view.toggleLarge()
        view.setProperty("lowered", self.settings.screen.lowered)
        self._show(pose.shifted(time.monotonic()))
        for touch in pose.touches:
            touch(self.window)
        QGuiApplication.processEvents()
        self.window.quick.grabWindow()  # rows and flows place their children when a frame is made, not before

    def _show(self, session: Session) -> None:
        self.window.view.renew(session)
        self.window.staff.renew(session)

    def image(self) -> QImage:
        return self.window.quick.grabWindow()

    def close(self) -> None:
        self.window.close()
        QGuiApplication.processEvents()
