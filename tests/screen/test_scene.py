"""What stands on the screen in each state: a table from sessions to scenes, and words to light."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from kiosk.core.ports import Uplink
from kiosk.core.session import Note, Phase, Session
from kiosk.core.transcript import Clause, Transcript, Turn
from kiosk.screen import caption as captions
from kiosk.screen.caption import Tone
from kiosk.screen.parts import Act, Face, House, Kind, Mode, Scene
from kiosk.screen.scene import scene_of
from kiosk.screen.scene_talk import TOLD_S
from kiosk.screen.tongue import Tongues
from kiosk.screen.words import words_in
from kiosk.settings.schema import Settings

WORDS = words_in("", Settings())
LIVE = Session(phase=Phase.LISTENING, consented=True, linked=True, uplink=Uplink.GATED)
ASKED = Turn("user", "u", "When does the ferry leave?", final=True)
CLAUSES = (Clause("The Alma sails at two,", 0, 1000), Clause("from the pier.", 1200, 2000))
ANSWER = Turn("agent", "a", "The Alma sails at two, from the pier.", response_id="r", clauses=CLAUSES, start_ms=5)


def scene(session: Session, now: float = 0.0) -> Scene:
    return scene_of(session, now, WORDS)


def talk(*turns: Turn) -> Transcript:
    return Transcript(turns)


TABLE = [
    (Session(phase=Phase.ATTRACT), Face.ATTRACT, Mode.ATTRACT, None, False),
    (Session(phase=Phase.NOTICE), Face.NOTICE, Mode.READY, Act.AGREE, False),
    (Session(phase=Phase.CONNECTING), Face.TALK, Mode.CONNECTING, Act.LEAVE, False),
    (LIVE, Face.TALK, Mode.LISTENING, Act.TALK, True),
    (replace(LIVE, uplink=Uplink.CLOSED), Face.TALK, Mode.READY, Act.TALK, False),
    (replace(LIVE, uplink=Uplink.HELD, pressed=True), Face.TALK, Mode.LISTENING, Act.TALK, True),
    (replace(LIVE, muted=True, uplink=Uplink.CLOSED), Face.TALK, Mode.READY, Act.UNMUTE, False),
    (replace(LIVE, text_only=True, uplink=Uplink.CLOSED), Face.TALK, Mode.READY, Act.TYPE, False),
    (replace(LIVE, notes=frozenset({Note.NO_MICROPHONE})), Face.TALK, Mode.NO_SOUND, Act.TYPE, True),
    (replace(LIVE, notes=frozenset({Note.INTERRUPTED})), Face.TALK, Mode.INTERRUPTED, Act.TALK, True),
    (replace(LIVE, phase=Phase.THINKING), Face.TALK, Mode.THINKING, Act.STOP, True),
    (replace(LIVE, phase=Phase.SPEAKING, uplink=Uplink.GUARDED), Face.TALK, Mode.SPEAKING, Act.STOP, False),
    (replace(LIVE, phase=Phase.HANDOVER), Face.TALK, Mode.PERSON, Act.TALK, True),
    (replace(LIVE, phase=Phase.CHECKING), Face.TALK, Mode.STILL_THERE, Act.TOUCH, True),
    (Session(phase=Phase.OFFLINE), Face.TALK, Mode.OFFLINE, Act.TOUCH, False),
    (Session(phase=Phase.FAREWELL), Face.FAREWELL, Mode.NONE, None, False),
    (Session(phase=Phase.RESETTING), Face.PLAIN, Mode.NONE, None, False),
    (Session(phase=Phase.CLOSED), Face.PLAIN, Mode.NONE, None, False),
    (Session(phase=Phase.OUT_OF_ORDER), Face.PLAIN, Mode.NONE, None, False),
    (Session(phase=Phase.STAFF), Face.PLAIN, Mode.NONE, None, False),
    (Session(phase=Phase.SETUP), Face.PLAIN, Mode.NONE, None, False),
    (Session(phase=Phase.STARTING), Face.PLAIN, Mode.NONE, None, False),
]


@pytest.mark.parametrize(("session", "face", "mode", "main", "lamp"), TABLE, ids=lambda v: str(getattr(v, "phase", v)))
def test_each_state_has_its_picture(session: Session, face: Face, mode: Mode, main: Act | None, lamp: bool) -> None:
    found = scene(session)
    assert (found.face, found.mode, found.main and found.main.act, found.lamp) == (face, mode, main, lamp)
    assert found.word or face in {Face.ATTRACT, Face.FAREWELL}, "a state is never colour alone"


def test_every_phase_is_in_the_table() -> None:
    assert {row[0].phase for row in TABLE} == set(Phase)


@pytest.mark.parametrize("uplink", list(Uplink))
@pytest.mark.parametrize("phase", [Phase.LISTENING, Phase.THINKING, Phase.SPEAKING, Phase.HANDOVER, Phase.CHECKING])
def test_a_coloured_pill_and_the_lamp_never_stand_for_a_shut_microphone(phase: Phase, uplink: Uplink) -> None:
    found = scene(replace(LIVE, phase=phase, uplink=uplink))
    assert found.lamp is (uplink not in {Uplink.CLOSED, Uplink.GUARDED})
    if not found.lamp:
        assert all(c is None or c.kind is not Kind.LIVE for c in (found.main, found.other))


def test_no_phase_of_a_visit_lacks_a_way_out() -> None:
    for session, face, *_ in TABLE:
        if face is Face.TALK:
            found = scene(session)
            acts = {c.act for c in (*found.on_screen, *found.on_sound_sheet)}
            assert acts & {Act.FINISH, Act.LEAVE}, session.phase


def test_partial_words_are_replaced_in_place_and_unsettled_at_the_end() -> None:
    heard = scene(replace(LIVE, transcript=talk(Turn("user", "u", "When does the ferry"))))
    assert (heard.caption.tone, heard.caption.text, heard.caption.settled) == (Tone.LIVE, "When does the ferry", 2)
    settled = scene(replace(LIVE, transcript=talk(ASKED)))
    assert (settled.caption.tone, settled.caption.settled) == (Tone.ASKED, captions.ALL)


def test_the_question_becomes_the_heard_line_when_the_answer_sounds() -> None:
    said = replace(LIVE, phase=Phase.SPEAKING, transcript=talk(ASKED, ANSWER), responses=("r",), sounding=True)
    found = scene(said)
    assert (found.heard, found.caption.text, found.caption.response_id) == (ASKED.text, ANSWER.text, "r")


@pytest.mark.parametrize(("played_ms", "words"), [(0, 0), (1, 1), (500, 3), (999, 5), (1201, 6), (1999, 8), (2000, 8)])
def test_words_are_lit_by_the_speaker_clock(played_ms: float, words: int) -> None:
    assert captions.lit(captions.of_agent(ANSWER), played_ms) == words


def test_a_cut_answer_keeps_its_unheard_words_grey_until_the_visitor_speaks() -> None:
    cut = replace(ANSWER, interrupted=True, played_ms=1000, end_ms=9)
    found = scene(replace(LIVE, transcript=talk(ASKED, cut), notes=frozenset({Note.INTERRUPTED})))
    assert (found.caption.tone, found.caption.settled, found.caption.words) == (Tone.CUT, 5, 8)
    later = scene(replace(LIVE, transcript=talk(ASKED, cut, Turn("user", "u2", "And back"))))
    assert (later.caption.text, later.caption.tone) == ("And back", Tone.LIVE)


def test_an_answer_without_times_is_shown_whole() -> None:
    whole = replace(ANSWER, clauses=(), final=True)
    assert captions.of_agent(whole).settled == captions.ALL


@pytest.mark.parametrize(("waited", "word"), [(0.0, "Thinking"), (2.9, "Thinking"), (3.0, "Still looking")])
def test_thinking_says_that_it_takes_long(waited: float, word: str) -> None:
    assert scene(replace(LIVE, phase=Phase.THINKING), waited).word == word


def test_thinking_is_drawn_again_when_it_takes_long() -> None:
    moments = [scene(replace(LIVE, phase=Phase.THINKING), waited).renew_at for waited in (0.0, 5.0, 11.0)]
    assert moments == [3.0, 10.0, None]


def test_after_ten_seconds_of_thinking_there_is_a_way_out() -> None:
    assert scene(replace(LIVE, phase=Phase.THINKING), 10.0).note == WORDS.way_out


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<b>bold</b> &amp;", "<b>bold</b> &amp;"),
        ("a\x00b\x1b[31mc\u202ed\u2066e", "a b [31mc d e"),
        ("two\n\n  lines\t", "two lines"),
        ("family \U0001f468\u200d\U0001f469\u200d\U0001f467", "family \U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("تُبحر ألما", "تُبحر ألما"),
        ("\ue000\ud83d", ""),
    ],
)
def test_only_visible_text_is_shown(raw: str, shown: str) -> None:
    assert captions.plain(raw) == shown


CALLABLE = House(calls=True)


def acts(found: Scene) -> list[Act]:
    return [control.act for control in (*found.on_screen, *found.on_sound_sheet)]


def test_a_voice_that_is_listened_for_is_asked_for_and_told_where_it_stays() -> None:
    attract = Session(phase=Phase.ATTRACT)
    assert (scene(attract).caption.text, scene(attract).word) == (WORDS.hello, "")
    listens = scene_of(attract, 0, WORDS, House(start_by_voice=True))
    assert (listens.caption.text, listens.word) == (WORDS.hello_voice, WORDS.voice_here)


@pytest.mark.parametrize(
    ("house", "notes", "main", "said"),
    [
        (House(), set(), Act.TOUCH, WORDS.cannot_answer),
        (CALLABLE, set(), Act.PERSON, WORDS.cannot_answer),
        (CALLABLE, {Note.CALLING}, Act.TOUCH, WORDS.calling),
        (CALLABLE, {Note.CALLED}, Act.TOUCH, WORDS.called),
        (CALLABLE, {Note.CALL_FAILED}, Act.PERSON, WORDS.call_failed),
    ],
)
def test_offline_somebody_can_be_called_once(house: House, notes: set[Note], main: Act, said: str) -> None:
    found = scene_of(Session(phase=Phase.OFFLINE, notes=frozenset(notes)), 0, WORDS, house)
    assert (found.main and found.main.act, found.caption.text) == (main, said)
    if Note.CALLED not in notes and Note.CALLING not in notes:
        assert WORDS.desk in found.note


@pytest.mark.parametrize("note", [Note.CALLING, Note.CALLED])
@pytest.mark.parametrize("phase", [Phase.LISTENING, Phase.THINKING, Phase.SPEAKING, Phase.CHECKING])
def test_nobody_is_called_twice(phase: Phase, note: Note) -> None:
    called = replace(LIVE, phase=phase, notes=frozenset({note}))
    assert Act.PERSON not in acts(scene_of(called, 0, WORDS, CALLABLE))
    failed = replace(LIVE, phase=phase, notes=frozenset({Note.CALL_FAILED}))
    assert Act.PERSON in acts(scene_of(failed, 0, WORDS, CALLABLE))


def test_what_became_of_a_call_fills_the_screen_and_then_a_line() -> None:
    called = replace(LIVE, transcript=talk(ASKED, ANSWER), notes=frozenset({Note.CALLED}))
    told = scene_of(called, 101.0, WORDS, CALLABLE, told_at=100.0)
    assert (told.mode, told.word, told.caption.text) == (Mode.PERSON, WORDS.a_person, WORDS.called)
    assert told.renew_at == 100.0 + TOLD_S
    later = scene_of(called, 100.0 + TOLD_S, WORDS, CALLABLE, told_at=100.0)
    assert (later.mode, later.caption.text, later.note) == (Mode.LISTENING, ANSWER.text, WORDS.called)
    speaks = replace(called, transcript=talk(ASKED, ANSWER, Turn("user", "u2", "And")))
    assert scene_of(speaks, 101.0, WORDS, CALLABLE, told_at=100.0).caption.text == "And"


@pytest.mark.parametrize(("volume", "there"), [(-6, {Act.LOUDER}), (0, {Act.LOUDER, Act.SOFTER}), (2, {Act.SOFTER})])
def test_at_its_end_a_step_is_not_offered(volume: int, there: set[Act]) -> None:
    found = scene(replace(LIVE, phase=Phase.SPEAKING, responses=("r",), volume=volume))
    assert set(acts(found)) & {Act.LOUDER, Act.SOFTER} == there
    dial = found.dials[0]
    assert (dial.at, dial.count) == (volume + 7, 9)


@pytest.mark.parametrize(("volume", "share"), [(0, 0.0), (1, 8 / 9), (-3, 4 / 9)])
def test_a_dial_that_was_turned_shows_it_beside_the_pill(volume: int, share: float) -> None:
    found = scene(replace(LIVE, phase=Phase.SPEAKING, responses=("r",), volume=volume))
    assert next(c for c in found.right if c.act is Act.LOUDER).share == share


def test_the_row_while_the_agent_speaks() -> None:
    found = scene(replace(LIVE, phase=Phase.SPEAKING, responses=("r",), transcript=talk(ASKED, ANSWER)))
    assert [c.act for c in found.left] == [Act.REPEAT, Act.SLOWER]
    assert [c.act for c in found.right] == [Act.LOUDER, Act.PERSON]


def test_an_answer_in_another_language_is_explained() -> None:
    assert scene(replace(LIVE, agent_language="en")).note == WORDS.voice_note
    assert WORDS.name_of("de") in scene(replace(LIVE, agent_language="de")).note


def test_the_first_screen_greets_in_one_language_and_offers_all() -> None:
    arabic = replace(WORDS, hello="المس هنا", offer="أستطيع", language="ar", leftwards=True)
    own = replace(WORDS, languages=(("en", "English"), ("ar", "العربية")))
    found = scene_of(Session(phase=Phase.ATTRACT), 0, own, greeting=arabic)
    assert (found.caption.text, found.note) == ("المس هنا", "أستطيع")
    assert [language.code for language in found.languages if language.chosen] == ["en"]


def test_what_the_agent_shows_stands_beside_its_answer() -> None:
    shown = replace(
        LIVE, transcript=talk(ASKED, ANSWER), choices=("The price of the ferry",), card=("The Alma", "14:00", "80 kr")
    )
    assert (scene(shown).chips, scene(shown).note) == (("The price of the ferry",), "The Alma: 14:00 · 80 kr")
    speaking = replace(shown, phase=Phase.SPEAKING, responses=("r",), sounding=True)
    assert (scene(speaking).chips, scene(speaking).note) == (("The price of the ferry",), "The Alma: 14:00 · 80 kr")
    assert scene(replace(shown, card=("Closed today",))).note == "Closed today"
    no_sound = replace(speaking, notes=frozenset({Note.NO_SPEAKER}))
    assert "Alma" not in scene(no_sound).note, "that something is wrong goes before it"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Open again: Wednesday, December 30, 09:05"),
        ("de", "Wieder geöffnet: Mittwoch, 30. Dezember, 09:05"),
        ("ar", "نفتح من جديد: الأربعاء، ٣٠ ديسمبر، ٠٩:٠٥"),
    ],
)
def test_a_closed_house_says_when_it_opens_in_the_languages_own_way(language: str, said: str) -> None:
    words = Tongues(Settings()).words_in(language)
    closed = Session(phase=Phase.CLOSED, open_now=False, opens=datetime(2026, 12, 30, 9, 5))
    assert scene_of(closed, 0.0, words).note == said
    assert scene_of(replace(closed, opens=None), 0.0, words).note == words.closed_note
