"""Where things are kept: assets that come with the program, and the folders that this system has for the rest."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

APPLICATION = "exei-voice-kiosk"
SECRET = "EXEI_VOICE_"  # how the environment variables with secrets begin
SETUP_KEY_VARIABLE = f"{SECRET}SETUP_KEY"
"""Whoever starts the service may choose the key of the console's setup link; `kiosk demo` does. It is a secret."""


Kind = Literal["config", "cache", "state"]
_XDG: dict[Kind, tuple[str, str]] = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}


def assets() -> Path:
    """Fonts, voices, knowledge, sites: beside the package in a checkout, inside of a frozen program."""
    frozen = getattr(sys, "_MEIPASS", None)
    return Path(frozen) / "assets" if frozen else Path(__file__).resolve().parents[2] / "assets"


def config() -> Path:
    """Settings and the credentials file of this user."""
    return folder("config")


def cache() -> Path:
    """What can be made again: spoken answers, the rehearsal's synthetic lines."""
    return folder("cache")


def state() -> Path:
    """Logs and what must survive a restart."""
    return folder("state")


def for_children(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program that is started from here: without secrets."""
    return {name: value for name, value in environ.items() if not name.startswith(SECRET)}


def folder(kind: Kind, environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """Of this user; it need not exist. An XDG variable is obeyed on every system.

    Windows  below ProgramData where setup.exe has made that folder: whoever looks after the machine and the account of
             the kiosk share it, and nobody else may read it. Else below the user's local AppData
    macOS    below the user's Library
    """
    environ = os.environ if environ is None else environ
    variable, usual = _XDG[kind]
    if base := environ.get(variable):
        return Path(base) / APPLICATION
    home = Path(environ.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    if platform == "win32":
        installed = Path(environ.get("PROGRAMDATA") or "C:/ProgramData") / APPLICATION
        own = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / APPLICATION
        root = installed if installed.is_dir() else own
        return root if kind == "config" else root / kind
    if platform == "darwin":
        support = home / "Library" / "Application Support" / APPLICATION
        return {"config": support, "state": support / "state", "cache": home / "Library" / "Caches" / APPLICATION}[kind]
    return home / usual / APPLICATION
