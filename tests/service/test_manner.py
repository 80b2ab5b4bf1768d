"""Each conversation keeps the manner that it began with; the next one has the new."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.service.manner import Manner
from kiosk.service.store.tables import Event
from kiosk.service.voices import language_of
from kiosk.wire.canonical import Context, Ping, Pong, Rate, Ready, ResponseDone, ResponseStarted, Text, Transcript
from tests.service.live_stage import Live, live


def test_a_speed_stays_within_what_engines_speak() -> None:
    manner = Manner("en", "alto", "plain", 1.3, "singer")
    assert manner.speed_at(1.0) == 1.3
    assert manner.speed_at(2.0) == 2.0
    assert manner.speed_at(0.1) == 0.5


async def test_a_conversation_keeps_its_voice_and_the_next_has_the_new(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("before") as before:
        manners = service.agent.manners
        manners.change(replace(manners.current(), voice="bass", speed=1.2))
        await before.say(Text("one"))
        await before.plays()
        async with service.visitor("after") as after:
            ready: Ready = after.events[0]
            assert (ready.voice, ready.language, ready.languages) == ("bass", "en", ("en",))
            await after.say(Text("two"))
            await after.plays()
        await before.say(Text("three"))
        await before.plays()
    assert [(voice, speed) for _, voice, speed in service.voice.said] == [("alto", 1.0), ("bass", 1.2), ("alto", 1.0)]


async def test_a_visitor_s_own_speed_is_a_factor_of_the_house_s(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="", speed=1.2) as service, service.visitor("one") as visitor:
        await visitor.say(Rate(0.9), Text("one"))
        await visitor.plays()
    assert [round(speed, 3) for _, _, speed in service.voice.said] == [1.08]


async def test_fixed_answers_are_spoken_again_for_a_new_manner(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="Hello.") as service:
        manners = service.agent.manners
        await _until(service, 1)
        manners.change(replace(manners.current(), voice="bass"))
        await _until(service, 2)
    assert [voice for _, voice, _ in service.voice.said] == ["alto", "bass"]


async def test_a_language_without_a_voice_is_shown(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="", language="fr") as service, service.visitor("one") as visitor:
        ready: Ready = visitor.events[0]
        assert (ready.language, ready.voice) == ("fr", "")
        await visitor.say(Text("Bonjour"))
        started = await visitor.hears(ResponseStarted)
        words: Transcript = await visitor.hears(Transcript)
        assert (words.role, words.response_id, words.final) == ("agent", started.response_id, True)
        assert "Bonjour" in words.text
        done: ResponseDone = await visitor.hears(ResponseDone)
        assert done.status == "completed"
    assert service.voice.said == []


async def test_a_kiosk_that_asks_a_silent_visitor_again_is_recorded(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("one") as visitor:
        assert "context" in visitor.events[0].accepts
        await visitor.say(Context(page="reprompt"), Context(locale="de"), Context(page="checking"), Ping("1"))
        await visitor.hears(Pong)
    told = [(row.kind, row.detail) for row in service.rows if isinstance(row, Event)]
    assert [each for each in told if each[0] == "reprompt"] == [("reprompt", "reprompt"), ("reprompt", "checking")]


@pytest.mark.parametrize(
    ("voice", "language"),
    [
        ("af_heart", "en"),
        ("bf_emma", "en"),
        ("ef_dora", "es"),
        ("if_sara", "it"),
        ("en_US-joe-medium", "en"),
        ("es_ES-sharvard-medium", "es"),
        ("elf", "en"),
    ],
)
def test_a_voice_s_name_tells_its_language(voice: str, language: str) -> None:
    assert language_of(voice) == language


async def _until(service: Live, count: int) -> None:
    async with asyncio.timeout(10):
        while len(service.voice.said) < count:  # noqa: ASYNC110 - the engine's thread
            await asyncio.sleep(0.01)
