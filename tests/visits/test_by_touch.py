"""A visit by finger: every control of a conversation, touched on a real display through the X server."""

from __future__ import annotations

from pathlib import Path

import pytest
from product import RunningService
from stage import Stage

from kiosk.rehearsal.steps import Hold, SlideOff, Tap, Touch, Wait
from kiosk.wire.canonical import SpeechEnd, Text
from tests.bench.agent_peer import agent_peer

pytestmark = [pytest.mark.rig, pytest.mark.models]

QUESTION = "How much is a ticket for a child?"


async def test_a_whole_visit(stage: Stage, service: RunningService, tmp_path: Path) -> None:
    """Touch, Stop, Talk held, finish, a face, start again."""
    async with stage.kiosk(tmp_path, service.endpoint) as visitor:
        await visitor.do(Touch("touch"), Wait("agent_speaking"))
        await visitor.tap("Stop")
        flush = await visitor.hears("flush", since=0)
        assert flush["cause"] == "touch"
        await visitor.sees("listening")

        since = visitor.now
        await visitor.do(Hold("talk", text=QUESTION))
        answer = await visitor.answered(since=since)
        assert "sixty" in answer or "60" in answer
        assert [e["state"] for e in visitor.since(since, "uplink")].count("held") == 1

        await visitor.tap("finish")
        await visitor.sees("farewell")
        await visitor.looks("farewell untouched")
        await visitor.tap("face1")
        await visitor.looks("farewell rated")
        since = visitor.now
        await visitor.tap("again")
        await visitor.sees("attract", since=since)
    states = set(visitor.screens.taken)
    assert {"attract", "speaking", "listening, interrupted", "thinking", "farewell", "farewell rated"} <= states
    pictures = [tmp_path / shot.file for shot in visitor.screens.taken.values()]
    assert len({picture.read_bytes() for picture in pictures}) >= 6, "one state looks like another"


@pytest.mark.slow
async def test_talk_is_tapped_on_and_off(stage: Stage, service: RunningService, tmp_path: Path) -> None:
    async with stage.kiosk(tmp_path, service.endpoint, KIOSK_CAPTURE__MODE="push_to_talk") as visitor:
        await visitor.do(Touch("touch"), Wait("agent_speaking"))
        since = visitor.now
        await visitor.tap("stop", "talk")
        await visitor.hears("uplink", since=since, state="held")
        await visitor.performance.say(QUESTION)
        await visitor.looks("talk tapped")
        since = visitor.now
        await visitor.tap("talk")
        await visitor.hears("uplink", since=since, state="closed")
        answer = await visitor.answered(since=since)
        assert "sixty" in answer or "60" in answer
        assert visitor.since(since, "transcript")[0]["role"] == "user"


@pytest.mark.slow
async def test_what_was_said_before_sliding_off_is_not_answered(
    stage: Stage, service: RunningService, tmp_path: Path
) -> None:
    async with stage.kiosk(tmp_path, service.endpoint, KIOSK_CAPTURE__MODE="push_to_talk") as visitor:
        await visitor.do(Touch("touch"), Wait("agent_done"))
        since = visitor.now
        await visitor.do(SlideOff("talk", QUESTION))
        await visitor.hears("uplink", since=since, state="closed")
        answer = await visitor.program.wait_for(
            lambda e: e["event"] in {"response_started", "playback_started"}, since=since, within_s=4
        )
        assert answer is None, "a discarded question was answered"
        assert visitor.phase == "listening"
        since = visitor.now
        await visitor.do(Hold("talk", text="What are your opening hours?"))
        assert "ten" in await visitor.answered(since=since)


@pytest.mark.slow
async def test_an_agent_is_told_what_the_fingers_did(stage: Stage, tmp_path: Path) -> None:
    """The same from the other end of the socket; and muted means that not one frame arrives."""
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint) as visitor:
        await visitor.do(Touch("touch"), Wait("listening"))
        await visitor.do(SlideOff("talk", QUESTION))
        end = (await peer.wait_for(SpeechEnd, 0)).item
        assert isinstance(end, SpeechEnd)
        assert end.discard

        await visitor.tap("mute")
        await visitor.hears("uplink", since=0, state="closed")
        await visitor.looks("muted")
        heard = len(peer.audio)
        await visitor.performance.say(QUESTION)
        assert len(peer.audio) == heard, "something left a muted microphone"
        assert visitor.since(0, "lamp")[-1]["lit"] is False
        await visitor.tap("unmute")
        await visitor.performance.say("What are your opening hours?")
        assert len(peer.audio) > heard

        await visitor.tap("Find a coffee")
        assert (await peer.wait_for(Text, 0, text="Find a coffee")).item
        await visitor.do(Tap("finish"), Wait("farewell"))
