"""Choosing devices by name: which of those that are there the settings like best. Pure; the list is the backend's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kiosk.audio.backend import Device
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

DEFAULT = "default"
"""In a list of names: whatever the system itself would take."""

# ALSA's "USB Audio: - (hw:1,0)": the numbers change with the order in which devices are found.
_CARD_NUMBER = re.compile(r"\s*\((?:plug)?hw:\d+(?:,\d+)*\)$")


def stable_name(name: str) -> str:
    """The part of a device's name that is the same after the next boot or replug."""
    return _CARD_NUMBER.sub("", name).rstrip(":- ").lstrip() or name


def rank(devices: Sequence[Device], wanted: Sequence[str], *, output: bool) -> list[Device]:
    """Those that the settings mean and that are there, the best one first; no name at all means the default.

    A name is a whole name or label, else a part of one; upper and lower case are alike. Where it fits several devices
    the whole name comes first, then the system's default, then the alphabet: two headsets of a kind are no reason to
    be deaf.
    """
    fitting = [device for device in devices if (device.outputs if output else device.inputs)]
    ranked: list[Device] = []
    for name in wanted or (DEFAULT,):
        folded = stable_name(name).casefold()
        named = [device for device in fitting if _closeness(device, folded, output=output)]
        named.sort(
            key=lambda device, folded=folded: (  # type: ignore[misc]
                -_closeness(device, folded, output=output),
                not _is_default(device, output=output),
                device.name,
            )
        )
        ranked += [device for device in named if device not in ranked]
    return ranked


def choose(devices: Sequence[Device], sound: Sound, *, output: bool) -> list[Device]:
    """`rank` by the settings: the headset before everything, where one is there. It needs no microphone of its own."""
    headsets = [replace(device, headset=True) for device in rank_headsets(devices, sound, output=output)]
    others = rank(devices, sound.loudspeaker if output else sound.microphone, output=output)
    names = {device.name for device in headsets}
    return headsets + [device for device in others if device.name not in names]


def rank_headsets(devices: Sequence[Device], sound: Sound, *, output: bool) -> list[Device]:
    """A microphone counts as a headset's only while the headset can be heard as well."""
    if not sound.headset or not rank(devices, sound.headset, output=True):
        return []
    return rank(devices, sound.headset, output=output)


def pick(devices: Sequence[Device], sound: Sound, *, output: bool) -> Device:
    """The best one. Raises `Fault` NO_DEVICE when none is there, naming what there is."""
    chosen = choose(devices, sound, output=output)
    if not chosen:
        raise none_of(devices, sound, output=output)
    return chosen[0]


def none_of(devices: Sequence[Device], sound: Sound, *, output: bool) -> Fault:
    kind, wanted = ("loudspeaker", sound.loudspeaker) if output else ("microphone", sound.microphone)
    there = ", ".join(repr(device.name) for device in devices if (device.outputs if output else device.inputs))
    there_are = there or "none at all"
    named = " or ".join(repr(name) for name in wanted)
    return Fault(
        f"there is no {kind} named {named}" if wanted else f"the system has no default {kind}",
        where=f"setting sound.{kind}",
        remedy=f"connect {'it' if wanted else 'one'}, or name one of these: {there_are}",
        code=ExitCode.NO_DEVICE,
    )


def _closeness(device: Device, folded: str, *, output: bool) -> int:
    """2: its name, 1: a part of it, 0: not meant."""
    if folded == DEFAULT and _is_default(device, output=output):
        return 2
    names = (device.name.casefold(), device.label.casefold())
    if folded in names:
        return 2
    return 1 if folded != DEFAULT and any(folded in name for name in names) else 0


def _is_default(device: Device, *, output: bool) -> bool:
    return device.default_output if output else device.default_input


def next_device(now: Device, ranked: Sequence[Device], *, free: bool) -> Device | None:
    """Where a running stream belongs, wherever the sound system has it; None: nowhere, it is lost.

    The system moves a stream whose device went to whatever is left, even to the loudspeaker's own monitor, and one that
    stands on the default to the next default.

    now         the device that it was put on
    free        nobody is disturbed by a move. A headset is followed all the same: it was plugged in to be used
    """
    if not ranked:
        return None
    best = ranked[0]
    still = next((device for device in ranked if device.name == now.name), None)
    return best if still is None or free or best.headset else still
