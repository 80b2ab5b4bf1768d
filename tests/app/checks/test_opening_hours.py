"""What the doctor says of the opening hours, by this machine's own clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from kiosk.app.checks import site
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.hours import OpeningHours
from kiosk.settings.schema import Settings


def told(*week: str) -> str:
    return site.hours(Settings(hours=OpeningHours(week=week)))


def test_it_says_whether_it_is_open_until_when_and_by_which_clock() -> None:
    assert "always open" in told()
    zone = f"{datetime.now().astimezone():%Z}"
    every_day = told("daily 00:00-23:59", "daily 23:59-24:00")
    assert every_day.startswith("open now, by this machine's clock")
    assert every_day.endswith(zone)
    other = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(datetime.now().weekday() + 3) % 7]
    assert told(f"{other} 09:00-18:00").startswith("closed now until ")
    assert " 09:00, by this machine's clock" in told(f"{other} 09:00-18:00")


def test_a_house_that_never_opens_is_a_slip() -> None:
    with pytest.raises(Fault, match="does not open in sight") as caught:
        told("mon closed")
    assert caught.value.code is ExitCode.SETTINGS
