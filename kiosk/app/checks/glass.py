"""The display and the touch screen in front of it, as Qt sees them.

Qt ends the whole process when a display that is named cannot be opened, so the doctor looks through a process of its
own (`kiosk glass`, not for people). The staff panel looks from inside of the window's process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from kiosk.app.checks.finding import Skipped
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.legible import CAP_SHARE, MM_PER_INCH, SMALLEST_CAPITAL_MM, Role, pixels_per_mm, sizes
from kiosk.settings.places import for_children
from kiosk.settings.schema import Screen

PLAUSIBLE_MM = (120.0, 3000.0)  # diagonal
LEAST_PIXELS = 600  # on the shorter side, what the layout was drawn for
LOOK_S = 20.0
VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
WITHOUT_GLASS = frozenset({"offscreen", "minimal", "vnc"})


@dataclass(frozen=True, slots=True)
class Glass:
    """Size in pixels and millimetres (as the display says it), what draws, and the names of touch devices."""

    platform: str
    width: int
    height: int
    width_mm: float
    height_mm: float
    drawn_by: str = ""
    touch: tuple[str, ...] = field(default=())

    @property
    def diagonal_mm(self) -> float:
        return float((self.width_mm**2 + self.height_mm**2) ** 0.5)

    def pixels_per_mm(self, screen: Screen) -> float | None:
        """From the settings, else from what the display says; None when that cannot be true."""
        if screen.diagonal_in:
            return pixels_per_mm(self.width, self.height, screen.diagonal_in * MM_PER_INCH)
        if self.platform in WITHOUT_GLASS or not PLAUSIBLE_MM[0] <= self.diagonal_mm <= PLAUSIBLE_MM[1]:
            return None
        return pixels_per_mm(self.width, self.height, self.diagonal_mm)


def look_here() -> Glass | None:
    """From a process that has a window already; None in one that has none. Loads no Qt."""
    gui = sys.modules.get("PySide6.QtGui")
    return _seen() if gui is not None and gui.QGuiApplication.instance() is not None else None


def _seen() -> Glass | None:
    from PySide6.QtGui import QGuiApplication, QInputDevice  # noqa: PLC0415 - only where Qt is loaded already

    if not QGuiApplication.screens():
        return None
    screen = QGuiApplication.primaryScreen()
    size, said = screen.size() * screen.devicePixelRatio(), screen.physicalSize()
    fingers = [device for device in QInputDevice.devices() if device.type() == QInputDevice.DeviceType.TouchScreen]
    names = tuple(device.name() or "touch screen" for device in fingers)
    return Glass(QGuiApplication.platformName(), size.width(), size.height(), said.width(), said.height(), touch=names)


def tell(renderer: str) -> int:
    """The child: prints what Qt sees as one line of JSON. `renderer`: setting screen.renderer."""
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    from kiosk.screen.window import wants_software  # noqa: PLC0415

    application = QGuiApplication(sys.argv[:1])
    glass = _seen()
    if glass is None:
        return ExitCode.NO_DEVICE
    drawn_by = "Qt's software renderer" if wants_software(renderer) else "the GPU"
    print(json.dumps({**asdict(glass), "drawn_by": drawn_by}))
    application.shutdown()
    return 0


def look(renderer: str, environment: Mapping[str, str] | None = None) -> Glass:
    """Raises `Skipped` where no display is named, `Fault` (NO_DEVICE) where it cannot be opened."""
    environment = os.environ if environment is None else environment
    if sys.platform == "linux" and not any(environment.get(name) for name in VARIABLES):
        raise Skipped("there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)")
    program = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"])]
    command = [*program, "glass", "look", renderer]
    try:
        done = subprocess.run(
            command, env=for_children(environment), capture_output=True, text=True, timeout=LOOK_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise _no_display(f"does not answer within {LOOK_S:.0f} s") from None
    if done.returncode != 0:
        raise _no_display("cannot be opened")
    told = json.loads(done.stdout.splitlines()[-1])
    return Glass(**{**told, "touch": tuple(told["touch"])})


def display(glass: Callable[[], Glass], screen: Screen) -> str:
    """Present, large enough, and its size believable. A site that has measured its screen must have one."""
    try:
        seen = glass()
    except Skipped as why:
        if screen.diagonal_in:
            raise _no_display(f"is expected, because screen.diagonal_in is set, and {why}") from None
        raise
    if min(seen.width, seen.height) < LEAST_PIXELS:
        raise Fault(
            f"the display has {seen.width} x {seen.height} pixels; the shorter side needs {LEAST_PIXELS}",
            where="the display",
            remedy="choose a larger resolution in the system's settings",
            code=ExitCode.NO_DEVICE,
        )
    turned = "portrait" if seen.height > seen.width else "landscape"
    found = f"{turned}, {seen.width} x {seen.height} pixels"
    if seen.platform in WITHOUT_GLASS:
        return f"{found} on the platform {seen.platform}, which nobody sees"
    if seen.pixels_per_mm(screen) is None:
        raise Fault(
            f"the display says that it is {seen.width_mm:.0f} x {seen.height_mm:.0f} mm, which cannot be",
            where="the display",
            remedy="measure its diagonal and set screen.diagonal_in, or letters and targets have the wrong size",
            code=ExitCode.SETTINGS,
        )
    if screen.diagonal_in and abs(seen.diagonal_mm / MM_PER_INCH / screen.diagonal_in - 1) > 0.15 and seen.diagonal_mm:
        size = f"{screen.diagonal_in:g} inches by the settings, {seen.diagonal_mm / MM_PER_INCH:.1f} by the display"
    else:
        size = f"{screen.diagonal_in or seen.diagonal_mm / MM_PER_INCH:.1f} inches"
    drawn = f", drawn by {seen.drawn_by}" if seen.drawn_by else ""
    return f"{found}, {size}{drawn}"


def touch(glass: Callable[[], Glass]) -> str:
    seen = glass()
    if not seen.touch:
        raise Skipped(
            "no touch screen is known to the system. If there is one: check its USB cable, then `xinput list` or "
            "`libinput list-devices`. Voice, mouse and buttons still serve"
        )
    return f"{', '.join(seen.touch)}"


def derived(glass: Glass | None, screen: Screen) -> list[tuple[str, str]]:
    """(what, value) that follows from the screen's size: text and controls in millimetres and pixels."""
    mm = glass.pixels_per_mm(screen) if glass is not None else None
    if glass is None or mm is None:
        return [("sizes", "not known without a display whose size is known; set screen.diagonal_in there")]
    made = sizes(glass.width, glass.height, mm, screen.viewing_distance_mm)
    rows = [("pixels for a millimetre", f"{mm:.2f}")]
    for role in Role:
        pixels = made.type[role]
        capital = pixels * CAP_SHARE / mm
        rows.append(
            (
                f"text {role.value}",
                f"{pixels} px, capitals {capital:.1f} mm (smallest allowed {SMALLEST_CAPITAL_MM} mm)",
            )
        )
    for name, pixels in (("disc", made.disc), ("pill", made.pill), ("chip", made.chip)):
        rows.append((f"control {name}", f"{pixels} px high, {pixels / mm:.1f} mm"))
    return rows


def _no_display(what: str) -> Fault:
    return Fault(
        f"the display {what}",
        where="environment variables DISPLAY and WAYLAND_DISPLAY",
        remedy="start it inside of the desktop or kiosk session, as the user who is logged in there",
        code=ExitCode.NO_DEVICE,
    )
