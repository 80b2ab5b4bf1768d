"""The staff desk with the real engine and real PIN files: what opens, what stays shut, how the program ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from running_kiosk import running

from kiosk.app.kiosk import Kiosk
from kiosk.app.staff import StaffDesk
from kiosk.core.fault import ExitCode
from kiosk.core.policy import Policy
from kiosk.core.ports import Check, PinVerdict
from kiosk.core.session import Phase
from kiosk.settings.pin import FREE_TRIES, StaffPin

PIN = "274961"


class Manned:
    """An engine with its desk."""

    def __init__(self, kiosk: Kiosk, pin: StaffPin | None) -> None:
        self.kiosk = kiosk
        self.left: list[ExitCode] = []
        self.desk = StaffDesk(
            kiosk,
            pin,
            device_id="k-1",
            settings_file="site.toml",
            examine=lambda: (Check("clock", "ok", "right"),),
            leave=self.left.append,
        )

    async def unlock(self, pin: str) -> PinVerdict:
        told: asyncio.Future[PinVerdict] = asyncio.get_running_loop().create_future()
        self.desk.unlock(pin, told.set_result)
        return await asyncio.wait_for(told, 10)

    async def choose(self, pin: str) -> PinVerdict:
        told: asyncio.Future[PinVerdict] = asyncio.get_running_loop().create_future()
        self.desk.choose_pin(pin, told.set_result)
        return await asyncio.wait_for(told, 10)


@pytest.fixture
def pin(tmp_path: Path) -> StaffPin:
    return StaffPin(tmp_path / "pin.json")


@pytest.fixture
async def manned(pin: StaffPin) -> AsyncIterator[Manned]:
    pin.choose(PIN)
    async with running(Policy(staff_limit=0.3)) as kiosk:
        yield Manned(kiosk, pin)


async def phase(kiosk: Kiosk, wanted: Phase) -> None:
    changed = asyncio.Event()
    kiosk.observers.append(lambda old, new: changed.set())
    async with asyncio.timeout(5):
        while kiosk.session.phase is not wanted:
            changed.clear()
            await changed.wait()


async def test_the_first_start_lets_nobody_in_until_a_pin_is_chosen(pin: StaffPin) -> None:
    async with running(Policy(), pin_needed=not pin.chosen) as kiosk:
        manned = Manned(kiosk, pin)
        assert kiosk.session.phase is Phase.SETUP
        kiosk.touch()
        kiosk.press()
        assert kiosk.session.phase is Phase.SETUP
        assert (await manned.choose("1234")).weak
        assert kiosk.session.phase is Phase.SETUP
        assert (await manned.choose(PIN)).ok
        await phase(kiosk, Phase.ATTRACT)
        assert pin.chosen
        assert (await manned.unlock(PIN)).ok
        assert kiosk.session.phase is Phase.STAFF


async def test_only_the_right_pin_opens_and_nobody_works_there_for_ever(manned: Manned) -> None:
    assert not (await manned.unlock("274962")).ok
    assert manned.kiosk.session.phase is Phase.ATTRACT
    assert (await manned.unlock(PIN)).ok
    assert manned.kiosk.session.phase is Phase.STAFF
    await phase(manned.kiosk, Phase.ATTRACT)


async def test_a_hash_never_holds_the_loop(manned: Manned) -> None:
    """It takes some 0.1 s; meanwhile the loop turns."""
    turns = 0
    told = asyncio.Event()
    manned.desk.unlock(PIN, lambda verdict: told.set())
    while not told.is_set():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100


async def test_wrong_pins_have_to_wait(manned: Manned) -> None:
    verdicts = [await manned.unlock("274962") for _ in range(FREE_TRIES)]
    assert [v.wait_s for v in verdicts] == [0, 0, 0, 0, 30]
    refused = await manned.unlock(PIN)
    assert not refused.ok
    assert refused.wait_s > 25
    assert manned.kiosk.session.phase is Phase.ATTRACT


async def test_a_damaged_file_is_said_and_opens_nothing(manned: Manned, pin: StaffPin) -> None:
    pin.file.write_text("nonsense")
    verdict = await manned.unlock(PIN)
    assert not verdict.ok
    assert "damaged" in verdict.sentence
    assert manned.kiosk.session.phase is Phase.ATTRACT


async def test_a_visitor_cannot_choose_a_pin(manned: Manned, pin: StaffPin) -> None:
    before = pin.file.read_bytes()
    manned.desk.choose_pin("830571", lambda verdict: None)
    await asyncio.sleep(0.3)
    assert pin.file.read_bytes() == before


async def test_work_at_the_panel_keeps_it_open(manned: Manned) -> None:
    await manned.unlock(PIN)
    for _ in range(4):
        await asyncio.sleep(0.15)
        manned.kiosk.touch()
    assert manned.kiosk.session.phase is Phase.STAFF


async def test_closed_for_now_and_open_again(manned: Manned) -> None:
    await manned.unlock(PIN)
    manned.desk.close_for_now(True)
    manned.desk.lock()
    await phase(manned.kiosk, Phase.CLOSED)
    manned.kiosk.touch()
    assert manned.kiosk.session.phase is Phase.CLOSED
    await manned.unlock(PIN)
    manned.desk.close_for_now(False)
    manned.desk.lock()
    await phase(manned.kiosk, Phase.ATTRACT)


async def test_how_the_program_ends(manned: Manned) -> None:
    manned.desk.leave()
    for code in (ExitCode.RESTART_PROGRAM, ExitCode.RESTART_MACHINE, ExitCode.ROLL_BACK):
        manned.desk.leave(code)
    assert manned.left == [0, 10, 11, 12]


async def test_the_panel_knows_how_the_kiosk_is(manned: Manned) -> None:
    told: asyncio.Future[tuple[Check, ...]] = asyncio.get_running_loop().create_future()
    manned.desk.examine(told.set_result)
    assert [check.name for check in await told] == ["clock"]
    facts = dict(manned.desk.facts())
    assert facts["device"] == "k-1"
    assert facts["settings_file"] == "site.toml"
    assert facts["agent_idle"] == "–"


async def test_a_demo_is_not_locked() -> None:
    async with running(Policy()) as kiosk:
        manned = Manned(kiosk, None)
        assert not manned.desk.locked
        assert (await manned.unlock("")).ok
        assert kiosk.session.phase is Phase.STAFF
