"""The crash ledger: what counts as a crash, when it is enough, and that it never stands in the way of a start."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from kiosk.device.ledger import HEALTHY, LEDGER, WITHIN_S, Ledger, Way, boot_id


class Machine:
    """One machine with one state folder. Its programs are started, and end in one of several ways."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.boot = "boot-1"
        self.now = 100.0
        self.version = "2.0"
        self.previous = False

    def start(self, after_s: float = 10.0) -> tuple[Ledger, Way]:
        self.now += after_s
        ledger = Ledger(self.folder, self.version, boot=self.boot, clock=lambda: self.now)
        return ledger, ledger.begin(previous=self.previous)

    def ways(self, starts: int, after_s: float = 10.0) -> list[Way]:
        """Of programs that all crash."""
        return [self.start(after_s)[1] for _ in range(starts)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "state")


N, SAFE, BACK, SLOWLY = Way.NORMAL, Way.SAFE, Way.ROLL_BACK, Way.SLOWLY


def test_four_crashes_in_ten_minutes_lead_to_safe_mode(machine: Machine) -> None:
    assert machine.ways(5) == [N, N, N, N, SAFE]


def test_four_crashes_in_an_hour_do_not(machine: Machine) -> None:
    assert machine.ways(8, after_s=WITHIN_S / 3 + 1) == [N] * 8


def test_an_end_on_purpose_is_no_crash(machine: Machine) -> None:
    for _ in range(8):
        ledger, way = machine.start()
        assert way is N
        ledger.end()
        ledger.end()


def test_a_power_cut_is_no_crash(machine: Machine) -> None:
    for boot in range(8):
        machine.boot, machine.now = f"boot-{boot}", 5.0
        assert machine.start()[1] is N


def test_a_clock_that_begins_anew_with_the_boot_counts_nothing_of_before(machine: Machine) -> None:
    machine.ways(4)
    machine.boot, machine.now = "boot-2", 0.0
    assert machine.ways(4) == [N, N, N, N]


def test_crashes_of_another_version_are_its_own(machine: Machine) -> None:
    machine.ways(4)
    machine.version = "2.1"
    assert machine.ways(5) == [N, N, N, N, SAFE]


def test_after_safe_mode_one_crash_is_enough_until_it_ran_well(machine: Machine) -> None:
    assert machine.ways(4)[-1] is N
    ledger, way = machine.start()
    assert way is SAFE
    ledger.end()
    assert machine.ways(2, after_s=3600.0) == [N, SAFE]
    machine.start()[0].end()  # safe mode ended once more: the next one runs well
    ledger, way = machine.start()
    assert way is N
    ledger.healthy()
    assert machine.ways(4) == [N, N, N, SAFE]


def test_a_safe_mode_that_crashes_is_tried_again_and_then_given_up(machine: Machine) -> None:
    assert machine.ways(8) == [N, N, N, N, SAFE, SAFE, SAFE, SAFE]
    assert machine.ways(1) == [SLOWLY]
    assert machine.ways(2) == [N, SLOWLY], "somebody has started it once more, and it was no better"


def test_a_version_that_never_ran_well_gives_way_to_the_one_before_once(machine: Machine) -> None:
    machine.previous = True
    assert machine.ways(5) == [N, N, N, N, BACK]
    assert machine.ways(2) == [N, SAFE], "the way back did not work: it is this version again"


def test_a_version_that_ran_well_once_does_not(machine: Machine) -> None:
    machine.previous = True
    machine.start()[0].healthy()
    assert machine.ways(4) == [N, N, N, SAFE]
    machine.version = "2.1"
    assert machine.ways(5)[-1] is BACK


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"running": 1}', '{"running": null, "crashes": [{"at": "x"}]}']
)
def test_a_damaged_ledger_begins_anew(machine: Machine, text: str, caplog: pytest.LogCaptureFixture) -> None:
    machine.folder.mkdir()
    (machine.folder / LEDGER).write_text(text)
    assert machine.start()[1] is N
    assert "begins anew" in caplog.text
    assert machine.start()[1] is N
    assert json.loads((machine.folder / LEDGER).read_text())["crashes"]


def test_a_state_folder_that_cannot_be_used_prevents_no_start(machine: Machine) -> None:
    machine.folder.write_text("no folder")
    ledger, way = machine.start()
    assert way is N
    ledger.healthy()
    ledger.end()
    assert machine.ways(6) == [N] * 6


def test_it_is_private_and_leaves_no_draft(machine: Machine) -> None:
    before = os.umask(0)
    try:
        machine.start()[0].healthy()
    finally:
        os.umask(before)
    assert sorted(file.name for file in machine.folder.iterdir()) == sorted([LEDGER, HEALTHY])
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in machine.folder.iterdir())
    assert (machine.folder / HEALTHY).read_text() == "2.0\n"


def test_this_boot_has_a_name(machine: Machine) -> None:
    assert boot_id()
    assert boot_id() == boot_id()
