"""A day of the house: a wrong answer is corrected, the voice changed, a person takes over, the Client ID is rotated,
and it is nowhere on the kiosk.

Everything is real: the kiosk with its window and its sound, enrolled with a gateway; the gateway; the service with its
models and its console; a browser.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from product import kiosk
from stage import Stage, Visitor

from kiosk.rehearsal.children import tethered
from kiosk.rehearsal.steps import Say
from tests.gateway.gateway_stage import Gateway, gateway
from tests.gateway.memory_search import in_memory

pytestmark = [pytest.mark.rig, pytest.mark.models, pytest.mark.slow]

OLD, NEW = "planted-client-id-of-monday", "planted-client-id-of-tuesday"
SETUP_KEY = "the-first-one-in"
QUESTION = "How much is a ticket for a child?"
WRONG, BETTER = "sixty crowns", "Children come in free today"
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True)
class House:
    """The running service. `client_ids`: the file of those that may connect."""

    endpoint: str
    console: str
    client_ids: Path


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    client_ids = folder / "client_id"
    client_ids.write_text(OLD)
    env = {
        **os.environ,
        "CREDENTIALS_DIRECTORY": str(folder),
        "EXEI_VOICE_SETUP_KEY": SETUP_KEY,
        "KIOSK_SERVICE__TTS": "kokoro",
        "KIOSK_SERVICE__KEEP_DAYS": "30",
        "KIOSK_SERVICE__CONVERSATIONS_DB": str(folder / "kept" / "conversations.sqlite3"),
        "KIOSK_SERVICE__HOUSE_DB": str(folder / "own" / "house.sqlite3"),
        "KIOSK_CONSOLE__PORT": "0",
    }
    with (folder / "service.log").open("w") as errors:
        command = tethered([sys.executable, "-m", "kiosk", "service", "--port", "0"])
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "service.log").read_text()
            ready = json.loads(line)
            yield House(f"ws://127.0.0.1:{ready['port']}{ready['path']}", ready["console"], client_ids)
        finally:
            process.terminate()
            process.wait(15)
            if process.stdout is not None:
                process.stdout.close()
    log = (folder / "service.log").read_text()
    assert OLD not in log
    assert NEW not in log


@asynccontextmanager
async def desk(house: House) -> AsyncIterator[Page]:
    """A browser in which the first admin has come in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.goto(f"{house.console}/setup?key={SETUP_KEY}")
        await page.get_by_label("Name").fill("ada")
        await page.get_by_label("Password").fill("four unrelated words")
        await page.get_by_role("button", name="Come in").click()
        await expect(page.get_by_text("Log out")).to_be_visible()
        yield page
        await browser.close()


async def enrolled(gate: Gateway, folder: Path) -> Path:
    """A kiosk's file after `kiosk secrets enrol` with a code that `kiosk gateway devices add` gave."""
    env = {**os.environ, "KIOSK_GATEWAY__REGISTRY": str(gate.folder / "registry" / "registry.sqlite3")}
    added = await asyncio.to_thread(kiosk, "gateway", "devices", "add", "lobby-1", env=env)
    code = re.search(r"Code for lobby-1: (\S+)", added.stdout + added.stderr)
    assert code, added
    file = folder / "enrolled.toml"
    words = [sys.executable, "-m", "kiosk", "secrets", "enrol", "--gateway", gate.url, "--credentials", str(file)]
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    done = await asyncio.to_thread(
        subprocess.run, words, input=f"{code[1]}\n", env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done
    return file


async def asks(visitor: Visitor) -> str:
    """What the agent answers aloud, heard to its end."""
    since = visitor.now
    await visitor.do(Say(QUESTION))
    return await visitor.answered(since=since)


async def test_a_day_of_the_house(stage: Stage, house: House, tmp_path: Path) -> None:
    async with (
        gateway(tmp_path, house.endpoint, client_id=OLD) as gate,
        desk(house) as page,
    ):
        file = await enrolled(gate, tmp_path)
        async with stage.kiosk(tmp_path, "", enrolled=file, longest_s=300, KIOSK_VISIT__FAREWELL_S="3") as visitor:
            # A wrong answer, and somebody who corrects it.
            await visitor.begin()
            assert WRONG in await asks(visitor)
            await page.goto(f"{house.console}/conversations")
            await page.get_by_role("link", name=re.compile("ticket for a child", re.IGNORECASE)).first.click()
            await page.get_by_role("link", name="Better answer").last.click()
            await page.get_by_label("Better answer").fill(f"{BETTER}.")
            await page.get_by_role("button", name="Save").click()
            if await page.get_by_role("button", name="Save all the same").count():
                await page.get_by_role("button", name="Save all the same").click()
            await expect(page.get_by_role("status")).to_contain_text("In force")

            # The voice is changed, while the first visitor is still there.
            await page.goto(f"{house.console}/voice")
            await page.locator("select[name=voice]").select_option("kokoro/bf_emma")
            await page.get_by_role("button", name="Save").click()
            await expect(page.get_by_role("row").filter(has_text="bf_emma")).to_contain_text("in force")
            await leaves(visitor)

            # The next visitor hears the right answer, in the new voice.
            await visitor.begin()
            assert BETTER.lower() in await asks(visitor)
            await page.goto(f"{house.console}/live")
            await page.get_by_role("row").filter(has_text="lobby-1").get_by_role("link").click()
            await expect(page.get_by_text("voice bf_emma")).to_be_visible()

            # A person takes over, answers and hands back.
            await page.get_by_label("Your name").fill("Ingrid")
            since = visitor.now
            await page.get_by_role("button", name="Take over").click()
            await visitor.sees("handover", since=since)
            since = visitor.now
            await page.get_by_label("To the visitor").fill("I will bring you the tickets.")
            await page.get_by_label("To the visitor").press("Enter")
            await visitor.hears("transcript", since=since, role="agent", text="I will bring you the tickets.")
            since = visitor.now
            await page.get_by_role("button", name="Hand back").click()
            await visitor.sees("speaking", "listening", since=since)

            # The Client ID is rotated in the middle of the visit; the old one is let in no more.
            house.client_ids.write_text(f"{OLD}\n{NEW}\n")
            done = await rotate(gate, house.endpoint, NEW)
            assert done.returncode == 0, done
            house.client_ids.write_text(f"{NEW}\n")
            assert BETTER.lower() in await asks(visitor), "the visit goes on"
            await leaves(visitor)
            await visitor.begin()
            assert BETTER.lower() in await asks(visitor), "and the next one begins under the new one"

            assert in_memory(visitor.program.pid, [OLD, NEW, house.endpoint]) == set()
            assert gate.url in in_memory(visitor.program.pid, [gate.url]), "the search looks everywhere"
            await leaves(visitor)
        kept = [path for path in (file, *(tmp_path / "screens").rglob("*"), tmp_path / "kiosk.log") if path.is_file()]
        assert [path for path in kept if OLD.encode() in path.read_bytes() or NEW.encode() in path.read_bytes()] == []


async def leaves(visitor: Visitor) -> None:
    since = visitor.now
    await visitor.tap("finish")
    await visitor.sees("attract", since=since)


async def rotate(gate: Gateway, endpoint: str, client_id: str) -> subprocess.CompletedProcess[str]:
    """As whoever keeps the gateway does it."""
    file = gate.folder / "gateway-credentials.toml"
    words = [sys.executable, "-m", "kiosk", "gateway", "rotate", "--credentials", str(file)]
    return await asyncio.to_thread(
        subprocess.run,
        words,
        input=f"{endpoint}\n{client_id}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
