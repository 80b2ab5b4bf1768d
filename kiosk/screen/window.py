"""The full-screen window: QML in a `QQuickView`, one update for each turn of the loop."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QOffscreenSurface, QOpenGLContext
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickItem, QQuickView, QQuickWindow, QSGRendererInterface

from kiosk.core.fault import ExitCode, Fault
from kiosk.core.legible import MM_PER_INCH, pixels_per_mm, sizes
from kiosk.core.ports import Hands, Microphone, Speaker, Staff
from kiosk.core.session import Session
from kiosk.screen import theme as themes
from kiosk.screen.controls import controls
from kiosk.screen.lockdown import Knock, Lockdown
from kiosk.screen.parts import House
from kiosk.screen.staff import StaffView
from kiosk.screen.tongue import Tongues
from kiosk.screen.view import View
from kiosk.settings.places import assets
from kiosk.settings.schema import Settings

log = logging.getLogger(__name__)

QML = Path(__file__).parent / "qml" / "Main.qml"
STAFF_QML = QML.with_name("Staff.qml")
PULSE_QML = QML.with_name("Pulse.qml")
PLAUSIBLE_MM = (120.0, 3000.0)  # diagonals; displays have been seen to report 0, and the size of a projector's lamp
ASSUMED_IN = {True: 21.5, False: 32.0}  # portrait, landscape, where nothing is known
DESK_SIZE = 0.8  # of the free height, with --windowed
GL_RENDERER = 0x1F01
GL_WITHOUT_GPU = ("llvmpipe", "softpipe", "swrast", "software")
"""OpenGL that a processor imitates: a visit cost 155 % of a core with it, 46 % with Qt's own software renderer."""
GPUS = ("dri/renderD*", "nvidia[0-9]*", "mali*", "dxg")
"""What a graphics card that draws is among Linux's devices."""
NO_GPU_PLATFORMS = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})


def wants_software(renderer: str) -> bool:
    """Whether the window is drawn without OpenGL. Needs a QGuiApplication."""
    if renderer != "auto":
        return renderer == "software"
    if QGuiApplication.platformName() in NO_GPU_PLATFORMS:
        return True
    # To ask OpenGL loads all of Mesa's imitation, whose compiler alone is 115 MB: a third of a cold start.
    if sys.platform == "linux" and not has_gpu(Path("/dev")):
        return True
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return True
    name = str(context.functions().glGetString(GL_RENDERER)).casefold()
    context.doneCurrent()
    return any(software in name for software in GL_WITHOUT_GPU)


def has_gpu(devices: Path) -> bool:
    """Whether there is a graphics card for OpenGL to draw with. `devices`: where Linux has them."""
    return any(next(devices.glob(pattern), None) for pattern in GPUS)


def load_fonts() -> None:
    """The shipped typeface. Raises `Fault` when a file of it is missing or damaged."""
    files = sorted((assets() / "fonts").glob("*.ttf"))
    broken = [file.name for file in files if QFontDatabase.addApplicationFont(str(file)) < 0]
    if broken or not files:
        raise Fault(
            "a font cannot be read",
            where=str(assets() / "fonts" / (broken[0] if broken else "*.ttf")),
            remedy="install the program again",
            code=ExitCode.SETTINGS,
        )


class Window:
    """What `app` holds of the screen. GUI thread only; needs a QGuiApplication, makes none, and nests no loop.

    on_closed       called when the window was closed from outside (the system, a window manager)
    on_first_frame  told when the first frame stood on the glass, monotonic seconds; `first_frame_at` keeps it
    """

    def __init__(
        self,
        site: Settings,
        hands: Hands,
        microphone: Microphone,
        speaker: Speaker,
        *,
        windowed: bool,
        staff: Staff | None = None,
        session: Session | None = None,
        size: tuple[int, int] | None = None,
        still: bool = False,
    ) -> None:
        """Raises `Fault` for a theme, font or language that cannot be used.

        staff  what staff can do behind the PIN pad; None: there is no way there
        size   pixels, for pictures and tests
        still  time stands still, for pictures
        """
        self.on_closed: Callable[[], None] = lambda: None
        self.on_first_frame: Callable[[float], None] = lambda at: None
        self.first_frame_at: float | None = None
        settings = site.screen
        self.settings = settings
        self._windowed = windowed
        self._session = session or Session()
        self._due = False
        self._wipe = False
        self._owed_since: float | None = None
        self._mm = 1.0
        theme = themes.load(settings.theme)
        tongues = Tongues(site)
        load_fonts()
        software = wants_software(settings.renderer)
        if software and QQuickWindow.sceneGraphBackend() != "software":
            QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
        self.view = View(
            self._session,
            hands=hands,
            microphone=microphone,
            speaker=speaker,
            words=tongues.words_in,
            theme=theme,
            reduced=settings.reduced_motion,
            simple=software,
            still=still,
            house=House.of(site),
        )
        self.view.setProperty("lowered", settings.lowered)
        self.quick = QQuickView()
        self.view.setParent(self.quick)  # a program that ends without `close` must not take the view first
        self.quick.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.quick.setColor(QColor(theme.colour["ground"]))
        self.quick.setTitle(site.house.place)
        if size is not None:
            self.quick.resize(*size)
        elif windowed:
            self._fit_desk()
        else:
            self.quick.setGeometry(self.quick.screen().geometry())
        if not settings.pointer and not windowed:
            self.quick.setCursor(Qt.CursorShape.BlankCursor)
        self._measure()
        self.quick.widthChanged.connect(self._measure)
        self.quick.heightChanged.connect(self._measure)
        self.quick.frameSwapped.connect(self._frame)
        own = tongues.words_in("")
        self.staff = StaffView(staff, hands, microphone, speaker, own)
        self.staff.setParent(self.quick)
        knock = Knock(site.staff.corner, site.staff.corner_taps, leftwards=own.leftwards)
        locked = staff is None or staff.locked  # a demo lets go: it may be closed, and other windows may come before it
        full = locked and not windowed and size is None
        self.lockdown = Lockdown(self.quick, knock, lambda: self._mm, full=full)
        self.lockdown.on_knock = self.staff.knock
        self.lockdown.on_key = self._key
        self.lockdown.on_closed = lambda: self.on_closed()  # noqa: PLW0108 - as it is then
        self.quick.setInitialProperties({"view": self.view})
        self.quick.setSource(QUrl.fromLocalFile(str(QML)))
        if self.quick.errors():
            raise Fault(
                f"the screen cannot be drawn: {self.quick.errors()[0].toString()}",
                where=str(QML.parent),
                remedy="install the program again",
                code=ExitCode.CRASH,
            )
        self._layer = self._above(STAFF_QML, {"view": self.view, "staff": self.staff})
        self._pulse = self._above(PULSE_QML, {})
        self.staff.stage_changed.connect(lambda: self.quick.rootObject().setEnabled(not self.staff.up))

    def _above(self, qml: Path, given: dict[str, object]) -> QQuickItem:
        """A tree of its own over the screens, so that it does not fall with them: the staff layer, for one."""
        component = QQmlComponent(self.quick.engine(), QUrl.fromLocalFile(str(qml)))
        layer = component.createWithInitialProperties(given)
        if not isinstance(layer, QQuickItem):
            raise Fault(
                f"the screen cannot be drawn: {component.errorString().strip()}",
                where=str(qml),
                remedy="install the program again",
                code=ExitCode.CRASH,
            )
        layer.setParent(self.quick)
        layer.setParentItem(self.quick.contentItem())
        layer.setZ(1)
        return layer

    # --- what app calls ---------------------------------------------------------------------------------------------

    def changed(self, old: Session, new: Session) -> None:
        """Observer of the engine: however many steps a turn of the loop makes, the screen is renewed once."""
        self._session = new
        if new.visit != old.visit or (old.session_id is not None and new.session_id is None and not new.consented):
            self._wipe = True
        if not self._due:
            self._due = True
            QTimer.singleShot(0, self._renew)

    def _renew(self) -> None:
        self._due = False
        self.view.renew(self._session)
        self.staff.renew(self._session)
        if self._wipe:
            self._wipe = False
            self.view.forget()

    def show(self) -> None:
        if self._windowed:
            self.quick.show()
        else:
            self.quick.showFullScreen()
        self.lockdown.begin()

    def close(self) -> None:
        """By the program itself: `on_closed` is not called."""
        self.lockdown.end()
        self.view.rest()
        self.staff.rest()
        self.quick.close()
        self._layer.deleteLater()
        self._pulse.deleteLater()
        self.quick.setSource(QUrl())  # the QML goes before the view that it reads
        self.quick.deleteLater()

    def controls(self) -> dict[str, tuple[float, float]]:
        """What a finger can touch now: the middle of each control by its name, in pixels of the screen."""
        return controls(self._layer if self.staff.up else self.quick.rootObject())

    def grab(self, path: Path) -> None:
        """The window as a PNG. It may show a visitor's words: never in a log or a report without consent."""
        if not self.quick.grabWindow().save(str(path)):
            raise Fault(
                "the picture cannot be written", where=str(path), remedy="check the folder", code=ExitCode.USAGE
            )

    def _key(self, key: int, text: str) -> None:
        """A keyboard on the desk types where the window's own could; nothing else hears of it."""
        if self.staff.up:
            self.staff.physical(key, text)
        elif not self.view.board.physical(key, text) and key == Qt.Key.Key_Escape:
            self.staff.escape()

    @property
    def exposed(self) -> bool:
        """Whether a glass shows it, as far as the display system tells: not while its only output is off."""
        return self.quick.isExposed()

    def owed_s(self, now: float) -> float | None:
        """Seconds since a frame was asked for that has not come, and asks for the next when it has: a first screen that
        stands still draws none by itself. None while no glass shows it, for then none comes.

        One pixel is another in it. Cage in a window of an X server left a frame without a change unanswered; Qt took
        the window for hidden after it, and the lockdown put it back every five seconds.
        """
        if not self.exposed:
            self._owed_since = None
            return None
        if self._owed_since is None:
            self._owed_since = now
            self._pulse.setProperty("beat", not self._pulse.property("beat"))
        return now - self._owed_since

    # --- the glass --------------------------------------------------------------------------------------------------

    def _frame(self) -> None:
        self._owed_since = None
        if self.first_frame_at is None:
            self.first_frame_at = time.monotonic()
            self.on_first_frame(self.first_frame_at)
            log.info("first frame: %s renderer", self.quick.rendererInterface().graphicsApi().name.lower())

    def _fit_desk(self) -> None:
        free = self.quick.screen().availableGeometry()
        height = round(free.height() * DESK_SIZE)
        self.quick.resize(min(round(height * 9 / 16), free.width()), height)

    def _measure(self) -> None:
        width, height = self.quick.width(), self.quick.height()
        if width > 0 and height > 0:
            self._mm = self._pixels_per_mm(width, height)
            self.view.set_sizes(sizes(width, height, self._mm, self.settings.viewing_distance_mm))

    def _pixels_per_mm(self, width: int, height: int) -> float:
        """From the settings, else from what the display says, else as if it were the screen of the drawings."""
        screen = self.quick.screen()
        whole, said = screen.size(), screen.physicalSize()
        if self.settings.diagonal_in:
            glass = (whole.width(), whole.height()) if self._windowed else (width, height)
            return pixels_per_mm(*glass, self.settings.diagonal_in * MM_PER_INCH)
        diagonal = (said.width() ** 2 + said.height() ** 2) ** 0.5
        if PLAUSIBLE_MM[0] <= diagonal <= PLAUSIBLE_MM[1] and QGuiApplication.platformName() not in NO_GPU_PLATFORMS:
            return pixels_per_mm(whole.width(), whole.height(), diagonal)
        return pixels_per_mm(width, height, ASSUMED_IN[height > width] * MM_PER_INCH)
