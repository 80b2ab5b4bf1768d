"""Insights in the console and in its API."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from kiosk.service.house.accounts import Role
from tests.service.console.console_stage import Stage, stage
from tests.service.console.made_up import fill


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("house")) as one:
        fill(one.conversations, 60)
        yield one


def test_a_page_shows_what_the_api_tells(house: Stage) -> None:
    told = house.program(Role.VIEWER).get("/api/v1/insights").json
    page = house.visitor("vic").get("/insights").text
    assert told["visits"] == 60
    assert f"{100 * told['contained'] / told['talked']:.0f} %" in page
    assert f"{told['wait_ms']['median'] / 1000:.2f} s" in page
    assert page.count('class="column"') == 24 + len(told["tables"]["days"]["rows"])
    for text, times, _ in told["tables"]["questions"]["rows"]:
        assert f'>{text}</a></td><td class="number">{times}</td>' in page


def test_each_table_is_there_as_csv(house: Stage) -> None:
    told = house.program(Role.VIEWER).get("/api/v1/insights").json
    vic = house.visitor("vic")
    for name, table in told["tables"].items():
        read = list(csv.reader(io.StringIO(vic.get(f"/insights/{name}.csv").text)))
        assert read[0] == table["columns"]
        assert len(read) == 1 + len(table["rows"])
    assert vic.get("/insights/passwords.csv").status == 404


def test_a_house_that_keeps_nothing_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with stage(tmp_path_factory.mktemp("empty"), keep_days=0) as console:
        vic = console.visitor("vic")
        for page in ("/insights", "/conversations"):
            assert "<code>service.keep_days</code> is 0" in vic.get(page).text
