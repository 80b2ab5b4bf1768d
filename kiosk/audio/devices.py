"""Choosing a device by its name. Pure; the list comes from the backend."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kiosk.audio.backend import Device
from kiosk.core.fault import ExitCode, Fault

# ALSA's "USB Audio: - (hw:1,0)": the numbers change with the order in which devices are found.
_CARD_NUMBER = re.compile(r"\s*\((?:plug)?hw:\d+(?:,\d+)*\)$")


def stable_name(name: str) -> str:
    """The part of a device's name that is the same after the next boot or replug."""
    return _CARD_NUMBER.sub("", name).rstrip(":- ").lstrip() or name


def pick(devices: Sequence[Device], wanted: str, *, output: bool) -> Device:
    """The device that a setting means: by its exact name, else by a part that only one name has; empty: the default.

    Upper and lower case are alike. Raises `Fault` NO_DEVICE when there is none or more than one, naming what there is.
    """
    kind, setting = ("loudspeaker", "sound.loudspeaker") if output else ("microphone", "sound.microphone")
    fitting = [device for device in devices if (device.outputs if output else device.inputs)]
    there_are = ", ".join(repr(device.name) for device in fitting) or "none at all"
    if not wanted:
        for device in fitting:
            if device.default_output if output else device.default_input:
                return device
        raise Fault(
            f"the system has no default {kind}",
            where=setting,
            remedy=f"connect one, or name one of these: {there_are}",
            code=ExitCode.NO_DEVICE,
        )
    folded = wanted.casefold()
    for found in (
        [device for device in fitting if device.name.casefold() == folded],
        [device for device in fitting if folded in device.name.casefold()],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise Fault(
                f"{wanted!r} may be any of {', '.join(repr(device.name) for device in found)}",
                where=setting,
                remedy="write more of the name",
                code=ExitCode.NO_DEVICE,
            )
    raise Fault(
        f"there is no {kind} named {wanted!r}",
        where=setting,
        remedy=f"connect it, or name one of these: {there_are}",
        code=ExitCode.NO_DEVICE,
    )
