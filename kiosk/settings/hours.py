"""The site's opening hours, as its staff write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from kiosk.core.hours import Hours, read_hours
from kiosk.settings.section import Section, TakesEffect, setting

Line = Annotated[str, Field(max_length=200)]
Lines = tuple[Line, ...]


def _week(lines: Lines) -> Lines:
    read_hours(lines, ())
    return lines


def _days(lines: Lines) -> Lines:
    read_hours((), lines)
    return lines


class OpeningHours(Section):
    """When visitors are let in, by the machine's clock and time zone. A visit that is under way may end in peace."""

    week: Annotated[Lines, AfterValidator(_week)] = setting(
        (),
        "Opening hours, a line for some days of the week: `mon-fri 09:00-12:30 14:00-18:00`, `sat,sun 10:00-16:00`, "
        "`fri 20:00-02:00` (into Saturday), `daily 08:00-24:00`. A day that no line names is closed; without a line it "
        "is always open.",
        TakesEffect.RESTART,
        max_length=30,
    )
    days: Annotated[Lines, AfterValidator(_days)] = setting(
        (),
        "Days that are not as their weekday is: `2026-12-24 09:00-12:00`, `2026-12-25 closed`, "
        "`2026-12-27..2027-01-02 closed`.",
        TakesEffect.RESTART,
        max_length=100,
    )

    @property
    def hours(self) -> Hours:
        return read_hours(self.week, self.days)
