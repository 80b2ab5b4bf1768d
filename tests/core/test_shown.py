"""What the agent shows beside its words stays until the visitor says the next thing, and goes with the visit."""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.core.machine import initial, step
from kiosk.core.policy import Policy
from kiosk.core.session import Phase, Session

POLICY = Policy()
ANSWER = (
    ev.ResponseStarted("r1"),
    ev.AgentShows(choices=("Ticket prices",)),
    ev.AgentShows(card=("Ferry", "14:00")),
    ev.AgentShows(code="https://ferry.example"),
)


def after(*events: ev.Event) -> Session:
    session = initial(0.0, POLICY)
    for n, event in enumerate((ev.Started(), ev.Touched(), ev.AgentReady("token", 30.0), *events)):
        session, _ = step(session, event, 1.0 + n, POLICY)
    return session


def test_choices_a_card_and_a_code_come_one_by_one_and_stay_through_the_answer() -> None:
    session = after(*ANSWER, ev.Words("agent", "a1", "At two.", True), ev.PlaybackStarted("r1"))
    assert session.phase is Phase.SPEAKING
    assert (session.choices, session.card) == (("Ticket prices",), ("Ferry", "14:00"))
    assert session.code == "https://ferry.example"


def test_they_go_when_the_visitor_says_the_next_thing() -> None:
    session = after(*ANSWER, ev.Words("user", "u2", "And"))
    assert (session.choices, session.card, session.code) == ((), (), "")


def test_nothing_of_them_is_left_for_the_next_visitor() -> None:
    session = after(*ANSWER).fresh()
    assert (session.choices, session.card, session.code) == ((), (), "")
