"""What comes with an answer goes over the wire behind the response's start, from a real service to a real client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kiosk.service.engines import Answer, Card, Turn
from kiosk.service.tongues import Tongues
from kiosk.wire.canonical import ResponseStarted, Show, Text, ToolCall, ToolResult
from tests.service.live_stage import live
from tests.service.store_stage import Repeats


class Shows(Repeats):
    def answer(self, question: str, history: Sequence[Turn], language: str) -> Answer:
        if question == "help":
            return Answer("I am calling someone.", "person", 1.0, action="person")
        return Answer(
            "At two.",
            "ferry",
            1.0,
            choices=("Prices", "The way"),
            card=Card("The Alma", ("14:00",)),
            code="https://alma.example",
        )


async def test_choices_a_card_and_a_call(tmp_path: Path) -> None:
    async with live(tmp_path, greeting="") as service:
        service.agent.tongues = Tongues(service.agent.settings, Shows())
        async with service.visitor("shown") as visitor:
            await visitor.say(Text("when does it sail"))
            await visitor.hears(ResponseStarted)
            assert await visitor.hears(Show) == Show("choices", {"choices": ["Prices", "The way"]})
            assert await visitor.hears(Show) == Show("card", {"title": "The Alma", "lines": ["14:00"]})
            assert await visitor.hears(Show) == Show("qr", {"text": "https://alma.example"})
            await visitor.plays()
            await visitor.say(Text("help"))
            call = await visitor.hears(ToolCall)
            assert call.name == "call_person"
            await visitor.say(ToolResult(call.call_id, {"done": True}))
            await visitor.plays()
