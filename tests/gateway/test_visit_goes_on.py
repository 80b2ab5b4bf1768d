"""A visit on the real engine, through a real gateway, while the agent's Client ID is rotated in the middle of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway_stage import CLIENT_ID, EXEI, house, write_credentials

from kiosk.app.assembly import link_maker, policy_of
from kiosk.app.kiosk import no_probe
from kiosk.core.session import Phase
from kiosk.settings.schema import Settings
from kiosk.wire.canonical import Text, Transcript
from kiosk.wire.renewal import fixed
from tests.app.running_kiosk import running, until

NEXT = "planted-next-4712"


async def test_the_client_id_is_rotated_in_mid_visit_and_the_visit_is_not_lost(tmp_path: Path) -> None:
    """The hardest order: the agent drops the old one first, in mid-conversation, and the gateway gets the new one only
    after the kiosk has tried to come back."""
    async with house(tmp_path) as (agent, gateway):
        file = tmp_path / "gateway-credentials.toml"
        endpoint = file.read_text().split('"')[1]
        source = fixed(await gateway.enrolled())
        settings = Settings()
        make_link = link_maker(settings, EXEI, source, no_probe)
        async with running(policy_of(settings, EXEI), make_link=make_link) as kiosk:
            phases: list[Phase] = []
            kiosk.observers.append(lambda old, new: phases.append(new.phase))
            await until(lambda: kiosk.session.phase is Phase.ATTRACT)
            kiosk.touch()
            await until(lambda: kiosk.session.linked)
            peer = await agent.next()
            await peer.say(Transcript("user", "before", "u1", final=True))
            await until(lambda: bool(kiosk.session.transcript.turns))
            visit, said = kiosk.session.visit, kiosk.session.transcript.turns
            agent.known = {NEXT}
            await peer.socket.close(4001, f"{CLIENT_ID} is not known any more")
            await until(lambda: len(agent.starts) >= 2)  # it came back, and was turned away
            write_credentials(file, endpoint, NEXT)
            async with asyncio.timeout(15):
                peer = await agent.peers.get()
            await until(lambda: kiosk.session.linked)
            assert agent.starts[-1].client_id == NEXT
            assert kiosk.session.visit == visit
            assert kiosk.session.transcript.turns[: len(said)] == said, "what was said is still on the screen"
            kiosk.write("after")
            assert (await peer.next(Text)).text == "after"
            assert not {Phase.OFFLINE, Phase.OUT_OF_ORDER, Phase.RESETTING} & set(phases), phases
