"""Random walks over the state table: what must hold after every step, whatever the order of events."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.core import events as ev
from kiosk.core import orders as od
from kiosk.core.machine import initial, step
from kiosk.core.policy import CaptureRule, Policy
from kiosk.core.ports import Fate, Uplink
from kiosk.core.session import TALKING, Note, Phase

PLANTED = "the planted phrase"
IDS = st.sampled_from(["r1", "r2", "r3"])
CUTS = st.none() | st.builds(ev.Cut, IDS, st.floats(0, 5000))
EVENTS = st.one_of(
    st.sampled_from(
        [
            ev.Started(),
            ev.Started(open_now=False),
            ev.HoursBegan(),
            ev.HoursEnded(),
            ev.Broke("A thing broke."),
            ev.Mended(),
            ev.StaffUnlocked(),
            ev.StaffLocked(),
            ev.SoundLost(ev.Part.MICROPHONE),
            ev.SoundLost(ev.Part.SPEAKER),
            ev.SoundBack(ev.Part.MICROPHONE),
            ev.Touched(),
            ev.Touched(),
            ev.Agreed(),
            ev.Agreed(speaking=False),
            ev.Declined(),
            ev.Released(),
            ev.VoiceStarted(),
            ev.VoiceStopped(),
            ev.Left(),
            ev.Rated(1),
            ev.Named("s1"),
            ev.AgentReady("token", 30.0),
            ev.AgentReady(),
            ev.AgentHears(True),
            ev.AgentHears(False),
            ev.AgentThinks(),
            ev.AgentEnded(),
            ev.HandedOver(True, "Kim"),
            ev.HandedOver(False),
            ev.Muted(True),
            ev.Muted(False),
            ev.Typed(PLANTED),
        ]
    ),
    st.builds(ev.Pressed, CUTS),
    st.builds(ev.CutIn, st.sampled_from([ev.Cause.VOICE, ev.Cause.TOUCH]), CUTS),
    st.builds(ev.Finished, CUTS),
    st.builds(ev.Words, st.sampled_from(["user", "agent"]), IDS, st.just(PLANTED), st.booleans(), st.none() | IDS),
    st.builds(ev.ResponseStarted, IDS),
    st.builds(ev.ResponseDone, IDS, st.just("completed"), st.booleans()),
    st.builds(ev.AgentCut, CUTS),
    st.builds(ev.LinkLost, st.booleans(), st.just("A sentence."), CUTS),
    st.builds(ev.PlaybackStarted, IDS),
    st.builds(ev.PlaybackEnded, IDS, st.floats(0, 5000), st.just(Fate.FINISHED)),
    st.builds(ev.PlaybackStalled, CUTS),
)
POLICIES = st.builds(
    Policy,
    capture=st.sampled_from(CaptureRule),
    voice_barge_in=st.booleans(),
    uplink_while_speaking_open=st.booleans(),
    client_ends_turn=st.booleans(),
    consent=st.booleans(),
    start_by_voice=st.booleans(),
)


class Walk(RuleBasedStateMachine):
    """A kiosk whose world does anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.policy = Policy()
        self.session = initial(0.0, self.policy)
        self.now = 0.0
        self.agreed = False
        self.links = 0
        self.lamp = False
        self.watching = False
        self.wiping = False
        self.turn = False  # as the agent was told

    @rule(policy=POLICIES)
    @precondition(lambda self: self.session.phase is Phase.STARTING)
    def choose_policy(self, policy: Policy) -> None:
        self.policy = policy

    @rule(event=EVENTS)
    def happens(self, event: ev.Event) -> None:
        self.take(event)

    @rule()
    def time_passes(self) -> None:
        due = self.session.next_due
        if due is not None:
            self.now = max(self.now, due[0])
            self.take(ev.Due(due[1]))

    @rule()
    @precondition(lambda self: self.wiping)
    def wiped(self) -> None:
        self.wiping = False
        self.take(ev.Wiped())

    def take(self, event: ev.Event) -> None:
        self.now += 0.01
        before = self.session
        self.session, orders = step(before, event, self.now, self.policy)
        if isinstance(event, ev.Agreed) and before.phase is Phase.NOTICE:
            self.agreed = event.speaking
        for order in orders:
            match order:
                case od.SetUplink():
                    self.lamp = order.lamp
                case od.Watch():
                    self.watching = order.on
                case od.Connect():
                    self.links = 1
                    self.turn = False
                case od.Disconnect():
                    self.links = 0
                    self.turn = False
                case od.TellSpeech():
                    assert self.turn is not order.begins, "a turn begins once and ends once"
                    self.turn = order.begins
                case od.Wipe():
                    self.wiping = True
                    self.agreed = False
        if self.session.uplink is Uplink.CLOSED and before.uplink is not Uplink.CLOSED:
            forgets = any(isinstance(order, od.Forget) for order in orders)
            assert forgets or isinstance(event, ev.Released), "only a release of the button may have a tail"
        if self.session.phase is Phase.RESETTING and before.phase is not Phase.RESETTING:
            kinds = [type(order) for order in orders]
            assert od.Wipe in kinds, "a reset always wipes"
            assert od.Disconnect in kinds
            assert od.Forget in kinds
        if before.phase in TALKING and self.session.phase not in TALKING | {Phase.FAREWELL, Phase.OFFLINE}:
            assert any(isinstance(order, od.Wipe) for order in orders), f"{before.phase} left without a wipe"

    @invariant()
    def uplink_only_in_a_visit_after_consent(self) -> None:
        if self.session.uplink is not Uplink.CLOSED:
            assert self.session.phase in TALKING
            assert self.session.linked
            assert not self.session.muted
            if self.policy.consent:
                assert self.agreed

    @invariant()
    def a_hello_is_listened_for_in_attract_alone_and_nothing_of_it_leaves(self) -> None:
        assert self.watching == self.session.watching
        if self.watching:
            assert self.policy.start_by_voice
            assert self.session.phase is Phase.ATTRACT
            assert self.session.uplink is Uplink.CLOSED
            assert not self.lamp
        elif self.policy.start_by_voice and self.session.phase is Phase.ATTRACT:
            assert Note.NO_MICROPHONE in self.session.notes

    @invariant()
    def lamp_equals_uplink(self) -> None:
        assert self.lamp == (self.session.uplink not in (Uplink.CLOSED, Uplink.GUARDED))

    @invariant()
    def the_agent_knows_whether_a_turn_is_open(self) -> None:
        if self.session.linked:
            assert self.turn == self.session.turn_open

    @invariant()
    def half_duplex_hears_nothing_while_the_agent_sounds(self) -> None:
        if self.session.responses and not self.policy.voice_barge_in:
            assert self.session.uplink in (Uplink.CLOSED, Uplink.HELD)

    @invariant()
    def nothing_of_a_visit_outside_of_it(self) -> None:
        if self.session.phase in {Phase.ATTRACT, Phase.CLOSED, Phase.RESETTING, Phase.STAFF}:
            assert PLANTED not in str([turn.text for turn in self.session.transcript.turns])
            assert not self.session.responses
            assert self.session.resume_token is None

    @invariant()
    def speaking_means_something_sounds(self) -> None:
        if self.session.phase is Phase.SPEAKING:
            assert self.session.responses

    @invariant()
    def no_phase_of_a_visitor_stands_for_ever(self) -> None:
        if self.session.phase not in {Phase.CLOSED, Phase.ATTRACT, Phase.OUT_OF_ORDER}:
            assert self.session.next_due is not None

    @invariant()
    def sound_is_a_note_and_no_phase(self) -> None:
        if Note.NO_MICROPHONE in self.session.notes:
            assert self.session.uplink is Uplink.CLOSED


Walk.TestCase.settings = settings(max_examples=120, stateful_step_count=60, deadline=None)
TestWalk = Walk.TestCase
