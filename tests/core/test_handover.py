"""A person answers in the agent's place: the visitor goes on talking, is told so, and gets the agent back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import events as ev
from kiosk.core import orders as od
from kiosk.core.machine import initial, step
from kiosk.core.policy import Policy
from kiosk.core.ports import Fate, Uplink
from kiosk.core.session import Note, Phase, Session

POLICY = Policy()
COMES, GOES = ev.HandedOver(True, "Ingrid"), ev.HandedOver(False)


def walk(*events: ev.Event, policy: Policy = POLICY) -> tuple[Session, list[od.Order]]:
    """From an agent that has just become ready; the orders since then."""
    session, said = initial(0.0, policy), []
    for event in (ev.Started(), ev.Touched(), ev.AgentReady("token", 30.0)):
        session, _ = step(session, event, 1.0, policy)
    for n, event in enumerate(events):
        session, orders = step(session, event, 2.0 + n, policy)
        said += orders
    return session, said


def test_the_person_is_named_and_the_microphone_stays_open() -> None:
    session, _ = walk(COMES)
    assert (session.phase, session.person) == (Phase.HANDOVER, "Ingrid")
    assert session.uplink is Uplink.GATED


def test_what_the_visitor_says_and_hears_leaves_the_person_where_they_are() -> None:
    """A press took the screen back to the agent's: the visitor was shown that nobody is there any more."""
    answer = (ev.ResponseStarted("r1"), ev.Words("agent", "a1", "Come to the desk.", speaker="Ingrid"))
    for said in (
        (ev.Pressed(), ev.Released(), ev.Due(ev.Timer.TAIL)),
        (ev.VoiceStarted(), ev.VoiceStopped()),
        (ev.AgentHears(True), ev.AgentHears(False), ev.Words("user", "u1", "Hello?", True), ev.AgentThinks()),
        (ev.Typed("Hello?"),),
        (*answer, ev.PlaybackStarted("r1"), ev.CutIn(ev.Cause.VOICE, ev.Cut("r1", 300.0))),
        (*answer, ev.PlaybackStarted("r1"), ev.PlaybackEnded("r1", 900.0, Fate.FINISHED)),
        (*answer, ev.PlaybackStarted("r1"), ev.PlaybackStalled(ev.Cut("r1", 300.0))),
    ):
        session, _ = walk(COMES, *said)
        assert session.phase is Phase.HANDOVER, said
        assert session.responses == ()


def test_the_person_s_words_are_known_as_the_person_s() -> None:
    session, _ = walk(
        ev.Words("agent", "a0", "Hello.", True),
        COMES,
        ev.Words("agent", "a1", "Ingrid is with you now."),
        ev.Words("agent", "a2", "Come", speaker="Ingrid"),
        ev.Words("agent", "a2", "Come to the desk.", True, speaker="Ingrid"),
    )
    assert [turn.speaker for turn in session.transcript.turns] == ["", "", "Ingrid"]


def test_a_visitor_sees_that_an_answer_is_being_written() -> None:
    session, _ = walk(COMES, ev.AgentThinks())
    assert Note.WRITING in session.notes
    session, _ = step(session, ev.ResponseStarted("r1"), 9.0, POLICY)
    assert Note.WRITING not in session.notes


@pytest.mark.parametrize("back", [GOES, ev.Due(ev.Timer.LIMIT)])
def test_the_agent_comes_back(back: ev.Event) -> None:
    session, _ = walk(COMES, ev.AgentThinks())
    session, _ = step(session, back, 2.0 + POLICY.handover_limit, POLICY)
    assert (session.phase, session.person) == (Phase.LISTENING, None)
    assert Note.WRITING not in session.notes


def test_what_a_person_said_last_is_heard_out() -> None:
    session, _ = walk(COMES, ev.ResponseStarted("r1"), ev.PlaybackStarted("r1"), GOES)
    assert session.phase is Phase.SPEAKING
    session, _ = step(session, ev.PlaybackEnded("r1", 900.0, Fate.FINISHED), 9.0, POLICY)
    assert session.phase is Phase.LISTENING


def test_after_a_lost_link_nobody_is_there_until_the_agent_says_so() -> None:
    session, _ = walk(COMES, ev.AgentThinks(), ev.LinkLost(True))
    assert (session.phase, session.person) == (Phase.CONNECTING, None)
    session, _ = step(session, ev.AgentReady("token", 30.0), 9.0, POLICY)
    assert session.phase is Phase.LISTENING
    session, _ = step(session, COMES, 9.1, POLICY)
    assert (session.phase, session.person) == (Phase.HANDOVER, "Ingrid")


def test_a_person_who_says_nothing_stays_no_longer_than_the_house_allows() -> None:
    policy = replace(POLICY, handover_limit=60.0)
    session, _ = walk(COMES, policy=policy)
    assert session.timers[ev.Timer.LIMIT] == 62.0
    session, _ = step(session, ev.Words("user", "u1", "Hello?", True), 20.0, policy)
    assert session.timers[ev.Timer.LIMIT] == 62.0
    session, _ = step(session, ev.Words("agent", "a1", "Hello.", speaker="Ingrid"), 30.0, policy)
    assert session.timers[ev.Timer.LIMIT] == 90.0
