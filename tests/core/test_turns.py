"""Who ends a visitor's turn, and what the agent is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import events as ev
from kiosk.core import orders as od
from kiosk.core.machine import initial, step
from kiosk.core.policy import CaptureRule, Policy
from kiosk.core.ports import Uplink
from kiosk.core.session import Note, Phase, Session

OURS = Policy(client_ends_turn=True)
THEIRS = Policy()
CUT = ev.Cut("r1", 800.0)


def walk(policy: Policy, *events: ev.Event) -> tuple[Session, list[od.Order]]:
    """From an agent that has just become ready; the orders since then."""
    session, said = initial(0.0, policy), []
    for event in (ev.Started(), ev.Touched(), ev.AgentReady()):
        session, _ = step(session, event, 1.0, policy)
    assert session.phase is Phase.LISTENING
    for n, event in enumerate(events):
        session, orders = step(session, event, 2.0 + n, policy)
        said += [order for order in orders if not isinstance(order, od.SetUplink | od.Forget | od.Silence)]
    return session, said


BEGINS, COMMITS, DROPS = od.TellSpeech(True), od.TellSpeech(False), od.TellSpeech(False, discard=True)
ANSWERING = (ev.ResponseStarted("r1"), ev.PlaybackStarted("r1"))


def test_the_kiosk_ends_the_turn_where_the_dialect_leaves_it_to_the_kiosk() -> None:
    session, said = walk(OURS, ev.VoiceStarted(), ev.VoiceStopped())
    assert said == [BEGINS, COMMITS]
    assert session.phase is Phase.THINKING


def test_an_agent_that_ends_turns_itself_is_told_of_none() -> None:
    session, said = walk(THEIRS, ev.VoiceStarted(), ev.VoiceStopped())
    assert said == []
    assert session.phase is Phase.LISTENING


def test_a_visitor_who_goes_on_while_the_agent_thinks_has_the_word_again() -> None:
    session, said = walk(OURS, ev.VoiceStarted(), ev.VoiceStopped(), ev.VoiceStarted())
    assert said == [BEGINS, COMMITS, BEGINS]
    assert session.phase is Phase.LISTENING


def test_the_button_s_turn_is_acknowledged_and_a_link_that_went_is_heard() -> None:
    _, said = walk(THEIRS, ev.Pressed(), ev.Released(), ev.Due(ev.Timer.TAIL))
    assert said[-2:] == [COMMITS, od.Chime("heard")]
    _, said = walk(THEIRS, ev.LinkLost())
    assert od.Chime("error") in said


@pytest.mark.parametrize(
    ("capture", "pressed", "heard"),
    [
        (CaptureRule.VOICE, False, True),
        (CaptureRule.VOICE, True, False),
        (CaptureRule.PUSH_TO_TALK, False, False),
    ],
)
def test_a_microphone_that_opens_by_itself_is_heard(capture: CaptureRule, pressed: bool, heard: bool) -> None:
    """Not behind a press: it would stand in the first word."""
    policy = Policy(capture=capture)
    session = initial(0.0, policy)
    for event in (ev.Started(), ev.Pressed() if pressed else ev.Touched(), ev.AgentReady()):
        session, orders = step(session, event, 1.0, policy)
    assert (od.Chime("open") in orders) is heard


def test_an_interruption_begins_a_turn_behind_the_news_of_itself() -> None:
    session, said = walk(OURS, *ANSWERING, ev.CutIn(ev.Cause.VOICE, CUT), ev.VoiceStopped())
    told = [order for order in said if isinstance(order, od.TellInterrupted | od.TellSpeech)]
    assert told == [od.TellInterrupted("r1", 800, "voice"), BEGINS, COMMITS]
    assert session.phase is Phase.THINKING


def test_stop_begins_no_turn() -> None:
    _, said = walk(OURS, *ANSWERING, ev.CutIn(ev.Cause.TOUCH, CUT))
    assert BEGINS not in said


@pytest.mark.parametrize("policy", [OURS, THEIRS])
def test_the_button_ends_its_turn_behind_its_tail_whoever_ends_the_others(policy: Policy) -> None:
    pressed = (ev.VoiceStarted(), ev.Pressed(), ev.VoiceStopped(), ev.VoiceStarted(), ev.Released(), ev.VoiceStopped())
    session, said = walk(policy, *pressed)
    assert said == [BEGINS], "a pause while the button is down is no end"
    session, orders = step(session, ev.Due(ev.Timer.TAIL), 60.0, policy)
    assert COMMITS in orders
    assert (session.phase is Phase.THINKING) == policy.client_ends_turn


def test_a_visitor_who_switches_the_microphone_off_takes_the_word_back() -> None:
    session, said = walk(OURS, ev.VoiceStarted(), ev.Muted(True))
    assert said == [BEGINS, od.TellMuted(True), DROPS]
    assert session.uplink is Uplink.CLOSED


def test_nothing_said_while_muted_is_the_pre_roll_of_what_follows() -> None:
    session, _ = walk(THEIRS, ev.Muted(True))
    _, orders = step(session, ev.Muted(False), 9.0, THEIRS)
    assert [type(order) for order in orders if not isinstance(order, od.TellMuted)] == [od.Forget, od.SetUplink]


@pytest.mark.parametrize(
    ("policy", "uplink"),
    [
        (Policy(), Uplink.GUARDED),
        (Policy(capture=CaptureRule.OPEN), Uplink.GUARDED),
        (Policy(uplink_while_speaking_open=True), Uplink.OPEN),
        (Policy(voice_barge_in=False), Uplink.CLOSED),
        (Policy(voice_barge_in=False, uplink_while_speaking_open=True), Uplink.CLOSED),
        (Policy(capture=CaptureRule.PUSH_TO_TALK, uplink_while_speaking_open=True), Uplink.CLOSED),
    ],
)
def test_what_may_go_up_while_the_agent_speaks(policy: Policy, uplink: Uplink) -> None:
    session, _ = walk(policy, *ANSWERING)
    assert session.uplink is uplink
    session, _ = step(session, ev.Pressed(CUT), 9.0, policy)
    assert session.uplink is Uplink.HELD, "the button is heard whatever the rule is"


def test_a_renewed_resume_token_does_not_begin_the_turn_again() -> None:
    _, said = walk(THEIRS, ev.Pressed(), ev.AgentReady("token", 30.0))
    assert said == [BEGINS]


def test_a_new_line_is_told_of_the_press_that_outlived_the_old_one() -> None:
    policy = replace(THEIRS, connect_limit=600.0)
    session, said = walk(policy, ev.Pressed(), ev.LinkLost(), ev.Pressed(), ev.AgentReady())
    assert session.pressed
    assert said.count(BEGINS) == 2


def test_a_visitor_who_comes_when_the_agent_is_busy_is_told_so_until_it_is_their_turn() -> None:
    policy = Policy()
    session = initial(0.0, policy)
    for event in (ev.Started(), ev.Touched(), ev.LinkLost(busy=True)):
        session, orders = step(session, event, 1.0, policy)
    assert session.phase is Phase.CONNECTING
    assert Note.BUSY in session.notes
    assert od.Connect() in orders  # its back-off waits as long as the agent asked for
    session, _ = step(session, ev.AgentReady(), 7.0, policy)
    assert session.phase is Phase.LISTENING
    assert Note.BUSY not in session.notes


def test_the_agent_s_house_is_told_of_a_silent_visitor() -> None:
    policy = Policy(reprompts=1)
    session = initial(0.0, policy)
    for event in (ev.Started(), ev.Touched(), ev.AgentReady()):
        session, _ = step(session, event, 1.0, policy)
    told = []
    for now in (30.0, 60.0):
        session, orders = step(session, ev.Due(ev.Timer.SILENCE), now, policy)
        told += [order for order in orders if isinstance(order, od.TellPage)]
    assert told == [od.TellPage("reprompt"), od.TellPage("checking")]
    assert session.phase is Phase.CHECKING
