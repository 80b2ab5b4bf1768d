"""The first screen's hello in several languages in turn."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from kiosk.screen.greeting import MOST, Greeting
from kiosk.screen.words import Words

CODES = ("en", "de", "ar", "fr", "it")


def words(language: str) -> Words:
    return Words(language=language or "en", languages=tuple((code, code) for code in CODES))


def greeted(greeting: Greeting, turns: int) -> list[str]:
    heard = [greeting.words.language]
    greeting.turned.connect(lambda: heard.append(greeting.words.language))
    for _ in range(200):
        if len(heard) > turns:
            break
        QTest.qWait(5)
    return heard


def test_it_goes_round_and_begins_with_the_site_s_own(application: QGuiApplication) -> None:
    greeting = Greeting(words, turning=True, turn_s=0.01)
    greeting.stand(True)
    assert greeted(greeting, MOST) == ["en", "de", "ar", "fr", "en"]


def test_it_begins_anew_with_each_visitor(application: QGuiApplication) -> None:
    greeting = Greeting(words, turning=True, turn_s=0.01)
    greeting.stand(True)
    greeted(greeting, 1)
    greeting.stand(False)
    QTest.qWait(40)
    greeting.stand(True)
    assert greeting.words.language == "en"


def test_with_reduced_motion_it_stands(application: QGuiApplication) -> None:
    greeting = Greeting(words, turning=False, turn_s=0.01)
    greeting.stand(True)
    QTest.qWait(60)
    assert greeting.words.language == "en"
