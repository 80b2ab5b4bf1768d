"""A visit without a word: the window's own keyboard, key by key, and a microphone that never opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from product import RunningService
from stage import Stage, Visitor

from kiosk.rehearsal.steps import Tap, Touch, Type, Wait
from kiosk.wire.canonical import Text, Transcript
from tests.bench.agent_peer import agent_peer

pytestmark = [pytest.mark.rig, pytest.mark.models]

CONSENT = {"KIOSK_VISIT__CONSENT": "true"}


def assert_mute(visitor: Visitor) -> None:
    """From the first event to the last nothing could leave the microphone, and nothing did."""
    assert visitor.since(0, "uplink") == []
    assert [e for e in visitor.since(0, "lamp") if e["lit"]] == []
    assert [e for e in visitor.since(0, "probe") if e["name"] == "audio_sent"] == []


@pytest.mark.slow
async def test_a_whole_visit(stage: Stage, service: RunningService, tmp_path: Path) -> None:
    async with stage.kiosk(tmp_path, service.endpoint, **CONSENT) as visitor:
        await visitor.do(Touch("touch"), Wait("notice"))
        await visitor.looks("notice")
        await visitor.do(Tap("agree_typing"), Wait("agent_done", 25))
        await visitor.do(Type("When do you open", send=False))
        await visitor.looks("typing")
        since = visitor.now
        await visitor.tap("key-send")
        assert "ten" in await visitor.answered(since=since)
        await visitor.do(Tap("finish"), Wait("farewell"), Tap("face0"))
        since = visitor.now
        await visitor.tap("again")
        await visitor.sees("attract", since=since)
        assert_mute(visitor)
    assert {"notice", "typing", "speaking", "farewell"} <= set(visitor.screens.taken)


async def test_what_was_heard_wrongly_is_typed_anew(stage: Stage, tmp_path: Path) -> None:
    """The heard line is touched, stands in the keyboard, is changed, and goes up as a correction of that line."""
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint, **CONSENT) as visitor:
        await visitor.do(Touch("touch"), Tap("agree_typing"), Wait("listening"))
        await peer.say(Transcript("user", "When is the fairy", item_id="u7", final=True))
        await peer.burst(b"\0\0" * 16000)
        await peer.say(Transcript("agent", "I know no fairy.", item_id="a7", response_id="b1", final=True))
        await visitor.hears("playback_ended", since=0)
        await visitor.tap("heard")
        await visitor.looks("correcting")
        await visitor.tap(*["key-erase"] * 5)
        await visitor.do(Type("ferry"))
        told = (await peer.wait_for(Text, 0)).item
        assert isinstance(told, Text)
        assert told.text == "When is the ferry"
        assert told.corrects is not None
        assert told.corrects.endswith("u7")
        assert peer.audio == [], "the microphone of a visitor who types is shut"
        assert_mute(visitor)
