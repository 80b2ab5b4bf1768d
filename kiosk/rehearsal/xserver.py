"""X servers that need no hardware: how they are found, configured and started, and what a killed one leaves."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from kiosk.rehearsal.children import local_socket
from kiosk.rehearsal.touch import MOST_FINGERS

TOUCH_DEVICE = "kiosk-touch"
"""Its name in `xinput list`."""

XORG_PACKAGES = ("xserver-xorg-core", "xserver-xorg-video-dummy")

# Debian's `Xorg` may be a setuid wrapper for real consoles, which would cut the tether. This is what it starts.
_SERVERS = ("/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/lib/Xorg")
_MODULES = ("/usr/lib/xorg/modules", "/usr/lib64/xorg/modules", "/usr/lib/*/xorg/modules")
_DRIVERS = ("drivers/dummy_drv.so", "input/inputtest_drv.so")
_COMMON = ("-nolisten", "tcp", "-noreset", "-s", "0")  # no network, no new start after the last window, no blanking

_XORG = """\
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
EndSection
Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam {ram_kb}
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
  Modeline "kiosk" {timing}
EndSection
Section "Screen"
  Identifier "screen"
  Device "card"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "kiosk"
    Virtual {w} {h}
  EndSubSection
EndSection
Section "InputDevice"
  Identifier "{touch}"
  Driver "inputtest"
  Option "SocketPath" "{touch_socket}"
  Option "DeviceType" "Touch"
  Option "TouchCount" "{fingers}"
EndSection
Section "InputDevice"
  Identifier "kiosk-keyboard"
  Driver "inputtest"
  Option "SocketPath" "{root}/keyboard.socket"
  Option "DeviceType" "Keyboard"
EndSection
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
  InputDevice "{touch}" "SendCoreEvents"
  InputDevice "kiosk-keyboard" "CoreKeyboard"
EndSection
"""


def find_xorg() -> str | None:
    """The Xorg server, if it and both of its drivers are there."""
    for driver in _DRIVERS:
        if not any(glob.glob(f"{modules}/{driver}") for modules in _MODULES):
            return None
    return next((path for path in _SERVERS if os.access(path, os.X_OK)), None)


def xorg(server: str, root: Path, width: int, height: int) -> list[str]:
    """The command line of a server with a touch screen; writes its configuration to `root`."""
    across = (width, width + 88, width + 132, width + 280)
    down = (height, height + 4, height + 9, height + 45)
    clock_mhz = across[-1] * down[-1] * 60 / 1e6  # for 60 pictures a second
    config = root / "xorg.conf"
    config.write_text(
        _XORG.format(
            w=width,
            h=height,
            timing=" ".join(map(str, (round(clock_mhz, 2), *across, *down))),
            ram_kb=max(16000, width * height * 4 // 1024 + 1024),
            touch=TOUCH_DEVICE,
            touch_socket=touch_socket(root),
            root=root,
            fingers=MOST_FINGERS,
        )
    )
    command = [server, "-config", str(config), "-configdir", str(root / "none"), "-logfile", str(root / "x.log")]
    return [*command, "-novtswitch", "-sharevts", "-keeptty", *_COMMON]


def touch_socket(root: Path) -> Path:
    return root / "touch.socket"


def xvfb(width: int, height: int) -> list[str]:
    return ["Xvfb", "-screen", "0", f"{width}x{height}x24", *_COMMON]


def sweep(number: int) -> None:
    """Takes away the socket of a server that was killed or crashed. (With -displayfd it has no lock file.)

    Only one that nobody serves: another server may have taken the number in the meantime.
    """
    path = Path(f"/tmp/.X11-unix/X{number}")  # there for every X server, whatever TMPDIR is
    with local_socket() as caller:
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # it cleared up after itself
