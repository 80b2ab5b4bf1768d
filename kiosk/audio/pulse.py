"""What PulseAudio (or PipeWire in its place) knows and PortAudio does not: real devices, their coming and going, and
on which of them our streams stand. The only module that knows `pulsectl`.

PortAudio reaches a sound server through ALSA, which lists one device "default" and never notices a plug. So the list,
the events and the moves come from here, over connections of our own. `pulsectl` and not a `pactl subscribe` child: its
events come within a millisecond, a look is 2 ms instead of five processes, and it can move a stream while it plays.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from kiosk.audio.backend import Device

log = logging.getLogger(__name__)

AGAIN_S = 0.25
"""How often a server that is down is looked for."""
LISTEN_S = 1.0
"""How long one wait for events lasts: `stop` is heeded in between."""
_OWN = "application.process.id"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Everything that was seen in one look.

    devices             sources that are no monitor of a loudspeaker, and sinks, by the server's stable names
    captures, plays     for each stream of this process (by its number): name of the device that it stands on now
    numbers             of sources and of sinks: the server's own number of a device, for moving
    """

    devices: tuple[Device, ...]
    captures: Mapping[int, str]
    plays: Mapping[int, str]
    numbers: Mapping[tuple[bool, str], int]


def library() -> Any | None:
    """The module `pulsectl`; None where there is no PulseAudio client library to load."""
    found: Any = None
    if sys.platform == "linux":
        try:
            found = import_module("pulsectl")  # only Linux has it
        except (ImportError, OSError) as error:
            log.info("no PulseAudio client library: devices are ALSA's (%s)", error)
    return found


class PulseLink:
    """One connection. Of one thread only; every call can hang while the server is frozen.

    Raises one of `errors` when there is no server, or no longer.
    """

    def __init__(self, pulsectl: Any) -> None:
        self.errors: tuple[type[Exception], ...] = (pulsectl.PulseError, pulsectl.PulseDisconnected)
        self._pulsectl = pulsectl
        self._pulse = pulsectl.Pulse("voice kiosk devices", connect=False)
        self._dirty = False

    def connect(self) -> None:
        self._pulse.connect(autospawn=False)

    def close(self) -> None:
        self._pulse.close()

    def look(self) -> Sighting:
        self._dirty = False
        pulse, own = self._pulse, str(os.getpid())
        server = pulse.server_info()
        sources, sinks = pulse.source_list(), pulse.sink_list()
        source_names = {source.index: source.name for source in sources}
        sink_names = {sink.index: sink.name for sink in sinks}
        return Sighting(
            tuple(
                [_source(source, server.default_source_name) for source in sources if not source.monitor_of_sink_name]
                + [_sink(sink, server.default_sink_name) for sink in sinks]
            ),
            {
                stream.index: source_names.get(stream.source, "")
                for stream in pulse.source_output_list()
                if stream.proplist.get(_OWN) == own
            },
            {
                stream.index: sink_names.get(stream.sink, "")
                for stream in pulse.sink_input_list()
                if stream.proplist.get(_OWN) == own
            },
            {
                **{(False, source.name): source.index for source in sources},
                **{(True, sink.name): sink.index for sink in sinks},
            },
        )

    def move(self, stream: int, device: int, *, output: bool) -> bool:
        """While it runs, and without a gap. False when one of the two has gone meanwhile."""
        try:
            (self._pulse.sink_input_move if output else self._pulse.source_output_move)(stream, device)
        except self._pulsectl.PulseOperationFailed:
            return False
        return True

    def subscribe(self) -> None:
        """Not to streams that play: each start and cut would be an event. Where those stand, the sinks' events tell."""
        self._pulse.event_mask_set("sink", "source", "server", "source_output")
        self._pulse.event_callback_set(self._event)

    def await_event(self, within_s: float) -> bool:
        """Whether something changed since the last look."""
        if not self._dirty:
            self._pulse.event_listen(within_s)
        return self._dirty

    def _event(self, _: object) -> None:
        """May come in the middle of a look, which does not know of it then."""
        self._dirty = True
        raise self._pulsectl.PulseLoopStop


class PulseWatch:
    """A thread that looks whenever something changed.

    seen    told of each look on that thread, with the link to move streams by; (None, None) when the server went.
            Frozen, the server tells nothing, and what it did not tell is seen when it thaws
    """

    def __init__(self, pulsectl: Any, seen: Callable[[Sighting | None, PulseLink | None], None]) -> None:
        self._pulsectl = pulsectl
        self._seen = seen
        self._stop = threading.Event()
        self._again = threading.Event()
        threading.Thread(target=self._run, name="sound server watch", daemon=True).start()

    def stop(self) -> None:
        """Heeded within `LISTEN_S`; nothing waits for it, since the server may be frozen."""
        self._stop.set()

    def look_again(self) -> None:
        """At the latest within `LISTEN_S`, though nothing changed at the server."""
        self._again.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            link = PulseLink(self._pulsectl)
            try:
                link.connect()
                link.subscribe()
                self._follow(link)
            except link.errors as error:
                log.debug("no sound server to watch: %s", error)
            finally:
                link.close()
            self._stop.wait(AGAIN_S)

    def _follow(self, link: PulseLink) -> None:
        try:
            changed = True
            while not self._stop.is_set():
                if changed or self._again.is_set():
                    self._again.clear()
                    self._seen(link.look(), link)
                changed = link.await_event(LISTEN_S)
        finally:
            if not self._stop.is_set():
                self._seen(None, None)


def _source(source: Any, default: str) -> Device:
    return Device(
        source.name,
        _channels(source),
        0,
        default_input=source.name == default,
        label=source.description,
        cancelled=is_echo_cancel(source.name, source.driver or "", source.proplist),
    )


def _sink(sink: Any, default: str) -> Device:
    return Device(sink.name, 0, _channels(sink), default_output=sink.name == default, label=sink.description)


def _channels(device: Any) -> int:
    """By its volumes: the sample specification is read from memory that the library has freed by then."""
    return len(device.volume.values)


def is_echo_cancel(name: str, driver: str, properties: Mapping[str, str]) -> bool:
    """Whether a source is the output of the sound server's own canceller: PulseAudio's says so by its driver,
    PipeWire's by the name that its configuration gives it."""
    known = " ".join((name, driver, properties.get("device.description", ""), properties.get("node.name", "")))
    return any(word in known.casefold().replace("_", "-").replace(" ", "-") for word in ("echo-cancel", "echocancel"))
