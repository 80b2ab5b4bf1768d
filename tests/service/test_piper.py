"""Piper: the packaged voice, and an operator's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kiosk.core.fault import Fault
from kiosk.service.piper import CONFIG, WEIGHTS, Piper
from kiosk.settings.schema import Service

pytestmark = pytest.mark.models


def own_voice(folder: Path, **changes: object) -> Path:
    """The packaged voice as files, its configuration changed."""
    path = folder / "own.onnx"
    path.write_bytes(WEIGHTS.read())
    path.with_name("own.onnx.json").write_text(json.dumps(json.loads(CONFIG.read()) | changes), encoding="utf-8")
    return path


def test_it_speaks() -> None:
    piper = Piper(Service())
    audio = piper.speak("We open at ten.")
    assert audio.dtype == np.float32
    assert 0.5 < len(audio) / piper.rate < 3
    assert len(piper.speak("…")) == 0
    assert len(piper.speak("We open at ten.", voice="joe", speed=0.7)) > len(audio)
    with pytest.raises(Fault, match='use "joe"'):
        piper.speak("Hello.", voice="af_heart")


def test_an_own_voice_speaks(tmp_path: Path) -> None:
    piper = Piper(Service(tts_model=own_voice(tmp_path)))
    assert len(piper.speak("We open at ten.", voice="own")) > 10_000


def test_a_voice_without_its_configuration_is_a_fault(tmp_path: Path) -> None:
    path = own_voice(tmp_path)
    path.with_name("own.onnx.json").unlink()
    with pytest.raises(Fault, match=r"own\.onnx\.json"):
        Piper(Service(tts_model=path))


def test_a_voice_of_another_language_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match='"de"'):
        Piper(Service(tts_model=own_voice(tmp_path, espeak={"voice": "de"})))


def test_a_configuration_that_lacks_something_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="lacks 'sample_rate'"):
        Piper(Service(tts_model=own_voice(tmp_path, audio={})))
