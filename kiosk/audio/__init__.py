"""Sound in and out: rings, capture thread, voice detection, the speaker and its clock."""

from kiosk.audio.sound import open_sound

__all__ = ["open_sound"]
