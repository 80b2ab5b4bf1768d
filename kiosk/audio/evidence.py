"""Evidence of a visitor while the agent speaks: hop by hop, how sure. `guard` counts it and decides.

What the speech path's filter leaves goes through a second, stronger canceller, and Earshot listens to that. On 20
minutes of echo and 624 interruptions (five simulated conditions, the tuning material) 96 ms of this evidence found
99/99/93 % of the visitors 5/10/15 dB below the echo after 178/201/255 ms, and mistook echo for one 0.05 times a minute;
the same canceller on the bare microphone found 95/67/33 % and was wrong 0.5 times a minute.

Earshot takes music, coughs and what a loudspeaker bends for a voice. So the detector that tells music from speech while
the agent is silent is a witness: it hears what goes to the agent, where a visitor is whole, and must not contradict.
"""

from __future__ import annotations

import numpy as np

from kiosk.audio.alignment import Alignment
from kiosk.audio.delay import EchoDelay
from kiosk.audio.echo import FRAME, Canceller
from kiosk.audio.formats import SILENCE_DBFS, Framer, Meter, Pcm, dbfs
from kiosk.audio.lift import Lift
from kiosk.audio.vad import RATE, VoiceDetector

LEAST_DBFS = -52.0
ABOVE_FLOOR_DB = 9.0
"""What the filter leaves must stand out of the room: a lobby full of voices never does for long."""
WITNESSED = 0.2
"""Least probability of the witness. Low, since of a visitor in double talk it is late and unsure: of the hops that
Earshot took for a voice 95 % of music's lie below it, and 0.6 % of a visitor's 5 dB below the echo (tuning set)."""
BELOW_ECHO_DB = -26.0
"""Less than this against the predicted echo is what a loudspeaker bends."""


class Evidence:
    """Capture thread only.

    hop_ms      of sound that each piece of evidence stands for
    least_dbfs  what is softer than this behind the canceller is a bystander's, where visitors are known
    """

    def __init__(self, canceller: Canceller, detector: VoiceDetector, witness: VoiceDetector, delay: EchoDelay) -> None:
        """`detector` listens behind the guard's canceller, `witness` to what goes to the agent; both belong to it.
        `delay` is only asked, and fed by whoever gave it."""
        self.hop_ms = 1000 * detector.hop / RATE
        self.least_dbfs = SILENCE_DBFS
        self._canceller = canceller
        self._detector = detector
        self._framer = Framer(detector.hop)
        self._witness = witness
        self._witness_framer = Framer(witness.hop)
        self._witnessed = 0.0  # by its last hop
        self._listening = False
        self._alignment = Alignment()
        self._delay = delay
        self._room = Meter()  # of what the filter leaves
        self._lift = Lift()
        self._silence: Pcm = np.zeros(FRAME, np.int16)

    def step(self, near: Pcm, linear: Pcm, speech: Pcm, far: Pcm | None, *, listen: bool) -> list[float]:
        """10 ms. The probability of a visitor's voice for each hop that this frame completes.

        linear      `near` without the predicted echo (see `Canceller.linear`)
        speech      what goes to the agent, as late as the speech path makes it
        far         None when nothing sounds and nothing echoes any more
        listen      whether anybody wants to know; if not, only the cancellers learn
        """
        cleaned = self._canceller.process(self._lift.apply(linear), self._silence if far is None else far)
        if far is None:
            self._alignment.rest()
        else:
            self._alignment.update(near, linear, far, self._room.floor, standing=self._delay.standing)
            if self._alignment.playing:
                self._lift.hear(dbfs(near))
        self._room.push(linear)
        if not listen:
            self.rest()
            return []
        self._listening = True
        for hop in self._witness_framer.push(speech):
            self._witnessed = self._witness.probability(hop)
        return [self._sure(hop) for hop in self._framer.push(cleaned)]

    def slipped(self) -> None:
        self._canceller.slipped()
        self.doubt()

    def doubt(self) -> None:
        """The echo may have moved."""
        self._alignment.slipped()
        self._delay.doubt()

    def rest(self) -> None:
        """What was heard is not what comes next."""
        if not self._listening:
            return
        self._listening = False
        self._framer.clear()
        self._witness_framer.clear()
        self._witness.reset()
        self._witnessed = 0.0

    def reset(self) -> None:
        """A new stream: forget the echo path too."""
        self.rest()
        self._canceller.reset()
        self._detector.reset()
        self._alignment.reset()

    def _sure(self, hop: Pcm) -> float:
        probability = self._detector.probability(hop)  # always: it remembers
        lifted = dbfs(hop)
        level = lifted - self._lift.db
        stands_out = (
            self._witnessed >= WITNESSED
            and lifted > LEAST_DBFS
            and level > self.least_dbfs
            and self._room.level > self._room.floor + ABOVE_FLOOR_DB
            and level > self._alignment.predicted_dbfs + BELOW_ECHO_DB
        )
        if not stands_out or not self._alignment.trusted:
            return 0.0
        if self._delay.elsewhere():  # the last word, since it costs most: a slip that nobody told, 0.1 s ago
            self.doubt()
            return 0.0
        return probability
