"""Conditions of the state table's rows: pure questions about the session, the event and the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.events import Timer
from kiosk.core.policy import Policy
from kiosk.core.session import CALL_NOTES, Note, Session

# Guards take the row's own event type; the table pairs them, so the parameter is left open here.
Guard = Callable[[Session, Any, Policy], bool]


def due(timer: Timer) -> Guard:
    def is_due(session: Session, event: Any, policy: Policy) -> bool:
        return bool(event.timer is timer)

    is_due.__name__ = f"due_{timer}"
    return is_due


def pin_needed(session: Session, event: Any, policy: Policy) -> bool:
    return bool(event.pin_needed)


def voice_may_start(session: Session, event: Any, policy: Policy) -> bool:
    return policy.start_by_voice


def voice_may_start_at_notice(session: Session, event: Any, policy: Policy) -> bool:
    return policy.start_by_voice and policy.consent


def discarded(session: Session, event: Any, policy: Policy) -> bool:
    return session.pressed and bool(event.discard)


def no_call_yet(session: Session, event: Any, policy: Policy) -> bool:
    return session.notes.isdisjoint(CALL_NOTES)


def calling(session: Session, event: Any, policy: Policy) -> bool:
    return Note.CALLING in session.notes


def open_now(session: Session, event: Any, policy: Policy) -> bool:
    return bool(event.open_now)


def still_open(session: Session, event: Any, policy: Policy) -> bool:
    return session.open_now


def notice_needed(session: Session, event: Any, policy: Policy) -> bool:
    return policy.consent


def fatal(session: Session, event: Any, policy: Policy) -> bool:
    return not event.retryable


def ending(session: Session, event: Any, policy: Policy) -> bool:
    return session.ending


def linked(session: Session, event: Any, policy: Policy) -> bool:
    return session.linked


def pressed(session: Session, event: Any, policy: Policy) -> bool:
    return session.pressed


def turns_are_ours(session: Session, event: Any, policy: Policy) -> bool:
    """The dialect leaves the end of a turn to the kiosk, and no button has it in hand."""
    return policy.client_ends_turn and not session.pressed and Timer.TAIL not in session.timers


def our_turn_ends(session: Session, event: Any, policy: Policy) -> bool:
    """Not while an answer is on its way: what was said into it waits for what follows."""
    return session.turn_open and not session.responses and turns_are_ours(session, event, policy)


def our_tail_is_up(session: Session, event: Any, policy: Policy) -> bool:
    """Where nobody but the kiosk ends a turn, nobody else says that the agent thinks now."""
    return bool(event.timer is Timer.TAIL) and policy.client_ends_turn


def sounding(session: Session, event: Any, policy: Policy) -> bool:
    return bool(session.responses)


def agent_hears_start(session: Session, event: Any, policy: Policy) -> bool:
    return bool(event.speaking)


def of_this_visit(session: Session, event: Any, policy: Policy) -> bool:
    return event.response_id in session.responses


def last_response(session: Session, event: Any, policy: Policy) -> bool:
    return session.responses == (event.response_id,)


def last_and_ending(session: Session, event: Any, policy: Policy) -> bool:
    return session.ending and last_response(session, event, policy)


def silent(session: Session, event: Any, policy: Policy) -> bool:
    """No audio of it came, so no report of the loudspeaker will end it."""
    waiting = session.responses[1:] if session.sounding else session.responses
    return bool(event.silent) and event.response_id in waiting


def silent_last(session: Session, event: Any, policy: Policy) -> bool:
    return silent(session, event, policy) and len(session.responses) == 1


def nothing_understood(session: Session, event: Any, policy: Policy) -> bool:
    """The turn turned out to be no speech: no answer will come."""
    return bool(event.role == "user" and event.final and not event.text.strip())


def silent_last_and_ending(session: Session, event: Any, policy: Policy) -> bool:
    return session.ending and silent_last(session, event, policy)


def person_comes(session: Session, event: Any, policy: Policy) -> bool:
    return bool(event.active)


def a_person_speaks(session: Session, event: Any, policy: Policy) -> bool:
    return bool(event.speaker)


def reprompt_left(session: Session, event: Any, policy: Policy) -> bool:
    return event.timer is Timer.SILENCE and session.reprompts < policy.reprompts
