"""Somebody of the house finds a wrong answer, writes the better one beside it, and the next question gets it.

A real browser, the real service as a process, a real voice socket with a conversation that goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from kiosk.wire.canonical import ResponseDone, Text, Transcript
from tests.service.retrain.retrain_stage import DUNNO, KNOWLEDGE, LIFT, PRICE
from tests.service.retrain.teaching_service import Teaching, teaching
from tests.service.store_stage import Client, client

pytestmark = pytest.mark.models

CHROMIUM = Path("/usr/bin/chromium")
QUESTION = "what does a ticket cost for a nine year old"
BETTER = "Children of nine come in free."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teaching]:
    with teaching(tmp_path_factory.mktemp("teaching")) as one:
        yield one


@pytest.fixture
async def page(service: Teaching) -> AsyncIterator[Page]:
    """Of a browser in which the first admin has come in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.goto(service.setup)
        if "/setup" in page.url and await page.get_by_label("Password").count():
            await page.get_by_label("Name").fill("ada")
            await page.get_by_label("Password").fill("four unrelated words")
            await page.get_by_role("button", name="Come in").click()
        else:
            await page.goto(f"{service.url}/login")
            await page.get_by_label("Name").fill("ada")
            await page.get_by_label("Password").fill("four unrelated words")
            await page.get_by_role("button").click()
        await expect(page.get_by_text("Log out")).to_be_visible()
        yield page
        await browser.close()


async def told(visitor: Client, question: str) -> str:
    """What the agent says to a typed question, when it begins to say it."""
    await visitor.say(Text(question))
    while (line := await visitor.hears(Transcript)).role != "agent":
        pass
    await visitor.hears(ResponseDone)
    return str(line.text)


async def test_a_wrong_answer_is_corrected_and_the_conversation_that_runs_gets_it(
    service: Teaching, page: Page
) -> None:
    async with client(service, "walk") as visitor:  # type: ignore[arg-type]
        assert await told(visitor, QUESTION) == PRICE

        await page.goto(f"{service.url}/conversations")
        await page.get_by_role("link", name=QUESTION).click()
        answer = page.locator("#answer-1")
        await answer.get_by_label("Comment").fill("<b>not</b> for children")
        await answer.get_by_role("button", name="Wrong").click()
        await expect(answer.locator(".opinion")).to_have_text("wrong, says ada: <b>not</b> for children")

        await answer.get_by_role("link", name="Better answer").click()
        await expect(page.locator(".told")).to_have_text(PRICE)
        await page.get_by_label("Better answer").fill("See <b>the</b> sign")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("alert")).to_contain_text('The answer has a "<", which cannot be spoken')
        await page.get_by_label("Better answer").fill(BETTER)
        await page.get_by_label("Other ways to ask it").fill("what does a nine year old pay\nis my son of nine free")
        await page.get_by_role("button", name="Try it").click()
        preview = page.get_by_label("What this would do")
        await expect(preview.get_by_role("row", name=QUESTION).first).to_contain_text(BETTER)
        assert await told(visitor, QUESTION) == PRICE, "nothing is saved yet"

        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status")).to_contain_text("In force as version 1.")
        assert await told(visitor, QUESTION) == BETTER, "the next question; tests/bench/retrain.py measures how soon"
        assert await told(visitor, "what does a ticket cost") == PRICE

        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("status")).to_contain_text("Version 2 is in force.")
        assert await told(visitor, QUESTION) == PRICE
        await page.get_by_role("button", name="Take it again").click()
        await expect(page.get_by_role("status")).to_contain_text("Version 3 is in force.")
        assert await told(visitor, QUESTION) == BETTER
    async with client(service, "the next one") as visitor:  # type: ignore[arg-type]
        assert await told(visitor, "what does a nine year old pay") == BETTER


async def test_an_unanswered_question_gets_its_answer_and_is_gone(service: Teaching, page: Page) -> None:
    async with client(service, "asks in vain") as visitor:  # type: ignore[arg-type]
        assert await told(visitor, "who painted the ceiling of the chapel") == DUNNO
        assert await told(visitor, "who painted the ceiling in the chapel") == DUNNO
    await page.get_by_role("link", name="Unanswered").click()
    row = page.get_by_role("row", name="who painted the ceiling")
    await expect(row).to_contain_text("2")
    await row.get_by_role("link", name="Answer it").click()
    await page.get_by_label("Better answer").fill("A sailor did, in one winter.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("In force")
    await page.get_by_role("link", name="Unanswered").click()
    await expect(page.locator("main")).not_to_contain_text("who painted")


async def test_the_knowledge_is_edited_tried_taken_live_and_undone(service: Teaching, page: Page) -> None:
    await page.get_by_role("link", name="Knowledge").click()
    await expect(page.locator(".notice")).to_contain_text("The site's own file is in force.")
    await page.get_by_role("link", name="lift").click()
    text = page.get_by_label("The entry")
    was = await text.input_value()
    assert was.strip() == f"## lift\n- Where is the lift?\n- How do I get upstairs?\n{LIFT}"
    await text.fill(was + "\n- One question too late?")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text(
        "A question stands after the answer (the knowledge, line 7)"
    )
    await text.fill(was.replace(LIFT, "The lift is new. It is behind the door."))
    await page.get_by_label("Questions to try").fill("where is the elevator\nwhat does a ticket cost")
    await page.get_by_role("button", name="Try it").click()
    tried = page.get_by_label("What this would do").get_by_role("row", name="where is the elevator")
    await expect(tried.first).to_contain_text(LIFT)
    await expect(tried.first).to_contain_text("The lift is new.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_contain_text("In force as version 1.")
    await expect(page.locator(".notice")).to_contain_text("Version 1 of the house is in force.")
    async with client(service, "upstairs") as visitor:  # type: ignore[arg-type]
        assert (await told(visitor, "where is the lift")).startswith("The lift is new.")
        assert (service.folder / "knowledge.md").read_text() == KNOWLEDGE
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("status")).to_contain_text("Undone")
        assert await told(visitor, "where is the lift") == LIFT
