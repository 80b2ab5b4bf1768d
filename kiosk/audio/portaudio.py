"""Real devices through PortAudio. The only module that knows `sounddevice`.

PulseAudio's and PipeWire's buffering is left to PortAudio's own latency parameter: with PULSE_LATENCY_MSEC set, output
callbacks were seen to stop for ever while the stream claimed to be active.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sounddevice as sd

from kiosk.audio.backend import Capture, Device, Fill, Lost
from kiosk.audio.devices import choose, next_device, none_of, stable_name
from kiosk.audio.devicethread import DeviceThread
from kiosk.audio.portstream import PortAudioStream, Way
from kiosk.audio.pulse import PulseLink, PulseWatch, Sighting, library
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.sound import Sound

log = logging.getLogger(__name__)

OPEN_S = 3.0
"""How long opening and listing may take; a sound server that hangs would take for ever."""
_FORMAT_ERRORS = (-9997, -9998, -9994)  # paInvalidSampleRate, paInvalidChannelCount, paSampleFormatNotSupported
_TO_PULSE = ("pulse", "default")
"""ALSA's names of the way to the sound server, the surest first."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A device and how PortAudio reaches it. `served`: through the sound server, which is asked for it by name."""

    device: Device
    index: int
    rate: int
    served: bool = False


class PortAudioBackend:
    """Mono int16 in blocks of `sound.block_ms`, one stream each way; at `sound.rate_hz`, or at the device's own rate
    where it cannot do that.

    PortAudio reads the list of devices once, when it is initialised, and after the death of a sound server all its
    streams stay dead. So whenever no living stream is left, the next look or opening initialises it anew (35-100 ms).

    Where PulseAudio or PipeWire runs, its devices are listed first. A stream is put on one of them by PULSE_SINK or
    PULSE_SOURCE, which the ALSA plug-in reads when PortAudio opens it and keeps over every abort and start; moved while
    it runs it would fall back to the first one with the next cut.
    """

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        # PortAudio must not be opened, closed or initialised by two threads at once.
        self._thread = DeviceThread(sd.PortAudioError)
        self._streams: list[PortAudioStream] = []
        self._fresh = True  # importing sounddevice has initialised it
        self._pulsectl = library()
        self._link: PulseLink | None = None  # the device thread's
        self._watch: PulseWatch | None = None
        self._changed: Callable[[], None] = lambda: None
        self._free = True
        self._once_served: set[str] = set()
        self._seen_devices: tuple[Device, ...] | None = None

    # --- streams ----------------------------------------------------------------------------------------------------

    def open_input(self, capture: Capture, lost: Lost) -> PortAudioStream:
        return self._thread.call(
            lambda: self._open(lost, capture=capture), within_s=OPEN_S, undo=lambda stream: stream.close()
        )

    def open_output(self, fill: Fill, lost: Lost) -> PortAudioStream:
        return self._thread.call(
            lambda: self._open(lost, fill=fill), within_s=OPEN_S, undo=lambda stream: stream.close()
        )

    def devices(self) -> list[Device]:
        """Of the sound server, where there is one, and of PortAudio's default host API; by their stable names."""
        return [entry.device for entry in self._thread.call(self._listed, within_s=OPEN_S)]

    def _open(self, lost: Lost, *, capture: Capture | None = None, fill: Fill | None = None) -> PortAudioStream:
        """The best device that can be opened. Device thread."""
        entries = self._listed()
        output = fill is not None
        by_name = {entry.device.name: entry for entry in reversed(entries)}
        trouble: Fault | None = None
        for device in choose([entry.device for entry in entries], self._sound, output=output):
            entry = by_name[device.name]
            for way in self._ways(entry, device, output=output):
                try:
                    stream = PortAudioStream(
                        self._sound, self._thread, way, device, lost=lost, capture=capture, fill=fill
                    )
                except sd.PortAudioError as error:
                    trouble = trouble or _refused(error, way)
                    if _code(error) not in _FORMAT_ERRORS:
                        break
                else:
                    if way.rate != self._sound.rate_hz:
                        log.info("%s runs at its own %d Hz", way.where, way.rate)
                    if device.cancelled:
                        log.info(
                            "the sound system cancels the echo of %s: the kiosk's own canceller rests", device.name
                        )
                    self._streams.append(stream)
                    return stream
        raise trouble or none_of([entry.device for entry in entries], self._sound, output=output)

    def _ways(self, entry: _Entry, device: Device, *, output: bool) -> Iterator[Way]:
        """Cards without a mixing layer may know stereo only, and their own rate only."""
        most = device.outputs if output else device.inputs
        for rate in dict.fromkeys((self._sound.rate_hz, entry.rate)):
            for channels in [1] if entry.served else sorted({1, min(2, most), most}):
                yield Way(entry.index, rate, channels, output, device.name if entry.served else "")

    # --- what there is ------------------------------------------------------------------------------------------------

    def _listed(self) -> list[_Entry]:
        """Device thread. ALSA's entry for a device that the sound server has, or had, leads nowhere else: left out."""
        self._refresh()
        try:
            host = sd.query_hostapis(sd.default.hostapi)
        except sd.PortAudioError:  # no host API at all: a sound server that is down
            return []
        sighting = self._look()
        found: list[_Entry] = []
        for index in host["devices"]:
            info = sd.query_devices(index)
            device = Device(
                stable_name(info["name"]),
                info["max_input_channels"],
                info["max_output_channels"],
                index == host["default_input_device"] and sighting is None,
                index == host["default_output_device"] and sighting is None,
            )
            found.append(_Entry(device, index, round(info["default_samplerate"])))
        way = next((entry for name in _TO_PULSE for entry in found if entry.device.name == name), None)
        if sighting is None or way is None:
            return found
        served = [_Entry(device, way.index, self._sound.rate_hz, served=True) for device in sighting.devices]
        self._once_served |= {device.name for device in sighting.devices}
        return served + [entry for entry in found if entry.device.name not in self._once_served]

    def _look(self) -> Sighting | None:
        """Device thread. None where there is no sound server to ask."""
        if self._pulsectl is None:
            return None
        for _ in range(2):  # an old connection may have died with its server
            if self._link is None:
                self._link = PulseLink(self._pulsectl)
                try:
                    self._link.connect()
                except self._link.errors:
                    break
            try:
                return self._link.look()
            except self._link.errors:
                self._drop_link()
        self._drop_link()
        return None

    def _drop_link(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _refresh(self) -> None:
        self._streams = [stream for stream in self._streams if not stream.closed]
        if any(stream.alive for stream in self._streams):
            return
        for dead in self._streams:
            dead.close()
        self._streams.clear()
        if not self._fresh:
            sd._terminate()
            sd._initialize()
        self._fresh = False

    # --- coming and going ---------------------------------------------------------------------------------------------

    def watch(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        if self._pulsectl is not None and self._watch is None:
            self._watch = PulseWatch(self._pulsectl, self._see)

    def unwatch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    def set_free(self, free: bool) -> None:
        self._free = free
        if free and self._watch is not None:
            self._watch.look_again()

    def _see(self, sighting: Sighting | None, link: PulseLink | None) -> None:
        """The watch's thread, after each look."""
        served = [stream for stream in list(self._streams) if stream.way.served and stream.alive]
        if sighting is None or link is None:
            for stream in served:
                stream.lose("the sound server is gone")
            self._seen_devices = None
            return
        for stream in served:
            self._follow(stream, sighting, link)
        if sighting.devices != self._seen_devices:
            self._seen_devices = sighting.devices
            self._changed()

    def _follow(self, stream: PortAudioStream, sighting: Sighting, link: PulseLink) -> None:
        """Where the sound server has put the stream is not always where it belongs."""
        output = stream.way.output
        standing = sighting.plays if output else sighting.captures
        astray = {number: name for number, name in standing.items() if name != stream.device.name}
        ranked = choose(sighting.devices, self._sound, output=output)
        device = next_device(stream.device, ranked, free=self._free)
        if device is None:
            where = next(iter(astray.values()), "")
            stream.lose("it was unplugged" + (f", and the sound server gave {where} in its place" if where else ""))
            return
        if device.name != stream.device.name:
            log.warning("%s: %s takes over", stream.way.where, device.name)
        elif not astray:
            return
        stream.put_on(device)
        for number, name in standing.items():
            if name != device.name and not link.move(number, sighting.numbers[output, device.name], output=output):
                log.info("%s could not be moved to %s", stream.way.where, device.name)


def _refused(error: sd.PortAudioError, way: Way) -> Fault:
    if _code(error) in _FORMAT_ERRORS:
        return Fault(
            f"the device can do 16 bit neither at {way.rate} Hz nor at a rate of its own",
            where=way.where,
            remedy="set sound.rate_hz to a rate that it can, or name another device",
            code=ExitCode.AUDIO_FORMAT,
        )
    return Fault(
        f"the device cannot be opened: {error}",
        where=way.where,
        remedy="look whether it is connected and no other program holds it",
        code=ExitCode.NO_DEVICE,
    )


def _code(error: sd.PortAudioError) -> int:
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0
