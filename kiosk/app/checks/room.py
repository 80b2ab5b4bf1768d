"""What the numbers of a room mean, in a technician's words, and what to change. Nothing is opened here."""

from __future__ import annotations

from math import isnan

from kiosk.audio.room import Room
from kiosk.core.fault import ExitCode, Fault

LOUD_ROOM_DBFS = -42.0
MUTED_DBFS = -95.0
PEAK_DBFS = -6.0  # of the agent at the microphone: what is left above it is the visitor's
LOUD_ECHO_DBFS = -18.0
SQUEEZED_DB = 3.0
EARLIEST_MS, LATEST_MS = -15.0, 250.0  # of the path: the far end comes 20 ms ahead, up to 170 later where it is known
STEADY_DB = 15.0  # less echo return loss than this does not separate a visitor from the agent
AUDIBLE_DB = 10.0  # an echo this far above the noise must be cancelled
TOO_OFTEN = 2  # interruptions of itself, in a quarter of a minute
DRIFT_PPM = 100.0
WEAK_VISITOR_DB = 12.0

NO_CANCELLER = (
    "no canceller works here: the kiosk will not listen while it speaks (half duplex); touch and button still interrupt"
)


def full_duplex(room: Room) -> bool:
    """Whether a voice may interrupt the agent here."""
    return room.alarms.interruptions < TOO_OFTEN and (cancels(room) or not audible(room))


def audible(room: Room) -> bool:
    return room.echo_dbfs > room.noise_dbfs + AUDIBLE_DB


def cancels(room: Room) -> bool:
    """Enough, or all that there was: down to the noise there is no more to take."""
    return room.cancelled.steady_db >= STEADY_DB or room.cancelled.rest_dbfs < room.noise_dbfs + 3


def noise(room: Room) -> str:
    level = f"{room.noise_dbfs:.0f} dBFS while nobody speaks"
    if room.noise_dbfs < MUTED_DBFS:
        raise _wrong(
            f"the microphone hears {level}, which is no room but a muted microphone",
            "microphone",
            "unmute it (its switch, the mixer `alsamixer` or `pavucontrol`), or name another one in sound.microphone",
        )
    if room.noise_dbfs > LOUD_ROOM_DBFS:
        return (
            f"{level}, which is loud: turn off what hums, or turn the microphone's gain down and let visitors come near"
        )
    return f"{level}; a quiet room is -70 to -50"


def echo(room: Room) -> str:
    if room.loop is None:
        return (
            "the microphone does not hear the loudspeaker at all. Right for a headset; else turn the loudspeaker on "
            "and up, or name another one in sound.loudspeaker"
        )
    side = "below" if room.echo_gain_db < 0 else "above"
    said = (
        f"{room.echo_dbfs:.0f} dBFS at the microphone while the kiosk speaks, {abs(room.echo_gain_db):.0f} dB {side} "
        f"what the loudspeaker gets, peaks at {room.clipping.peak_dbfs:.0f}"
    )
    too_much = max(room.clipping.peak_dbfs - PEAK_DBFS, room.echo_dbfs - LOUD_ECHO_DBFS)
    if too_much > 0.5 and isnan(room.clipping.at_dbfs):
        raise _wrong(
            f"the kiosk is too loud for its own microphone: {said}",
            "loudspeaker and microphone",
            f"turn the loudspeaker or the microphone's gain down by {too_much:.0f} dB, or move the microphone away "
            "from the loudspeaker",
        )
    return said


def clipping(room: Room) -> str:
    if isnan(room.clipping.at_dbfs):
        return f"the microphone is not overdriven at this volume; {-room.clipping.peak_dbfs:.0f} dB are left above it"
    raise _wrong(
        f"the microphone clips at {room.clipping.at_dbfs:.0f} dBFS while the kiosk speaks, in "
        f"{100 * room.clipping.share:.1g} % of its samples",
        "microphone",
        "lower its gain in the mixer (`alsamixer` or `pavucontrol`), or turn the loudspeaker down by 6 dB, and measure "
        "again: no canceller can undo it",
    )


def steadiness(room: Room) -> str:
    """Of the gains on the way round."""
    if isnan(room.squeezed_db):
        return "the echo is too soft to tell whether a gain moves by itself"
    if room.squeezed_db > SQUEEZED_DB:
        raise _wrong(
            f"of a loud sound {room.squeezed_db:.0f} dB less comes back than of a soft one: a gain moves by itself",
            "microphone or loudspeaker",
            "turn off the microphone's automatic gain and the loudspeaker's limiter or sound effects, or turn the "
            "loudspeaker down",
        )
    return f"loud and soft come back alike (within {abs(room.squeezed_db):.1f} dB): no gain moves by itself"


def delay(room: Room) -> str:
    if room.loop is None:
        return "unknown: the loudspeaker was not heard"
    path = room.loop.path_ms
    said = (
        f"{room.loop.measured_ms:.0f} ms from loudspeaker to microphone and back, of which the sound system tells "
        f"{room.loop.told_ms:.0f}: {path:.0f} ms are left for the canceller"
    )
    if not EARLIEST_MS <= path <= LATEST_MS:
        raise _wrong(
            said,
            "sound system",
            "its time stamps are wrong: raise sound.latency_ms, or use devices on one sound card, and measure again",
        )
    return said


def clocks(room: Room) -> str:
    if room.loop is None:
        return "unknown: the loudspeaker was not heard"
    if room.loop.slips:
        raise _wrong(
            f"the streams slipped against each other ({room.loop.slips} of the chirps are out of line)",
            "sound system",
            "raise sound.latency_ms, close what else keeps this machine busy, and measure again",
        )
    said = f"the microphone's runs {room.loop.drift_ppm:+.0f} ppm against the loudspeaker's"
    if abs(room.loop.drift_ppm) > DRIFT_PPM:
        raise _wrong(said, "sound cards", "use one device for both (a USB speakerphone), or one sound card")
    return said


def canceller(room: Room) -> str:
    if not audible(room):
        return "nothing to cancel: the echo is down in the room's noise"
    said = (
        f"{room.cancelled.first_db:.0f} dB less echo in the first 2 s, {room.cancelled.steady_db:.0f} dB after 5 s"
        + (", down to the room's noise" if room.cancelled.rest_dbfs < room.noise_dbfs + 3 else "")
    )
    if not cancels(room):
        raise _wrong(
            f"{NO_CANCELLER}. Found: {said}",
            "microphone and loudspeaker",
            "move the microphone away from the loudspeaker, turn it down, switch off sound effects of both, and "
            "measure again",
        )
    return said


def alarms(room: Room) -> str:
    said = f"{room.alarms.interruptions} in {room.alarms.in_s:.0f} s of its own speech"
    if room.alarms.interruptions >= TOO_OFTEN:
        raise _wrong(
            f"the kiosk would interrupt itself: {said}; {NO_CANCELLER}",
            "microphone and loudspeaker",
            "turn the loudspeaker down by 6 dB or move the microphone away from it, and measure again",
        )
    if room.alarms.interruptions:
        return f"{said}: once may be chance, so measure again; if it stays, turn the loudspeaker down by 6 dB"
    return said


def visitor(room: Room, level_dbfs: float) -> str:
    """`level_dbfs`: of whoever spoke where visitors stand; nan for nobody."""
    if isnan(level_dbfs):
        raise _wrong(
            "nobody was heard who speaks",
            "microphone",
            "say two or three sentences from where visitors stand, after the kiosk has asked for it",
        )
    above = level_dbfs - room.noise_dbfs
    said = f"{level_dbfs:.0f} dBFS, {above:.0f} dB above the room's noise"
    if room.loop is not None:
        said += (
            f", {abs(level_dbfs - room.echo_dbfs):.0f} dB "
            + ("above" if level_dbfs > room.echo_dbfs else "below")
            + " the kiosk's own voice"
        )
    if above < WEAK_VISITOR_DB:
        raise _wrong(said, "microphone", "bring it nearer to the visitor, or turn its gain up")
    if room.loop is not None and level_dbfs < room.echo_dbfs - 12:
        return (
            f"{said}: turn the loudspeaker down by {room.echo_dbfs - 12 - level_dbfs:.0f} dB, so that visitors who "
            "speak over it are heard"
        )
    return said


def _wrong(what: str, where: str, remedy: str) -> Fault:
    return Fault(what, where=where, remedy=remedy, code=ExitCode.ROOM)
