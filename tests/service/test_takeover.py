"""A person takes a live conversation, answers in the agent's place, and gives it back; over the real voice socket."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.fault import Fault
from kiosk.service import takeover as takeover_module
from kiosk.service.live import Held
from kiosk.service.store.tables import Response
from kiosk.service.takeover import Takeover
from kiosk.wire.canonical import (
    AgentAudio,
    End,
    Handover,
    Interrupt,
    Playback,
    Ready,
    ResponseDone,
    ResponseStarted,
    Text,
    Thinking,
    Transcript,
)
from tests.service.live_stage import Client, Live, live


def held_by(service: Live, session: str) -> tuple[Held, Takeover]:
    (held,) = (held for held in service.api.live.all() if held.session_id == session)
    return held, held.takeover


async def words(visitor: Client) -> Transcript:
    """The next whole line of the agent, or of a person."""
    while True:
        line: Transcript = await visitor.hears(Transcript)
        if line.role == "agent" and line.final:
            await visitor.hears(ResponseDone)
            await visitor.say(Playback(line.response_id or "", "finished", 500))
            return line


async def until(service: Live, like: Any) -> None:
    version = -1
    async with asyncio.timeout(10):
        while not like():
            version = await service.api.live.changed.after(version)


async def test_a_person_comes_answers_and_goes(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("one") as visitor:
        held, takeover = held_by(service, "one")
        await takeover.begin("eve", "Eve")
        assert await visitor.hears(Handover) == Handover("person", "Eve")
        comes = await words(visitor)
        assert (comes.text, comes.speaker) == ("One moment, please. Eve will answer you now, in person.", None)
        assert held.person == "Eve"

        await visitor.say(Text("is somebody there"))
        await until(service, lambda: held.lines[-1].text == "is somebody there" and held.lines[-1].final)
        await takeover.write("eve")
        await visitor.hears(Thinking)
        await takeover.say("eve", "  Yes,   I am at the desk. ")
        said = await words(visitor)
        assert (said.text, said.speaker) == ("Yes, I am at the desk.", "Eve")
        assert [(line.who, line.name) for line in held.lines] == [("agent", ""), ("visitor", ""), ("person", "Eve")]

        await takeover.end("eve")
        assert await visitor.hears(Handover) == Handover("agent", "Eve", active=False)
        assert (await words(visitor)).text.startswith("Eve has handed you back to me, the AI guide.")
        assert held.person == ""
        await visitor.say(Text("two"))
        assert (await words(visitor)).text == "You asked two."


async def test_what_the_agent_says_is_cut_and_an_answer_on_its_way_is_not_given(tmp_path: Path) -> None:
    """The service's agent is asked and taken from in the same moment, and the answer comes to nobody any more."""
    async with live(tmp_path, greeting="Hello. I am the guide here.") as service, service.visitor("one") as visitor:
        _, takeover = held_by(service, "one")
        await visitor.hears(AgentAudio)
        service.answers.held.set()
        await visitor.say(Text("what now"))
        await visitor.hears(Thinking)
        await takeover.begin("eve", "Eve")
        service.answers.held.clear()
        await visitor.hears(Handover)
        await words(visitor)
        await takeover.say("eve", "Good evening.")
        assert (await words(visitor)).text == "Good evening."
        texts = [text for text, _, _ in service.voice.said]
        assert not any("You asked" in text for text in texts)
        (said,) = (row for row in service.rows if isinstance(row, Response) and row.source == "person:eve")
        assert said.turn == 1


async def test_a_visitor_who_cuts_in_hears_nothing_of_what_was_to_follow(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("one") as visitor:
        held, takeover = held_by(service, "one")
        await takeover.begin("eve", "Eve")
        await words(visitor)
        for sentence in ("The first sentence is here.", "The second sentence follows."):
            await takeover.say("eve", sentence)
        first: ResponseStarted = await visitor.hears(ResponseStarted)
        second: ResponseStarted = await visitor.hears(ResponseStarted)
        await visitor.hears(AgentAudio)
        await visitor.say(Interrupt(first.response_id, 200))
        await until(service, lambda: held.lines[-2].cut)
        await takeover.say("eve", "Go on, please.")
        while (await words(visitor)).text != "Go on, please.":
            pass  # what was sent before the visitor's word had arrived
        status = {row.number: row.status for row in service.rows if isinstance(row, Response) and row.status}
        numbers = [int(response.response_id[1:]) for response in (first, second)]
        assert [status[number] for number in numbers] == ["interrupted", "interrupted"]


async def test_two_persons_cannot_have_the_same_conversation(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("one"):
        _, takeover = held_by(service, "one")
        await takeover.begin("eve", "Eve")
        with pytest.raises(Fault, match="Eve has this conversation"):
            await takeover.begin("ada", "Ada")
        for ask in (takeover.say("ada", "Hello."), takeover.write("ada"), takeover.end("ada")):
            with pytest.raises(Fault, match="Eve has this conversation"):
                await ask
        await takeover.end("eve")
        with pytest.raises(Fault, match="Nobody has taken"):
            await takeover.say("eve", "Hello.")
        await takeover.begin("ada", "Ada")


@pytest.mark.parametrize("text", ["", "   ", "a" * 1001])
async def test_what_cannot_be_said_is_refused(tmp_path: Path, text: str) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("one"):
        _, takeover = held_by(service, "one")
        await takeover.begin("eve", "Eve")
        with pytest.raises(Fault):
            await takeover.say("eve", text)


async def test_a_person_who_has_gone_gives_it_back_and_the_visitor_is_told(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="", due_s=0.3) as service, service.visitor("one") as visitor:
        held, takeover = held_by(service, "one")
        await takeover.begin("eve", "Eve")
        await visitor.hears(Handover)
        await words(visitor)
        gone: Handover = await visitor.hears(Handover)
        assert not gone.active
        assert (await words(visitor)).text.startswith("Eve cannot answer at the moment")
        assert (held.person, takeover.held()) == ("", False)


async def test_a_person_who_closes_the_page_has_gone_sooner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover_module, "AWAY_S", 0.3)
    async with live(tmp_path, greeting="") as service, service.visitor("one") as visitor:
        _, takeover = held_by(service, "one")
        with takeover.desk("eve"), takeover.desk("vic"):
            with takeover.desk("eve"):
                await takeover.begin("eve", "Eve")
                await visitor.hears(Handover)
                await words(visitor)
            await asyncio.sleep(0.5)  # one of two pages is closed
            assert takeover.held()
        gone: Handover = await visitor.hears(Handover)
        assert not gone.active


async def test_a_visitor_whose_link_was_lost_comes_back_to_the_person(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service:
        async with service.visitor("one") as visitor:
            ready: Ready = visitor.events[0]
            held, takeover = held_by(service, "one")
            await takeover.begin("eve", "Eve")
            await words(visitor)
        await until(service, lambda: held.phase == "lost")
        with pytest.raises(Fault, match="link is gone"):
            await takeover.say("eve", "Are you there?")
        async with service.visitor("one", resume_token=ready.resume_token) as visitor:
            assert await visitor.hears(Handover) == Handover("person", "Eve")
            assert held.phase != "lost"
            await takeover.say("eve", "There you are.")
            assert (await words(visitor)).text == "There you are."


async def test_a_visitor_who_leaves_a_person_has_left(tmp_path: Path) -> None:
    """The conversation was held until the person would have counted as gone: for a minute and a half."""
    async with live(tmp_path, greeting="") as service, service.visitor("one") as visitor:
        held, takeover = held_by(service, "one")
        await takeover.begin("eve", "Eve")
        await words(visitor)
        await visitor.say(End("user"))
        await until(service, lambda: held.ended)
        with pytest.raises(Fault, match="link is gone"):
            await takeover.say("eve", "Are you there?")


async def test_what_is_over_is_live_no_more(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service, service.visitor("one", device="lobby") as visitor:
        held, _ = held_by(service, "one")
        assert [(one.session_id, one.device) for one in service.api.live.all()] == [("one", "lobby")]
        began = time.monotonic()
        await visitor.say(End("user"))
        await until(service, lambda: held.ended)
        assert (held.ended, held.phase, service.api.live.all()) == ("user", "ended", [])
        assert time.monotonic() - began < 10
