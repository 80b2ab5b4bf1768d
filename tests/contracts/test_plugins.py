"""One contract for each kind of plug-in, held by everything that is registered, a stranger's included."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import numpy as np
import pytest

from kiosk.audio.backend import Device
from kiosk.settings.schema import Service
from kiosk.settings.sound import Sound
from kiosk.wire.dialect import dialect_names, load_dialect


def registered(group: str) -> list[EntryPoint]:
    found = sorted(entry_points(group=group), key=lambda point: point.name)
    assert found, f"nothing is registered under {group}"
    return found


def named(group: str) -> pytest.MarkDecorator:
    points = registered(group)
    return pytest.mark.parametrize("point", points, ids=[point.name for point in points])


@named("kiosk.audio")
def test_a_sound_backend_lists_its_devices(point: EntryPoint) -> None:
    backend = point.load()(Sound(backend=point.name))
    assert all(isinstance(device, Device) and device.name for device in backend.devices())
    assert callable(backend.open_input)
    assert callable(backend.open_output)


@pytest.mark.models
@named("kiosk.stt")
def test_a_recogniser_hears_nothing_in_silence(point: EntryPoint) -> None:
    recogniser = point.load()(Service(stt=point.name))
    assert recogniser.name == point.name
    for final in (False, True):
        found = recogniser.recognise(np.zeros(16000, np.float32), final=final)
        assert found.text == ""
        assert 0 <= found.confidence <= 1


@pytest.mark.models
@named("kiosk.tts")
def test_a_voice_speaks_at_its_rate(point: EntryPoint) -> None:
    voice = point.load()(Service(tts=point.name))
    assert voice.name == point.name
    spoken = voice.speak("The museum opens at ten.")
    assert spoken.dtype == np.float32
    assert spoken.ndim == 1
    assert 0.8 < len(spoken) / voice.rate < 5
    assert 0.01 < np.abs(spoken).max() <= 1.0
    slow = voice.speak("The museum opens at ten.", speed=0.7)
    assert len(slow) > 1.15 * len(spoken)


@pytest.mark.models
@named("kiosk.answers")
def test_answers_answer_and_know_what_they_may_say(point: EntryPoint, tmp_path: Path) -> None:
    house = tmp_path / "house.md"  # a small one: the shipped guide takes ten seconds to learn
    house.write_text("## hours\n- When do you open?\nAt ten.\n\n## unknown\naction: unknown\nI do not know.\n")
    answers = point.load()(Service(answers=point.name, knowledge=house))
    assert answers.name == point.name
    known = answers.answer("When do you open?", (), "en")
    assert known.text
    assert 0 <= known.score <= 1
    assert known.action in {"none", "end", "person", "unknown"}
    assert known.text in set(answers.fixed())


def test_every_dialect_can_be_loaded() -> None:
    assert {"exei-voice", "exei-bridge"} <= set(dialect_names())
    for name in dialect_names():
        dialect = load_dialect(name)
        assert dialect.name == name
        assert dialect.up.rate > 0
