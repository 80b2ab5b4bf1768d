"""How the agent sounds is chosen in the console: what is refused, what is kept, and who has it when."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiosk.core.fault import Fault
from kiosk.service import voice_settings
from kiosk.service.agent import Agent
from kiosk.service.catalogue import VoiceFacts, catalogue
from kiosk.service.console.serve import house_of
from kiosk.service.house.accounts import Role
from kiosk.service.manner import Manner
from kiosk.settings.schema import Service
from kiosk.wire.canonical import Ready, Text, Transcript
from tests.service.console.console_stage import Stage, Visitor, stage
from tests.service.doors import SpeaksHere, agent_here
from tests.service.live_stage import Sings
from tests.service.store_stage import HearsOneThing, Repeats, client

BASS = {"language": "en", "voice": "bass", "style": "warm", "speed": 1.1, "engine": "singer"}


@pytest.fixture(scope="module")
def singer() -> Sings:
    return Sings()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, singer: Sings) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("voice"), voice=singer) as one:
        yield one


@pytest.fixture(scope="module")
def eve(console: Stage) -> Visitor:
    return console.visitor("eve")


async def test_the_next_conversation_has_it_and_the_running_one_does_not(
    console: Stage, eve: Visitor, singer: Sings
) -> None:
    async with client(console, "before") as before:
        answer = eve.ask("PUT", "/api/v1/voice", body=BASS)
        assert (answer.status, answer.json) == (200, BASS)
        async with client(console, "after") as after:
            ready: Ready = after.events[0]
            assert ready.voice == "bass"
            singer.said.clear()
            for visitor, text in ((before, "one"), (after, "two")):
                await visitor.say(Text(text))
                while (await visitor.hears(Transcript)).text != f"You asked {text}.":
                    pass
    said = [(text, voice, round(speed, 3)) for text, voice, speed in singer.said if "You asked" in text]
    assert said == [("You asked one.", "alto", 1.0), ("You asked two.", "bass", round(1.1 * 0.97, 3))]
    shown = eve.get("/api/v1/voice").json
    assert shown["current"] == BASS
    assert {voice["name"] for voice in shown["voices"]} == {"alto", "bass"}


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"voice": "soprano"}, 'the engine singer has no voice "soprano"'),
        ({"language": "it"}, "the voice bass speaks English, not Italian"),
        ({"engine": "organ"}, 'there is no speech engine "organ"'),
        ({"voice": ""}, 'the engine singer has no voice ""'),
        ({"style": "shouting"}, 'there is no style of speech "shouting"'),
    ],
)
def test_what_does_not_go_together_is_explained(console: Stage, eve: Visitor, wrong: dict[str, Any], what: str) -> None:
    before = console.agent.manners.current()
    answer = eve.ask("PUT", "/api/v1/voice", body=BASS | wrong)
    assert (answer.status, answer.json["what"]) == (400, what)
    assert answer.json["remedy"]
    page = eve.post(
        "/voice",
        {
            "language": str((BASS | wrong)["language"]),
            "voice": f"{(BASS | wrong)['engine']}/{(BASS | wrong)['voice']}",
            "style": str((BASS | wrong)["style"]),
            "speed": "1.0",
        },
    )
    assert page.status == 400
    assert what[1:20].replace('"', "&#34;") in page.text
    assert console.agent.manners.current() == before


@pytest.mark.parametrize("speed", [0.1, 9, "NaN", None])
def test_a_speed_out_of_its_bounds_is_refused(eve: Visitor, speed: object) -> None:
    assert eve.ask("PUT", "/api/v1/voice", body=BASS | {"speed": speed}).status == 422


def test_every_choice_is_a_version_and_an_old_one_can_be_had_again(console: Stage, eve: Visitor) -> None:
    form = {"language": "en", "voice": "singer/alto", "style": "calm", "speed": "0.9"}
    assert eve.post("/voice", form).status == 303
    form |= {"voice": "singer/bass", "style": "plain"}
    assert eve.post("/voice", form).status == 303
    newest, older, *_ = eve.get("/api/v1/voice/versions").json
    assert (newest["voice"], newest["style"], newest["by"]) == ("bass", "plain", "eve")
    assert (older["voice"], older["style"]) == ("alto", "calm")
    page = eve.get("/voice").text
    assert "Use again" in page
    assert "I have thought about that." in page  # the words that a style adds are shown
    deeds = console.visitor("ada").get("/api/v1/audit").json
    assert any(deed["what"] == "chose a voice" and "bass" in deed["subject"] for deed in deeds)


def test_a_manner_is_listened_to_without_being_chosen(console: Stage, eve: Visitor, singer: Sings) -> None:
    before = console.agent.manners.current()
    singer.said.clear()
    answer = eve.ask("POST", "/api/v1/voice/sample", body=BASS | {"style": "warm", "text": "We open at ten."})
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(answer.body)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        assert file.getframerate() == 16_000
    assert len(sound) > 8_000
    assert np.abs(sound).max() > 1_000
    assert " ".join(text for text, _, _ in singer.said) == "I am glad you ask. We open at ten."
    assert {voice for _, voice, _ in singer.said} == {"bass"}
    assert console.agent.manners.current() == before
    assert isinstance(console.agent.speech, SpeaksHere)
    assert console.agent.speech.ahead[-1] is True  # whoever talks with the agent is spoken to first
    greeting = eve.ask("POST", "/api/v1/voice/sample", body=BASS | {"style": "formal"})
    assert greeting.status == 200
    assert singer.said[-1][0].endswith("What can I show you?")


@pytest.mark.parametrize(("text", "status"), [("…", 400), ("a" * 201, 422)])
def test_a_sample_is_words_and_not_too_many(eve: Visitor, text: str, status: int) -> None:
    assert eve.ask("POST", "/api/v1/voice/sample", body=BASS | {"style": "plain", "text": text}).status == status


def test_a_language_that_no_voice_speaks_is_shown(console: Stage, eve: Visitor) -> None:
    shown = BASS | {"language": "fr", "voice": ""}
    assert eve.ask("POST", "/api/v1/voice/sample", body=shown).json["what"] == "there is no voice to listen to"
    assert eve.ask("PUT", "/api/v1/voice", body=shown).status == 200
    assert eve.get("/api/v1/voice").json["current"] == shown
    assert "No voice speaks French" in eve.get("/voice").text
    assert eve.ask("PUT", "/api/v1/voice", body=BASS).status == 200


def test_a_viewer_sees_it_and_changes_nothing(console: Stage) -> None:
    vic = console.visitor("vic")
    assert "Save" not in vic.get("/voice").text
    assert vic.ask("PUT", "/api/v1/voice", body=BASS).status == 403
    assert vic.ask("POST", "/api/v1/voice/sample", body=BASS).status == 403
    assert console.program(Role.EDITOR).ask("PUT", "/api/v1/voice", body=BASS).status == 200


def _again(console: Stage, **settings: Any) -> Agent:
    return agent_here(Service(voice="alto", **settings), HearsOneThing(), Sings(), Repeats())


def test_what_was_chosen_outlives_the_service(console: Stage, eve: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    assert eve.ask("PUT", "/api/v1/voice", body=BASS).status == 200
    house = house_of(console.console.settings.service)
    agent = _again(console)
    voice_settings.restore(agent, house)
    assert agent.manners.current() == Manner("en", "bass", "warm", 1.1, "singer")
    agent.close()
    agent = _again(console)
    agent.voices = agent.voices[:1]  # the bass has left
    voice_settings.restore(agent, house)
    assert agent.manners.current().voice == "alto"
    assert 'no voice "bass"' in caplog.text
    agent.close()


def test_the_shipped_voices_say_what_they_are() -> None:
    words = {voice.name: (voice.engine, voice.language, voice.words) for voice in catalogue(Service())}
    assert words["af_heart"] == ("kokoro", "en", "Heart: American English, a woman")
    assert words["bf_emma"] == ("kokoro", "en", "Emma: British English, a woman")
    assert words["if_sara"] == ("kokoro", "it", "Sara: Italian, a woman")
    assert words["joe"] == ("piper", "en", "Joe: American English, a man")


def test_an_engine_that_cannot_is_named(tmp_path: Path) -> None:
    agent = _again_with(VoiceFacts("kokoro", "if_sara", "it", "Italian"), VoiceFacts("piper", "joe", "en", "American"))
    with pytest.raises(Fault, match="choose the engine kokoro"):
        voice_settings.check(Manner("it", "if_sara", "plain", 1.0, "piper"), agent)
    with pytest.raises(Fault, match="no voice of piper speaks Italian"):
        voice_settings.check(Manner("it", "joe", "plain", 1.0, "piper"), agent)
    agent.close()


def _again_with(*voices: VoiceFacts) -> Agent:
    agent = agent_here(Service(), HearsOneThing(), Sings(), Repeats())
    agent.voices = voices
    return agent
