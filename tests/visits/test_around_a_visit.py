"""What is around the conversation, on the glass: the notice, languages, an idle visitor, no agent, and staff."""

from __future__ import annotations

from pathlib import Path

import pytest
from proxy import Cable
from stage import STAFF_PIN, Stage

from kiosk.rehearsal.steps import Look, Tap, Touch, Wait
from kiosk.wire.canonical import Context, Feedback
from tests.bench.agent_peer import agent_peer

pytestmark = [pytest.mark.rig, pytest.mark.models]

QUESTION = "What are your opening hours?"
CONSENT = {"KIOSK_VISIT__CONSENT": "true"}
CORNER_TAPS = 7


def port_of(endpoint: str) -> int:
    return int(endpoint.split(":")[2].split("/", maxsplit=1)[0])


async def test_not_one_frame_goes_up_before_the_notice_is_answered(stage: Stage, tmp_path: Path) -> None:
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint, **CONSENT) as visitor:
        await visitor.do(Touch("touch"), Wait("notice"))
        await visitor.performance.say(QUESTION)
        assert visitor.phase == "notice"
        assert (peer.received, peer.audio) == ([], []), "an agent was called before anybody agreed"
        assert visitor.since(0, "uplink") == []
        since = visitor.now
        await visitor.tap("decline")
        await visitor.sees("attract", since=since)
        assert peer.received == []

        await visitor.do(Touch("touch"), Tap("agree"), Wait("listening"))
        await visitor.performance.say(QUESTION)
        assert peer.audio, "who agreed is heard"


async def test_a_voice_opens_the_notice_and_nothing_leaves(stage: Stage, tmp_path: Path) -> None:
    settings = {**CONSENT, "KIOSK_VISIT__START_BY_VOICE": "true"}
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint, **settings) as visitor:
        await visitor.performance.say(QUESTION)
        await visitor.sees("notice")
        assert (peer.received, peer.audio) == ([], [])
        assert not [e for e in visitor.since(0, "lamp") if e["lit"]]
        await visitor.do(Tap("agree"), Wait("listening"))


@pytest.mark.parametrize("language", ["de", "ar"])
async def test_a_language_is_chosen_on_the_first_screen(stage: Stage, tmp_path: Path, language: str) -> None:
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint) as visitor:
        before = await visitor.hand.shown()
        await visitor.do(Tap(f"language-{language}"), Wait("listening"), Look(f"listening in {language}"))
        told = (await peer.wait_for(Context, 0)).item
        assert isinstance(told, Context)
        assert told.locale.startswith(language)
        shown = await visitor.hand.shown()
        assert {"talk", "finish", "type"} <= set(shown), "a control has its name in every language"
        middle = stage.display.touch.width / 2
        assert (shown["finish"][0] > middle) is (language == "de"), "the row is mirrored where one reads leftwards"
        await visitor.do(Tap("finish"), Wait("farewell"), Look(f"farewell in {language}"))
        since = visitor.now
        await visitor.tap("again")
        await visitor.sees("attract", since=since)
        assert set(await visitor.hand.shown()) == set(before)


@pytest.mark.slow
async def test_nobody_is_there_any_more(stage: Stage, tmp_path: Path) -> None:
    """Asked once, a touch says yes; asked again, nobody answers: everything is gone, and the first screen is back."""
    limits = {"KIOSK_VISIT__SILENCE_S": "3", "KIOSK_VISIT__REPROMPTS": "0"}
    async with agent_peer() as (_, endpoint), stage.kiosk(tmp_path, endpoint, **limits) as visitor:
        await visitor.do(Touch("touch"), Wait("listening"), Wait("checking"), Look("still there"))
        since = visitor.now
        await visitor.tap("touch")
        await visitor.sees("listening", "checking", since=since)
        since = visitor.now
        await visitor.sees("resetting", "attract", since=since)
        ended = visitor.since(since, "ended")
        assert len(ended) == 1


async def test_a_face_reaches_the_agent(stage: Stage, tmp_path: Path) -> None:
    limits = {"KIOSK_VISIT__FAREWELL_S": "3"}
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint, **limits) as visitor:
        await visitor.do(Touch("touch"), Wait("listening"), Tap("finish"), Wait("farewell"))
        since = visitor.now
        await visitor.tap("face-1")
        told = (await peer.wait_for(Feedback, 0)).item
        assert isinstance(told, Feedback)
        assert told.score == -1
        await visitor.sees("attract", since=since)  # by itself


@pytest.mark.slow
async def test_the_agent_is_away_and_comes_back(stage: Stage, tmp_path: Path) -> None:
    limits = {"KIOSK_VISIT__CONNECT_LIMIT_S": "3", "KIOSK_VISIT__OFFLINE_RETRY_S": "2"}
    async with agent_peer() as (_, endpoint), Cable(port_of(endpoint)) as cable:
        cable.refusing = True
        async with stage.kiosk(tmp_path, f"ws://127.0.0.1:{cable.port}/v1/voice", **limits) as visitor:
            await visitor.do(Touch("touch"), Wait("offline"), Look("offline"))
            cable.refusing = False
            await visitor.sees("listening")  # by itself
            since = visitor.now
            cable.refusing = True
            cable.pull()
            await visitor.sees("connecting", "offline", since=since)
            assert [e["note"] for e in visitor.since(since, "note")] == ["reconnecting"]
            cable.refusing = False
            await visitor.do(Tap("touch"), Wait("listening"))  # "try again"


@pytest.mark.slow
async def test_out_of_order_and_back(stage: Stage, tmp_path: Path) -> None:
    """The agent refuses the Client ID: no visitor can mend that. It is tried again once a minute."""
    async with agent_peer() as (peer, endpoint), stage.kiosk(tmp_path, endpoint) as visitor:
        peer.refuses = 4001
        await visitor.do(Touch("touch"), Wait("out_of_order"), Look("out of order"))
        assert set(await visitor.hand.shown()) <= {"glass"}
        peer.refuses = None
        found = await visitor.program.wait_for(lambda e: e.get("phase") == "attract", since=visitor.now, within_s=75)
        assert found is not None


@pytest.mark.slow  # tests/app/test_staff_by_finger.py is the quick one
async def test_staff_open_the_panel_with_corner_and_pin(stage: Stage, tmp_path: Path) -> None:
    async with agent_peer() as (_, endpoint), stage.kiosk(tmp_path, endpoint) as visitor:
        await visitor.do(Touch("touch"), Wait("listening"))
        for _ in range(CORNER_TAPS):
            await visitor.do(Tap(x=0.02, y=0.01, seconds=0.05))
        await visitor.hand.find("pin-enter")
        await visitor.looks("staff PIN")
        await visitor.tap(*(f"pin-{digit}" for digit in STAFF_PIN), "pin-enter")
        await visitor.sees("staff")
        await visitor.hand.find("staff-back")
        await visitor.looks("staff panel")
        since = visitor.now
        await visitor.tap("staff-back")
        await visitor.sees("attract", since=since)
        assert STAFF_PIN not in visitor.log
