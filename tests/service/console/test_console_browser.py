"""The console as a person has it: in a real browser, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.service.console.console_stage import PASSWORD, Stage, stage
from tests.service.console.made_up import TRICK, fill

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("house")) as one:
        fill(one.conversations, 120)
        yield one


async def enter(page: Page, house: Stage, name: str, password: str = PASSWORD) -> None:
    await page.goto(f"{house.url}/conversations")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()


async def test_a_wrong_password_says_so_and_a_right_one_leads_where_one_wanted_to_go(page: Page, house: Stage) -> None:
    await enter(page, house, "vic", "not this one")
    await expect(page.get_by_role("alert")).to_contain_text("Name and password do not fit.")
    await expect(page.get_by_label("Name")).to_have_value("vic")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    await page.get_by_role("button", name="Log out").click()
    await expect(page).to_have_url(f"{house.url}/login")


async def test_whoever_has_the_link_is_in_within_seconds(page: Page, tmp_path: Path) -> None:
    with stage(tmp_path, users=False) as fresh:
        await page.goto(f"{fresh.url}/setup?key={fresh.setup_key}")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Come in").click()
        await expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
        await expect(page.locator(".me b")).to_have_text("admin")


async def test_a_conversation_is_found_and_read(page: Page, house: Stage) -> None:
    await enter(page, house, "vic")
    await expect(page.locator(".visits tbody tr")).to_have_count(50)
    await page.get_by_label("Words, or a session ID").fill("lighthouse wrecks")
    await page.get_by_role("checkbox", name="cut in").check()
    await page.get_by_role("button", name="Search").click()
    rows = page.locator(".visits tbody tr")
    await expect(rows.first).to_contain_text("cut in")
    await rows.first.get_by_role("link").click()
    await expect(page.locator(".timeline svg")).to_be_visible()
    cut = page.locator(".cut-here").first
    await expect(cut).to_be_visible()
    bars = page.locator(".timeline .bar-voice")
    assert await bars.count() >= 1
    box = await bars.first.bounding_box()
    assert box is not None
    assert box["width"] > 2
    assert await page.get_by_text("Delete this session").count() == 0


async def test_script_in_a_comment_is_shown_as_text(page: Page, house: Stage) -> None:
    await enter(page, house, "vic")
    await page.get_by_role("checkbox", name="rated", exact=True).check()
    await page.get_by_role("button", name="Search").click()
    links = await page.locator(".visits .first a").evaluate_all("all => all.map(one => one.href)")
    for link in links:
        await page.goto(link)
        if await page.get_by_text(TRICK).count():
            break
    await expect(page.get_by_text(TRICK)).to_be_visible()
    assert "owned" not in await page.title()


async def test_an_admin_deletes_after_a_question(page: Page, house: Stage) -> None:
    await enter(page, house, "ada")
    await page.locator(".visits .first a").first.click()
    address = page.url
    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.get_by_role("button", name="Delete this session").click()
    await expect(page).to_have_url(address)
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Delete this session").click()
    await expect(page.get_by_role("status")).to_have_text("Deleted.")
    answer = await page.goto(address)
    assert answer is not None
    assert answer.status == 404
    await page.get_by_role("link", name="Audit log").click()
    await expect(page.locator("tbody tr").first).to_contain_text("deleted a session")


async def test_a_form_that_another_site_made_changes_nothing(page: Page, house: Stage) -> None:
    await enter(page, house, "ada")
    await page.locator(".visits .first a").first.click()
    await page.evaluate("document.querySelectorAll('[name=proof]').forEach(field => field.value = '0')")
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Delete this session").click()
    await expect(page.get_by_role("heading")).to_contain_text("This form did not come from the console")


@pytest.mark.parametrize("width", [390, 1024, 1280])
async def test_every_room_fits_and_is_named(page: Page, house: Stage, width: int) -> None:
    """No room scrolls sideways, each has one heading, and everything that can be pressed has a name."""
    await page.set_viewport_size({"width": width, "height": 844})
    await enter(page, house, "ada")
    await expect(page.locator("nav a").first).to_be_visible()
    rooms = await page.locator("nav[aria-label=Rooms] a").evaluate_all("all => all.map(one => one.href)")
    assert len(rooms) >= 3
    for room in rooms:
        await page.goto(room)
        wide, screen = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= screen, room
        assert await page.locator("h1").count() == 1, room
        nameless = await page.evaluate(
            """[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')].filter(one =>
                !(one.innerText || one.ariaLabel || one.labels?.length || one.closest('svg')?.getAttribute('role'))
            ).map(one => one.outerHTML)"""
        )
        assert nameless == [], room


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_every_text_stands_out_from_its_ground(page: Page, house: Stage, scheme: str) -> None:
    """WCAG AA, computed from what the browser really draws: 4.5:1, and 3:1 for large text."""
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await enter(page, house, "ada")
    await expect(page.locator("nav a").first).to_be_visible()
    rooms = await page.locator("nav[aria-label=Rooms] a").evaluate_all("all => all.map(one => one.href)")
    rooms.append(await page.locator(".visits .first a").first.evaluate("one => one.href"))
    for room in rooms:
        await page.goto(room)
        assert await page.evaluate(FAINT) == [], room


FAINT = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim();
    const one = walk.currentNode.parentElement;
    if (!text || !one.checkVisibility() || ['OPTION', 'SCRIPT', 'TITLE', 'title'].includes(one.tagName)) continue;
    const style = getComputedStyle(one);
    const ink = parse(one.ownerSVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) faint.push(`${text.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return [...new Set(faint)];
}"""
