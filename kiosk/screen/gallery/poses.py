"""The poses: sessions worth looking at, in the order of a visit. Together they show every phase and every note."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from kiosk.core.events import Timer
from kiosk.core.ports import Uplink
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen.window import Window

CUT_MS = 3350
PIN = "1357"  # of the studio's staff


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in a language: a question, where it is cut while it is heard, an answer in clauses."""

    asked: str
    half: str
    answer: tuple[str, str, str]
    typed: str
    person: str

    @property
    def clauses(self) -> tuple[Clause, ...]:
        times = ((0, 2600), (2600, 3900), (4100, 7000))
        return tuple(Clause(text, *span) for text, span in zip(self.answer, times, strict=True))


TALKS = {
    "en": Talk(
        "When does the old ferry leave, and can my wheelchair come on board?",
        "When does the old ferry leave, and can my wheel",
        (
            "The Alma sails at two and at half past four,",
            "from the stone pier.",
            "There is a ramp, and the crew will help you on board.",
        ),
        "When does the old fer",
        "Ingrid",
    ),
    "de": Talk(
        "Wann fährt die alte Fähre ab, und kann mein Rollstuhl mit an Bord?",
        "Wann fährt die alte Fähre ab, und kann mein Roll",
        (
            "Die Alma legt um zwei und um halb fünf ab,",
            "und zwar am Steinpier.",
            "Es gibt eine Rampe, und die Besatzung hilft Ihnen an Bord.",
        ),
        "Wann fährt die alte Fä",
        "Ingrid",
    ),
    "ar": Talk(
        "متى تغادر العبّارة القديمة، وهل يمكنني الصعود بالكرسي المتحرّك؟",
        "متى تغادر العبّارة القديمة، وهل يمكنني الصعود بالك",
        (
            "تُبحر «ألما» في الثانية ثم في الرابعة والنصف",
            "من الرصيف الحجري.",
            "يوجد منحدر، وسيساعدك الطاقم على الصعود.",
        ),
        "متى تغادر العبّا",
        "إنغريد",
    ),
}


SHOWN = ("The price of the ferry", "The ferry trip")
CARD = ("The Alma", "14:00 and 16:30, stone pier", "80 kr, children 40 kr", "40 minutes")
ADDRESS = "https://skarvholm.example/tickets"

Touch = Callable[[Window], object]


def act(name: str) -> Touch:
    """The control that does this was touched."""
    return lambda window: window.view.act(name)


def typed(text: str) -> Touch:
    return lambda window: window.view.board.key(text)


def knock(window: Window) -> None:
    """Staff tapped the corner."""
    window.staff.knock()


def digits(pin: str, *, enter: bool = True) -> Touch:
    def press(window: Window) -> None:
        for digit in pin:
            window.staff.digit(digit)
        if enter:
            window.staff.enter()

    return press


@dataclass(frozen=True, slots=True)
class Pose:
    """A session, where the speaker clock stands, and what was done on the glass since.

    played_ms  of the response that is heard
    touches    done to the window one after the other once the session is shown
    out        staff stand before a kiosk in safe mode
    """

    name: str
    session: Session
    played_ms: float = 0.0
    touches: tuple[Touch, ...] = ()
    out: bool = False
    made_at: float = field(default_factory=time.monotonic)

    def shifted(self, now: float) -> Session:
        """The session as if it had begun so much later as this pose has waited to be drawn."""
        late, s = now - self.made_at, self.session
        timers = MappingProxyType({timer: at + late for timer, at in s.timers.items()})
        return replace(s, entered_at=s.entered_at + late, timers=timers)


def poses(language: str = "en") -> tuple[Pose, ...]:
    """The states of a visit in their order, then what goes wrong, then what staff see. `language`: one of `TALKS`."""
    now, talk = time.monotonic(), TALKS[language]
    live = Session(
        visit=1, session_id="s", consented=True, linked=True, entered_at=now, uplink=Uplink.GATED, language=language
    )
    question = Turn("user", "u1", talk.asked, final=True, start_ms=0, end_ms=3000)
    answer = Turn("agent", "a1", " ".join(talk.answer), response_id="r1", clauses=talk.clauses, start_ms=3500)
    asked = Transcript((question,))
    spoken = Transcript((question, answer))
    answered = Transcript((question, replace(answer, end_ms=9000)))
    cut = Transcript((question, replace(answer, interrupted=True, played_ms=CUT_MS, end_ms=7000)))
    listening = replace(live, phase=Phase.LISTENING)
    shut = replace(listening, uplink=Uplink.CLOSED)
    thinking = replace(shut, phase=Phase.THINKING, transcript=asked)
    speaking = replace(
        live, phase=Phase.SPEAKING, transcript=spoken, responses=("r1",), sounding=True, uplink=Uplink.GUARDED
    )
    checking = replace(
        listening,
        phase=Phase.CHECKING,
        entered_at=now - 7,
        timers=MappingProxyType({Timer.LIMIT: now + 13}),
    )
    person = replace(live, phase=Phase.HANDOVER, person=talk.person)
    theirs = Transcript((question, replace(answer, speaker=talk.person)))
    nobody = Session(language=language, entered_at=now)

    def noted(session: Session, *notes: Note) -> Session:
        return replace(session, notes=frozenset(notes))

    return (
        Pose("attract", replace(nobody, phase=Phase.ATTRACT)),
        Pose("notice", replace(nobody, phase=Phase.NOTICE, visit=1)),
        Pose("connecting", replace(shut, phase=Phase.CONNECTING, linked=False)),
        Pose("ready", shut),
        Pose("listening", listening),
        Pose("hearing", replace(listening, transcript=_said(talk.half), uplink=Uplink.HELD, pressed=True)),
        Pose("thinking", thinking),
        Pose("thinking-long", replace(thinking, entered_at=now - 11)),
        Pose("speaking", speaking, played_ms=4300),
        Pose("speaking-large", speaking, played_ms=2300, touches=(lambda window: window.view.toggleLarge(),)),
        Pose("interrupted", replace(noted(listening, Note.INTERRUPTED), transcript=cut, uplink=Uplink.HELD)),
        Pose("answered", replace(listening, transcript=answered)),
        Pose("answered-shown", replace(listening, transcript=answered, choices=SHOWN, card=CARD, code=ADDRESS)),
        Pose(
            "typing",
            replace(shut, text_only=True),
            touches=(act("type"), typed(talk.typed)),
        ),
        Pose(
            "typing-signs",
            replace(shut, text_only=True),
            touches=(act("type"), lambda window: window.view.board.turn()),
        ),
        Pose("correcting", replace(listening, transcript=asked), touches=(lambda window: window.view.correct(),)),
        Pose("sound", replace(listening, volume=1, speed=-1), touches=(act("sound"),)),
        Pose("languages", shut, touches=(act("language"),)),
        Pose("earlier", replace(listening, transcript=_long(talk)), touches=(act("history"),)),
        Pose("lowered", listening, touches=(lambda window: window.view.setProperty("lowered", True),)),
        Pose("textonly", replace(shut, text_only=True)),
        Pose("muted", replace(shut, muted=True)),
        Pose("reprompt", noted(listening, Note.REPROMPT)),
        Pose("noanswer", replace(noted(listening, Note.NO_ANSWER), transcript=asked)),
        Pose("calling", noted(listening, Note.CALLING)),
        Pose("called", noted(listening, Note.CALLED)),
        Pose("callfailed", noted(listening, Note.CALL_FAILED)),
        Pose("person", person),
        Pose("person-writes", noted(replace(person, transcript=asked), Note.WRITING)),
        Pose(
            "person-speaks",
            replace(person, transcript=theirs, responses=("r1",), sounding=True, uplink=Uplink.GUARDED),
            played_ms=4300,
        ),
        Pose("person-history", replace(person, transcript=theirs), touches=(act("history"),)),
        Pose("stillthere", checking),
        Pose("farewell", replace(shut, phase=Phase.FAREWELL)),
        Pose("rated", replace(shut, phase=Phase.FAREWELL), touches=(lambda window: window.view.rate(1),)),
        Pose("clearing", replace(nobody, phase=Phase.RESETTING)),
        Pose("reconnecting", noted(replace(shut, phase=Phase.CONNECTING), Note.RECONNECTING)),
        Pose("busy", noted(replace(shut, phase=Phase.CONNECTING), Note.BUSY)),
        Pose("offline", replace(shut, phase=Phase.OFFLINE)),
        Pose("nosound", noted(shut, Note.NO_MICROPHONE)),
        Pose("mute-speaker", noted(speaking, Note.NO_SPEAKER), played_ms=4300),
        Pose("starting", replace(nobody, phase=Phase.STARTING)),
        Pose("closed", replace(nobody, phase=Phase.CLOSED, open_now=False, opens=datetime(2026, 12, 30, 9))),
        Pose("outoforder", replace(nobody, phase=Phase.OUT_OF_ORDER)),
        Pose("setup", replace(nobody, phase=Phase.SETUP)),
        Pose("setup-again", replace(nobody, phase=Phase.SETUP), touches=(digits(PIN),)),
        Pose("pin", shut, touches=(knock, digits("13", enter=False))),
        Pose("pin-wrong", replace(shut, phase=Phase.OFFLINE), touches=(knock, digits("4711"))),
        Pose("staff", replace(nobody, phase=Phase.STAFF), touches=(knock, digits(PIN))),
        Pose(
            "staff-out",
            replace(nobody, phase=Phase.STAFF),
            touches=(knock, digits(PIN), lambda window: window.staff.leave("machine")),
            out=True,
        ),
    )


def pose(name: str, language: str = "en") -> Pose:
    """The pose of that name. Raises `LookupError`."""
    for found in poses(language):
        if found.name == name:
            return found
    raise LookupError(name)


def _said(text: str) -> Transcript:
    return Transcript((Turn("user", "u1", text),))


def _long(talk: Talk) -> Transcript:
    """A conversation that does not fit the glass."""
    turns = []
    for number in range(5):
        turns += [
            Turn("user", f"u{number}", talk.asked, final=True, start_ms=number * 20000, end_ms=number * 20000 + 3000),
            Turn(
                "agent",
                f"a{number}",
                " ".join(talk.answer),
                response_id=f"r{number}",
                clauses=talk.clauses,
                start_ms=number * 20000 + 3500,
                end_ms=number * 20000 + 10500,
            ),
        ]
    return Transcript(tuple(turns))
