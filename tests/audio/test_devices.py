from __future__ import annotations

import pytest

from kiosk.audio.backend import Device
from kiosk.audio.devices import pick, stable_name
from kiosk.core.fault import ExitCode, Fault

DEVICES = [
    Device("Jabra Speak 510", 1, 2, default_input=True),
    Device("HDA Intel HDMI", 0, 2, default_output=True),
    Device("HDA Intel Analog", 2, 2),
    Device("Jabra Speak 510 Monitor", 1, 0),
]


@pytest.mark.parametrize(
    ("wanted", "output", "name"),
    [
        ("", True, "HDA Intel HDMI"),
        ("", False, "Jabra Speak 510"),
        ("jabra speak 510", False, "Jabra Speak 510"),  # exact wins over part of another
        ("hdmi", True, "HDA Intel HDMI"),
        ("jabra", True, "Jabra Speak 510"),  # the monitor cannot play
    ],
)
def test_a_device_is_found_by_its_name(wanted: str, output: bool, name: str) -> None:
    assert pick(DEVICES, wanted, output=output).name == name


@pytest.mark.parametrize(("wanted", "output", "said"), [("intel", True, "HDA Intel Analog"), ("beyer", False, "Jabra")])
def test_a_wrong_name_is_answered_with_what_there_is(wanted: str, output: bool, said: str) -> None:
    with pytest.raises(Fault) as raised:
        pick(DEVICES, wanted, output=output)
    assert raised.value.code is ExitCode.NO_DEVICE
    assert said in raised.value.sentence
    assert ("sound.loudspeaker" if output else "sound.microphone") in raised.value.sentence


def test_no_device_at_all_is_said() -> None:
    with pytest.raises(Fault, match="none at all"):
        pick([], "", output=True)


def test_names_survive_the_next_boot() -> None:
    assert stable_name("USB Audio: - (hw:1,0)") == "USB Audio"
    assert stable_name("kiosk_speaker") == "kiosk_speaker"
