"""Loudspeaker and microphone: opened, listened to, closed again. Nothing of what is heard leaves or is kept."""

from __future__ import annotations

import statistics
import threading
import time

from kiosk.app.checks.finding import Skipped
from kiosk.audio import open_sound
from kiosk.audio import profile as profiles
from kiosk.audio.devices import choose
from kiosk.audio.sound import load_backend
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import MicrophoneFigures, Uplink
from kiosk.settings.schema import Settings

FIRST_FRAME_S = 3.0
LISTEN_S = 1.0
LOOK_EVERY_S = 0.05
MUTED_DBFS = -90.0
LOUD_DBFS = -25.0
QUIET_ROOM = "a quiet room is -70 to -50"


def devices(settings: Settings) -> str:
    """What the sound system lists; opens nothing."""
    listed = load_backend(settings.sound).devices()
    inputs = [device.name for device in listed if device.inputs]
    outputs = [device.name for device in listed if device.outputs]
    if not listed:
        raise Fault(
            "the sound system lists no device at all",
            where=f"sound backend {settings.sound.backend}",
            remedy="start the sound server (PipeWire or PulseAudio), connect a device, and run it as the same user",
            code=ExitCode.NO_DEVICE,
        )
    used = (choose(listed, settings.sound, output=output)[:1] for output in (False, True))
    microphone, loudspeaker = (best[0] if best else None for best in used)
    headset = f"; the headset {loudspeaker.name} takes over speech" if loudspeaker and loudspeaker.headset else ""
    cancelled = (
        f"; the system takes the echo out of {microphone.name}, so that the kiosk's own canceller rests"
        if microphone and microphone.cancelled
        else ""
    )
    counts = f"{len(inputs)} to hear with, {len(outputs)} to speak with"
    return f"{counts}, by {settings.sound.backend}{headset}{cancelled}"


def calibration(settings: Settings) -> str:
    """Whether the room was measured with the devices that are there now. Opens none."""
    sound = settings.sound
    profile = profiles.find(profiles.file_of(sound), profiles.pair_of(sound, load_backend(sound).devices()))
    if profile is None:
        raise Skipped("this room was not measured with these devices: `kiosk doctor --sound` does it in half a minute")
    return profiles.summary(profile)


def measured_rooms(settings: Settings) -> str:
    """What is kept, without a look at the devices: they are in use."""
    kept = profiles.read(profiles.file_of(settings.sound))
    if not kept:
        raise Skipped("no room was measured yet: `kiosk doctor --sound` does it in half a minute")
    return "; ".join(map(profiles.summary, kept))


def overdriven(figures: MicrophoneFigures) -> str:
    """Of the running kiosk. Raises `Fault` (ROOM)."""
    if figures.overdriven:
        raise Fault(
            f"{figures.overdriven} times a visitor's voice overdrove the microphone",
            where="microphone",
            remedy="lower its gain in the mixer (`alsamixer` or `pavucontrol`)",
            code=ExitCode.ROOM,
        )
    return "no visitor overdrove it since the start"


def loudspeaker(settings: Settings) -> str:
    """Opened and closed; it plays silence, so that nobody is startled."""
    _, speaker = open_sound(settings.sound, settings.capture)
    try:
        speaker.open()
        name = speaker.device_name
    finally:
        speaker.close()
    return f"{name} opens"


def microphone(settings: Settings) -> str:
    """Opened, and heard for a second: its level tells a mute switch from a quiet room."""
    ear, _ = open_sound(settings.sound, settings.capture)
    heard = threading.Event()
    ear.on_frame = lambda pcm, captured_at: heard.set()
    levels = []
    try:
        ear.open()
        ear.set_uplink(Uplink.OPEN)
        if not heard.wait(FIRST_FRAME_S):
            raise Fault(
                f"the microphone was opened and delivered nothing in {FIRST_FRAME_S:.0f} s",
                where="setting sound.microphone",
                remedy="check that it is plugged in and not muted, or name another one",
                code=ExitCode.NO_DEVICE,
            )
        until = time.monotonic() + LISTEN_S
        while time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            levels.append(ear.figures.level_dbfs)
    finally:
        ear.close()
    return level_sentence(statistics.median(levels), max(levels))


def level_sentence(usual_dbfs: float, peak_dbfs: float) -> str:
    """What a level means. Raises `Fault` (NO_DEVICE) for one that only a mute switch makes.

    A virtual microphone without noise is as silent as a muted one: it can be told apart by speaking, so the sentence
    says so.
    """
    if peak_dbfs < MUTED_DBFS:
        raise Fault(
            f"the microphone hears {usual_dbfs:.0f} dBFS, which is no room but a muted microphone; {QUIET_ROOM}",
            where="setting sound.microphone",
            remedy="unmute it (its switch, the mixer `alsamixer` or `pavucontrol`), or name another one, then speak",
            code=ExitCode.NO_DEVICE,
        )
    if usual_dbfs > LOUD_DBFS:
        return f"hears {usual_dbfs:.0f} dBFS all the time; {QUIET_ROOM}: speak lower, or turn its gain down"
    voice = f", up to {peak_dbfs:.0f}" if peak_dbfs > usual_dbfs + 6 else ""
    return f"hears {usual_dbfs:.0f} dBFS{voice}; {QUIET_ROOM}, a voice nearby -40 to -20, a muted one -100"
