"""What the log tells of the wire at debug level: kinds of message in their order, and nothing that stood in one."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
from heard_link import CLIENT_ID, EXEI, FRAME, Kiosk
from wire_server import Peer, bye, voice_server

from kiosk.wire.canonical import (
    AgentAudio,
    Audio,
    Flush,
    Interrupt,
    Ready,
    ResponseDone,
    ResponseStarted,
    Text,
    Transcript,
    Unknown,
)

PLANTED = ("my room is", "planted answer", "typed words", "r-planted", "planted-kind", "s-planted", CLIENT_ID)


async def test_kinds_in_their_order_and_no_word_of_anybody(caplog: pytest.LogCaptureFixture):
    async def script(peer: Peer) -> None:
        await peer.open(accepts=("interrupt", "text"))
        await peer.next(Audio)
        await peer.socket.send(json.dumps({"type": "planted-kind", "words": "my room is 12"}))
        await peer.say(
            Transcript("user", "my room is 12", "u1", final=True),
            ResponseStarted("r-planted"),
            AgentAudio(FRAME, 16000, "r-planted", 1, "planted answer"),
            AgentAudio(FRAME, 16000, "r-planted", 2, "planted answer"),
            Flush("response", "r-planted", "planted answer"),
            ResponseDone("r-planted"),
        )
        await peer.next(Interrupt)
        await peer.next(Text)
        await bye(peer)

    caplog.set_level(logging.DEBUG, logger="kiosk")
    async with voice_server(EXEI, script) as endpoint:
        kiosk = Kiosk(endpoint)
        running = asyncio.create_task(kiosk.link.run("s-planted"))
        await kiosk.until(Ready)
        assert kiosk.link.push_audio(FRAME)
        await kiosk.until(Unknown)
        await kiosk.until(ResponseDone)
        kiosk.link.send(Interrupt("r-planted", 20))
        kiosk.link.send(Text("typed words"))
        await running
    said = [record.getMessage() for record in caplog.records if record.name == "kiosk.wire.conversation"]
    assert [line for line in said if line.startswith("sent ")] == [
        "sent start",
        "sent audio, the first after a pause",
        "sent interrupt",
        "sent text",
    ]
    assert [line for line in said if line.startswith("read ")][:7] == [
        "read connected",
        "read ready",
        "read unknown",
        "read transcript",
        "read response_started",
        "read agent_audio, the first of a response",
        "read flush",
    ]
    assert not [word for word in PLANTED if word in caplog.text]
