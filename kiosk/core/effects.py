"""What the rows of the state table do: each effect changes the draft and gives orders. Entry effects arm limits."""

from __future__ import annotations

from kiosk.core import requests as ask
from kiosk.core.draft import Draft
from kiosk.core.events import Cause, Cut, Part, Timer
from kiosk.core.orders import (
    BeginResponse,
    Chime,
    Connect,
    Disconnect,
    Forget,
    Silence,
    TellLanguage,
    TellPage,
    TellPlayback,
    Wipe,
)
from kiosk.core.policy import CaptureRule
from kiosk.core.ports import Fate
from kiosk.core.session import Note


def nothing(d: Draft) -> None:
    pass


# --- the program and the site -----------------------------------------------------------------------------------


def take_hours(d: Draft) -> None:
    d.set(open_now=d.event.open_now, opens=d.event.opens)


def open_hours(d: Draft) -> None:
    d.set(open_now=True, opens=None)


def close_hours(d: Draft) -> None:
    """A visit that is under way may end in peace; the next attract becomes closed."""
    d.set(open_now=False, opens=d.event.opens)


def explain_start(d: Draft) -> None:
    d.set(fault="The kiosk did not get ready in time.")


def explain_break(d: Draft) -> None:
    leave_visit(d)
    d.set(fault=d.event.sentence)


def explain_wipe(d: Draft) -> None:
    d.set(fault="The last visit could not be wiped in time.")


def note_sound_lost(d: Draft) -> None:
    d.note(Note.NO_MICROPHONE if d.event.part is Part.MICROPHONE else Note.NO_SPEAKER)


def note_sound_back(d: Draft) -> None:
    d.drop(Note.NO_MICROPHONE if d.event.part is Part.MICROPHONE else Note.NO_SPEAKER)


# --- a visit begins ---------------------------------------------------------------------------------------------


def begin_visit(d: Draft) -> None:
    """Nothing recorded before this moment may go up."""
    d.set(visit=d.session.visit + 1, began_at=d.now, consented=not d.policy.consent, fault="")
    d.arm(Timer.VISIT, d.policy.longest)
    d.order(Forget())


def begin_visit_in(d: Draft) -> None:
    """A language touched on the first screen begins the visit: nobody can leave it behind for the next visitor."""
    begin_visit(d)
    d.set(language=d.event.language)


def begin_visit_pressed(d: Draft) -> None:
    begin_visit(d)
    d.set(pressed=True)


def agree(d: Draft) -> None:
    d.set(consented=True, text_only=not d.event.speaking)
    d.order(Forget())


def enter_notice(d: Draft) -> None:
    d.arm(Timer.LIMIT, d.policy.notice)


# --- the link -----------------------------------------------------------------------------------------------------


def enter_connecting(d: Draft) -> None:
    d.arm(Timer.LIMIT, d.policy.connect_limit)
    connect(d)


def connect(d: Draft) -> None:
    """The old conversation if its grace has not run out, else a new one: a session ID is never used twice."""
    s = d.session
    if s.session_id is not None and s.resume_token is not None and d.now < s.resume_until:
        d.order(Connect(s.session_id, s.resume_token))
    else:
        d.set(session_id=None, resume_token=None)
        d.order(Connect())


def take_name(d: Draft) -> None:
    d.set(session_id=d.event.session_id)


def link_up(d: Draft) -> None:
    e = d.event
    d.set(linked=True, resume_token=e.resume_token, resume_until=d.now + e.resume_grace_s)
    if e.language:
        d.set(agent_language=e.language)
    d.drop(Note.RECONNECTING, Note.BUSY)
    if d.session.language:
        d.order(TellLanguage(d.session.language))
    if d.session.speed:
        ask.tell_speed(d)
    if d.session.pressed:
        ask.begin_turn(d)


def begin_to_listen(d: Draft) -> None:
    """Heard only where the microphone opens by itself: behind a press it would stand in the visitor's first word."""
    link_up(d)
    s = d.session
    if d.policy.capture is not CaptureRule.PUSH_TO_TALK and not (s.pressed or s.muted or s.text_only):
        d.order(Chime("open"))


def link_down(d: Draft) -> None:
    d.set(linked=False, session_id=None)


def try_again(d: Draft) -> None:
    """The link's own back-off waits before the socket is tried."""
    d.set(linked=False)
    if d.event.forgotten:
        d.set(session_id=None, resume_token=None)
    (d.note if d.event.busy else d.drop)(Note.BUSY)
    connect(d)


def reconnect(d: Draft) -> None:
    """What was queued of the answer is dropped: a resumed agent goes on by itself, a new one knows nothing of it."""
    hush(d)
    d.set(linked=False, person=None)  # an agent that is with a person still says so again
    d.drop(Note.WRITING)
    d.note(Note.RECONNECTING)
    d.order(Chime("error"))


def explain_link(d: Draft) -> None:
    leave_visit(d)
    d.set(fault=d.event.sentence)
    d.order(Chime("error"))


def explain_offline(d: Draft) -> None:
    d.set(linked=False, fault="The agent could not be reached in time.")
    d.order(Chime("error"))


def enter_offline(d: Draft) -> None:
    d.arm(Timer.LIMIT, d.policy.offline_limit)
    d.arm(Timer.RETRY, d.policy.retry)
    d.order(Disconnect("idle"))


def enter_out_of_order(d: Draft) -> None:
    d.arm(Timer.RETRY, d.policy.fatal_retry)


def retry_later(d: Draft) -> None:
    d.arm(Timer.RETRY, d.policy.retry)


def retry_much_later(d: Draft) -> None:
    d.arm(Timer.RETRY, d.policy.fatal_retry)


def try_now(d: Draft) -> None:
    d.disarm(Timer.RETRY)
    connect(d)


# --- the visitor speaks -------------------------------------------------------------------------------------------


def activity(d: Draft) -> None:
    d.activity()


def enter_listening(d: Draft) -> None:
    d.arm(Timer.SILENCE, d.policy.silence)


# --- the agent answers --------------------------------------------------------------------------------------------


def enter_thinking(d: Draft) -> None:
    d.arm(Timer.LIMIT, d.policy.thinking_limit)


def take_words(d: Draft) -> None:
    e = d.event
    d.set(
        transcript=d.session.transcript.words(
            e.role,
            e.item_id,
            e.text,
            final=e.final,
            response_id=e.response_id,
            start_ms=e.start_ms,
            end_ms=e.end_ms,
            speaker=e.speaker,
        )
    )
    if e.role == "user":
        d.set(choices=(), card=(), code="")
        d.activity()


def take_persons_words(d: Draft) -> None:
    """Who speaks has not gone away."""
    take_words(d)
    enter_handover(d)


def take_nothing(d: Draft) -> None:
    """The agent understood no word: the visitor is told with more than an empty line."""
    take_words(d)
    d.order(Chime("error"))


def show(d: Draft) -> None:
    """Choices, a card and a code come one by one."""
    choices, card, code = d.event.choices, d.event.card, d.event.code
    d.set(
        choices=d.session.choices if choices is None else choices,
        card=d.session.card if card is None else card,
        code=d.session.code if code is None else code,
    )


def begin_response(d: Draft) -> None:
    d.drop(Note.WRITING)
    if d.event.response_id not in d.session.responses:
        d.set(responses=(*d.session.responses, d.event.response_id))
        d.order(BeginResponse(d.event.response_id))


def sounds(d: Draft) -> None:
    at = d.session.since_began_ms(d.now)
    d.set(sounding=True, transcript=d.session.transcript.playing(d.event.response_id, at))
    d.order(TellPlayback(d.event.response_id, "started", 0))


def heard_out(d: Draft) -> None:
    d.heard_out(d.event.response_id, d.event.played_ms, cut=d.event.fate is Fate.FLUSHED)


def silent_response(d: Draft) -> None:
    """Its words are there to be read, all of them."""
    at, response_id = d.session.since_began_ms(d.now), d.event.response_id
    d.set(
        transcript=d.session.transcript.played(response_id, at, 0.0, cut=False),
        responses=tuple(r for r in d.session.responses if r != response_id),
    )


def stalled(d: Draft) -> None:
    """The row that is easy to forget: a device that hangs must not hold the visitor in an answer that nobody hears."""
    d.cut(d.event.cut, "stall", tell=True)


def no_answer(d: Draft) -> None:
    d.note(Note.NO_ANSWER)
    d.order(Chime("error"))


def end_after_speech(d: Draft) -> None:
    d.set(ending=True)


def hand_over(d: Draft) -> None:
    d.set(person=d.event.name or "")


def note_writing(d: Draft) -> None:
    """A person takes longer than an agent: that somebody is at it is told until it is said."""
    d.note(Note.WRITING)


def hand_back(d: Draft) -> None:
    d.set(person=None)
    d.drop(Note.WRITING)


def enter_handover(d: Draft) -> None:
    d.arm(Timer.LIMIT, d.policy.handover_limit)


# --- the visitor cuts in ------------------------------------------------------------------------------------------


def cut_by_visitor(d: Draft) -> None:
    """Where the kiosk ends the turns it also begins them: a confirmed voice is the beginning of one."""
    d.cut(d.event.cut, d.event.cause, tell=True)
    d.activity()
    if d.policy.client_ends_turn and d.event.cause is Cause.VOICE:
        ask.begin_turn(d)


def cut_by_agent(d: Draft) -> None:
    d.cut(d.event.cut, "agent", tell=False)
    d.activity()


def forget_note(d: Draft) -> None:
    d.drop(Note.INTERRUPTED)


# --- time passes --------------------------------------------------------------------------------------------------


def reprompt(d: Draft) -> None:
    d.set(reprompts=d.session.reprompts + 1)
    d.order(TellPage("reprompt"))
    d.note(Note.REPROMPT)
    d.arm(Timer.SILENCE, d.policy.silence)


def enter_checking(d: Draft) -> None:
    """Seen and heard: a visitor who cannot see the screen is warned too."""
    d.order(Chime("attention"))
    d.order(TellPage("checking"))
    d.arm(Timer.LIMIT, d.policy.checking)


def cut_short(d: Draft) -> None:
    hush(d)


# --- the visit ends -----------------------------------------------------------------------------------------------


def hush(d: Draft) -> None:
    """Silence at once; the transcript keeps that the rest was not heard."""
    if d.session.responses:
        d.order(Silence())
        cut: Cut | None = getattr(d.event, "cut", None)
        first, at = d.session.responses[0], d.session.since_began_ms(d.now)
        played_ms = cut.played_ms if cut is not None and cut.response_id == first else 0
        d.set(transcript=d.session.transcript.played(first, at, played_ms, cut=True))
    d.set(responses=(), sounding=False, pressed=False, turn_open=False)
    d.disarm(Timer.TAIL)


def leave_visit(d: Draft) -> None:
    """Out of the visit by the side door (staff, a break): everything of it goes, as in a reset."""
    d.order(Silence(), Disconnect("user"), Forget(), Wipe())
    d.set(timers={})
    d.session = d.session.fresh()


def enter_farewell(d: Draft) -> None:
    hush(d)
    d.order(Chime("goodbye"))
    d.disarm(Timer.VISIT)
    d.arm(Timer.LIMIT, d.policy.farewell)


def enter_resetting(d: Draft) -> None:
    leave_visit(d)
    d.arm(Timer.LIMIT, d.policy.reset_limit)


def start_clean(d: Draft) -> None:
    d.session = d.session.fresh()


def enter_staff(d: Draft) -> None:
    d.arm(Timer.LIMIT, d.policy.staff_limit)
