"""The scenes of a conversation: whose words stand on the screen, and what the lamp's glass says of it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.events import Timer
from kiosk.core.orders import SetUplink
from kiosk.core.session import CALL_NOTES, Note, Session
from kiosk.core.transcript import Turn
from kiosk.screen import caption as captions
from kiosk.screen.caption import NAME, Caption, plain
from kiosk.screen.parts import Act, Control, Face, House, Kind, Mode, Scene
from kiosk.screen.rows import deaf, talk_pill, with_controls
from kiosk.screen.words import Words

STILL_LOOKING_S = 3.0
WAY_OUT_S = 10.0
TOLD_S = 8.0  # how long the whole screen says what became of a call; a line says it afterwards


def lit(session: Session) -> bool:
    """The lamp and the uplink gate are one flag, here as in the microphone."""
    return SetUplink(session.uplink).lamp


def _turns(session: Session) -> tuple[Turn | None, Turn | None, bool]:
    """The visitor's last turn with words, the agent's, and whether the visitor's is the later one."""
    spoken = [turn for turn in session.transcript.turns if turn.text.strip()]
    user = next((i for i in reversed(range(len(spoken))) if spoken[i].role == "user"), -1)
    agent = next((i for i in reversed(range(len(spoken))) if spoken[i].role == "agent"), -1)
    return (spoken[user] if user >= 0 else None, spoken[agent] if agent >= 0 else None, user > agent)


def _call(s: Session, w: Words) -> tuple[str, str]:
    """What became of the call for a person, and what the visitor does meanwhile."""
    for note, text, then in (
        (Note.CALLING, w.calling, w.call_note),
        (Note.CALLED, w.called, w.call_note),
        (Note.CALL_FAILED, w.call_failed, w.desk),
    ):
        if note in s.notes:
            return text, then
    return "", ""


def _remark(s: Session, w: Words) -> str:
    """What stands under the sentence because something is not as it should be."""
    for note, text in (
        (Note.NO_ANSWER, w.no_answer),
        (Note.REPROMPT, w.reprompt),
        (Note.NO_SPEAKER, w.no_speaker),
    ):
        if note in s.notes:
            return text
    text, then = _call(s, w)
    if text:
        return text if Note.CALLED in s.notes else f"{text} {then}"
    spoken = s.agent_language[:2]
    if spoken and spoken != w.language:
        return w.other_language.format(guide=w.guide, language=w.name_of(spoken))
    return ""


def connecting(s: Session, w: Words, house: House) -> Scene:
    lost = Note.RECONNECTING in s.notes
    scene = Scene(
        Face.TALK,
        Mode.CONNECTING,
        w.one_moment,
        caption=captions.host(w.reconnecting if lost else w.busy if Note.BUSY in s.notes else w.connecting),
        note=_call(s, w)[0] or (w.reconnecting_note if lost else ""),
        main=Control(Act.LEAVE, w.leave),
    )
    scene = with_controls(scene, s, w, house, discs=False)
    more = tuple(control for control in scene.more if control.act is not Act.FINISH)  # Leave does the same
    return replace(scene, more=more)


def offline(s: Session, w: Words, house: House) -> Scene:
    """Somebody who can be called is the best that is left; otherwise one more try."""
    text, _ = _call(s, w)
    may_call = house.calls and s.notes.isdisjoint(CALL_NOTES)
    call = Control(Act.PERSON, w.call_desk, "phone", Kind.SOLID)
    again = Control(Act.TOUCH, w.try_again, "repeat", Kind.SOLID)
    return Scene(
        Face.TALK,
        Mode.OFFLINE,
        w.no_connection,
        caption=captions.host(text or w.cannot_answer),
        note=w.keep_trying if Note.CALLED in s.notes or Note.CALLING in s.notes else f"{w.desk} {w.keep_trying}",
        main=call if may_call else again,
        other=Control(Act.LEAVE, w.leave),
        tools=(Control(Act.LARGE, "Aa"),),
    )


def checking(s: Session, w: Words, house: House) -> Scene:
    scene = Scene(
        Face.TALK,
        Mode.STILL_THERE,
        w.no_hurry,
        caption=captions.host(w.still_there),
        note=w.still_there_note,
        main=Control(Act.TOUCH, w.here, "check", Kind.SOLID),
        other=Control(Act.FINISH, w.done),
        ring=(s.entered_at, s.timers.get(Timer.LIMIT, s.entered_at)),
        lamp=lit(s),
    )
    return with_controls(scene, s, w, house, discs=False)


def listening(s: Session, now: float, w: Words, house: House, told_at: float) -> Scene:
    user, agent, visitor_last = _turns(s)
    lamp, no_microphone = lit(s), Note.NO_MICROPHONE in s.notes
    chips: tuple[str, ...] = ()
    note, heard = _remark(s, w), ""
    if user is not None and visitor_last:
        said = captions.of_visitor(user, live=True)
        chips = w.choices
    elif agent is not None:
        said = captions.of_agent(agent)
        heard = plain(user.text) if user is not None else ""
        chips = s.choices or (w.choices if user is None else ())  # the greeting is no answer yet
        note = note or _card(s)
    else:
        said = captions.host(w.no_microphone_text if no_microphone else w.invitation)
        chips = w.choices
        if not note and not no_microphone and not s.muted:
            note = w.typing_note if deaf(s) else w.voice_note if lamp else w.ready_note
    mode, word = Mode.READY, w.ready
    if no_microphone:
        mode, word = Mode.NO_SOUND, w.no_microphone
    elif Note.INTERRUPTED in s.notes:
        mode, word = Mode.INTERRUPTED, w.go_on
    elif s.muted:
        word = w.muted
    elif lamp:
        mode, word = Mode.LISTENING, w.listening
    scene = Scene(
        Face.TALK,
        mode,
        word,
        heard,
        said,
        note,
        code=s.code,
        remark=bool(_remark(s, w)),
        chips=chips,
        main=talk_pill(s, w, lamp=lamp),
        lamp=lamp,
        correctable=user is not None,
        heard_id=user.item_id if user is not None else None,
    )
    text, then = _call(s, w)
    speaks = user is not None and visitor_last and not user.final
    if text and not speaks and not s.pressed and (Note.CALLING in s.notes or now < told_at + TOLD_S):
        until = None if Note.CALLING in s.notes else told_at + TOLD_S
        scene = replace(
            scene,
            mode=Mode.PERSON,
            word=w.a_person,
            heard="",
            caption=captions.host(text),
            note=then,
            correctable=False,
            renew_at=until,
        )
    return with_controls(scene, s, w, house)


def thinking(s: Session, now: float, w: Words, house: House) -> Scene:
    user, _, visitor_last = _turns(s)
    waited = now - s.entered_at
    asked = captions.of_visitor(user, live=False) if user is not None and visitor_last else Caption()
    note = w.way_out if waited >= WAY_OUT_S else _remark(s, w) or (w.correct_note if asked.text else "")
    later = [s.entered_at + limit for limit in (STILL_LOOKING_S, WAY_OUT_S) if waited < limit]
    scene = Scene(
        Face.TALK,
        Mode.THINKING,
        w.still_looking if waited >= STILL_LOOKING_S else w.thinking,
        caption=asked,
        note=note,
        main=Control(Act.STOP, w.stop, "stop"),
        lamp=lit(s),
        correctable=bool(asked.text),
        heard_id=user.item_id if user is not None else None,
        renew_at=min(later, default=None),
    )
    return with_controls(scene, s, w, house)


def speaking(s: Session, w: Words, house: House) -> Scene:
    user, agent, _ = _turns(s)
    sounding = s.transcript.of_response(s.responses[0]) if s.responses else agent
    said = captions.of_agent(sounding) if sounding is not None else Caption()
    scene = Scene(
        Face.TALK,
        Mode.SPEAKING,
        w.speaking,
        plain(user.text) if user is not None else "",
        said,
        _remark(s, w) or _card(s),
        code=s.code,
        remark=bool(_remark(s, w)),
        chips=s.choices,
        main=Control(Act.STOP, w.stop, "stop", Kind.SOLID),
        lamp=lit(s),
        correctable=user is not None,
        heard_id=user.item_id if user is not None else None,
    )
    return with_controls(scene, s, w, house)


def _card(s: Session) -> str:
    """What the agent shows to read, in one line: "Tickets: Adults 120 kr · Children 60 kr"."""
    title, *lines = s.card or ("",)
    return plain(f"{title}: {' · '.join(lines)}" if lines else title)


def handover(s: Session, w: Words, house: House) -> Scene:
    user, agent, visitor_last = _turns(s)
    name = plain(s.person or "")[:NAME]
    if agent is not None and not visitor_last:
        said = captions.of_agent(agent)
    elif user is not None:
        said = captions.of_visitor(user, live=True)
    else:
        said = captions.host(w.person_text)
    lamp = lit(s)
    stop = Control(Act.STOP, w.stop, "stop", Kind.SOLID)
    scene = Scene(
        Face.TALK,
        Mode.PERSON,
        w.person_named.format(name=name) if name else w.person,
        plain(user.text) if user is not None and not visitor_last else "",
        said,
        w.person_writes if Note.WRITING in s.notes else _remark(s, w),
        main=stop if s.responses else talk_pill(s, w, lamp=lamp),
        lamp=lamp,
    )
    return with_controls(scene, s, w, house)
