"""Builds the two ends of the sound from the settings. No device is touched before their `open()`."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points

from kiosk.audio.backend import Backend
from kiosk.audio.farend import FarEnd
from kiosk.audio.mic import CaptureMicrophone
from kiosk.audio.profile import Profile, in_force
from kiosk.audio.speaker import StreamSpeaker
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Capture, Sound

log = logging.getLogger(__name__)

GROUP = "kiosk.audio"


def load_backend(sound: Sound) -> Backend:
    """The backend that the settings name. Raises `Fault`: SETTINGS for an unknown name, MISSING_PACKAGE."""
    known = {entry.name: entry for entry in entry_points(group=GROUP)}
    entry = known.get(sound.backend)
    if entry is None:
        raise Fault(
            f"there is no sound backend named {sound.backend!r}",
            where="sound.backend",
            remedy=f"name one of: {', '.join(sorted(known))}",
            code=ExitCode.SETTINGS,
        )
    try:
        backend: Backend = entry.load()(sound)
    except Fault:
        raise
    except Exception as error:  # the plug-in boundary: a backend may be anybody's code
        log.exception("the sound backend %s cannot be loaded", sound.backend)
        raise Fault(
            f"the sound backend {sound.backend!r} cannot be loaded: {error}",
            where="sound.backend",
            remedy="install what it needs (for portaudio on Linux: the package libportaudio2), or name another backend",
            code=ExitCode.MISSING_PACKAGE,
        ) from error
    return backend


def open_sound(
    sound: Sound, capture: Capture, backend: Backend | None = None, profile: Profile | None = None
) -> tuple[CaptureMicrophone, StreamSpeaker]:
    """Microphone and loudspeaker on one backend, sharing the far end. Raises `Fault` when the backend cannot load.

    profile     what is known about the room (`known_room`)
    """
    backend = backend or load_backend(sound)
    far_end = FarEnd()
    microphone = CaptureMicrophone(backend, capture, far_end, profile)
    return microphone, StreamSpeaker(backend, sound, far_end, duck_db=capture.duck_db)


def known_room(sound: Sound, backend: Backend) -> Profile | None:
    """The profile of the devices that the settings mean now. May wait for the sound system: not on the loop."""
    return in_force(sound, backend.devices())
