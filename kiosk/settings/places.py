"""Where things are kept: assets that come with the program, and the user's own folders (XDG base directories)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

APPLICATION = "exei-voice-kiosk"


def assets() -> Path:
    """Fonts, voices, knowledge, sites: beside the package in a checkout, inside of a frozen program."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "assets" if frozen else Path(__file__).resolve().parents[2] / "assets"


def config() -> Path:
    """Settings and the credentials file of this user."""
    return _xdg("XDG_CONFIG_HOME", ".config")


def cache() -> Path:
    """What can be made again: spoken answers, the rehearsal's synthetic lines."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def state() -> Path:
    """Logs and what must survive a restart."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def _xdg(variable: str, fallback: str) -> Path:
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / fallback) / APPLICATION
