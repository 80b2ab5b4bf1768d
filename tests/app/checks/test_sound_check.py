"""What a microphone's level means, and sound systems that are empty."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.app.checks.sound import level_sentence, microphone
from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal import waves
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Sound


def test_a_level_is_told_with_its_meaning() -> None:
    assert level_sentence(-62, -58).startswith("hears -62 dBFS; a quiet room is -70 to -50")
    assert "up to -22" in level_sentence(-60, -22)
    assert "turn its gain down" in level_sentence(-12, -3)


def test_a_muted_microphone() -> None:
    with pytest.raises(Fault, match="hears -101 dBFS") as fault:
        level_sentence(-101, -96)
    assert fault.value.code is ExitCode.NO_DEVICE
    assert "unmute" in fault.value.remedy


def hearing(file: Path | None) -> Settings:
    return Settings(sound=Sound(backend="wav", wav_input=file))


def test_a_quiet_room_is_heard(tmp_path: Path) -> None:
    room = np.random.default_rng(3).normal(0, 10 ** (-62 / 20), 4 * 16000).astype(np.float32)
    waves.write(tmp_path / "room.wav", room, 16000)
    said = microphone(hearing(tmp_path / "room.wav"))
    assert -65 < float(said.split()[1]) < -59, said


def test_a_silent_device_is_a_muted_one() -> None:
    with pytest.raises(Fault, match="muted microphone"):
        microphone(hearing(None))
