"""The site's sound profile: what `kiosk doctor --sound` found out about a room, for each pair of devices.

One JSON file (`sound.profile`, else in the user's state folder). Numbers only: levels, delays and counts, no sound.
A profile counts for the microphone and the loudspeaker that it was made with and for no others.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from kiosk.audio.backend import Device
from kiosk.audio.devices import pick
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings import places
from kiosk.settings.sound import Sound

log = logging.getLogger(__name__)

VERSION = 1
REMEDY = "make it anew with `kiosk doctor --sound`"


@dataclass(frozen=True, slots=True)
class Profile:
    """
    microphone, loudspeaker stable names of the devices
    made_at                 seconds of the wall clock
    volume_db               `sound.volume_db` then
    full_duplex             whether the guard can be trusted to hear a visitor over the agent, and nobody else
    noise_dbfs              of the room while nobody speaks
    echo_dbfs, echo_gain_db of the agent's speech at the microphone, and against what the loudspeaker was given;
                            None when the microphone does not hear the loudspeaker
    loop_ms, path_ms        delay of the whole loop, and of what is left of it when the streams' time stamps are heeded
    drift_ppm               of the microphone's clock against the loudspeaker's; None when the streams slipped
    erle_first_db, erle_steady_db   of the guard's canceller
    false_alarms            how often the guard would have interrupted the agent because of its own echo
    alarms_in_s             seconds of speech in which those were counted
    clipped                 share of samples at which the microphone was overdriven by the loudspeaker
    visitor_dbfs            of a voice at the place where visitors stand; None when nobody spoke
    """

    microphone: str
    loudspeaker: str
    made_at: float
    volume_db: float
    full_duplex: bool
    noise_dbfs: float
    echo_dbfs: float | None = None
    echo_gain_db: float | None = None
    loop_ms: float | None = None
    path_ms: float | None = None
    drift_ppm: float | None = None
    erle_first_db: float | None = None
    erle_steady_db: float | None = None
    false_alarms: int = 0
    alarms_in_s: float = 0.0
    clipped: float = 0.0
    visitor_dbfs: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The devices that the settings mean, by their stable names."""

    microphone: str
    loudspeaker: str


def pair_of(sound: Sound, devices: Sequence[Device]) -> Pair:
    """Raises `Fault` NO_DEVICE when one of them is not there."""
    return Pair(pick(devices, sound, output=False).name, pick(devices, sound, output=True).name)


def summary(profile: Profile) -> str:
    """In a line, for a log and for whoever checks."""
    days = max(0, round((time.time() - profile.made_at) / 86400))
    age = "today" if days == 0 else "a day ago" if days == 1 else f"{days} days ago"
    visitor = "" if profile.visitor_dbfs is None else f", visitors {profile.visitor_dbfs:.0f} dBFS"
    return (
        f"measured {age} with {profile.microphone!r} and {profile.loudspeaker!r}: "
        f"{'full' if profile.full_duplex else 'half'} duplex, noise {profile.noise_dbfs:.0f} dBFS{visitor}"
    )


def file_of(sound: Sound) -> Path:
    return sound.profile or places.state() / "sound-profiles.json"


def read(file: Path) -> tuple[Profile, ...]:
    """None of them when there is no file. Raises `Fault` (SETTINGS) for one that cannot be used."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise _unusable(file, f"cannot be read ({type(error).__name__})") from error
    if not isinstance(kept, dict) or not isinstance(kept.get("profiles"), list):
        raise _unusable(file, "is not one of ours")
    if kept.get("version") != VERSION:
        raise _unusable(file, f"is of version {kept.get('version')!r}, and this program writes {VERSION}")
    return tuple(_profile(file, entry) for entry in kept["profiles"])


def find(file: Path, pair: Pair) -> Profile | None:
    """Of this pair of devices, and of no other. Raises `Fault` as `read`."""
    return next((p for p in read(file) if (p.microphone, p.loudspeaker) == (pair.microphone, pair.loudspeaker)), None)


def in_force(sound: Sound, devices: Sequence[Device]) -> Profile | None:
    """For a start, which a file must not hinder: one that cannot be used is logged and counts as none."""
    try:
        return find(file_of(sound), pair_of(sound, devices))
    except Fault as fault:
        if fault.code is not ExitCode.NO_DEVICE:  # who opens the device tells of that one
            log.warning("the room's calibration is not used: %s", fault.sentence)
        return None


def keep(file: Path, profile: Profile) -> None:
    """In place of an older one of the same devices; those of others stay. All or nothing.

    A file that cannot be read is replaced. Raises `Fault` (SETTINGS) when it cannot be written.
    """
    try:
        others = [
            kept
            for kept in read(file)
            if (kept.microphone, kept.loudspeaker) != (profile.microphone, profile.loudspeaker)
        ]
    except Fault as fault:
        log.warning("%s", fault.sentence)
        others = []
    text = json.dumps(
        {"version": VERSION, "profiles": [asdict(p) for p in (*others, profile)]}, indent=1, ensure_ascii=False
    )
    beside = file.with_name(f"{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as written:
            written.write(text + "\n")
            written.flush()
            os.fsync(written.fileno())
        beside.replace(file)
    except OSError as error:
        raise Fault(
            f"the sound profile cannot be written: {error.strerror or type(error).__name__}",
            where=str(file),
            remedy="free the disk, or name another file in `sound.profile`",
            code=ExitCode.SETTINGS,
        ) from error


def _profile(file: Path, entry: Any) -> Profile:
    kinds = {field.name: str(field.type) for field in fields(Profile)}
    if not isinstance(entry, dict) or set(entry) - set(kinds):
        raise _unusable(file, "holds a profile that is none of ours")
    for name, value in entry.items():
        if not _fits(value, kinds[name]):
            raise _unusable(file, f"says {name} = {value!r}")
    try:
        return Profile(**entry)
    except TypeError as error:
        raise _unusable(file, "lacks a value") from error


def _fits(value: Any, kind: str) -> bool:
    if value is None:
        return "None" in kind
    if kind.startswith("float"):
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return type(value).__name__ == kind


def _unusable(file: Path, what: str) -> Fault:
    return Fault(f"the sound profile {what}", where=str(file), remedy=REMEDY, code=ExitCode.SETTINGS)
