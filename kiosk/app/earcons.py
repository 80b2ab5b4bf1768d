"""The kiosk's own short sounds, read once at the start. `assets/earcons/make.py` makes them."""

from __future__ import annotations

import wave

import numpy as np

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.places import assets
from kiosk.settings.sound import Sound

NAMES = ("open", "heard", "error", "goodbye", "attention", "warm_up")
ALWAYS = "attention"
"""Warns a visitor who cannot see the screen that the visit is about to end: not for a site to switch off."""
WARM_UP = "warm_up"
"""A breath of noise, from which the echo canceller learns the room before the first word."""
MADE_FOR_LUFS = -23.0
"""The loudness of speech that the files were made to go with."""


class Earcons:
    """
    rate    hertz

    Raises `Fault` MISSING_PACKAGE where a file is missing.
    """

    def __init__(self, sound: Sound) -> None:
        self.rate = 0
        gain_db = sound.earcons_db + (sound.loudness_lufs - MADE_FOR_LUFS if sound.level_agents else 0.0)
        wanted = {ALWAYS: True, WARM_UP: sound.warm_up}
        self._sounds = {name: self._read(name, gain_db) for name in NAMES if wanted.get(name, sound.earcons)}

    def get(self, name: str) -> bytes | None:
        """Little-endian signed 16-bit mono at `rate`; None where the site wants none. `KeyError` for a wrong name."""
        if name not in NAMES:
            raise KeyError(name)
        return self._sounds.get(name)

    def _read(self, name: str, gain_db: float) -> bytes:
        path = assets() / "earcons" / f"{name}.wav"
        try:
            with wave.open(str(path), "rb") as file:
                self.rate = file.getframerate()
                samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        except (OSError, EOFError, wave.Error) as error:
            raise Fault(
                f"an earcon cannot be read: {error}",
                where=str(path),
                remedy="make them again with `python assets/earcons/make.py`, or install the program anew",
                code=ExitCode.MISSING_PACKAGE,
            ) from error
        louder = samples * 10 ** (gain_db / 20)
        return np.clip(np.rint(louder), -32768, 32767).astype("<i2").tobytes()
