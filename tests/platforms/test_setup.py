"""setup.exe for Windows: really compiled by Debian's makensis over a payload that stands in for the program, and really
run by Wine where that is installed (`apt-get install --no-install-recommends nsis wine64 p7zip-full`).

Wine is not Windows: rights, accounts, the Shell Launcher and signatures are not tried by this.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ICONS = ROOT / "packaging" / "freezing" / "icons.py"
NSI = ROOT / "packaging" / "windows" / "setup.nsi"
WINE = Path("/usr/lib/wine/wine64")
WINESERVER = Path("/usr/lib/wine/wineserver64")
ENTRY = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\exei-voice-kiosk"
OF_SETTINGS = "ProgramData/exei-voice-kiosk/site.toml"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis (Debian package nsis)"),
]


def stand_in(folder: Path, *extra: str) -> Path:
    """What a freeze on Windows would have made, by the names alone."""
    for name in ("kiosk.exe", "kiosk-session.exe", "FILES", "sbom.cdx.json", "_internal/python313.dll", *extra):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"stand-in for {name}")
    (folder / "licences").mkdir()
    shutil.copy(ROOT / "LICENSE", folder / "licences")
    return folder


def compiled(out: Path, version: str, payload: Path, icon: Path, *words: str, signer: str = "") -> Path:
    options = [f"-DVERSION={version}", f"-DPAYLOAD={payload}", f"-DICON={icon}", f"-DOUT={out}", "-DCOMPRESSOR=zlib"]
    command = ["makensis", "-V2", "-WX", *options, *words, str(NSI)]
    environ = {**os.environ, "KIOSK_SIGN": signer}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def icon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    subprocess.run([sys.executable, str(ICONS), str(folder)], check=True)
    return folder / "kiosk.ico"


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory, icon: Path) -> Path:
    folder = tmp_path_factory.mktemp("first")
    return compiled(folder / "kiosk-0.1.0-setup.exe", "0.1.0", stand_in(folder / "kiosk", "_internal/old.dll"), icon)


def test_it_is_a_program_for_64_bit_windows_that_asks_for_an_administrator(setup: Path) -> None:
    data = setup.read_bytes()
    assert data[:2] == b"MZ"
    head = int.from_bytes(data[0x3C:0x40], "little")
    assert data[head : head + 4] == b"PE\0\0"
    assert data[head + 4 : head + 6] == (0x8664).to_bytes(2, "little")
    assert b'level="requireAdministrator"' in data
    assert "0.1.0".encode("utf-16-le") in data


@pytest.mark.skipif(shutil.which("7z") is None, reason="needs 7z (Debian package p7zip-full)")
def test_everything_is_in_it(setup: Path) -> None:
    listed = subprocess.run(["7z", "l", "-slt", str(setup)], capture_output=True, text=True, check=True).stdout
    names = {line.removeprefix("Path = ").replace("\\", "/") for line in listed.splitlines() if line.startswith("Path")}
    session = {f"session/{file.name}" for file in (NSI.parent / "session").iterdir()}
    assert names >= {"kiosk.exe", "kiosk-session.exe", "_internal/old.dll", "licences/LICENSE", *session}


def test_both_programs_are_handed_to_the_signer(tmp_path: Path, icon: Path) -> None:
    signer = tmp_path / "signer"
    signer.write_text(f'#!/bin/sh\nhead -c 2 "$1" >>{tmp_path}/signed\n')
    signer.chmod(0o755)
    compiled(tmp_path / "kiosk-setup.exe", "0.1.0", stand_in(tmp_path / "kiosk"), icon, "-DSIGN", signer=str(signer))
    assert (tmp_path / "signed").read_text() == "MZMZ", "the uninstaller, then setup.exe"


def test_a_signer_that_fails_stops_it(tmp_path: Path, icon: Path) -> None:
    with pytest.raises(AssertionError, match="aborting"):
        compiled(
            tmp_path / "kiosk-setup.exe", "0.1.0", stand_in(tmp_path / "kiosk"), icon, "-DSIGN", signer="/bin/false"
        )


class Windows:
    """What Wine takes for a machine."""

    def __init__(self, folder: Path) -> None:
        self.disk = folder / "drive_c"
        self.program = self.disk / "Program Files" / "Exei Voice Kiosk"
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}},
            "WINEPREFIX": str(folder),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=",
        }
        self.run("wineboot", "-i")

    def run(self, *command: str | Path) -> int:
        """The exit code, when it and all that it started have ended."""
        done = subprocess.run(
            [WINE, *map(str, command)], env=self.env, timeout=240, check=False, capture_output=True, text=True
        )
        subprocess.run([WINESERVER, "-w"], env=self.env, timeout=240, check=True)
        return done.returncode

    def uninstall(self, *words: str) -> int:
        return self.run(self.program / "uninstall.exe", "/S", *words)

    @property
    def files(self) -> set[str]:
        return {file.relative_to(self.program).as_posix() for file in self.program.rglob("*") if file.is_file()}

    @property
    def registered(self) -> bool:
        return self.run("reg", "query", ENTRY, "/reg:64") == 0


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    if platform.machine() != "x86_64" or not WINE.exists() or not WINESERVER.exists():
        pytest.skip("needs Wine on x86_64 (Debian package wine64)")
    machine = Windows(tmp_path_factory.mktemp("wine"))
    yield machine
    subprocess.run([WINESERVER, "-k"], env=machine.env, check=False)


def test_installed_upgraded_and_taken_away_in_silence(
    windows: Windows, setup: Path, tmp_path: Path, icon: Path
) -> None:
    menu = windows.disk / "ProgramData/Microsoft/Windows/Start Menu/Programs/Exei Voice Kiosk"
    settings = windows.disk / OF_SETTINGS

    assert windows.run(setup, "/S") == 0
    assert windows.files >= {
        "kiosk.exe",
        "kiosk-session.exe",
        "_internal/old.dll",
        "uninstall.exe",
        "session/shell.xml",
    }
    assert {file.name for file in menu.iterdir()} == {"Try the kiosk.lnk", "Check this machine.lnk"}
    assert windows.registered
    settings.parent.mkdir()
    settings.write_text("[site]\n")

    newer = compiled(
        tmp_path / "kiosk-0.2.0-setup.exe", "0.2.0", stand_in(tmp_path / "kiosk", "_internal/new.dll"), icon
    )
    assert windows.run(newer, "/S") == 0
    assert "_internal/new.dll" in windows.files
    assert "_internal/old.dll" not in windows.files, "a part of the version before stayed beside it"
    assert settings.read_text() == "[site]\n"

    (windows.program / "somebody's.txt").touch()
    assert windows.uninstall("/KEEPSETTINGS") == 0
    assert windows.files == {"somebody's.txt"}
    assert not menu.exists()
    assert settings.exists()
    assert not windows.registered

    (windows.program / "somebody's.txt").unlink()
    assert windows.run(setup, "/S") == 0
    assert windows.uninstall() == 0
    assert not windows.program.exists()
    assert not settings.parent.exists(), "settings are gone unless they are kept"


RUNNING = """
Unicode true
Target amd64-unicode
RequestExecutionLevel user
SilentInstall silent
!include FileFunc.nsh
OutFile "{out}"
Section
  ${{GetParameters}} $1
  ExecWait '$1' $0
  SetErrorLevel $0
SectionEnd
"""


def test_a_program_that_runs_is_not_exchanged(windows: Windows, setup: Path, tmp_path: Path) -> None:
    """A stand-in that runs what it is told, and ends with its exit code: so it runs while that does."""
    script, program = tmp_path / "running.nsi", tmp_path / "running.exe"
    script.write_text(RUNNING.format(out=program))
    subprocess.run(["makensis", "-V2", str(script)], check=True, capture_output=True)
    assert windows.run(setup, "/S") == 0
    running = windows.program / "kiosk-session.exe"
    shutil.copy(program, running)

    assert windows.run(running, f"Z:{setup}", "/S") == 2
    assert running.read_bytes() == program.read_bytes()
    assert "_internal/python313.dll" in windows.files

    assert windows.run(setup, "/S") == 0, "it has ended"
    assert running.read_text().startswith("stand-in")
    assert windows.uninstall() == 0
