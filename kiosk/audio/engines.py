"""Which echo canceller stands in which path: by name, or the best of those that load on this platform."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module

from kiosk.audio.echo import Canceller, NoCanceller
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Engine

log = logging.getLogger(__name__)

_PLACES = {
    Engine.WEBRTC: ("kiosk.audio.webrtc", "WebRtcCanceller", "the package pywebrtc-audio"),
    Engine.SPEEX: ("kiosk.audio.speex", "SpeexCanceller", "the system's libspeexdsp (on Debian: libspeexdsp1)"),
    Engine.KALMAN: ("kiosk.audio.kalman", "KalmanCanceller", "numpy"),
    Engine.NONE: ("kiosk.audio.echo", "NoCanceller", "nothing"),
}
GUARD_ORDER = (Engine.WEBRTC, Engine.SPEEX, Engine.KALMAN)
"""For the guard: the one that leaves the least echo."""
SPEECH_ORDER = (Engine.SPEEX, Engine.KALMAN)
"""For what goes up: the one that leaves the most of the visitor."""


def canceller(engine: Engine, order: tuple[Engine, ...], where: str) -> Canceller:
    """A new one. `where`: the setting that asks for it. Raises `Fault` MISSING_PACKAGE when the named one cannot load;
    with AUTO the first of `order` that loads, and none at the end of it.
    """
    if engine is not Engine.AUTO:
        module, name, needs = _PLACES[engine]
        try:
            return _made(module, name)
        except (ImportError, OSError) as error:
            raise Fault(
                f"the echo canceller {engine.value!r} cannot be loaded: {error}",
                where=where,
                remedy=f"install {needs}, or set it to auto",
                code=ExitCode.MISSING_PACKAGE,
            ) from error
    for choice in order:
        module, name, needs = _PLACES[choice]
        try:
            found = _made(module, name)
        except (ImportError, OSError) as error:
            log.warning(
                "%s: the echo canceller %s is not to be had (%s); it needs %s", where, choice.value, error, needs
            )
            continue
        log.info("%s: echo canceller %s", where, choice.value)
        return found
    return NoCanceller()


def _made(module: str, name: str) -> Canceller:
    make: Callable[[], Canceller] = getattr(import_module(module), name)
    return make()
