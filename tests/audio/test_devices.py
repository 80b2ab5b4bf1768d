from __future__ import annotations

from collections.abc import Sequence

import pytest

from kiosk.audio.backend import Device
from kiosk.audio.devices import choose, next_device, pick, rank, stable_name
from kiosk.audio.pulse import is_echo_cancel
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

JABRA = Device("alsa_input.usb-Jabra_510", 1, 0, default_input=True, label="Jabra Speak 510 Mono")
HDMI = Device("HDA Intel HDMI", 0, 2, default_output=True)
ANALOG = Device("HDA Intel Analog", 2, 2)
DEVICES = [ANALOG, Device("Jabra Speak 510", 1, 2), JABRA, HDMI, Device("Jabra Speak 510 Monitor", 1, 0)]


@pytest.mark.parametrize(
    ("wanted", "output", "name"),
    [
        ((), True, "HDA Intel HDMI"),
        ((), False, JABRA.name),
        (("default",), True, "HDA Intel HDMI"),
        (("jabra speak 510",), False, "Jabra Speak 510"),  # a whole name before a part of one
        (("hdmi",), True, "HDA Intel HDMI"),
        (("speak 510 mono",), False, JABRA.name),  # by what the sound system calls it
        (("jabra",), True, "Jabra Speak 510"),  # the monitor cannot play
        (("intel",), True, "HDA Intel HDMI"),  # two fit: the system's default
        (("beyer", "analog", "jabra"), False, "HDA Intel Analog"),  # the best that is there
        (("HDA Intel Analog (hw:3,0)",), True, "HDA Intel Analog"),  # a name with last boot's number
    ],
)
def test_a_device_is_found_by_its_name(wanted: Sequence[str], output: bool, name: str) -> None:
    assert rank(DEVICES, wanted, output=output)[0].name == name


def test_the_ranking_goes_on_behind_the_best() -> None:
    ranked = [device.name for device in rank(DEVICES, ("analog", "jabra speak 510", "default"), output=False)]
    assert ranked == ["HDA Intel Analog", "Jabra Speak 510", JABRA.name, "Jabra Speak 510 Monitor"]


@pytest.mark.parametrize(("wanted", "output"), [("gramophone", True), ("beyer", False)])
def test_a_wrong_name_is_answered_with_what_there_is(wanted: str, output: bool) -> None:
    sound = Sound(microphone=wanted, loudspeaker=wanted)
    with pytest.raises(Fault) as raised:
        pick(DEVICES, sound, output=output)
    assert raised.value.code is ExitCode.NO_DEVICE
    assert "HDA Intel Analog" in raised.value.sentence
    assert ("sound.loudspeaker" if output else "sound.microphone") in raised.value.sentence


def test_no_device_at_all_is_said() -> None:
    with pytest.raises(Fault, match="none at all"):
        pick([], Sound(), output=True)


def test_names_survive_the_next_boot() -> None:
    assert stable_name("USB Audio: - (hw:1,0)") == "USB Audio"
    assert stable_name("kiosk_speaker") == "kiosk_speaker"


# --- the headset ---------------------------------------------------------------------------------------------------

EARS = Device("usb-headphones", 0, 2)
BOTH = Device("usb-headset", 1, 2)


def chosen(devices: Sequence[Device]) -> tuple[Device, Device]:
    sound = Sound(microphone="analog", loudspeaker="hdmi", headset="usb-head")
    return pick(devices, sound, output=False), pick(devices, sound, output=True)


def test_a_headset_takes_over_speech() -> None:
    microphone, loudspeaker = chosen([*DEVICES, BOTH])
    assert (microphone.name, loudspeaker.name) == (BOTH.name, BOTH.name)
    assert loudspeaker.headset


def test_headphones_leave_the_microphone_where_it_is() -> None:
    microphone, loudspeaker = chosen([*DEVICES, EARS])
    assert (microphone.name, loudspeaker.name) == (ANALOG.name, EARS.name)


def test_without_it_speech_is_heard_in_the_room() -> None:
    microphone, loudspeaker = chosen(DEVICES)
    assert (microphone.name, loudspeaker.name, loudspeaker.headset) == (ANALOG.name, HDMI.name, False)


def test_half_a_headset_is_none() -> None:
    assert chosen([*DEVICES, Device("usb-head-microphone", 1, 0)])[0].name == ANALOG.name


# --- where a stream belongs ----------------------------------------------------------------------------------------

RANKED = [HDMI, ANALOG]


def test_a_better_device_is_taken_between_visits_only() -> None:
    assert next_device(ANALOG, RANKED, free=False) == ANALOG
    assert next_device(ANALOG, RANKED, free=True) == HDMI


def test_a_device_that_went_is_followed_by_the_next_at_once() -> None:
    assert next_device(HDMI, [ANALOG], free=False) == ANALOG


def test_with_nothing_left_that_the_settings_mean_it_is_lost() -> None:
    assert next_device(HDMI, [], free=True) is None


def test_a_headset_is_followed_in_a_visit_too() -> None:
    ranked = choose([*DEVICES, BOTH], Sound(loudspeaker="hdmi", headset="usb-headset"), output=True)
    moved = next_device(HDMI, ranked, free=False)
    assert moved is not None
    assert moved.headset


# --- settings and the sound system's own canceller -----------------------------------------------------------------


def test_one_name_is_a_list_of_one() -> None:
    assert Sound(microphone="mic").microphone == ("mic",)
    assert Sound(microphone=["a", "b"]).microphone == ("a", "b")
    assert Sound(microphone="").microphone == ()


@pytest.mark.parametrize(
    ("name", "driver", "properties", "found"),
    [
        ("alsa_input.usb.echo-cancel", "module-echo-cancel.c", {}, True),
        ("my_mic", "module-echo-cancel.c", {}, True),
        ("effect_input.ec", "PipeWire", {"device.description": "Echo-Cancel Source"}, True),
        ("alsa_input.pci-0000", "module-alsa-card.c", {"device.description": "Built-in Audio"}, False),
    ],
)
def test_a_source_whose_echo_is_cancelled_is_known(
    name: str, driver: str, properties: dict[str, str], found: bool
) -> None:
    assert is_echo_cancel(name, driver, properties) is found
