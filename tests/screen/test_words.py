"""Every word on the screen has its translation, and a language is spoken whole or not at all."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from pathlib import Path

import pytest
from conftest import Glass
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtTest import QTest

from kiosk.core.fault import Fault
from kiosk.core.ports import Uplink
from kiosk.core.session import Phase, Session
from kiosk.screen.tongue import Tongues, missing, spoken
from kiosk.screen.words import NAMES, Words, words_in
from kiosk.settings.house import MUSEUM, HouseWords
from kiosk.settings.places import assets
from kiosk.settings.schema import Settings, Site

ROOT = Path(__file__).resolve().parents[2]
QML = sorted((ROOT / "kiosk" / "screen" / "qml").glob("*.qml"))
FILES = sorted((assets() / "i18n").glob("*.ts"))
SHOWN = re.compile(r"(?<![.\w])(?:text|label|title|placeholderText)\s*:\s*([^;\n]*)")
COMPARED, LITERAL = re.compile(r'[!=]==?\s*"[^"]*"'), re.compile(r'"([^"]*)"')
HOLE = re.compile(r"\{\w+\}")
ON_PILLS = (
    "talk", "tap_to_send", "stop", "type", "unmute", "finish", "leave", "try_again", "here", "done", "agree",
    "type_instead", "no_thanks", "start_again", "call_desk",
)  # fmt: skip
SHOWN_AS_IS = {"Aa"}  # a sign, the same in every language


def texts(file: Path) -> list[tuple[str, str, str, str]]:
    """(context, English, translation, its state) of each."""
    return [
        (
            context.findtext("name") or "",
            message.findtext("source") or "",
            message.findtext("translation") or "",
            (message.find("translation") or ET.Element("x")).get("type", ""),
        )
        for context in ET.parse(file).getroot().iter("context")
        for message in context.iter("message")
    ]


def sources() -> set[tuple[str, str]]:
    """What the code says in English."""
    found = {("Languages", name) for name in NAMES.values()}
    for item in fields(Words):
        lines = item.default if isinstance(item.default, tuple) else (item.default,)
        found |= {("Words", line) for line in lines if isinstance(line, str) and line}
    return found


def test_german_and_arabic_are_there() -> None:
    assert {"de", "ar"} <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_translation_is_complete(file: Path) -> None:
    """A text that was added or changed: run packaging/words, translate it in the .ts, run packaging/words again."""
    rows = texts(file)
    assert {(context, source) for context, source, _, _ in rows} >= sources()
    assert [source for _, source, translation, state in rows if not translation.strip() or state] == []
    assert [s for _, s, t, _ in rows if set(HOLE.findall(s)) != set(HOLE.findall(t))] == [], "placeholders differ"
    assert [t for _, s, t, _ in rows if s.count("\n") != t.count("\n")] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_the_program_reads_is_what_was_translated(file: Path) -> None:
    read = QTranslator()
    assert read.load(str(file.with_suffix(".qm")))
    assert [(s, t) for context, s, t, _ in texts(file) if read.translate(context, s) != t] == []


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="needs Qt's own tools")
def test_the_files_are_up_to_date() -> None:
    done = subprocess.run([ROOT / "packaging" / "words", "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_words_on_a_pill_are_short(language: str) -> None:
    words = Tongues(Settings()).words_in(language)
    assert [text for name in ON_PILLS if len(text := getattr(words, name)) > 14] == []


def test_no_text_stands_in_the_qml() -> None:
    """Only properties of the view are shown, so that nothing escapes the translators."""
    wrong = []
    for file in QML:
        for shown in SHOWN.findall(file.read_text("utf-8")):
            literals = LITERAL.findall(COMPARED.sub("", shown))
            wrong += [f"{file.name}: {t}" for t in literals if any(c.isalpha() for c in t) and t not in SHOWN_AS_IS]
    assert wrong == []


def test_a_language_is_whole_or_not_offered(tmp_path: Path) -> None:
    """A real file with one text fewer."""
    for file in FILES:
        shutil.copy(file.with_suffix(".qm"), tmp_path)
    whole = (assets() / "i18n" / "de.ts").read_text("utf-8")
    half = whole.replace("<translation>Reden<", '<translation type="unfinished"><')
    assert half != whole
    (tmp_path / "de.ts").write_text(half, "utf-8")
    release = Path(sys.executable).parent / "pyside6-lrelease"
    subprocess.run([release, "-silent", "-nounfinished", "de.ts", "-qm", "de.qm"], cwd=tmp_path, check=True)
    assert spoken("de", tmp_path) is None
    speaking = Tongues(Settings(), tmp_path)
    assert speaking.words_in("en").languages == (("en", "English"), ("ar", "العربية"))
    assert speaking.words_in("de") is speaking.words_in("en")
    with pytest.raises(Fault, match="cannot speak 'de'"):
        Tongues(Settings(site=Site(language="de")), tmp_path)


def test_each_language_has_the_site_s_words_and_its_own_direction() -> None:
    speaking = Tongues(Settings())
    for language, house in MUSEUM.items():
        words = speaking.words_in(language)
        assert missing(words) == ()
        assert (words.language, words.place, words.choices) == (language, house.place, house.choices)
        assert words.leftwards is (language == "ar")
        assert words.languages == (("en", "English"), ("de", "Deutsch"), ("ar", "العربية"))
    arabic = speaking.words_in("ar")
    assert (arabic.by_line, arabic.speaking) == ("مارين، مرشدة بالذكاء الاصطناعي", "مارين تتكلّم")
    assert arabic.name_of("en") == "الإنجليزية"
    assert speaking.words_in("") is speaking.words_in("xx") is speaking.words_in("en")


def test_what_a_site_leaves_empty_is_said_in_general_words() -> None:
    site = Settings(words={"de": HouseWords(place="Rathaus", guide="Ida")}, site=Site(language="de"))
    words = Tongues(site).words_in("")
    assert (words.place, words.by_line, words.speaking) == ("Rathaus", "Ida, Ihr KI-Guide", "Ida spricht")
    assert (words.choices, words.footer, words.languages) == ((), "", ())
    assert words.invitation == "Guten Tag. Wie kann ich Ihnen helfen?"
    assert "Maren" not in str(words)
    assert "Museum" not in str(words)


def test_a_brace_in_a_site_s_word_is_a_brace() -> None:
    site = Settings(words={"en": HouseWords(place="{x}", guide="{guide}{", by_line="a } b {language}")})
    words = words_in("", site)
    assert (words.place, words.by_line, words.speaking) == ("{x}", "a } b {language}", "{guide}{ is speaking")


def test_the_window_changes_its_language_under_a_visitor(glass: Glass) -> None:
    live = Session(phase=Phase.LISTENING, visit=1, consented=True, linked=True, uplink=Uplink.GATED)
    view = glass.window.view
    for language, stop, leftwards in (("de", "Beenden", False), ("ar", "إنهاء", True), ("", "Finish", False)):
        glass.show(replace(live, language=language))
        assert stop in glass.texts()
        assert (view.mirrored, view.board.property("keys")["leftwards"]) == (leftwards, leftwards)
        assert view.caption["leftwards"] is leftwards
        others = {"Beenden", "إنهاء", "Finish"} - {stop}
        assert not others & set(glass.texts()), "whole, never mixed"


def test_a_real_keyboard_types_into_the_open_line(glass: Glass) -> None:
    glass.show(Session(phase=Phase.LISTENING, visit=1, consented=True, linked=True))
    quick = glass.window.quick
    QTest.keyClick(quick, "x")
    assert glass.calls == []
    glass.window.view.act("type")
    for letter in "hi":
        QTest.keyClick(quick, letter)
    QTest.keyClick(quick, Qt.Key.Key_Backspace)
    QTest.keyClick(quick, "o")
    assert glass.item("typed").property("text") == "ho"
    QTest.keyClick(quick, Qt.Key.Key_Return)
    assert glass.calls[-1] == ("write", "ho")
    assert not glass.window.view.board.is_up
