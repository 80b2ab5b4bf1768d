"""Every state drawn without a display: pictures to look at, and geometry that a test can judge."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QEventLoop, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtQuick import QQuickItem

from kiosk.core.events import Timer
from kiosk.core.legible import SMALLEST_MAIN_MM, SMALLEST_TARGET_MM
from kiosk.core.ports import Fate, Heard, MicrophoneFigures, SpeakerFigures, Uplink, VoiceEdge
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen.window import Window
from kiosk.settings.schema import Settings

ASKED = "When does the old ferry leave, and can my wheelchair come on board?"
ANSWER = (
    Clause("The Alma sails at two and at half past four,", 0, 2600),
    Clause("from the stone pier.", 2600, 3900),
    Clause("There is a ramp, and the crew will help you on board.", 4100, 7000),
)
CUT_MS = 3350
SETTLE_MS = 420  # a change of state (220 ms) and the fading of a word are over


@dataclass(frozen=True, slots=True)
class Shape:
    """A glass: pixels and diagonal."""

    name: str
    width: int
    height: int
    diagonal_in: float


PORTRAIT = Shape("portrait", 1080, 1920, 21.5)
LANDSCAPE = Shape("landscape", 1920, 1080, 32.0)
PORTRAIT_4K = Shape("portrait-4k", 2160, 3840, 21.5)
LANDSCAPE_4K = Shape("landscape-4k", 3840, 2160, 32.0)
SMALL = Shape("small", 1024, 600, 10.1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A state worth looking at: a session, where the speaker clock stands, what the visitor did on the glass."""

    name: str
    session: Session
    played_ms: float = 0.0
    large: bool = False
    typing: str | None = None
    rated: int | None = None
    made_at: float = field(default_factory=time.monotonic)

    def shifted(self, now: float) -> Session:
        """The session as if it had begun so much later as this picture has waited to be drawn."""
        late, s = now - self.made_at, self.session
        timers = MappingProxyType({timer: at + late for timer, at in s.timers.items()})
        return replace(s, entered_at=s.entered_at + late, timers=timers)


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


def pictures() -> tuple[Picture, ...]:
    """The states of a visit in their order, then what goes wrong."""
    now = time.monotonic()
    live = Session(visit=1, session_id="s", consented=True, linked=True, entered_at=now, uplink=Uplink.GATED)
    question = Turn("user", "u1", ASKED, final=True, start_ms=0, end_ms=3000)
    spoken = Turn("agent", "a1", " ".join(c.text for c in ANSWER), response_id="r1", clauses=ANSWER, start_ms=3500)
    talk = Transcript((question, spoken))
    partial = Transcript((Turn("user", "u1", "When does the old ferry leave, and can my wheel"),))
    speaking = replace(
        live, phase=Phase.SPEAKING, transcript=talk, responses=("r1",), sounding=True, uplink=Uplink.GUARDED
    )
    listening = replace(live, phase=Phase.LISTENING)
    shut = replace(listening, uplink=Uplink.CLOSED)
    cut = Transcript((question, replace(spoken, interrupted=True, played_ms=CUT_MS, end_ms=7000)))
    checking = replace(
        shut,
        phase=Phase.CHECKING,
        entered_at=now - 7,
        timers=MappingProxyType({Timer.LIMIT: now + 13}),
        uplink=Uplink.GATED,
    )
    thinking = replace(shut, phase=Phase.THINKING, transcript=Transcript((question,)))
    return (
        Picture("attract", Session(phase=Phase.ATTRACT, entered_at=now)),
        Picture("notice", Session(phase=Phase.NOTICE, visit=1, entered_at=now)),
        Picture("connecting", replace(shut, phase=Phase.CONNECTING, linked=False)),
        Picture("ready", shut),
        Picture("listening", listening),
        Picture("hearing", replace(listening, transcript=partial, uplink=Uplink.HELD, pressed=True)),
        Picture("thinking", thinking),
        Picture("thinking-long", replace(thinking, entered_at=now - 11)),
        Picture("speaking", speaking, played_ms=4300),
        Picture("speaking-large", speaking, played_ms=2300, large=True),
        Picture(
            "interrupted", replace(listening, transcript=cut, notes=frozenset({Note.INTERRUPTED}), uplink=Uplink.HELD)
        ),
        Picture("answered", replace(listening, transcript=Transcript((question, replace(spoken, end_ms=9000))))),
        Picture("typing", replace(shut, text_only=True), typing="When does the old fer"),
        Picture("muted", replace(shut, muted=True)),
        Picture("person", replace(shut, phase=Phase.HANDOVER, person="Ingrid")),
        Picture("stillthere", checking),
        Picture("reconnecting", replace(shut, phase=Phase.CONNECTING, notes=frozenset({Note.RECONNECTING}))),
        Picture("offline", replace(shut, phase=Phase.OFFLINE)),
        Picture("nosound", replace(shut, notes=frozenset({Note.NO_MICROPHONE}))),
        Picture("farewell", replace(shut, phase=Phase.FAREWELL)),
        Picture("rated", replace(shut, phase=Phase.FAREWELL), rated=1),
        Picture("closed", Session(phase=Phase.CLOSED)),
        Picture("outoforder", Session(phase=Phase.OUT_OF_ORDER)),
    )


class Studio:
    """One window without a display, set to one picture after the other."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._app = QGuiApplication.instance() or QGuiApplication([])
        self.shape = shape
        screen = settings.screen.model_copy(update={"diagonal_in": shape.diagonal_in})
        self.settings = settings.model_copy(update={"screen": screen})
        self.still = Stillness()
        self.window = Window(
            self.settings, self.still, self.still, self.still, windowed=False, size=(shape.width, shape.height)
        )
        self.window.quick.show()

    def pose(self, picture: Picture) -> None:
        """Show the picture and let its change of state run out."""
        view = self.window.view
        self.still.played_ms = picture.played_ms
        sounding = picture.session.phase is Phase.SPEAKING
        self.still.figures = SpeakerFigures(level_dbfs=-9.0) if sounding else MicrophoneFigures(0, 0, 0, -36.0, -62.0)
        view.renew(Session(phase=Phase.RESETTING, visit=picture.session.visit))
        view.renew(picture.shifted(time.monotonic()))
        if picture.large is not view.property("large"):
            view.toggleLarge()
        if picture.typing is not None:
            view.act("type")
            view.board.key(picture.typing)
        if picture.rated is not None:
            view.rate(picture.rated)
        self.wait(SETTLE_MS)

    @staticmethod
    def wait(milliseconds: int) -> None:
        """Let the window run; used before any other loop exists."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def image(self) -> QImage:
        return self.window.quick.grabWindow()

    def close(self) -> None:
        self.window.close()
        QGuiApplication.processEvents()


def offences(window: Window) -> list[str]:
    """What is wrong with the geometry of what stands in the window now."""
    root = window.quick.rootObject()
    glass = QRectF(0, 0, root.width(), root.height())
    mm = float(window.view.property("sizes")["mm"])
    found: list[str] = []
    targets: list[tuple[str, QRectF]] = []
    for item in _visible(root):
        place = _place(item)
        name = str(item.property("text") or item.property("label") or item.objectName())[:40]
        if item.objectName() in {"label", "note"} and item.property("text"):
            if not glass.contains(place):
                found.append(f"the text {name!r} leaves the screen: {_said(place)}")
            if item.property("truncated"):
                found.append(f"the text {name!r} does not fit its place")
        if item.property("main") is not None and item.isEnabled() and item.property("down") is not None:
            least = SMALLEST_MAIN_MM if item.property("main") else SMALLEST_TARGET_MM
            if min(place.width(), place.height()) < least * mm - 1 and item.objectName() not in {"heard", "sentence"}:
                found.append(f"the control {name!r} is smaller than {least:g} mm: {_said(place)}")
            if not glass.contains(place):
                found.append(f"the control {name!r} leaves the screen: {_said(place)}")
            if not window.view.board.is_up or name.startswith("key") or item.property("label"):
                targets.append((name, place))
    if not window.view.board.is_up:
        found += [
            f"the controls {a!r} and {b!r} overlap"
            for i, (a, one) in enumerate(targets)
            for b, other in targets[i + 1 :]
            if one.adjusted(1, 1, -1, -1).intersects(other.adjusted(1, 1, -1, -1))
        ]
        found += _crossed_words(root)
    return found


def _crossed_words(root: QQuickItem) -> list[str]:
    """Text that lies upon other text: the sentence, the note, chips and row share one column."""
    texts = [(str(i.property("text")), _place(i)) for i in _visible(root) if i.property("paintedWidth") is not None]
    texts = [(text, place) for text, place in texts if text.strip() and text not in {"…", "–"}]
    return [
        f"the texts {a[:30]!r} and {b[:30]!r} lie upon each other"
        for i, (a, one) in enumerate(texts)
        for b, other in texts[i + 1 :]
        if one.adjusted(3, one.height() * 0.2, -3, -one.height() * 0.2).intersects(
            other.adjusted(3, other.height() * 0.2, -3, -other.height() * 0.2)
        )
    ]


def _visible(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible() and child.opacity() > 0:
            yield child
            yield from _visible(child)


def _place(item: QQuickItem) -> QRectF:
    width = float(item.property("paintedWidth") or item.width()) if item.property("text") else item.width()
    return item.mapRectToScene(QRectF(0, 0, min(width, item.width()) or width, item.height()))


def _said(place: QRectF) -> str:
    return f"{place.width():.0f} x {place.height():.0f} at {place.x():.0f}, {place.y():.0f}"


def draw(
    out: Path,
    settings: Settings | None = None,
    *,
    shapes: tuple[Shape, ...] = (PORTRAIT, LANDSCAPE),
    themes: tuple[str, ...] = ("harbour-dark", "harbour-light"),
    only: str = "",
) -> list[str]:
    """Draw every state as PNG and a contact sheet for each shape and theme. Returns what is wrong with the geometry.

    only   part of the names of the pictures wanted
    Makes an offscreen QGuiApplication where there is none. Raises `Fault` as the window does.
    """
    out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    for theme in themes:
        for shape in shapes:
            site = settings or Settings()
            themed = site.screen.model_copy(update={"theme": theme})
            studio = Studio(shape, site.model_copy(update={"screen": themed}))
            images = []
            for picture in pictures():
                if only not in picture.name:
                    continue
                studio.pose(picture)
                image = studio.image()
                name = f"{picture.name}-{shape.name}-{Path(theme).stem}"
                image.save(str(out / f"{name}.png"))
                images.append(image)
                wrong += [f"{name}: {offence}" for offence in offences(studio.window)]
            studio.close()
            _sheet(images, shape).save(str(out / f"sheet-{shape.name}-{Path(theme).stem}.png"))
    return wrong


def _sheet(images: list[QImage], shape: Shape) -> QImage:
    across = 8 if shape.height > shape.width else 4
    width = 360 if shape.height > shape.width else 640
    height = round(width * shape.height / shape.width)
    down = -(-len(images) // across)
    sheet = QImage((width + 16) * across + 16, (height + 16) * down + 16, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#555555"))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, image in enumerate(images):
        small = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        painter.drawImage(16 + number % across * (width + 16), 16 + number // across * (height + 16), small)
    painter.end()
    return sheet
