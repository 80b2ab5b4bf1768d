"""What an agent shows, and that it has a person called: over a real socket, to the session that the screen draws."""

from __future__ import annotations

import asyncio
import wave
from pathlib import Path
from typing import Any

import pytest
from running_kiosk import running, until

from kiosk.app.assembly import capture_of, link_maker, policy_of
from kiosk.app.kiosk import no_probe
from kiosk.app.shows import shown
from kiosk.core import events as ev
from kiosk.core.session import CALL_NOTES
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Sound
from kiosk.wire.canonical import ResponseDone, ResponseStarted, Show, ToolCall, ToolResult, Transcript
from kiosk.wire.credentials import Credentials
from kiosk.wire.dialect import load_dialect
from kiosk.wire.renewal import fixed
from tests.wire.wire_server import Peer, voice_server


@pytest.mark.parametrize(
    ("kind", "content", "is_"),
    [
        (
            "choices",
            {"choices": ["Opening hours", " the\n lift "]},
            ev.AgentShows(choices=("Opening hours", "the lift")),
        ),
        ("choices", {"choices": ["a", "b", "c", "d"]}, ev.AgentShows(choices=("a", "b", "c"))),
        ("choices", {"choices": ["x" * 61, 7, None, ""]}, None),
        ("choices", {"choices": "Opening hours"}, None),
        ("choices", ["Opening hours"], None),
        ("card", {"title": "Tickets", "lines": ["Adults 120 kr"]}, ev.AgentShows(card=("Tickets", "Adults 120 kr"))),
        ("card", {"title": "Tickets"}, ev.AgentShows(card=("Tickets",))),
        ("card", {"lines": ["Adults 120 kr"]}, None),
        ("qr", {"text": "https://example.com/tickets"}, ev.AgentShows(code="https://example.com/tickets")),
        ("qr", {"text": "tel:112", "title": "Call us"}, ev.AgentShows(card=("Call us",), code="tel:112")),
        ("qr", {"text": "https://example.com/\n"}, None),
        ("qr", {"text": "x" * 301}, None),
        ("qr", {"text": 7}, None),
        ("image", {"url": "https://example.com/a.png"}, None),
        ("map", None, None),
    ],
)
def test_only_short_plain_texts_get_through(kind: str, content: Any, is_: ev.AgentShows | None) -> None:
    assert shown(kind, content) == is_


@pytest.mark.models
async def test_the_kiosk_shows_it_and_calls_a_person(tmp_path: Path) -> None:
    dialect = load_dialect("exei-voice")
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * 16000 * 30))
    results: asyncio.Queue[ToolResult] = asyncio.Queue()

    async def script(peer: Peer) -> None:
        await peer.open(accepts=("tool_result",))
        await peer.say(
            ResponseStarted("r1"),
            Show("choices", {"choices": ["Ticket prices"]}),
            Show("card", {"title": "The Alma", "lines": ["14:00", "16:30"]}),
            Show("map", {"x": 1}),
            Transcript("agent", "At two.", item_id="a1", response_id="r1", final=True),
            ToolCall("t1", "call_person", {}),
            ToolCall("t2", "open_the_safe", {}),
            ResponseDone("r1"),
        )
        for _ in range(2):
            results.put_nowait(await peer.next(ToolResult))

    settings = Settings()
    async with voice_server(dialect, script) as endpoint:
        make_link = link_maker(settings, dialect, fixed(Credentials(endpoint, "planted")), no_probe)
        sound = Sound(wav_input=silence, earcons=False)
        policy, capture = policy_of(settings, dialect), capture_of(settings, dialect)
        async with running(policy, sound=sound, capture=capture, make_link=make_link) as kiosk:
            kiosk.touch()
            await until(lambda: bool(kiosk.session.card))
            assert kiosk.session.choices == ("Ticket prices",)
            assert kiosk.session.card == ("The Alma", "14:00", "16:30")
            answers = [await asyncio.wait_for(results.get(), 5) for _ in range(2)]
            assert [(one.call_id, one.result) for one in answers] == [("t1", {"done": True}), ("t2", {"done": False})]
            assert kiosk.session.notes & CALL_NOTES
            kiosk.leave()
