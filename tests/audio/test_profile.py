"""The site's sound profile: kept, found again for its devices only, and never in the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.audio import profile as profiles
from kiosk.audio.backend import Device
from kiosk.audio.profile import Pair, Profile
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

PAIR = Pair("Table microphone", "USB loudspeaker")
MADE = Profile(PAIR.microphone, PAIR.loudspeaker, 1.7e9, -3.0, True, -58.25, echo_dbfs=-31.5, drift_ppm=None)
DEVICES = [Device(PAIR.microphone, 1, 0, default_input=True), Device(PAIR.loudspeaker, 0, 2, default_output=True)]


def test_it_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "profiles.json"
    assert profiles.find(file, PAIR) is None
    profiles.keep(file, MADE)
    assert profiles.find(file, PAIR) == MADE
    assert [path.name for path in file.parent.iterdir()] == ["profiles.json"]


def test_another_device_has_none_and_takes_none_away(tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    profiles.keep(file, MADE)
    assert profiles.find(file, replace(PAIR, microphone="Headset")) is None
    headset = replace(MADE, microphone="Headset", full_duplex=False)
    profiles.keep(file, headset)
    newer = replace(MADE, made_at=1.8e9)
    profiles.keep(file, newer)
    assert profiles.find(file, PAIR) == newer
    assert profiles.find(file, replace(PAIR, microphone="Headset")) == headset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"version": 1}',
        '{"version": 99, "profiles": []}',
        '{"version": 1, "profiles": [7]}',
        '{"version": 1, "profiles": [{"microphone": "a"}]}',
        '{"version": 1, "profiles": [{"colour": "red"}]}',
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "profiles.json"
    file.write_text(text)
    with pytest.raises(Fault, match=r"doctor --sound") as raised:
        profiles.read(file)
    assert raised.value.code is ExitCode.SETTINGS
    assert str(file) in raised.value.sentence
    assert profiles.in_force(Sound(profile=file), DEVICES) is None
    assert "is not used" in caplog.text
    profiles.keep(file, MADE)
    assert profiles.in_force(Sound(profile=file), DEVICES) == MADE


@pytest.mark.parametrize(("name", "value"), [("full_duplex", "yes"), ("noise_dbfs", None), ("false_alarms", 1.5)])
def test_a_value_of_the_wrong_kind_is_none(tmp_path: Path, name: str, value: object) -> None:
    file = tmp_path / "profiles.json"
    profiles.keep(file, MADE)
    kept = json.loads(file.read_text())
    kept["profiles"][0][name] = value
    file.write_text(json.dumps(kept))
    with pytest.raises(Fault, match=name):
        profiles.read(file)


def test_devices_that_are_not_there_have_no_profile(tmp_path: Path) -> None:
    file = tmp_path / "profiles.json"
    profiles.keep(file, MADE)
    assert profiles.in_force(Sound(profile=file), []) is None
    assert profiles.in_force(Sound(profile=file, microphone="table"), DEVICES) == MADE


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="cannot be written"):
        profiles.keep(tmp_path / "file" / "profiles.json", MADE)
