"""Safe mode without its window: what stands in the engine's place, and when it is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.app import safe_mode
from kiosk.app.safe_mode import Bare, SafeDesk, Trouble, try_again
from kiosk.app.shutdown import Shutdown
from kiosk.core import events as ev
from kiosk.core.fault import ExitCode, Fault
from kiosk.core.ports import Check, PinVerdict
from kiosk.core.session import Phase
from kiosk.settings.pin import StaffPin

PIN = "274961"


@pytest.fixture
async def bare() -> AsyncIterator[Bare]:
    async with asyncio.TaskGroup() as tasks:
        bare = Bare(tasks, pin_needed=False)
        yield bare
        bare.stop()


def desk_of(bare: Bare, pin: StaffPin) -> SafeDesk:
    return SafeDesk(
        bare,
        pin,
        device_id="k-1",
        settings_file="site.toml",
        examine=lambda: (Check("disk", "ok", "room"),),
        leave=lambda code: None,
        ways=frozenset(),
    )


async def unlock(desk: SafeDesk, pin: str) -> PinVerdict:
    told: asyncio.Future[PinVerdict] = asyncio.get_running_loop().create_future()
    desk.unlock(pin, told.set_result)
    return await asyncio.wait_for(told, 10)


async def test_staff_get_in_read_the_reason_and_get_out(bare: Bare, tmp_path: Path) -> None:
    pin = StaffPin(tmp_path / "pin.json")
    pin.choose(PIN)
    desk = desk_of(bare, pin)
    desk.sentence = "The setting x is wrong (site.toml:3): correct it."
    assert not (await unlock(desk, "111222")).ok
    assert bare.session.phase is Phase.OUT_OF_ORDER
    assert (await unlock(desk, PIN)).ok
    assert bare.session.phase is Phase.STAFF
    shown: asyncio.Queue[tuple[Check, ...]] = asyncio.Queue()
    desk.examine(shown.put_nowait)
    at_once, all_of_it = await shown.get(), await shown.get()
    assert at_once == all_of_it[:1] == (Check("start", "fail", desk.sentence),)
    assert [check.name for check in all_of_it] == ["start", "disk"]
    desk.lock()
    assert bare.session.phase is Phase.OUT_OF_ORDER


async def test_staff_may_say_closed_instead_of_out_of_order(bare: Bare, tmp_path: Path) -> None:
    desk = desk_of(bare, StaffPin(tmp_path / "pin.json"))
    bare.dispatch(ev.StaffUnlocked())
    desk.close_for_now(True)
    desk.lock()
    assert bare.session.phase is Phase.CLOSED
    bare.dispatch(ev.StaffUnlocked())
    desk.close_for_now(False)
    desk.lock()
    assert bare.session.phase is Phase.OUT_OF_ORDER


async def test_no_panel_opens_before_a_pin_is_chosen() -> None:
    async with asyncio.TaskGroup() as tasks:
        bare = Bare(tasks, pin_needed=True)
        bare.dispatch(ev.StaffUnlocked())
        assert bare.session.phase is Phase.SETUP
        bare.dispatch(ev.PinChosen())
        assert bare.session.phase is Phase.OUT_OF_ORDER
        bare.dispatch(ev.PinChosen())
        bare.touch()
        bare.dispatch(ev.VoiceStarted())
        assert bare.session.phase is Phase.OUT_OF_ORDER


# --- trying again ---------------------------------------------------------------------------------------------------


class Told:
    """In the attendance's place."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()

    def status(self, status: str) -> None:
        self.said.put_nowait(status)


def fault(what: str) -> Fault:
    return Fault(what, where="site.toml", remedy="correct it", code=ExitCode.SETTINGS)


async def ended(trouble: Trouble, file: Path, desk: SafeDesk) -> tuple[Shutdown, Told, asyncio.Task[None]]:
    shutdown, told = Shutdown(), Told()
    attendance: Any = told
    return shutdown, told, asyncio.create_task(try_again(trouble, file, desk, attendance, shutdown))


async def test_it_is_tried_again_when_it_is_time(bare: Bare, tmp_path: Path) -> None:
    desk = desk_of(bare, StaffPin(tmp_path / "pin.json"))
    shutdown, told, task = await ended(Trouble("It crashed.", 0.05), tmp_path / "none", desk)
    await asyncio.wait_for(shutdown.wait(), 5)
    assert shutdown.code is ExitCode.RESTART_PROGRAM
    assert await told.said.get() == "out of order: It crashed."
    assert dict(desk.facts())["tries_again"]
    await task


async def test_what_is_still_wrong_stays_on_the_glass_with_its_newest_reason(
    bare: Bare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_mode, "LOOK_S", 0.01)
    file = tmp_path / "site.toml"
    file.write_text("first")
    wrong = [fault("the first thing"), fault("the second thing")]

    def attempt() -> None:
        if wrong:
            raise wrong.pop(0)

    desk = desk_of(bare, StaffPin(tmp_path / "pin.json"))
    shutdown, told, task = await ended(Trouble("Out of order.", 3600.0, attempt), file, desk)
    assert await told.said.get() == "out of order: Out of order."
    for what in ("first", "second"):
        file.write_text(f"after the {what}: {what * 3}")
        assert (await told.said.get()).startswith(f"out of order: The {what} thing")
        assert desk.sentence.startswith(f"The {what} thing")
        assert not shutdown.is_set()
    file.unlink()
    await asyncio.wait_for(shutdown.wait(), 5)
    await task
