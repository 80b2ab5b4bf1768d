"""A person at a desk and a visitor at a kiosk: the console in a real browser, the visitor over the voice socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from kiosk.wire.canonical import End, Handover, Playback, Ready, ResponseDone, Text, Thinking, Transcript
from tests.service.console.console_stage import PASSWORD, Stage, stage
from tests.service.live_stage import Sings
from tests.service.store_stage import Client, client

LENGTH = "it => it.duration || new Promise(done => it.onloadedmetadata = () => done(it.duration))"

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One that keeps nothing."""
    with stage(tmp_path_factory.mktemp("desk"), keep_days=0, voice=Sings()) as one:
        yield one


async def enter(page: Page, house: Stage, room: str) -> None:
    await page.goto(f"{house.url}{room}")
    await page.get_by_label("Name").fill("eve")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()


async def words(visitor: Client) -> Transcript:
    while True:
        line: Transcript = await visitor.hears(Transcript)
        if line.role == "agent" and line.final:
            await visitor.hears(ResponseDone)
            await visitor.say(Playback(line.response_id or "", "finished", 500))
            return line


async def test_a_person_takes_a_conversation_answers_and_hands_it_back(page: Page, house: Stage) -> None:
    await enter(page, house, "/live")
    await expect(page.get_by_text("Nobody talks with the agent")).to_be_visible()
    async with client(house, "s-1", device="lobby") as visitor:
        await words(visitor)
        await page.get_by_role("row").filter(has_text="lobby").get_by_role("link").click()
        await expect(page.get_by_role("heading", name="lobby")).to_be_visible()
        await expect(page.get_by_text("The agent answers.")).to_be_visible()
        await visitor.say(Text("my wheelchair is stuck <b>here</b>"))
        await words(visitor)
        await expect(page.locator(".said-by.visitor").last).to_contain_text("stuck <b>here</b>")  # as text, live

        await page.get_by_label("Your name").fill("Eve Larsen")
        await page.get_by_role("button", name="Take over").click()
        assert await visitor.hears(Handover) == Handover("person", "Eve Larsen")
        assert "Eve Larsen will answer you now" in (await words(visitor)).text
        await expect(page.get_by_text("Eve Larsen answers.")).to_be_visible()
        await expect(page.get_by_role("button", name="Take over")).to_be_hidden()
        await visitor.say(Text("at the ramp"))
        await expect(page.locator(".said-by.visitor").last).to_contain_text("at the ramp")

        box = page.get_by_label("To the visitor")
        await box.press_sequentially("I am coming")
        await visitor.hears(Thinking)  # the visitor sees that somebody writes
        await box.press("Enter")
        line = await words(visitor)
        assert (line.text, line.speaker) == ("I am coming", "Eve Larsen")
        await expect(page.locator(".said-by.person")).to_contain_text("I am coming")
        await expect(box).to_have_value("")

        await page.get_by_role("button", name="Hand back").click()
        assert not (await visitor.hears(Handover)).active
        await words(visitor)
        await expect(page.get_by_text("The agent answers.")).to_be_visible()
        await expect(box).to_be_hidden()
        await visitor.say(Text("thank you"))
        assert (await words(visitor)).text == "You asked thank you."
        await visitor.say(End("user"))
        await expect(page.get_by_text("It is over.")).to_be_visible()


async def test_what_another_person_has_cannot_be_taken(page: Page, house: Stage) -> None:
    await enter(page, house, "/live")
    async with client(house, "s-2", device="stairs") as visitor:
        await words(visitor)
        await page.get_by_role("row").filter(has_text="stairs").get_by_role("link").click()
        name = page.get_by_label("Your name")
        await name.fill("{Eve}")
        await page.get_by_role("button", name="Take over").click()
        await expect(page.locator("[data-trouble]")).to_contain_text("pattern")
        (held,) = house.live.all()
        await name.fill("Eve")
        held.takeover.holder, held.takeover.name = "ada", "Ada"  # in the moment before the page knows
        await page.get_by_role("button", name="Take over").click()
        await expect(page.locator("[data-trouble]")).to_contain_text("Ada has this conversation")


async def test_the_voice_is_chosen_listened_to_and_heard_by_the_next_visitor(page: Page, house: Stage) -> None:
    await enter(page, house, "/voice")
    await expect(page.get_by_label("Voice and accent")).to_have_value("singer/alto")
    async with client(house, "s-3") as before:
        await page.get_by_label("Voice and accent").select_option("singer/bass")
        await page.get_by_role("radio", name="Warm").check()
        await page.get_by_role("button", name="Listen").click()
        player = page.locator("audio")
        await expect(player).to_be_visible()
        assert await player.evaluate(LENGTH) > 0.4
        assert house.agent.manners.current().voice == "alto"  # listened to, not chosen
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("status").first).to_contain_text("Saved. The next conversation has it")
        async with client(house, "s-4") as after:
            ready: tuple[Ready, Ready] = before.events[0], after.events[0]
            assert [one.voice for one in ready] == ["alto", "bass"]
            assert (await words(after)).text.startswith("How nice that you are here!")
            assert not (await words(before)).text.startswith("How nice")
    await expect(page.get_by_role("row").filter(has_text="in force")).to_contain_text("bass (singer)")
