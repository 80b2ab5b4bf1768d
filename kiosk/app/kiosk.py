"""The kiosk engine: events in, one step of the state machine each, orders out to their doers. Runs without a window.

Everything here runs on the loop thread, except what is named `_on_capture_...` or `_on_control_...`: those are called
by the audio threads, do what cannot wait, and post the rest. Stopping the agent never waits for the loop: touch,
button and guard flush the loudspeaker first and report afterwards.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Protocol

from kiosk.app.earcons import WARM_UP, Earcons
from kiosk.app.hands import VisitorHands
from kiosk.app.opening import Opening
from kiosk.app.sound_care import SoundCare
from kiosk.app.talk import Talk
from kiosk.app.uplink_clock import UplinkClock
from kiosk.core import events as ev
from kiosk.core import orders as od
from kiosk.core.events import Cause, Cut, Event, Part
from kiosk.core.machine import initial, step
from kiosk.core.policy import Policy
from kiosk.core.ports import Devices, Fate, Heard, Lamp, Microphone, Speaker, Uplink, VoiceEdge
from kiosk.core.session import Session
from kiosk.device.health import Vitals, overdue_s

log = logging.getLogger(__name__)

FRAME_MS = 20
STALL_POLL_S = 0.25


class Probe(Protocol):
    """Takes a moment that a figure is made of."""

    def __call__(self, name: str, at: float, /, **fields: object) -> None: ...


def no_probe(name: str, at: float, /, **fields: object) -> None:
    """Nobody measures."""


Caller = Callable[[Session], Coroutine[None, None, bool]]

Observer = Callable[[Session, Session], None]


class Kiosk(VisitorHands):
    """
    policy     limits and manners
    talk       opens conversations; one at a time
    devices    tell when they come and go; None: nobody tells, and a lost one is tried again and again
    caller     reaches somebody of the house and says whether they were; None where the site has named nobody
    pin_needed nobody has chosen a staff PIN yet
    opening    when visitors are let in; None: always
    probe      told (name, monotonic seconds, what else) of moments that the figures need; any thread

    `observers` are told (old, new) after each step, on the loop thread: the screen, the peripherals' pipe. What they
    keep of a visit they forget when its transcript is gone from the session.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        microphone: Microphone,
        speaker: Speaker,
        talk: Talk,
        lamp: Lamp,
        earcons: Earcons,
        devices: Devices | None = None,
        probe: Probe = no_probe,
        caller: Caller | None = None,
        pin_needed: bool = False,
        opening: Opening | None = None,
    ) -> None:
        self._caller = caller
        self._opening = opening or Opening()
        self._pin_needed = pin_needed
        self.policy = policy
        self.session = initial(time.monotonic(), policy)
        self.speaker = speaker
        self.microphone = microphone
        self.uplink_clock = UplinkClock()
        self._talk = talk
        self._lamp = lamp
        self.observers: list[Observer] = []
        self._probe = probe
        self._queue: deque[Event] = deque()
        self._stepping = False
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._stall_poll: asyncio.TimerHandle | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self._earcons = earcons
        microphone.on_frame = self._on_capture_frame
        microphone.on_voice = self._on_capture_voice
        speaker.on_started = self._on_control_started
        speaker.on_ended = self._on_control_ended
        self._care = SoundCare(microphone, speaker, devices, on_lost=self._lost, on_back=self._back)
        self.observers.append(self._care.changed)

    # --- life -----------------------------------------------------------------------------------------------------

    async def start(self, tasks: asyncio.TaskGroup) -> None:
        """Open the sound and begin; without a device too, which is taken when it appears."""
        self._loop = asyncio.get_running_loop()
        self._tasks = tasks
        self._talk.attach(self, tasks)
        await self._care.start(tasks)
        self._chime(WARM_UP)
        self._watch_stall()
        self.speaker.set_volume(self.policy.volume_db)
        open_now, opens = self._opening.begin(self.dispatch)
        self.dispatch(ev.Started(open_now, opens, pin_needed=self._pin_needed))

    async def stop(self) -> None:
        """Nothing of a visit is left behind, the agent is told goodbye, the devices are given back."""
        self._opening.end()
        self.dispatch(ev.StaffUnlocked())  # leaves a visit from any phase
        if self._timer:
            self._timer.cancel()
        if self._stall_poll:
            self._stall_poll.cancel()
        for errand in self._errands:
            errand.cancel()
        await self._talk.finish("shutdown")
        await self._care.stop()

    def close_for_now(self, closed: bool) -> None:
        self._opening.by_hand(closed)

    def vitals(self, now: float) -> Vitals:
        """How the sound and the session are, for the watchdog."""
        return Vitals(parts=self._care.parts(now), overdue_s=overdue_s(self.session, now))

    # --- steps ----------------------------------------------------------------------------------------------------

    def dispatch(self, event: Event) -> None:
        """One step. An order may bring the next event about: those wait their turn, a step is never nested."""
        self._queue.append(event)
        if self._stepping:
            return
        self._stepping = True
        try:
            while self._queue:
                self._step(self._queue.popleft())
        finally:
            self._stepping = False
        self._arm()

    def post(self, event: Event) -> None:
        """`dispatch` from another thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.dispatch, event)

    def _step(self, event: Event) -> None:
        old = self.session
        self.session, orders = step(old, event, time.monotonic(), self.policy)
        if self.session.phase is not old.phase:
            log.info("%s -> %s (%s)", old.phase, self.session.phase, type(event).__name__)
        for order in orders:
            self._obey(order)
        if self.session is not old:
            for observe in self.observers:
                observe(old, self.session)

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        due = self.session.next_due
        if due is not None and self._loop is not None:
            at, timer = due
            wait = max(0.0, at - time.monotonic())
            self._timer = self._loop.call_later(wait + 0.001, self.dispatch, ev.Due(timer))

    # --- doers ----------------------------------------------------------------------------------------------------

    def _obey(self, order: od.Order) -> None:
        match order:
            case od.Connect():
                self._talk.connect(order.session_id, order.resume_token)
            case od.Disconnect():
                self._talk.disconnect(order.reason)
            case od.SetUplink():
                self._set_uplink(order)
            case od.Watch():
                self.microphone.watch(order.on)
            case od.Forget():
                self.microphone.forget()
            case od.Silence():
                self.speaker.flush()
            case od.BeginResponse():
                self.speaker.begin(order.response_id)
            case od.SetVolume():
                self.speaker.set_volume(order.gain_db)
            case od.Chime():
                self._chime(order.name)
            case od.CallPerson():
                self._call()
            case od.Wipe():
                self._wipe()
            case _:
                self._talk.tell(order)

    def _set_uplink(self, order: od.SetUplink) -> None:
        """The lamp is lit before the first sample may leave, and goes out after the last."""
        if order.lamp:
            self._lamp.show(True)
        self.microphone.set_uplink(order.uplink)
        self._dim()

    def _dim(self) -> None:
        """After the talk button was released the microphone still says HELD until its tail is up."""
        if od.SetUplink(self.session.uplink).lamp:
            return
        if self.microphone.uplink is Uplink.HELD and self._loop is not None:
            self._loop.call_later(FRAME_MS / 1000, self._dim)
        else:
            self._lamp.show(False)

    def _chime(self, name: str) -> None:
        """Not of a response: nothing waits for its end, and an agent that is about to speak comes first."""
        sound = self._earcons.get(name)
        if sound is not None:
            self.speaker.earcon(sound, self._earcons.rate)
            self._probe("earcon", time.monotonic(), sound=name)

    def errand(self, errand: Coroutine[None, None, None], name: str) -> None:
        """Beside the steps; the program does not wait for its end."""
        assert self._tasks is not None
        task = self._tasks.create_task(errand, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _call(self) -> None:
        if self._caller is not None:
            self.errand(self._call_with(self._caller), "call a person")

    async def _call_with(self, caller: Caller) -> None:
        visit = self.session.visit
        reached = await caller(self.session)
        if self.session.visit == visit:
            self.dispatch(ev.CallAnswered(reached))

    def _wipe(self) -> None:
        self.microphone.forget()
        self.speaker.flush()
        self.uplink_clock = UplinkClock()
        self.dispatch(ev.Wiped())

    # --- the visitor's hands (the rest of them: `hands`) ------------------------------------------------------------

    @property
    def has_house(self) -> bool:
        return self._caller is not None

    def moment(self, name: str) -> None:
        self._probe(name, time.monotonic())

    def cut(self, cause: str) -> Cut | None:
        """Flush the loudspeaker now. None when nothing was being said: then only an earcon is cut. Any thread."""
        if not self.session.responses:
            self.hush()
            return None
        ordered = time.monotonic()
        heard = self.speaker.flush()
        self.note_flush(cause, heard, ordered)
        return Cut(heard.response_id, heard.played_ms) if heard.response_id else None

    def hush(self) -> None:
        if not self.session.responses:
            self.speaker.flush()

    def note_flush(self, cause: str, heard: Heard, ordered: float) -> None:
        self._probe("flush", ordered, id=heard.response_id, cause=cause, played_ms=heard.played_ms)

    # --- the audio threads ----------------------------------------------------------------------------------------

    def _on_capture_frame(self, pcm: bytes, captured_at: float) -> None:
        if self._talk.push_audio(pcm):
            self.uplink_clock.sent(FRAME_MS, captured_at)

    def _on_capture_voice(self, edge: VoiceEdge, at: float) -> None:
        if edge is VoiceEdge.BARGE_IN:
            self._lamp.show(True)  # the burst goes up right behind this call
            cut = self.cut("voice")
            self.speaker.duck(False)  # what comes next has its own level
            self._probe("barge_in", at)
            self._post_before_audio(ev.CutIn(Cause.VOICE, cut))
        elif edge is VoiceEdge.SUSPECTED:
            self.speaker.duck(True)
            self._probe("ducked", time.monotonic(), since=at)
        elif edge is VoiceEdge.DISMISSED:
            self.speaker.duck(False)
            self._probe("restored", time.monotonic())
        elif edge is VoiceEdge.STARTED:
            self._post_before_audio(ev.VoiceStarted())
        else:
            self.post(ev.VoiceStopped())

    def _post_before_audio(self, event: Event) -> None:
        """What the step tells the agent goes up ahead of the sound that is pushed from now on."""
        if self._loop is None or self._loop.is_closed():
            return
        release = self._talk.hold_audio()

        def take() -> None:
            try:
                self.dispatch(event)
            finally:
                release()

        self._loop.call_soon_threadsafe(take)

    def _on_control_started(self, response_id: str, at: float) -> None:
        self._probe("playback_started", at, id=response_id)
        self.post(ev.PlaybackStarted(response_id))

    def _on_control_ended(self, response_id: str, played_ms: float, fate: Fate) -> None:
        """A flush is reported by whoever ordered it, with what it returned; this is for what was heard to its end."""
        self._probe("playback_ended", time.monotonic(), id=response_id, played_ms=played_ms, fate=fate)
        if fate is Fate.FINISHED:
            self.post(ev.PlaybackEnded(response_id, played_ms, fate))

    # --- the devices ----------------------------------------------------------------------------------------------

    def _lost(self, part: Part) -> None:
        cut = self.cut("lost") if part is Part.SPEAKER else None
        self.dispatch(ev.SoundLost(part))
        if cut is not None:
            self.dispatch(ev.PlaybackStalled(cut))

    def _back(self, part: Part) -> None:
        self.dispatch(ev.SoundBack(part))
        self._chime(WARM_UP)

    def _watch_stall(self) -> None:
        """A device that hangs must not hold the visitor in an answer that nobody hears."""
        if self.session.responses and self.session.sounding:
            heard = self.speaker.position()
            if heard.stalled_s >= self.policy.stall:
                log.warning("the speaker clock has stood still for %.1f s", heard.stalled_s)
                self.dispatch(ev.PlaybackStalled(self.cut("stall")))
        if self._loop is not None:
            self._stall_poll = self._loop.call_later(STALL_POLL_S, self._watch_stall)
