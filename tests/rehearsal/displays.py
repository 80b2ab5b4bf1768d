"""Whether this machine can make a private display; the tests that need one are skipped with the apt line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.rehearsal.xserver import XORG_PACKAGES, find_xorg

_TOOLS = ("matchbox-window-manager", "xprop", "xwd", "Xvfb")
APT = " ".join(("apt-get install", *XORG_PACKAGES, "xvfb matchbox-window-manager x11-utils x11-apps"))

HAS_DISPLAY = find_xorg() is not None and all(shutil.which(program) for program in _TOOLS)


def needs_display(test: Callable[..., Any]) -> Any:
    return pytest.mark.rig(pytest.mark.skipif(not HAS_DISPLAY, reason=APT)(test))
