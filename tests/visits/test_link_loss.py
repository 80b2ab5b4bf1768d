"""The cable is pulled in the middle of a visit: it is explained, and the visit goes on in the same conversation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from product import CLIENT_ID, RunningService
from proxy import Cable

from kiosk.rehearsal.programs import Event, Program
from tests.bench.agent_peer import agent_peer

pytestmark = [pytest.mark.rig, pytest.mark.models]


def credentials(folder: Path, port: int, client_id: str = CLIENT_ID) -> Path:
    file = folder / "credentials.toml"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(f'endpoint = "ws://127.0.0.1:{port}/v1/voice"\nclient_id = "{client_id}"\n')
    return file


def engine(folder: Path, site: dict[str, str], port: int, **settings: str) -> Program:
    command = [sys.executable, "-m", "kiosk", "run", "--headless", "--stdio"]
    command += ["--credentials", str(credentials(folder, port))]
    return Program("kiosk", command, {**site, **settings}, folder)


async def phase(kiosk: Program, name: str, since: int = 0) -> Event:
    found = await kiosk.wait_for(lambda e: e.get("phase") == name, since=since, within_s=25)
    assert found is not None, f"never {name}; it was {[e.get('phase') for e in kiosk.events if 'phase' in e]}"
    return found


async def answer(kiosk: Program, question: str) -> str:
    """Types a question and waits until its answer was heard."""
    since = len(kiosk.events)
    await kiosk.order("text", text=question)
    ended = await kiosk.wait_for(
        lambda e: e["event"] == "playback_ended" and e["fate"] == "finished", since=since, within_s=25
    )
    assert ended is not None
    said = [e for e in kiosk.events[since:] if e["event"] == "transcript" and e["role"] == "agent"]
    return str(said[-1]["text"]).lower()


async def test_a_pulled_cable_is_put_back(site: dict[str, str], service: RunningService, tmp_path: Path) -> None:
    async with Cable(service.port) as cable, engine(tmp_path, site, cable.port) as kiosk:
        await phase(kiosk, "attract")
        await kiosk.order("touch")
        await phase(kiosk, "speaking")
        since = len(kiosk.events)
        cable.pull()
        await phase(kiosk, "connecting", since)
        await phase(kiosk, "listening", since)
        assert any(e["event"] == "note" and e["note"] == "reconnecting" for e in kiosk.events[since:])
        assert "ten" in await answer(kiosk, "When do you open?")
        sessions = [e["id"] for e in kiosk.events if e["event"] == "session"]
        assert len(set(sessions)) == 1, "the resume token brings the same conversation back"
        assert cable.connections == 2


@pytest.mark.slow
async def test_an_agent_that_forgot_gets_a_new_conversation(
    site: dict[str, str], service: RunningService, tmp_path: Path
) -> None:
    """The cable comes back on another service: it knows no resume token, the visit goes on with a new session ID."""
    async with agent_peer() as (other, endpoint), Cable(int(endpoint.split(":")[2].split("/")[0])) as cable:
        other.resume_token = "a token of the first agent"
        async with engine(tmp_path, site, cable.port) as kiosk:
            await phase(kiosk, "attract")
            await kiosk.order("touch")
            await phase(kiosk, "listening")
            first = [e["id"] for e in kiosk.events if e["event"] == "session"][-1]
            since = len(kiosk.events)
            cable.port_behind = service.port
            cable.pull()
            await phase(kiosk, "connecting", since)
            await phase(kiosk, "speaking", since)
            assert "ten" in await answer(kiosk, "When do you open?")
            assert [e["id"] for e in kiosk.events if e["event"] == "session"][-1] != first


async def test_nobody_answers_and_the_visitor_is_told(site: dict[str, str], tmp_path: Path) -> None:
    async with Cable(9) as cable:
        cable.refusing = True
        async with engine(tmp_path, site, cable.port, KIOSK_VISIT__CONNECT_LIMIT_S="3") as kiosk:
            await phase(kiosk, "attract")
            await kiosk.order("touch")
            await phase(kiosk, "offline")
            since = len(kiosk.events)
            await kiosk.order("leave")
            await phase(kiosk, "attract", since)


async def test_nothing_secret_and_no_words_in_the_log(
    site: dict[str, str], service: RunningService, tmp_path: Path
) -> None:
    planted = "my planted phrase about the lighthouse"
    async with engine(tmp_path, site, service.port, KIOSK_JOURNAL__LEVEL="debug") as kiosk:
        await phase(kiosk, "attract")
        await kiosk.order("touch")
        await phase(kiosk, "speaking")
        await answer(kiosk, planted)
        await kiosk.order("quit")
        await kiosk.ended(within_s=10)
    for log in (tmp_path / "kiosk.log", service.log):
        text = log.read_text(errors="replace")
        assert text, "an empty log proves nothing"
        assert CLIENT_ID not in text
        assert "planted phrase" not in text
    assert f"127.0.0.1:{service.port}/" not in (tmp_path / "kiosk.log").read_text()
