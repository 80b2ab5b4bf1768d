"""Draws the README's pictures of the console. `python -m tests.service.console.pictures`"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from kiosk.service.store.search import Mark, Wanted, found
from kiosk.settings.places import assets
from tests.service.console.conftest import CHROMIUM, FLAGS
from tests.service.console.console_stage import PASSWORD, stage
from tests.service.console.made_up import fill

SIZE = {"width": 1200, "height": 800}


def main() -> None:
    folder = assets() / "pictures"
    with tempfile.TemporaryDirectory() as home, stage(Path(home)) as house, sync_playwright() as playwright:
        fill(house.conversations, 900)
        with house.conversations.session() as session:
            _, entries = found(session, Wanted(marks=frozenset({Mark.CUT, Mark.UNKNOWN, Mark.RATED})), 1, 50)
            shown = next(entry.conversation.id for entry in entries if 3 <= entry.turns <= 4)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, path, scheme in (
            ("console.png", f"/conversations/{shown}", "dark"),
            ("insights.png", "/insights", "light"),
        ):
            page = browser.new_context(viewport=SIZE, color_scheme=scheme).new_page()  # type: ignore[arg-type]
            page.goto(f"{house.url}/login")
            page.get_by_label("Name").fill("ada")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            page.wait_for_url("**/conversations")
            page.goto(house.url + path)
            page.screenshot(path=folder / name)
            print(f"{name}: {(folder / name).stat().st_size // 1024} KB")
        browser.close()


if __name__ == "__main__":
    main()
