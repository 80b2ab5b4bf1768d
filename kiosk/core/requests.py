"""What a visitor asks for with the controls: each effect changes the draft and gives orders."""

from __future__ import annotations

from kiosk.core.draft import Draft
from kiosk.core.events import Timer
from kiosk.core.orders import (
    CallPerson,
    Chime,
    Forget,
    TellLanguage,
    TellMuted,
    TellRating,
    TellSpeech,
    TellSpeed,
    TellText,
)
from kiosk.core.session import Note

# --- to be heard and to be read -----------------------------------------------------------------------------------


def press(d: Draft) -> None:
    d.set(pressed=True)


def unpress(d: Draft) -> None:
    d.set(pressed=False)


def press_and_tell(d: Draft) -> None:
    d.cut(d.event.cut, "touch", tell=True)
    d.activity()
    d.disarm(Timer.TAIL)
    d.set(pressed=True)
    begin_turn(d)


def begin_turn(d: Draft) -> None:
    """Told once: a press while the visitor already speaks goes on with the turn."""
    d.activity()
    if not d.session.turn_open:
        d.set(turn_open=True)
        d.order(TellSpeech(begins=True))


def release(d: Draft) -> None:
    """The microphone lets its tail through by itself; the turn is committed when that has gone up."""
    d.activity()
    d.set(pressed=False)
    d.arm(Timer.TAIL, d.policy.tail)


def discard(d: Draft) -> None:
    """Nothing more goes up, not even the tail, and the agent is told not to answer what it has."""
    d.activity()
    d.set(pressed=False)
    d.order(Forget())
    discard_turn(d)


def discard_turn(d: Draft) -> None:
    d.set(turn_open=False)
    d.disarm(Timer.TAIL)
    d.order(TellSpeech(begins=False, discard=True))


def end_turn(d: Draft) -> None:
    """The gate closed behind the visitor's last word."""
    d.activity()
    commit_turn(d)


def commit_turn(d: Draft) -> None:
    d.set(turn_open=False)
    d.order(TellSpeech(begins=False))


def commit_pressed_turn(d: Draft) -> None:
    """A finger is not as sure as a voice that it was understood: it is told."""
    commit_turn(d)
    d.order(Chime("heard"))


def tell_text(d: Draft) -> None:
    d.activity()
    d.order(TellText(d.event.text, d.event.corrects))


# --- how the agent is heard ---------------------------------------------------------------------------------------


def mute(d: Draft) -> None:
    """Nothing said while the microphone is off goes up with the pre-roll of what follows."""
    d.set(muted=d.event.muted)
    if not d.event.muted:
        d.order(Forget())
    if d.session.linked:
        d.order(TellMuted(d.event.muted))
        if d.event.muted and d.session.turn_open and not d.session.pressed:
            discard_turn(d)


def step_volume(d: Draft) -> None:
    """`machine` gives the order: the volume goes back by itself when the visit's session is gone."""
    steps = d.session.volume + d.event.steps
    d.set(volume=max(d.policy.quietest_steps, min(d.policy.loudest_steps, steps)))
    d.activity()


def step_speed(d: Draft) -> None:
    steps = d.session.speed + d.event.steps
    d.set(speed=max(d.policy.slowest_steps, min(d.policy.fastest_steps, steps)))
    tell_speed(d)
    d.activity()


def tell_speed(d: Draft) -> None:
    d.order(TellSpeed(round(1.0 + d.session.speed * d.policy.speed_step, 2)))


def call_person(d: Draft) -> None:
    d.drop(Note.CALL_FAILED)
    d.note(Note.CALLING)
    d.order(CallPerson())
    d.activity()


def note_call(d: Draft) -> None:
    d.drop(Note.CALLING)
    d.note(Note.CALLED if d.event.reached else Note.CALL_FAILED)


def choose_language(d: Draft) -> None:
    d.set(language=d.event.language)
    if d.session.linked:
        d.order(TellLanguage(d.event.language))
    d.activity()


def rate(d: Draft) -> None:
    d.order(TellRating(d.event.score))
