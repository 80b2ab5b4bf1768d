"""A private display of any size with a touch screen, on which a real kiosk window stands and can be seen and touched.

Xorg with two drivers that need no hardware: `dummy` for the picture, `inputtest` for the fingers. A small window
manager makes full-screen windows full-screen. Works as root and as a user, beside any display that the machine has.
Where Xorg's parts are missing and Xvfb is there, Xvfb serves: the same picture, and no touch.

    with Display(1080, 1920) as display:
        subprocess.run([...], env=display.env())
        display.touch.tap(540, 1700)
        display.screenshot(Path("attract.png"))
"""

from __future__ import annotations

import logging
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import picture, xserver
from kiosk.rehearsal.children import end, missing_packages, tethered
from kiosk.rehearsal.touch import TouchScreen

log = logging.getLogger(__name__)

SMALLEST, LARGEST = 320, 4096
"""Pixels on a side."""

_WHERE = "the rehearsal's display"
_START_S = 20.0  # 0.1 s usually; the first Xorg after a boot took 6 s
_ANSWER_S = 10.0
_TOOLS = {"matchbox-window-manager": "matchbox-window-manager", "xprop": "x11-utils", "xwd": "x11-apps"}
# Of the user's own desktop: its session, its scaling, its input methods.
_FOREIGN = ("WAYLAND_", "XAUTHORITY", "XDG_SESSION_", "XDG_CURRENT_DESKTOP", "DESKTOP_", "GDK_", "GTK_", "XMODIFIERS")
_FOREIGN_QT = ("QT_SCALE", "QT_SCREEN_SCALE", "QT_AUTO_SCREEN", "QT_ENABLE_HIGHDPI", "QT_FONT_DPI", "QT_IM_", "QT_QPA_")


class Display:
    """Starts with the `with` statement, or `start()`; `stop()` leaves no process, no socket and no file behind.

    width, height  in pixels
    with_touch     False: Xvfb, even where a touch screen could be had
    Blocking; use it from one thread that lives as long as the display does (see `tethered`), except for `screenshot`
    and `touch`, which are for any thread.
    Raises `Fault`: MISSING_PACKAGE, NO_DEVICE when the X server does not come up, USAGE for an impossible size.
    """

    def __init__(self, width: int, height: int, *, with_touch: bool = True) -> None:
        if not all(SMALLEST <= side <= LARGEST for side in (width, height)):
            raise Fault(
                f"a display of {width} x {height} cannot be made",
                where=_WHERE,
                remedy=f"use {SMALLEST} to {LARGEST} pixels on a side",
                code=ExitCode.USAGE,
            )
        self.width, self.height = width, height
        self._with_touch = with_touch
        self._root: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._manager: subprocess.Popen[bytes] | None = None
        self._number: int | None = None
        self._touch: TouchScreen | None = None

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """X server, touch screen and window manager up; 0.2 s on an idle machine."""
        xorg = xserver.find_xorg() if self._with_touch else None
        self._need(xorg)
        self._root = Path(tempfile.mkdtemp(prefix="kiosk-display-"))
        started = time.monotonic()
        try:
            if xorg:
                self._serve(xserver.xorg(xorg, self.root, self.width, self.height))
                self._touch = TouchScreen(xserver.touch_socket(self.root), self.width, self.height)
            else:
                if self._with_touch:
                    log.warning("Xorg's dummy and inputtest drivers are missing: a display without touch (Xvfb)")
                self._serve(xserver.xvfb(self.width, self.height))
            self._manage(started)
        except BaseException:
            self.stop()
            raise
        log.debug("display %s up after %.0f ms", self.name, 1000 * (time.monotonic() - started))

    def stop(self) -> None:
        if self._touch is not None:
            self._touch.close()
            self._touch = None
        if self._manager is not None:
            end(self._manager)
            self._manager = None
        if self._server is not None:
            end(self._server)
            self._server = None
        if self._number is not None:
            xserver.sweep(self._number)
        self._number = None
        if self._root is not None:
            shutil.rmtree(self._root)
            self._root = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- for those who use it -----------------------------------------------------------------------------------

    @property
    def root(self) -> Path:
        if self._root is None:
            raise RuntimeError("the display is not started")
        return self._root

    @property
    def name(self) -> str:
        """As in DISPLAY, such as ":1"."""
        if self._number is None:
            raise RuntimeError("the display is not started")
        return f":{self._number}"

    @property
    def pid(self) -> int:
        if self._server is None:
            raise RuntimeError("the display is not started")
        return self._server.pid

    @property
    def has_touch(self) -> bool:
        return self._touch is not None

    @property
    def touch(self) -> TouchScreen:
        """The panel in front of it. Raises `Fault` MISSING_PACKAGE on a display without one."""
        if self._touch is None:
            raise missing_packages(["a touch screen"], xserver.XORG_PACKAGES, where=_WHERE)
        return self._touch

    def env(self, base: Mapping[str, str] | None = None, **extra: str) -> dict[str, str]:
        """Environment for a program that shall show itself here and nowhere else.

        base  the environment to begin with, such as a `SoundServer.env()`; None: this process's own
        """
        env = {
            name: value
            for name, value in (os.environ if base is None else base).items()
            if not name.startswith((*_FOREIGN, *_FOREIGN_QT))
        }
        # OpenGL is Mesa's llvmpipe, whatever graphics card the machine has. Which renderer Qt Quick uses stays the
        # program's and the user's choice (QT_QUICK_BACKEND).
        env.update(DISPLAY=self.name, QT_QPA_PLATFORM="xcb", LIBGL_ALWAYS_SOFTWARE="1")
        env.update(extra)
        return env

    def pixels(self) -> picture.Pixels:
        """What the display shows now, without the pointer; 0.05 s. Raises `Fault` NO_DEVICE when it does not tell."""
        try:
            done = subprocess.run(
                ["xwd", "-root", "-silent", "-display", self.name], capture_output=True, timeout=_ANSWER_S, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise self._fault(f"no picture of the display in {_ANSWER_S:g} s") from late
        if done.returncode:
            raise self._fault(f"no picture of the display: {done.stderr.decode(errors='replace').strip()}")
        return picture.of_window_dump(done.stdout)

    def screenshot(self, path: Path) -> picture.Pixels:
        """Writes what the display shows now to a PNG file, and returns it."""
        pixels = self.pixels()
        path.write_bytes(picture.png(pixels))
        return pixels

    # --- inside ---------------------------------------------------------------------------------------------------

    def _need(self, xorg: str | None) -> None:
        missing = {program: package for program, package in _TOOLS.items() if shutil.which(program) is None}
        if not self._with_touch and shutil.which("Xvfb") is None:
            missing["Xvfb"] = "xvfb"
        elif self._with_touch and xorg is None and shutil.which("Xvfb") is None:
            missing["an X server"] = " ".join(xserver.XORG_PACKAGES)
        if missing:
            raise missing_packages(missing, missing.values(), where=_WHERE)

    def _serve(self, command: list[str]) -> None:
        """Starts the X server on the first free display number."""
        read, write = os.pipe()
        try:
            with (self.root / "x.out").open("ab") as out:
                self._server = subprocess.Popen(
                    # It takes its socket along when it is asked to end, and only then.
                    tethered(
                        [*command, "-displayfd", str(write), "-nolisten", "tcp", "-noreset", "-s", "0"], by="TERM"
                    ),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    pass_fds=(write,),
                    start_new_session=True,
                )
            os.close(write)
            write = -1
            self._number = self._read_number(read)
        finally:
            os.close(read)
            if write >= 0:
                os.close(write)

    def _read_number(self, read: int) -> int:
        """Up to the newline: an X server whose reader is gone after the digits ends ("Cannot write display number")."""
        deadline = time.monotonic() + _START_S
        told = b""
        while not told.endswith(b"\n"):
            ready, _, _ = select.select([read], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(read, 16) if ready else b""
            if not part:
                raise self._fault("the X server does not come up")
            told += part
        return int(told)

    def _manage(self, started: float) -> None:
        with (self.root / "manager.out").open("ab") as out:
            self._manager = subprocess.Popen(
                tethered(["matchbox-window-manager", "-use_titlebar", "no", "-display", self.name]),
                env=self.env(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        while not self._is_managed():
            if self._manager.poll() is not None or time.monotonic() - started > _START_S:
                raise self._fault("the window manager does not come up")
            time.sleep(0.01)

    def _is_managed(self) -> bool:
        try:
            asked = subprocess.run(
                ["xprop", "-display", self.name, "-root", "_NET_SUPPORTING_WM_CHECK"],
                capture_output=True,
                timeout=_ANSWER_S,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise self._fault(f"the X server does not answer in {_ANSWER_S:g} s") from late
        return b"window id" in asked.stdout

    def _fault(self, what: str) -> Fault:
        said = [
            path.read_text(errors="replace").strip()
            for path in (self.root / "x.out", self.root / "manager.out")
            if path.exists()
        ]
        last = " / ".join(line.strip() for text in said for line in text.splitlines()[-2:])
        return Fault(
            what + (f"; it said: {last}" if last else ""),
            where=_WHERE,
            remedy="look whether `xvfb-run true` works on this machine and try again",
            code=ExitCode.NO_DEVICE,
        )
