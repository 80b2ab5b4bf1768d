"""Engines by the names that they are registered under."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from kiosk.core.fault import ExitCode, Fault


def plug_in(group: str, name: str) -> Any:
    """The class that is registered under `name`. Raises `Fault` when there is none or it cannot be loaded."""
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        raise Fault(
            f"there is no engine {name!r}",
            where=f"plug-in group {group}",
            remedy=f"choose one of {', '.join(sorted(found)) or 'none installed'}",
            code=ExitCode.SETTINGS,
        )
    try:
        return found[name].load()
    except ImportError as error:
        raise Fault(
            f"the engine {name!r} cannot be loaded: {error}",
            where=f"plug-in group {group}",
            remedy="install the service's packages: pip install 'exei-voice-kiosk[service]'",
            code=ExitCode.MODEL,
        ) from error
