"""What a settings file with a slip in it still says about the screen: so that such a house is out of order in its own
language and colours and under its own name, and its staff's PIN opens."""

from __future__ import annotations

import copy
import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kiosk.core.fault import Fault
from kiosk.settings import languages
from kiosk.settings.load import overlay
from kiosk.settings.schema import Settings

log = logging.getLogger(__name__)

TABLES = (("words", "site"), ("words",), ("site",), ("house",), ("screen",), ("staff",), ("journal",))
"""Of the screen: a language and its words together, or else either. A kiosk that is out of order needs no other."""


def salvage(*files: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The tables that are right by themselves, over the defaults; of the first file that has them right, below what the
    environment says where that is right too. A file that is no TOML at all has none. Raises nothing."""
    plain = [found for file in files if (found := _parsed(file)) is not None]
    parsed = [*_below(os.environ if environment is None else environment, plain or [{}]), *plain]
    taken: dict[str, Any] = {}
    settings = Settings()
    for names in TABLES:
        for found in parsed:
            tables = {name: found[name] for name in names if name in found and name not in taken}
            if not tables:
                break  # it says nothing about it, and that is right
            try:
                tried = Settings.model_validate({**taken, **tables})
                languages.check(tried, {})
            except (ValidationError, Fault):
                continue
            taken |= tables
            settings = tried
            break
    return settings


def keep(site_file: Path, kept: Path) -> None:
    """What was right, for a day when it is not. It may hold whom to call: 0600. A full disk is no reason to stop."""
    try:
        if not site_file.exists():
            kept.unlink(missing_ok=True)
            return
        text = site_file.read_bytes()
        if kept.exists() and kept.read_bytes() == text:
            return
        draft = kept.with_name(f"{kept.name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text)
        draft.replace(kept)
    except OSError as error:
        log.warning("no copy of the settings can be kept (%s): %s", kept, error.strerror or type(error).__name__)


def _below(environment: Mapping[str, str], plain: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same files with the environment above them; none where that itself is wrong."""
    found = copy.deepcopy(plain)
    try:
        for values in found:
            overlay(values, environment)
    except Fault:
        return []
    return found


def _parsed(file: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
