"""What is heard, decided frame by frame: what may go up, and whether somebody speaks.

Pure: no thread, no clock, no device. The microphone drives it in real time, a simulated room faster; near and far end
meet here and nowhere else.
"""

from __future__ import annotations

from kiosk.audio.bargein import BargeIn, Edge
from kiosk.audio.echo import NoCanceller
from kiosk.audio.engines import GUARD_ORDER, SPEECH_ORDER, canceller
from kiosk.audio.evidence import Evidence
from kiosk.audio.formats import Framer, Meter, Pcm
from kiosk.audio.gate import Frame, Gate
from kiosk.audio.guard import Guard
from kiosk.audio.speech import SpeechPath
from kiosk.audio.vad import RATE, Earshot, voice_detector
from kiosk.audio.watch import Watch
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture

ECHO_TAIL_S = 1.0
"""How long after the loudspeaker fell silent its echo is still about."""


class Hearing:
    """One call of `step` for each frame pair, then `take`. All calls from one thread, or under one lock.

    gate        what may go up; orders go to it
    meter       level and noise floor of the near end
    cancelled   the microphone comes without echo (a headset, the system's own canceller): one canceller is enough
    watching    tell of a voice (STARTED) while the uplink is CLOSED, and let nothing of it go up

    Two paths: the guard only decides, what goes up comes from the speech path; see "The chain" in this folder's README.
    While the uplink is CLOSED the sound is levelled and kept for the pre-roll, and no detector looks at it but the
    watch for a hello, where that is wanted.
    """

    def __init__(self, capture: Capture, *, cancelled: bool = False) -> None:
        self._voice = voice_detector()
        self.gate = Gate(capture, hop_ms=1000 * self._voice.hop / RATE)
        self.meter = Meter()
        self.watching = False
        self._barge_in = capture.voice_barge_in
        decision = BargeIn(
            duck_ms=capture.duck_ms,
            fire_ms=capture.guard_ms,
            ducked_ms=capture.guard_ducked_ms,
            within_ms=capture.duck_within_ms,
        )
        self._speech = SpeechPath(
            NoCanceller() if cancelled else canceller(capture.speech_engine, SPEECH_ORDER, "capture.speech_engine")
        )
        guarding = NoCanceller() if cancelled else canceller(capture.guard_engine, GUARD_ORDER, "capture.guard_engine")
        self._guard = Guard(Evidence(guarding, Earshot()), decision, threshold=capture.guard_threshold)
        self._voice_framer = Framer(self._voice.hop)
        self._listening = False
        self._watch = Watch(
            Earshot(), self._voice, threshold=capture.voice_threshold, onset_ms=capture.onset_ms
        )  # shares the voice detector: the one looks while the uplink is closed, the other while it is not
        self._found: list[Edge] = []

    @property
    def idle(self) -> bool:
        """Whether nothing may go up: frames may then come in bursts, if nothing sounds either."""
        return self.gate.uplink is Uplink.CLOSED

    def restart(self, at: float) -> None:
        """The stream begins anew at the monotonic time `at`: nothing is kept but the mode, and the end of a duck."""
        self.gate.restart(at)
        self.meter = Meter()  # whether the new stream gives any sound is told by it
        self._found.clear()
        self._speech.reset()
        self._note(self._guard.reset(at))
        self._rest_voice()

    def ended(self, at: float) -> None:
        """No frame comes any more: a duck must not outlive the microphone. `take` once more."""
        self._note(self._guard.disarm(at))

    def slipped(self, at: float) -> None:
        """Near and far end jumped against each other: the echo path must be found again."""
        self._speech.slipped()
        self._note(self._guard.pause(at))

    def step(self, near: Pcm, far: Pcm | None, captured_at: float) -> None:
        """10 ms of 16 kHz: int16 of shape (160,), without holes from call to call.

        far             what the loudspeaker played meanwhile; None when it has been silent for `ECHO_TAIL_S`
        captured_at     when the last sample of `near` was captured; monotonic, of any clock
        """
        self.meter.push(near)
        speech = self._speech.step(near, far)
        self.gate.sounds(far is not None and bool(far.any()), captured_at)
        armed = self.gate.wants_guard and self._barge_in
        if armed or far is not None:
            edge = self._guard.step(near, self._speech.linear, far, captured_at, armed=armed)
        else:
            edge = self._guard.disarm(captured_at)
        barge_in = None
        if edge is not None and edge[0] is VoiceEdge.BARGE_IN:
            barge_in = edge[1]  # the gate tells of it, ahead of the burst
        else:
            self._note(edge)
            if edge is not None and edge[0] is VoiceEdge.SUSPECTED:
                self.gate.suspect(edge[1])
        if not self.watching or not self.idle or far is not None:
            self._watch.rest()
        elif (since := self._watch.step(near, captured_at, self.meter.floor)) is not None:
            self._found.append((VoiceEdge.STARTED, since))
        spoken_at = captured_at - self._speech.delay_s
        self.gate.step(speech.tobytes(), spoken_at, self._probability(speech), barge_in)

    def take(self) -> tuple[list[Edge], list[Frame], list[Edge]]:
        """(edges before, frames of 20 ms, edges after) since the last call, to be told in this order."""
        before, frames, after = self.gate.take()
        found, self._found = self._found, []
        return found + before, frames, after

    def _note(self, edge: Edge | None) -> None:
        if edge is not None:
            self._found.append(edge)

    def _probability(self, speech: Pcm) -> float | None:
        """Of speech, when this frame completed a hop of the voice detector and somebody wants to know."""
        probability = None
        if self.gate.wants_voice:
            self._listening = True
            for hop in self._voice_framer.push(speech):
                probability = self._voice.probability(hop)
        elif self._listening:
            self._rest_voice()
        return probability

    def _rest_voice(self) -> None:
        """What the detector remembers is not what comes next."""
        self._listening = False
        self._voice_framer.clear()
        self._voice.reset()
