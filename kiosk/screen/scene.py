"""From a session to what stands on the screen: a pure mapping, so that every state can be tested without a window."""

from __future__ import annotations

from kiosk.core.session import Phase, Session
from kiosk.screen import caption as captions
from kiosk.screen import scene_talk as talk
from kiosk.screen.caption import Caption
from kiosk.screen.parts import Act, Control, Face, House, Kind, Mode, Scene
from kiosk.screen.rows import languages, tools
from kiosk.screen.tongue import day_and_time
from kiosk.screen.words import Words


def scene_of(
    session: Session,
    now: float,
    words: Words,
    house: House | None = None,
    *,
    told_at: float = 0.0,
    greeting: Words | None = None,
) -> Scene:
    """
    now       monotonic seconds
    told_at   when the visitor was told what became of a call, monotonic seconds
    greeting  the words of the first screen's hello, whose language is not always the window's
    """
    s, w, house = session, words, house or House()
    match s.phase:
        case Phase.ATTRACT:
            return _attract(w, greeting or w, house)
        case Phase.STARTING:
            return _plain(w.starting, w.one_moment)
        case Phase.RESETTING:
            return _plain(w.one_moment, w.clearing)
        case Phase.CLOSED:
            return _plain(w.place, w.closed, _opens(s, w))
        case Phase.OUT_OF_ORDER:
            return _plain(w.out_of_order, w.out_of_order_text, w.desk)
        case Phase.SETUP:
            return _plain(w.staff, w.setup_text)
        case Phase.STAFF:
            return _plain(w.staff, w.staff_text)
        case Phase.NOTICE:
            return _notice(s, w)
        case Phase.FAREWELL:
            lamp = talk.lit(s)
            return Scene(Face.FAREWELL, Mode.NONE, note=w.helpful, caption=Caption(w.thank_you), lamp=lamp)
        case Phase.CONNECTING:
            return talk.connecting(s, w, house)
        case Phase.OFFLINE:
            return talk.offline(s, w, house)
        case Phase.CHECKING:
            return talk.checking(s, w, house)
        case Phase.LISTENING:
            return talk.listening(s, now, w, house, told_at)
        case Phase.THINKING:
            return talk.thinking(s, now, w, house)
        case Phase.SPEAKING:
            return talk.speaking(s, w, house)
        case Phase.HANDOVER:
            return talk.handover(s, w, house)


def _attract(w: Words, greeting: Words, house: House) -> Scene:
    """`word` says where a voice that is listened for stays."""
    hello = Caption(greeting.hello_voice if house.start_by_voice else greeting.hello)
    word = greeting.voice_here if house.start_by_voice else ""
    return Scene(Face.ATTRACT, Mode.ATTRACT, word, caption=hello, note=greeting.offer, languages=languages(w))


def _plain(word: str, text: str, note: str = "") -> Scene:
    return Scene(Face.PLAIN, Mode.NONE, word, caption=captions.host(text), note=note)


def _opens(s: Session, w: Words) -> str:
    return w.closed_note if s.opens is None else w.opens_note.replace("{when}", day_and_time(s.opens, w.language))


def _notice(s: Session, w: Words) -> Scene:
    return Scene(
        Face.NOTICE,
        Mode.READY,
        w.before,
        lines=w.notice,
        note=w.more_note if w.more_link else "",
        code=w.more_link,
        main=Control(Act.AGREE, w.agree, "check", Kind.SOLID),
        left=(Control(Act.AGREE_TYPING, w.type_instead, "keyboard"),),
        other=Control(Act.DECLINE, w.no_thanks),
        tools=tools(s, w, sound=False),
        languages=languages(w),
    )
