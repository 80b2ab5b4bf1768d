"""Where things are kept: assets that come with the program, and the user's own folders (XDG base directories)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

APPLICATION = "exei-voice-kiosk"
SECRET = "EXEI_VOICE_"  # how the environment variables with secrets begin
SETUP_KEY_VARIABLE = f"{SECRET}SETUP_KEY"
"""Whoever starts the service may choose the key of the console's setup link; `kiosk demo` does. It is a secret."""


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


def for_children(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program that is started from here: without secrets."""
    return {name: value for name, value in environ.items() if not name.startswith(SECRET)}


def _xdg(variable: str, fallback: str) -> Path:
    base = os.environ.get(variable)
    return (Path(base) if base else Path.home() / fallback) / APPLICATION
