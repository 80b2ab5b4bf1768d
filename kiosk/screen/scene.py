"""From a session to what stands on the screen: a pure mapping, so that every state can be tested without a window."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.core.events import Timer
from kiosk.core.orders import SetUplink
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Turn
from kiosk.screen import caption as captions
from kiosk.screen.caption import Caption, plain
from kiosk.screen.words import Words

STILL_LOOKING_S = 3.0
WAY_OUT_S = 10.0


class Face(StrEnum):
    """Which composition fills the window."""

    ATTRACT = "attract"
    TALK = "talk"
    NOTICE = "notice"
    FAREWELL = "farewell"
    PLAIN = "plain"


class Mode(StrEnum):
    """What the glass around the lamp does."""

    ATTRACT = "attract"
    READY = "ready"
    CONNECTING = "connecting"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    STILL_THERE = "stillthere"
    NO_SOUND = "nosound"
    PERSON = "person"
    OFFLINE = "offline"
    NONE = "none"


HUE = {
    Mode.LISTENING: "listening",
    Mode.INTERRUPTED: "listening",
    Mode.THINKING: "thinking",
    Mode.SPEAKING: "speaking",
    Mode.STILL_THERE: "needs_you",
    Mode.NO_SOUND: "needs_you",
    Mode.OFFLINE: "needs_you",
}


class Act(StrEnum):
    """What a control does; `Hand` carries it out."""

    TALK = "talk"
    STOP = "stop"
    MUTE = "mute"
    UNMUTE = "unmute"
    TYPE = "type"
    REPEAT = "repeat"
    PERSON = "person"
    FINISH = "finish"
    LEAVE = "leave"
    AGREE = "agree"
    AGREE_TYPING = "agree_typing"
    DECLINE = "decline"
    TOUCH = "touch"
    LOUDER = "louder"
    SOFTER = "softer"
    SLOWER = "slower"
    HISTORY = "history"


class Kind(StrEnum):
    """How a pill looks: ivory is the one thing to press now, coloured means that the microphone is open."""

    SOLID = "solid"
    LIVE = "live"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Control:
    act: Act
    label: str
    icon: str = ""
    kind: Kind = Kind.QUIET


@dataclass(frozen=True, slots=True)
class Scene:
    """
    heard     the visitor's question, above the answer; may be corrected by touch where `correctable`
    heard_id  id of the line that would be corrected
    lamp      something may leave the microphone now
    ring      (from, until) of the ring of time, monotonic seconds
    renew_at  when the same session looks different again, monotonic seconds
    """

    face: Face
    mode: Mode
    word: str = ""
    heard: str = field(default="", repr=False)
    caption: Caption = field(default_factory=Caption)
    note: str = ""
    lines: tuple[str, ...] = ()
    chips: tuple[str, ...] = ()
    left: tuple[Control, ...] = ()
    main: Control | None = None
    other: Control | None = None
    right: tuple[Control, ...] = ()
    lamp: bool = False
    correctable: bool = False
    heard_id: str | None = None
    ring: tuple[float, float] | None = None
    renew_at: float | None = None

    @property
    def hue(self) -> str:
        return HUE.get(self.mode, "rest")


def scene_of(session: Session, now: float, words: Words) -> Scene:
    """`now`: monotonic seconds."""
    s, w = session, words
    match s.phase:
        case Phase.ATTRACT:
            return Scene(Face.ATTRACT, Mode.ATTRACT, caption=Caption(w.hello), note=w.offer)
        case Phase.STARTING | Phase.RESETTING:
            word = w.starting if s.phase is Phase.STARTING else w.clearing
            return Scene(Face.PLAIN, Mode.NONE, word, caption=captions.host(w.one_moment))
        case Phase.CLOSED:
            return Scene(Face.PLAIN, Mode.NONE, w.place, caption=captions.host(w.closed), note=w.closed_note)
        case Phase.OUT_OF_ORDER:
            return Scene(Face.PLAIN, Mode.NONE, w.out_of_order, caption=captions.host(w.out_of_order_text), note=w.desk)
        case Phase.SETUP:
            return Scene(Face.PLAIN, Mode.NONE, w.staff, caption=captions.host(w.setup_text))
        case Phase.STAFF:
            return Scene(Face.PLAIN, Mode.NONE, w.staff, caption=captions.host(w.staff_text))
        case Phase.NOTICE:
            return Scene(
                Face.NOTICE,
                Mode.READY,
                w.before,
                lines=w.notice,
                main=Control(Act.AGREE, w.agree, "check", Kind.SOLID),
                left=(Control(Act.AGREE_TYPING, w.type_instead, "keyboard"),),
                other=Control(Act.DECLINE, w.no_thanks),
            )
        case Phase.CONNECTING:
            lost = Note.RECONNECTING in s.notes
            return Scene(
                Face.TALK,
                Mode.CONNECTING,
                w.one_moment,
                caption=captions.host(w.reconnecting if lost else w.connecting),
                note=w.reconnecting_note if lost else "",
                main=Control(Act.LEAVE, w.leave),
            )
        case Phase.OFFLINE:
            return Scene(
                Face.TALK,
                Mode.OFFLINE,
                w.no_connection,
                caption=captions.host(w.cannot_answer),
                note=f"{w.desk} {w.keep_trying}",
                main=Control(Act.TOUCH, w.try_again, "repeat", Kind.SOLID),
                other=Control(Act.LEAVE, w.leave),
            )
        case Phase.CHECKING:
            return Scene(
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
        case Phase.FAREWELL:
            return Scene(Face.FAREWELL, Mode.NONE, note=w.helpful, caption=Caption(w.thank_you), lamp=lit(s))
        case Phase.THINKING:
            return _thinking(s, now, w)
        case Phase.SPEAKING:
            return _speaking(s, w)
        case Phase.HANDOVER:
            return _handover(s, w)
        case Phase.LISTENING:
            return _listening(s, w)


def lit(session: Session) -> bool:
    """The lamp and the uplink gate are one flag, here as in the microphone."""
    return SetUplink(session.uplink).lamp


def _turns(session: Session) -> tuple[Turn | None, Turn | None, bool]:
    """The visitor's last turn with words, the agent's, and whether the visitor's is the later one."""
    spoken = [turn for turn in session.transcript.turns if turn.text.strip()]
    user = next((i for i in reversed(range(len(spoken))) if spoken[i].role == "user"), -1)
    agent = next((i for i in reversed(range(len(spoken))) if spoken[i].role == "agent"), -1)
    return (spoken[user] if user >= 0 else None, spoken[agent] if agent >= 0 else None, user > agent)


def _with_row(scene: Scene, session: Session, w: Words, *, first: Control | None = None) -> Scene:
    """The two discs on either side of the pill. `first` takes the place of the microphone's."""
    deaf = session.text_only or Note.NO_MICROPHONE in session.notes
    if first is None:
        repeat = Control(Act.REPEAT, w.repeat, "repeat")
        mute = Control(Act.UNMUTE, w.unmute, "mic") if session.muted else Control(Act.MUTE, w.mute, "mute")
        first = repeat if deaf else mute
    left = (first, Control(Act.TYPE, w.type, "keyboard"))
    right = (Control(Act.PERSON, w.a_person, "person"), Control(Act.FINISH, w.finish, "end"))
    return replace(scene, left=left, right=right)


def _main(session: Session, w: Words) -> Control:
    """The pill while the visitor has the word."""
    if session.text_only or Note.NO_MICROPHONE in session.notes:
        return Control(Act.TYPE, w.type, "keyboard", Kind.SOLID)
    if session.muted:
        return Control(Act.UNMUTE, w.unmute, "mic", Kind.SOLID)
    if session.pressed:
        return Control(Act.TALK, w.tap_to_send, "mic", Kind.LIVE)
    return Control(Act.TALK, w.talk, "mic", Kind.LIVE if lit(session) else Kind.SOLID)


def _remark(session: Session, w: Words) -> str:
    """What stands under the sentence because something is not as it should be."""
    for note, text in (
        (Note.NO_ANSWER, w.no_answer),
        (Note.REPROMPT, w.reprompt),
        (Note.NO_SPEAKER, w.no_speaker),
    ):
        if note in session.notes:
            return text
    return ""


def _listening(s: Session, w: Words) -> Scene:
    user, agent, visitor_last = _turns(s)
    open_now, deaf = lit(s), Note.NO_MICROPHONE in s.notes
    chips: tuple[str, ...] = ()
    note, heard = _remark(s, w), ""
    if user is not None and visitor_last:
        said = captions.of_visitor(user, live=True)
        chips = w.choices
    elif agent is not None:
        said = captions.of_agent(agent)
        heard = plain(user.text) if user is not None else ""
    else:
        said = captions.host(w.no_microphone_text if deaf else w.invitation)
        chips = w.choices
        if not note and not deaf and not s.muted:
            note = w.typing_note if s.text_only else w.voice_note if open_now else w.ready_note
    mode, word = Mode.READY, w.ready
    if deaf:
        mode, word = Mode.NO_SOUND, w.no_microphone
    elif Note.INTERRUPTED in s.notes:
        mode, word = Mode.INTERRUPTED, w.go_on
    elif s.muted:
        word = w.muted
    elif open_now:
        mode, word = Mode.LISTENING, w.listening
    scene = Scene(
        Face.TALK,
        mode,
        word,
        heard,
        said,
        note,
        chips=chips,
        main=_main(s, w),
        lamp=open_now,
        correctable=user is not None,
        heard_id=user.item_id if user is not None else None,
    )
    return _with_row(scene, s, w)


def _thinking(s: Session, now: float, w: Words) -> Scene:
    user, _, visitor_last = _turns(s)
    waited = now - s.entered_at
    asked = captions.of_visitor(user, live=False) if user is not None and visitor_last else Caption()
    note = w.correct_note if asked.text else ""
    if waited >= WAY_OUT_S:
        note = w.way_out
    later = [s.entered_at + limit for limit in (STILL_LOOKING_S, WAY_OUT_S) if waited < limit]
    scene = Scene(
        Face.TALK,
        Mode.THINKING,
        w.still_looking if waited >= STILL_LOOKING_S else w.thinking,
        caption=asked,
        note=_remark(s, w) or note,
        main=Control(Act.STOP, w.stop, "stop"),
        lamp=lit(s),
        correctable=bool(asked.text),
        heard_id=user.item_id if user is not None else None,
        renew_at=min(later, default=None),
    )
    return _with_row(scene, s, w)


def _speaking(s: Session, w: Words) -> Scene:
    user, agent, _ = _turns(s)
    sounding = s.transcript.of_response(s.responses[0]) if s.responses else agent
    said = captions.of_agent(sounding) if sounding is not None else Caption()
    scene = Scene(
        Face.TALK,
        Mode.SPEAKING,
        w.speaking,
        plain(user.text) if user is not None else "",
        said,
        _remark(s, w),
        main=Control(Act.STOP, w.stop, "stop", Kind.SOLID),
        lamp=lit(s),
        correctable=user is not None,
        heard_id=user.item_id if user is not None else None,
    )
    return _with_row(scene, s, w, first=Control(Act.REPEAT, w.repeat, "repeat"))


def _handover(s: Session, w: Words) -> Scene:
    user, agent, visitor_last = _turns(s)
    name = plain(s.person or "")[:24]
    if agent is not None and not visitor_last:
        said = captions.of_agent(agent)
    elif user is not None:
        said = captions.of_visitor(user, live=True)
    else:
        said = captions.host(w.person_text)
    stop = Control(Act.STOP, w.stop, "stop", Kind.SOLID)
    scene = Scene(
        Face.TALK,
        Mode.PERSON,
        w.person_named.format(name=name) if name else w.person,
        plain(user.text) if user is not None and not visitor_last else "",
        said,
        _remark(s, w),
        main=stop if s.responses else _main(s, w),
        lamp=lit(s),
    )
    return _with_row(scene, s, w)
