"""The wipe, proved: a word that a visitor typed and the agent repeated is found nowhere when the visit is over."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from stage import Stage, Visitor, words_in

from kiosk.app.run import COLLECT_AFTER_S
from kiosk.rehearsal.steps import Tap, Touch, Type, Wait
from kiosk.wire.canonical import ResponseDone, ResponseStarted, Text, Transcript
from tests.bench.agent_peer import AgentPeer, agent_peer

pytestmark = pytest.mark.rig

WORD = "plumbago"
SEARCHED = Path(__file__).with_name("searched.py")


class House:
    """Every folder that the kiosk could leave something in, and nothing else's."""

    def __init__(self, root: Path) -> None:
        self.root = root
        names = {"HOME": "home", "TMPDIR": "tmp"}
        names |= {f"XDG_{kind.upper()}_HOME": kind for kind in ("config", "cache", "state", "data")}
        self.env = {name: str(root / folder) for name, folder in names.items()}
        self.env |= {"KIOSK_JOURNAL__LEVEL": "debug", "KIOSK_JOURNAL__FOLDER": str(root / "log")}
        for folder in (*names.values(), "log"):
            (root / folder).mkdir(parents=True)

    def leaks(self, log: Path) -> list[str]:
        files = [path for path in self.root.rglob("*") if path.is_file()]
        return [str(path) for path in (*files, log) if words_in(path, WORD)]

    def logged(self) -> int:
        return sum(path.stat().st_size for path in (self.root / "log").iterdir())


async def searches(visitor: Visitor, order: Path, plant: str = "") -> list[str]:
    order.write_text(json.dumps({"word": WORD, "plant": plant}))
    since = visitor.now
    os.kill(visitor.program.pid, signal.SIGUSR1)
    await visitor.program.order("where")  # an idle kiosk sleeps, and Python looks at signals when it wakes
    found: list[str] = (await visitor.hears("searched", since=since, within_s=60))["found"]
    order.unlink()
    return found


async def echoes(peer: AgentPeer) -> None:
    """Repeats what it is told: in a spoken answer, in one that never sounds, and in a line that is never finished."""
    told = (await peer.wait_for(Text, 0, 20.0)).item
    assert isinstance(told, Text)
    assert told.text.casefold() == f"{WORD} vixen"
    await peer.say(Transcript("user", told.text, item_id="u1", final=True))
    first = await peer.burst(b"\0\0" * 16000)
    await peer.say(Transcript("agent", f"You said {told.text}.", item_id="a1", response_id=first, final=True))
    await asyncio.sleep(1.5)
    await peer.say(ResponseStarted("silent"), ResponseDone("silent"))
    await peer.say(Transcript("agent", f"Did you say {told.text}", item_id="a2", response_id="silent"))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house")


@pytest.mark.slow
async def test_a_word_of_the_visit_is_found_nowhere_after_it(stage: Stage, house: House, tmp_path: Path) -> None:
    order = tmp_path / "order.json"
    program = [sys.executable, str(SEARCHED), str(order), "run", "--stdio"]
    still = {"KIOSK_SCREEN__REDUCED_MOTION": "true"}  # the first screen is the same picture, always
    async with (
        agent_peer() as (peer, endpoint),
        stage.kiosk(tmp_path, endpoint, program, **house.env, **still) as visitor,
    ):
        before = stage.display.pixels()
        await visitor.do(Touch("touch"), Wait("listening"), Type(f"{WORD} vixen"))
        await echoes(peer)
        await visitor.looks("the word on the glass")
        assert await searches(visitor, order), "while the visit lasts the word is there, or the search is blind"
        await visitor.do(Tap("finish"), Wait("farewell"), Tap("face1"))
        since = visitor.now
        await visitor.tap("again")
        await visitor.sees("attract", since=since)
        await asyncio.sleep(COLLECT_AFTER_S[-1] + 0.5)  # goodbyes on the wire are over, and collected

        assert await searches(visitor, order) == []
        assert house.leaks(visitor.program.log_file) == []
        assert house.logged() > 1000, "an empty log proves nothing"
        assert (stage.display.pixels() == before).all(), "the first screen does not look as it did before the visit"

        for kind in ("object", "window", "clipboard"):
            found = await searches(visitor, order, kind)
            assert any(where.startswith(kind) for where in found), f"a planted {kind} was not found: {found}"
        for kind in ("file", "log"):
            await searches(visitor, order, kind)
        leaks = house.leaks(visitor.program.log_file)
        assert any("leak.txt" in name for name in leaks)
        assert any("/log/" in name for name in leaks)
