"""The version before: kept at an upgrade, brought back by one command, whatever was interrupted in between."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DEBIAN = Path(__file__).resolve().parents[2] / "packaging" / "debian"

pytestmark = pytest.mark.skipif(not shutil.which("sh"), reason="the scripts are for a POSIX shell")


class Machine:
    """A root in a folder: /opt, and a dpkg-query and a systemctl that say what they are told to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now, self.before = root / "opt/exei-voice-kiosk", root / "opt/exei-voice-kiosk.previous"
        (root / "bin").mkdir()
        (root / "opt").mkdir()
        self.dpkg = ""
        self._write("systemctl", f'echo "$*" >>"{root}/calls"')

    def unpack(self, version: str) -> None:
        """The kiosk's package, as dpkg does it: each file anew beside the old one, then in its place."""
        self._put("VERSION", f"{version}\n")
        self._put("kiosk", f"program {version}")
        self.dpkg = version

    def upgrade(self, version: str) -> None:
        """Both packages, the agent's first, as apt chooses to."""
        self.preinst(version)
        if self.now.is_dir():
            self._put("weights", version)
        self.preinst(version)
        self.unpack(version)

    def _put(self, name: str, text: str) -> None:
        self.now.mkdir(exist_ok=True)
        new = self.now / f"{name}.dpkg-new"
        new.write_text(text, "utf-8")
        new.chmod(0o755)
        new.replace(self.now / name)

    def preinst(self, version: str) -> None:
        self._write("dpkg-query", f"printf %s '{self.dpkg}'")
        text = (DEBIAN / "exei-voice-kiosk/preinst").read_text("utf-8").replace("@VERSION@", version)
        self._sh(text, "upgrade", self.dpkg)

    def versions(self, *words: str) -> str:
        return self._sh(
            (DEBIAN / "exei-voice-kiosk/files/usr/lib/exei-voice-kiosk/versions.in").read_text("utf-8"), *words
        )

    def held(self) -> tuple[str, str]:
        """Version of the tree that runs, and of the one before."""
        found = [tree / "kiosk" for tree in (self.now, self.before)]
        now, before = (file.read_text("utf-8").removeprefix("program ") if file.exists() else "" for file in found)
        return now, before

    def _write(self, name: str, script: str) -> None:
        (self.root / "bin" / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (self.root / "bin" / name).chmod(0o755)

    def _sh(self, text: str, *words: str) -> str:
        script = text.replace("@VERSIONS@", (DEBIAN / "versions").read_text("utf-8")).replace(
            "/opt/", f"{self.root}/opt/"
        )
        (self.root / "script").write_text(script, "utf-8")
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", self.root / "script", *words],
            env={"PATH": path},
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        return done.stdout + done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_first_installation_keeps_nothing(machine: Machine) -> None:
    machine.upgrade("1")
    assert machine.held() == ("1", "")


def test_an_upgrade_keeps_the_whole_version_before_both_packages(machine: Machine) -> None:
    machine.unpack("1")
    machine.upgrade("2")
    machine.upgrade("3")
    assert machine.held() == ("3", "2")
    weights = [(tree / "weights").read_text("utf-8") for tree in (machine.now, machine.before)]
    assert weights == ["3", "2"]


def test_it_comes_back_and_goes_again(machine: Machine) -> None:
    machine.unpack("1")
    machine.upgrade("2")
    assert "Back to version 1" in machine.versions("roll-back")
    assert machine.held() == ("1", "2")
    machine.versions("roll-back")
    assert machine.held() == ("2", "1")
    assert "start exei-voice-kiosk.service" in (machine.root / "calls").read_text("utf-8")


def test_where_there_is_none_the_kiosk_starts_all_the_same(machine: Machine) -> None:
    machine.unpack("1")
    assert "no version before 1" in machine.versions("roll-back")
    assert machine.held() == ("1", "")
    assert "start exei-voice-kiosk.service" in (machine.root / "calls").read_text("utf-8")


def test_after_a_roll_back_what_ran_is_what_is_kept(machine: Machine) -> None:
    """Version 2 was no good: whoever upgrades to 3 and is not happy wants 1 again."""
    machine.unpack("1")
    machine.upgrade("2")
    machine.versions("roll-back")
    machine.upgrade("3")
    assert machine.held() == ("3", "1")


def test_the_same_version_again_keeps_the_one_before_it(machine: Machine) -> None:
    machine.unpack("1")
    machine.upgrade("2")
    machine.upgrade("2")
    assert machine.held() == ("2", "1")


def test_up_down_and_up_again_keeps_the_last_each_time(machine: Machine) -> None:
    machine.unpack("1")
    machine.upgrade("2")
    machine.upgrade("1")
    assert machine.held() == ("1", "2")
    machine.upgrade("2")
    assert machine.held() == ("2", "1")


@pytest.mark.parametrize("moves", [1, 2])
def test_a_power_cut_in_the_exchange_is_mended(machine: Machine, moves: int) -> None:
    machine.unpack("1")
    machine.upgrade("2")
    away = machine.now.with_name("exei-voice-kiosk.away")
    machine.now.rename(away)
    if moves == 2:
        machine.before.rename(machine.now)
    machine.versions("mend")
    assert machine.held() == ("1", "2")
    assert not away.exists()
    machine.versions("mend")
    assert machine.held() == ("1", "2")
