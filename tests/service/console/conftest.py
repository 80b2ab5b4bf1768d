"""One console for a module's tests, and one browser for all."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.service.console.console_stage import Stage, stage

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """With the users ada (admin), eve (editor) and vic (viewer)."""
    with stage(tmp_path_factory.mktemp("console")) as one:
        yield one


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    with tempfile.TemporaryDirectory(prefix="chromium-") as home:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env={"HOME": home})
            yield browser
            await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A browser of its own cookies, for tests with `pytestmark = pytest.mark.asyncio(loop_scope="session")`.

    At its end: no script failed, no policy was broken, and nothing was asked of any other host.
    """
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(30_000)  # ms; other tests may have the processor
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
    page.on("request", lambda sent: None if "://127.0.0.1:" in sent.url else troubles.append(sent.url))
    yield page
    await context.close()
    assert troubles == []
