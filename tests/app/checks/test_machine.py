"""Disk, clock, processor: real folders that are full, locked or absent."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app.checks import machine, quiet_checks
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Journal, Service, Settings


def logging_to(folder: Path, cache: Path | None = None) -> Settings:
    return Settings(journal=Journal(folder=folder), service=Service(cache=cache))


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, as root."""
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs root, and a system that may mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_can_be_written(tmp_path: Path) -> None:
    before = list(tmp_path.iterdir())
    said = machine.disk(logging_to(tmp_path / "not" / "made" / "yet"))
    assert "GB free" in said
    assert list(tmp_path.iterdir()) == before


def test_a_small_disk(mounted: Path) -> None:
    with pytest.raises(Fault, match=r"1 MB are free for logs") as fault:
        machine.disk(logging_to(mounted))
    assert fault.value.code is ExitCode.MACHINE
    assert str(mounted) in fault.value.where


def test_a_full_disk(mounted: Path) -> None:
    (mounted / "all of it").write_bytes(b"\1" * (1 << 20))
    with pytest.raises(Fault, match="cannot be written: No space left") as fault:
        machine.disk(logging_to(mounted))
    assert fault.value.code is ExitCode.MACHINE


def test_a_disk_that_may_only_be_read(mounted: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    with pytest.raises(Fault, match="cannot be written: Read-only"):
        machine.disk(logging_to(mounted))


def test_a_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="cannot be written"):
        machine.disk(logging_to(tmp_path / "file" / "logs"))


def test_too_small_a_machine() -> None:
    assert machine.enough(2, 4.1, with_agent=True)
    assert machine.enough(2, 2.0, with_agent=False)
    for cores, memory_gb, with_agent in ((1, 8.0, False), (4, 2.0, True), (4, 1.0, False)):
        with pytest.raises(Fault) as fault:
            machine.enough(cores, memory_gb, with_agent=with_agent)
        assert fault.value.code is ExitCode.MACHINE


def test_the_clock_says_what_it_shows_and_who_keeps_it() -> None:
    assert "UTC; " in machine.clock()


def test_what_the_staff_panel_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEI_VOICE_ENDPOINT", "wss://planted.example/x")
    monkeypatch.setenv("EXEI_VOICE_CLIENT_ID", "planted-client-4711")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    checks = {check.name: check for check in quiet_checks(logging_to(tmp_path))}
    assert {check.state for check in checks.values()} <= {"ok", "skipped"}, checks
    assert checks["credentials"].sentence.endswith("the environment")
    assert {"dialect", "theme", "typeface", "display", "touch", "disk", "clock", "machine"} <= set(checks)
    assert "planted" not in repr(checks)
