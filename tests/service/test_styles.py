"""Styles of speech: a file that a site can write, and what really becomes of tempo, pauses and words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core.fault import Fault
from kiosk.service import styles
from kiosk.service.engines import Answer
from kiosk.service.script import Script
from kiosk.settings.schema import Service
from kiosk.wire.canonical import Text, Transcript
from tests.service.live_stage import live

LANGUAGES = ("en", "de", "es", "fr", "it")
SHIPPED = styles.read()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_style_says_who_answers(language: str) -> None:
    """A visitor must hear that a person comes, and that it is an AI again, in every language that is spoken."""
    for name, style in SHIPPED.items():
        wording = style.wording(language)
        assert "{name}" in wording.person_comes, name
        for back in (wording.person_goes, wording.person_left):
            assert any(word in back for word in ("AI", "KI", "IA")), (name, back)


@pytest.mark.parametrize("language", LANGUAGES)
def test_styles_differ_in_what_is_said(language: str) -> None:
    def said(name: str) -> tuple[str, ...]:
        wording = SHIPPED[name].wording(language)
        known = Answer("We open at ten.", "hours", 0.9)
        unknown = Answer("I don't know that.", "unknown", 0.1, "unknown")
        return (*(wording.of(known, n) for n in range(3)), wording.of(unknown, 3))

    wordings = [said(name) for name in ("plain", "calm", "warm", "formal")]
    assert len(set(wordings)) == len(wordings)
    assert all("We open at ten." in text for wording in wordings for text in wording[:3])
    assert all(len({style.tempo for style in SHIPPED.values()}) == len(SHIPPED) for _ in wordings)


def test_a_pause_is_as_long_as_the_style_has_it(tmp_path: Path) -> None:
    script = Script("engine", ["alto"], 16_000, Service(cache=tmp_path))
    plain, long = (script.lines("We open at ten. We close at five.", pauses=pauses)[0] for pauses in (1.0, 1.6))
    assert len(long.pause) / len(plain.pause) == pytest.approx(1.6, abs=0.01)
    assert long.key == plain.key  # the sound is the same, only the silence is not


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[warm]\n", 'no style "plain"'),
        ("[plain]\ntempo = 9\n", "less than or equal to 1.4"),
        ("[plain]\nspeed = 1\n", "Extra inputs"),
        ('[plain.en]\ngreeting = "Hello."\n', "{text} once"),
        ('[plain.en]\nperson_comes = "{text}"\n', "{name}"),
        ("[plain.en]\nanswers = []\n", "at least 1 item"),
        ("plain = 1\n", "no table"),
        ("[plain", "cannot be read"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "styles.toml"
    file.write_text(text)
    with pytest.raises(Fault) as fault:
        styles.read(file)
    assert sentence in fault.value.sentence
    assert str(file) in fault.value.sentence


def test_a_style_that_there_is_not_is_explained() -> None:
    with pytest.raises(Fault, match="shouting"):
        styles.check("shouting", SHIPPED)


async def test_the_visitor_hears_the_style_and_the_history_knows_the_answer_alone(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="Hello.", style="warm") as service, service.visitor("one") as visitor:
        said = []
        for question in ("", "one", "two", "three", "xyzzy"):
            if question:
                await visitor.say(Text(question))
            while True:
                line: Transcript = await visitor.hears(Transcript)
                if line.role == "agent" and line.final:
                    break
            said.append(line.text)
        tempo = {speed for _, _, speed in service.voice.said}
        manner = service.agent.manners.current()
        prepared = set(service.agent.prepare(manner))
        plain = set(service.agent.prepare(replace(manner, style="plain")))
    assert said == [
        "How nice that you are here! Hello.",
        "You asked one.",
        "I am glad you ask. You asked two.",
        "You asked three. I hope that helps you.",
        "I am so sorry. I don't know that.",
    ]
    assert tempo == {0.97}
    assert (prepared, plain) == ({"How nice that you are here! Hello."}, {"Hello."})
