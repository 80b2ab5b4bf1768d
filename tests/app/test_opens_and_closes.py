"""Opening hours with the real engine: the clock is the test's, everything else is the product's."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from running_kiosk import Agent, running, until

from kiosk.app.opening import Opening
from kiosk.core.hours import read_hours
from kiosk.core.policy import Policy
from kiosk.core.session import Phase

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = read_hours(("mon-fri 09:00-18:00",), ("2026-12-01 closed",))


class Wall:
    """A clock that shows what it is told."""

    def __init__(self, shows: str) -> None:
        self.set(shows)

    def set(self, shows: str) -> None:
        self.now = datetime.fromisoformat(shows).replace(tzinfo=BERLIN).timestamp()

    def __call__(self) -> float:
        return self.now


def house(wall: Wall) -> Opening:
    return Opening(HOURS, clock=wall, zone=BERLIN, look_s=0.02)


async def test_it_opens_and_closes_by_the_clock_and_says_when_it_opens_again() -> None:
    wall = Wall("2026-11-30 08:59")  # a Monday
    async with running(Policy(), opening=house(wall)) as kiosk:
        assert kiosk.session.phase is Phase.CLOSED
        assert kiosk.session.opens == datetime(2026, 11, 30, 9)
        kiosk.touch()
        assert kiosk.session.phase is Phase.CLOSED
        wall.set("2026-11-30 09:00")
        await until(lambda: kiosk.session.phase is Phase.ATTRACT)
        wall.set("2026-11-30 18:00")
        await until(lambda: kiosk.session.phase is Phase.CLOSED)
        assert kiosk.session.opens == datetime(2026, 12, 2, 9)  # the day between is closed


async def test_a_visit_that_is_under_way_ends_in_peace() -> None:
    wall = Wall("2026-11-30 17:59")
    async with running(Policy(), opening=house(wall), make_link=Agent().make) as kiosk:
        kiosk.touch()
        assert kiosk.session.phase is Phase.CONNECTING
        wall.set("2026-11-30 18:01")
        await until(lambda: not kiosk.session.open_now)
        assert kiosk.session.phase is Phase.CONNECTING
        kiosk.leave()
        await until(lambda: kiosk.session.phase is Phase.CLOSED)


async def test_a_clock_that_was_set_is_believed() -> None:
    wall = Wall("2026-11-30 10:00")
    async with running(Policy(), opening=house(wall)) as kiosk:
        assert kiosk.session.phase is Phase.ATTRACT
        wall.set("2026-11-29 10:00")  # a Sunday: the clock had been wrong
        await until(lambda: kiosk.session.phase is Phase.CLOSED)


async def test_closed_by_hand_stays_closed_over_night() -> None:
    wall = Wall("2026-12-02 10:00")
    async with running(Policy(), opening=house(wall)) as kiosk:
        kiosk.close_for_now(True)
        assert kiosk.session.phase is Phase.CLOSED
        assert kiosk.session.opens is None  # nobody knows
        wall.set("2026-12-03 10:00")
        kiosk.close_for_now(True)  # said twice changes nothing
        assert kiosk.session.phase is Phase.CLOSED
        kiosk.close_for_now(False)
        assert kiosk.session.phase is Phase.ATTRACT


async def test_opened_by_hand_for_an_evening_the_hours_count_again_in_the_morning() -> None:
    wall = Wall("2026-12-02 19:00")
    async with running(Policy(), opening=house(wall)) as kiosk:
        assert kiosk.session.phase is Phase.CLOSED
        kiosk.close_for_now(False)
        assert kiosk.session.phase is Phase.ATTRACT
        wall.set("2026-12-03 12:00")
        kiosk.close_for_now(False)
        wall.set("2026-12-03 18:00")
        await until(lambda: kiosk.session.phase is Phase.CLOSED)
