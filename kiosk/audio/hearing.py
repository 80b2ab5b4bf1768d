"""What is heard, decided frame by frame: what may go up, and whether somebody speaks.

Pure: no thread, no clock, no device. The microphone drives it in real time, a simulated room faster; near and far end
meet here and nowhere else.
"""

from __future__ import annotations

from kiosk.audio.bargein import BargeIn, Edge
from kiosk.audio.delay import EchoDelay
from kiosk.audio.ear import Ear, Heard
from kiosk.audio.engines import GUARD_ORDER, SPEECH_ORDER, canceller
from kiosk.audio.evidence import Evidence
from kiosk.audio.formats import Framer, Meter, Pcm, dbfs
from kiosk.audio.gain import UplinkGain
from kiosk.audio.gate import Frame, Gate
from kiosk.audio.guard import Guard
from kiosk.audio.overdrive import Overdrive
from kiosk.audio.profile import Profile
from kiosk.audio.speech import SpeechPath
from kiosk.audio.vad import RATE, Earshot, voice_detector
from kiosk.audio.visitor import Visitors
from kiosk.audio.watch import Watch
from kiosk.core.ports import Uplink, VoiceEdge
from kiosk.settings.sound import Capture
from kiosk.settings.sound import UplinkGain as Gain

ECHO_TAIL_S = 1.0
"""How long after the loudspeaker fell silent its echo is still about."""


class Hearing:
    """One call of `step` for each frame pair, then `take`. All calls from one thread, or under one lock.

    gate        what may go up; orders go to it
    meter       level and noise floor of the near end
    cancelled   the sound system has taken the echo out of the near end already: a second canceller would spoil it
    visitors    how loud they are here, and who is too soft to be one
    overdrive   whether they are too loud for the microphone
    echo_late_s by how much the echo in the last frame came later than the cancellers know it: whoever hands the far end
                over does it so much later from then on
    watching    tell of a voice (STARTED) while the uplink is CLOSED, and let nothing of it go up

    Two paths: the guard only decides, what goes up comes from the speech path; see "The chain" in this folder's README.
    While the uplink is CLOSED the sound is levelled and kept for the pre-roll, and no detector looks at it but the
    watch for a hello, where that is wanted.
    """

    def __init__(self, capture: Capture, profile: Profile | None = None) -> None:
        """`profile`: where noise and visitors are known from a measurement; without one they are learned."""
        self._noise_dbfs = profile.noise_dbfs if profile else None
        sure = voice_detector()
        self._ear = Ear(sure, Earshot(), threshold=capture.voice_threshold, room_dbfs=self._noise_dbfs)
        self.gate = Gate(capture, hop_ms=1000 * self._ear.hop / RATE)
        self.meter = Meter(self._noise_dbfs)
        self.visitors = Visitors(profile.visitor_dbfs if profile else None, capture.bystander_db)
        self.overdrive = Overdrive()
        self._gain = UplinkGain() if capture.uplink_gain is Gain.AUTO else None
        self._threshold = capture.voice_threshold
        self._turn = False  # somebody has the word
        self.watching = False
        self.cancelled = False
        self._barge_in = capture.voice_barge_in
        decision = BargeIn(
            duck_ms=capture.duck_ms,
            fire_ms=capture.guard_ms,
            ducked_ms=capture.guard_ducked_ms,
            within_ms=capture.duck_within_ms,
        )
        self._speech = SpeechPath(canceller(capture.speech_engine, SPEECH_ORDER, "capture.speech_engine"))
        guarding = canceller(capture.guard_engine, GUARD_ORDER, "capture.guard_engine")
        self._delay = EchoDelay()
        self.echo_late_s = 0.0
        self._evidence = Evidence(guarding, Earshot(), voice_detector(), self._delay)
        self._guard = Guard(self._evidence, decision, threshold=capture.guard_threshold)
        self._ear_framer = Framer(self._ear.hop)
        self._listening = False
        self._watch = Watch(
            Earshot(), sure, threshold=capture.voice_threshold, onset_ms=capture.onset_ms
        )  # shares a detector with the ear: the one looks while the uplink is closed, the other while it is not
        self._found: list[Edge] = []
        self._know_bystanders()

    @property
    def idle(self) -> bool:
        """Whether nothing may go up: frames may then come in bursts, if nothing sounds either."""
        return self.gate.uplink is Uplink.CLOSED

    def restart(self, at: float) -> None:
        """The stream begins anew at the monotonic time `at`: nothing is kept but the mode, and the end of a duck."""
        self.gate.restart(at)
        self.meter = Meter(self._noise_dbfs)  # whether the new stream gives any sound is told by it
        self._found.clear()
        self._speech.reset()
        self._delay.reset()
        self._note(self._guard.reset(at))
        self._rest_voice()

    def forget(self, at: float) -> None:
        """Nothing heard before `at` goes up any more, and the next voice may be another visitor's."""
        self.gate.forget(at)
        self.visitors.forget()

    def ended(self, at: float) -> None:
        """No frame comes any more: a duck must not outlive the microphone. `take` once more."""
        self._note(self._guard.disarm(at))

    def slipped(self, at: float) -> None:
        """Near and far end jumped against each other: the echo path must be found again."""
        self._speech.slipped()
        self._note(self._guard.pause(at))

    def begun(self) -> None:
        """The loudspeaker's stream was started: its echo may stand some tenths of a millisecond beside its place."""
        self._guard.doubt()

    def flushed(self, at: float) -> None:
        """What sounded was cut: the loudspeaker starts anew, some ms off at first. The cancellers keep their path."""
        self._note(self._guard.blank(at))

    def step(self, near: Pcm, far: Pcm | None, captured_at: float) -> None:
        """10 ms of 16 kHz: int16 of shape (160,), without holes from call to call.

        far             what the loudspeaker played meanwhile; None when it has been silent for `ECHO_TAIL_S`
        captured_at     when the last sample of `near` was captured; monotonic, of any clock
        """
        self.meter.push(near)
        echoing = None if self.cancelled else far
        self.echo_late_s = self._place(near, echoing)
        speech = self._speech.step(near, echoing)
        self.gate.sounds(far is not None and bool(far.any()), captured_at)
        armed = self.gate.wants_guard and self._barge_in
        if armed or far is not None:
            edge = self._guard.step(near, self._speech.linear, speech, echoing, captured_at, armed=armed)
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
        heard, is_near = self._voice_of(speech, captured_at, alone=far is None)
        louder = speech if self._gain is None else self._gain.apply(speech)
        self.gate.step(
            louder.tobytes(),
            captured_at - self._speech.delay_s,
            None if heard is None else heard.probability,
            barge_in,
            near=is_near,
            clear=heard is None or heard.clear,
        )
        if self._turn and not self.gate.speaking:
            self._turn_over()
        self._turn = self.gate.speaking

    def take(self) -> tuple[list[Edge], list[Frame], list[Edge]]:
        """(edges before, frames of 20 ms, edges after) since the last call, to be told in this order."""
        before, frames, after = self.gate.take()
        found, self._found = self._found, []
        return found + before, frames, after

    def _place(self, near: Pcm, far: Pcm | None) -> float:
        if far is None:
            self._delay.rest()
            return 0.0
        return self._delay.step(near, far)

    def _note(self, edge: Edge | None) -> None:
        if edge is not None:
            self._found.append(edge)

    def _voice_of(self, speech: Pcm, at: float, *, alone: bool) -> tuple[Heard | None, bool]:
        """When this frame completed a hop of the ear and somebody wants to know: (what it heard, whether that may be a
        visitor's). `alone`: no echo is in it, so that its level is the visitor's."""
        heard, is_near = None, True
        if self.gate.wants_voice:
            self._listening = True
            for hop in self._ear_framer.push(speech):
                heard = self._ear.hear(hop, speaking=self.gate.speaking)
                is_near = self._weigh(hop, heard.probability, at, alone=alone) and heard.believed
        elif self._listening:
            self._rest_voice()
        return heard, is_near

    def _weigh(self, hop: Pcm, probability: float, at: float, *, alone: bool) -> bool:
        """Whether a hop is loud enough for a visitor's; learns from those that are. A hand on the button is sure."""
        level = dbfs(hop)
        speech = probability >= self._threshold
        length_ms = 1000 * len(hop) / RATE
        held = self.gate.uplink is Uplink.HELD
        if self.gate.speaking:
            is_near = held or self.visitors.holds(level, at)
            if speech and is_near and alone:
                self.visitors.spoke(level, length_ms)
                self.overdrive.spoke(hop)
                if self._gain is not None:
                    self._gain.hear(level, length_ms)
            return is_near
        return self.visitors.hear(level, speech=speech, floor_dbfs=self.meter.floor, length_ms=length_ms, at=at) or held

    def _turn_over(self) -> None:
        self.visitors.turn_over()
        self.overdrive.turn_over()
        self._know_bystanders()

    def _know_bystanders(self) -> None:
        if (least := self.visitors.least_behind_canceller()) is not None:
            self._evidence.least_dbfs = least

    def _rest_voice(self) -> None:
        """What the detector remembers is not what comes next."""
        self._listening = False
        self._ear_framer.clear()
        self._ear.reset()
