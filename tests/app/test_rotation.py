"""A Client ID that is rotated while the kiosk runs: the real engine, link and sockets; the agent looks at it."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from running_kiosk import running, until

from kiosk.app.assembly import link_maker, policy_of
from kiosk.app.kiosk import Kiosk, no_probe
from kiosk.core.session import Phase
from kiosk.settings.schema import Settings
from kiosk.wire.canonical import Ready, Start, Text, Transcript
from kiosk.wire.dialect import load_dialect
from kiosk.wire.renewal import credentials_in
from tests.wire.wire_server import Peer, voice_server

EXEI = load_dialect("exei-voice")
OLD, NEW = "planted-old-4711", "planted-new-4712"


class Agent:
    """Knows some Client IDs, and keeps the ones that came."""

    def __init__(self) -> None:
        self.known = {OLD}
        self.came: list[str] = []
        self.peers: list[Peer] = []

    async def serve(self, peer: Peer) -> None:
        start: Start = await peer.next(Start)
        self.came.append(start.client_id)
        if start.client_id not in self.known:
            await peer.socket.close(4001, f"{start.client_id} is not known")
            return
        self.peers.append(peer)
        await peer.say(Ready(start.session_id, accepts=("text", "interrupt")))

    async def reads(self) -> str:
        """The next that was typed."""
        return str((await self.peers[-1].next(Text)).text)

    async def turn_away(self) -> None:
        """Ends the conversation that runs, as agents do that rotate at once."""
        await self.peers[-1].socket.close(4001, f"{OLD} is not known any more")


def write(file: Path, endpoint: str, client_id: str) -> None:
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT, 0o600), "w") as opened:
        opened.write(f'endpoint = "{endpoint}"\nclient_id = "{client_id}"\n')
    new.replace(file)


@asynccontextmanager
async def kiosk_of(agent: Agent, file: Path, **manners: float) -> AsyncIterator[tuple[Kiosk, str, list[Phase]]]:
    """The kiosk, the agent's endpoint, and every phase that the kiosk has been in."""
    settings = Settings()
    async with voice_server(EXEI, agent.serve) as endpoint:
        write(file, endpoint, OLD)
        source = credentials_in(file, EXEI)
        policy = replace(policy_of(settings, EXEI), **manners)
        async with running(policy, make_link=link_maker(settings, EXEI, source, no_probe)) as kiosk:
            phases: list[Phase] = []
            kiosk.observers.append(lambda old, new: phases.append(new.phase))
            yield kiosk, endpoint, phases


async def begin(kiosk: Kiosk) -> None:
    await until(lambda: kiosk.session.phase is Phase.ATTRACT)
    kiosk.touch()
    await until(lambda: kiosk.session.linked)


async def test_a_visit_under_way_goes_on_and_the_next_has_the_new_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="websockets.server")  # the agent's own, that it says what it reads
    agent, file = Agent(), tmp_path / "credentials.toml"
    async with kiosk_of(agent, file) as (kiosk, endpoint, phases):
        await begin(kiosk)
        agent.known = {NEW}
        write(file, endpoint, NEW)
        kiosk.write("still the same visit")
        assert await agent.reads() == "still the same visit"
        assert agent.came == [OLD]
        kiosk.leave()
        await begin(kiosk)
        assert agent.came == [OLD, NEW]
        assert not {Phase.OFFLINE, Phase.OUT_OF_ORDER} & set(phases)
    assert "new credentials from the credentials file" in caplog.text
    assert "planted" not in caplog.text, "not even before the gate"


async def test_turned_away_in_mid_visit_it_looks_again_and_the_visit_is_not_lost(tmp_path: Path) -> None:
    agent, file = Agent(), tmp_path / "credentials.toml"
    async with kiosk_of(agent, file) as (kiosk, endpoint, phases):
        await begin(kiosk)
        kiosk.write("before")
        await agent.reads()
        await agent.peers[-1].say(Transcript("user", "before", "u1", final=True))
        await until(lambda: bool(kiosk.session.transcript.turns))
        visit, said = kiosk.session.visit, kiosk.session.transcript.turns
        agent.known = {NEW}
        write(file, endpoint, NEW)
        await agent.turn_away()
        await until(lambda: agent.came == [OLD, NEW] and kiosk.session.linked)
        assert kiosk.session.visit == visit
        assert kiosk.session.transcript.turns[: len(said)] == said, "what was said is still on the screen"
        kiosk.write("after")
        assert await agent.reads() == "after"
        assert not {Phase.OFFLINE, Phase.OUT_OF_ORDER, Phase.RESETTING} & set(phases)


async def test_turned_away_without_new_ones_it_is_out_of_order_until_there_are_some(tmp_path: Path) -> None:
    agent, file = Agent(), tmp_path / "credentials.toml"
    async with kiosk_of(agent, file, fatal_retry=0.3) as (kiosk, endpoint, _):
        await begin(kiosk)
        agent.known = {NEW}
        await agent.turn_away()
        await until(lambda: kiosk.session.phase is Phase.OUT_OF_ORDER)
        assert "Client ID was refused" in kiosk.session.fault
        assert "planted" not in kiosk.session.fault
        write(file, endpoint, NEW)
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
        assert agent.came[-1] == NEW
        await begin(kiosk)


@pytest.mark.parametrize(
    "wrong", ["https://planted.example/page", "ws://planted.example/unencrypted", "no address at all"]
)
async def test_new_ones_that_cannot_be_right_leave_the_old_in_force(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    agent, file = Agent(), tmp_path / "credentials.toml"
    async with kiosk_of(agent, file) as (kiosk, _, phases):
        write(file, wrong, NEW)
        for _ in range(2):
            await begin(kiosk)
            kiosk.leave()
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
        assert agent.came == [OLD, OLD]
        assert Phase.OUT_OF_ORDER not in phases
    assert "the last ones stay in force" in caplog.text
    assert "planted" not in caplog.text
