"""Half duplex from the setting or the room's profile down to what may leave the microphone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.app.assembly import capture_of, policy_of
from kiosk.app.checks.sound import overdriven
from kiosk.audio.profile import Profile
from kiosk.core.fault import Fault
from kiosk.core.machine import initial
from kiosk.core.ports import MicrophoneFigures, Uplink
from kiosk.core.session import Phase, uplink_of
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Capture
from kiosk.wire.dialect import load_dialect

ROOM = Profile("m", "l", 0.0, 0.0, full_duplex=False, noise_dbfs=-60.0)


@pytest.mark.parametrize(
    ("duplex", "profile", "interrupts"),
    [
        ("auto", None, True),
        ("auto", ROOM, False),
        ("auto", replace(ROOM, full_duplex=True), True),
        ("full", ROOM, True),
        ("half", None, False),
    ],
)
def test_the_setting_comes_first_and_then_the_room(duplex: str, profile: Profile | None, interrupts: bool) -> None:
    settings = Settings(capture=Capture.model_validate({"duplex": duplex}))
    policy = policy_of(settings, load_dialect("exei-voice"), profile)
    assert policy.voice_barge_in is interrupts
    assert capture_of(settings, load_dialect("exei-voice"), profile).voice_barge_in is interrupts
    session = replace(initial(0.0, policy), phase=Phase.SPEAKING, linked=True, consented=True, responses=("r",))
    assert (uplink_of(session, policy) is Uplink.CLOSED) is not interrupts


def test_an_overdriven_microphone_is_told_to_staff() -> None:
    assert "no visitor" in overdriven(MicrophoneFigures())
    with pytest.raises(Fault, match=r"3 times.*lower its gain"):
        overdriven(MicrophoneFigures(overdriven=3))
