"""How much of a response is held back before it sounds, so that a frame that comes late is still in time."""

from __future__ import annotations

import logging
import math
from collections import deque

log = logging.getLogger(__name__)

STEP_S = 0.02
"""It grows and falls by these: a frame of most agents."""
MARGIN_S = 0.01
"""A block of the device: it asks for samples that much before the last of them is due."""
_REMEMBERED = 8  # responses: some minutes of a visit, after which a network that has calmed down is believed


class JitterDepth:
    """Follows how late frames come against the first of their response, and holds back as much, within two bounds.

    least_s     held back in any case
    most_s      a frame later than that is no jitter but a network, or an agent, that stood still: waiting for it before
                every answer would cost each visitor more than it saves one; with less than `least_s` nothing is learned

    The latest frame of the last eight responses counts, so that a lobby whose Wi-Fi sways stutters once and not in
    every answer. What an agent sends ahead of time is never late, and so a burst starts as soon as before.

    `begin`, `arrived`: the feeder. `seconds` is a plain number that the device's callback reads.
    """

    def __init__(self, least_s: float, most_s: float) -> None:
        self.seconds = least_s
        self._least = least_s
        self._most = max(least_s, most_s)
        self._late: deque[float] = deque(maxlen=_REMEMBERED)
        self._line = 0.0

    def begin(self, now: float) -> None:
        """The first frame of a response came."""
        self._line = now
        self._late.append(0.0)
        self._settle()

    def arrived(self, before_s: float, now: float) -> None:
        """A frame of the response came, behind `before_s` seconds of it."""
        late = now - before_s - self._line
        if late > self._most:
            self._line += late  # what follows is measured against this one
        elif late > self._late[-1]:
            self._late[-1] = late
            self._settle()

    def _settle(self) -> None:
        late = max(self._late)
        wanted = STEP_S * math.ceil(round((late + MARGIN_S) / STEP_S, 6)) if late else 0.0
        seconds = min(self._most, max(self._least, wanted))
        if seconds > self.seconds:
            log.info("the agent's frames come up to %.0f ms late: %.0f ms are held back", 1000 * late, 1000 * seconds)
        self.seconds = seconds
