"""The staff PIN: what may be chosen, what is kept, and what wrong tries cost, with real files and real hashes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.pin import FREE_TRIES, LONGEST_WAIT_S, StaffPin, weak

RIGHT, WRONG = "274961", "274962"


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pin(tmp_path: Path, clock: Clock) -> StaffPin:
    made = StaffPin(tmp_path / "state" / "pin.json", clock)
    assert not made.chosen
    assert made.choose(RIGHT).ok
    return made


@pytest.mark.parametrize(
    "text", ["", "123", "12ab", "١٢٣٥", "1234567890123", "0000", "7777777", "1234", "9876", "7890"]
)
def test_what_is_easily_guessed_is_refused(text: str, tmp_path: Path) -> None:
    pin = StaffPin(tmp_path / "pin.json")
    assert weak(text)
    assert pin.choose(text).weak
    assert not pin.chosen


@pytest.mark.parametrize("text", ["2749", "1235", "1122", "274961830572"])
def test_other_digits_may_be_chosen(text: str) -> None:
    assert not weak(text)


def test_only_the_right_one_opens(pin: StaffPin) -> None:
    assert pin.check(RIGHT).ok
    for other in (WRONG, "", RIGHT[:-1], RIGHT + "0"):
        assert not pin.check(other).ok


def test_the_file_holds_no_pin_and_is_nobody_elses(pin: StaffPin) -> None:
    kept = pin.file.read_text()
    assert RIGHT not in kept
    assert json.loads(kept)["scheme"] == "scrypt"
    if sys.platform != "win32":
        assert pin.file.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in pin.file.parent.iterdir()] == [pin.file.name]
    assert RIGHT not in repr(vars(pin))


def test_the_same_pin_is_never_kept_in_the_same_way(pin: StaffPin) -> None:
    before = pin.file.read_text()
    pin.choose(RIGHT)
    assert pin.file.read_text() != before


def test_wrong_tries_cost_more_and_more(pin: StaffPin, clock: Clock) -> None:
    waits = []
    for _ in range(FREE_TRIES + 7):
        verdict = pin.check(WRONG)
        assert not verdict.ok
        waits.append(verdict.wait_s)
        clock.now += verdict.wait_s
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, LONGEST_WAIT_S, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_while_it_waits_not_even_the_right_one_opens(pin: StaffPin, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        pin.check(WRONG)
    clock.now += 29
    assert pin.check(RIGHT).wait_s == pytest.approx(1)
    clock.now += 1.1
    assert pin.check(RIGHT).ok
    assert not pin.check(WRONG).wait_s, "a right one begins the count anew"


def test_a_restart_resets_no_wait(pin: StaffPin, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        pin.check(WRONG)
    again = StaffPin(pin.file, clock)
    assert again.check(RIGHT).wait_s == pytest.approx(30)
    clock.now += 31
    assert again.check(WRONG).wait_s == pytest.approx(60)


def test_a_clock_that_was_set_back_locks_nobody_out(pin: StaffPin, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        pin.check(WRONG)
    clock.now -= 1_000_000
    assert StaffPin(pin.file, clock).check(RIGHT).wait_s == pytest.approx(30)


def test_a_damaged_count_is_no_free_try(pin: StaffPin, clock: Clock) -> None:
    pin.check(WRONG)
    pin.file.with_name(f"{pin.file.name}.tries").write_text("nonsense")
    assert StaffPin(pin.file, clock).check(RIGHT).wait_s > 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"scheme": "plain", "n": 32768, "r": 8, "p": 1, "salt": "00", "digest": "00"}',
        '{"scheme": "scrypt", "n": 2, "r": 1, "p": 1, "salt": "0011223344556677", "digest": "' + "00" * 32 + '"}',
        '{"scheme": "scrypt", "n": 1099511627776, "r": 8, "p": 1, "salt": "0011223344556677", "digest": "'
        + "00" * 32
        + '"}',
    ],
)
def test_a_damaged_file_is_never_an_open_door(pin: StaffPin, text: str) -> None:
    pin.file.write_text(text)
    for ask in (lambda: pin.check(RIGHT), lambda: pin.chosen):
        with pytest.raises(Fault, match="damaged") as fault:
            ask()
        assert fault.value.code is ExitCode.SETTINGS
        assert "kiosk pin" in fault.value.sentence


def test_a_file_that_is_gone_is_never_an_open_door(pin: StaffPin) -> None:
    pin.file.unlink()
    with pytest.raises(Fault, match="gone"):
        pin.check(RIGHT)


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_a_file_that_others_can_read_is_a_fault(pin: StaffPin) -> None:
    pin.file.chmod(0o644)
    with pytest.raises(Fault, match="others"):
        pin.check(RIGHT)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="cannot be written"):
        StaffPin(tmp_path / "file" / "pin.json").choose(RIGHT)


def test_a_count_that_cannot_be_kept_goes_on_in_memory(pin: StaffPin, clock: Clock) -> None:
    tries = pin.file.with_name(f"{pin.file.name}.tries")
    tries.mkdir()
    (tries / "in the way").write_text("")
    for _ in range(FREE_TRIES):
        pin.check(WRONG)
    assert pin.check(RIGHT).wait_s == pytest.approx(30)
    clock.now += 31
    assert pin.check(RIGHT).ok, "nobody is kept out by it"
