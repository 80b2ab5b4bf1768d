"""step(session, event, now, policy) -> (session, orders): a pure walk over the rows of `table`."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.draft import Draft
from kiosk.core.events import Due, Event, Released, Timer
from kiosk.core.orders import Forget, Order, SetUplink, SetVolume, Watch
from kiosk.core.policy import Policy
from kiosk.core.ports import Uplink
from kiosk.core.session import Session, uplink_of, watching_of
from kiosk.core.table import ENTER, Row, rows_for


def step(session: Session, event: Event, now: float, policy: Policy) -> tuple[Session, tuple[Order, ...]]:
    """What the kiosk is after `event`, and what it asks of the world.

    An event that no row expects in this phase changes nothing: reports arrive late by nature (audio of a visit that
    is over, a second touch), and none of them may do harm.
    """
    if isinstance(event, Due):
        at = session.timers.get(event.timer)
        if at is None or at > now:
            return session, ()  # it was stopped or started anew in the meantime
        session = replace(session, timers={t: due for t, due in session.timers.items() if t is not event.timer})
    row = choose(session, event, policy)
    if row is None:
        return session, ()
    draft = Draft(session, event, now, policy)
    row.effect(draft)
    if row.to is not None and row.to is not draft.session.phase:
        draft.enter(row.to)
        ENTER[row.to](draft)
    if draft.session.volume != session.volume:
        draft.order(SetVolume(policy.volume_db + draft.session.volume * policy.volume_step_db))
    uplink = uplink_of(draft.session, policy)
    if uplink is not draft.session.uplink:
        draft.set(uplink=uplink)
        draft.order(SetUplink(uplink))
        if uplink is Uplink.CLOSED and not (isinstance(event, Released) and not event.discard):
            draft.order(Forget())  # only a release may have its tail: muted means that nothing leaves
    watching = watching_of(draft.session, policy)
    if watching is not draft.session.watching:
        draft.set(watching=watching)
        draft.order(Watch(watching))
    return draft.session, tuple(draft.orders)


def initial(now: float, policy: Policy) -> Session:
    """The session of a program that has just started."""
    return Session(entered_at=now, timers={Timer.LIMIT: now + policy.start_limit})


def choose(session: Session, event: Event, policy: Policy) -> Row | None:
    """The first row for this phase and kind of event whose guard holds."""
    for row in rows_for(session.phase, type(event)):
        if row.guard is None or row.guard(session, event, policy):
            return row
    return None
