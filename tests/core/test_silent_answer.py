"""An answer of which no sound comes: the loudspeaker is gone, or the agent sent only words."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as ev
from kiosk.core.machine import step
from kiosk.core.policy import Policy
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Turn
from kiosk.screen import caption as captions

THINKING = Session(phase=Phase.THINKING, visit=1, consented=True, linked=True, notes=frozenset({Note.NO_SPEAKER}))
SAID = ev.Words("agent", "a1", "We open at ten.", False, "r1", 0, 900)


def walk(session: Session, *events: ev.Event) -> Session:
    for number, event in enumerate(events):
        session, _ = step(session, event, 10.0 + number, Policy())
    return session


def test_it_is_read_and_the_visitor_has_the_word() -> None:
    done = ev.ResponseDone("r1", silent=True)
    after = walk(THINKING, ev.ResponseStarted("r1"), SAID, done)
    assert after.phase is Phase.LISTENING
    assert after.responses == ()
    turn = after.transcript.turns[-1]
    assert turn.end_ms is not None
    assert captions.of_agent(turn).settled == captions.ALL, "words that wait for a sound are never lit"


def test_an_answer_that_sounds_is_not_over_with_its_last_frame() -> None:
    after = walk(replace(THINKING, notes=frozenset()), ev.ResponseStarted("r1"), SAID, ev.ResponseDone("r1"))
    assert after.phase is Phase.THINKING
    assert isinstance(after.transcript.turns[-1], Turn)
    assert after.transcript.turns[-1].end_ms is None
