"""The recipes for Windows and macOS agree with the program and with themselves. Only what can be tried on any system:
this runs neither."""

from __future__ import annotations

import plistlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from kiosk.core.fault import ExitCode
from kiosk.settings.places import APPLICATION

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
SESSION = PACKAGING / "windows" / "session"
MACOS = PACKAGING / "macos"
SHELL = {"shell": "http://schemas.microsoft.com/ShellLauncher/2018/Configuration"}


@pytest.fixture(scope="module")
def systems() -> Iterator[ModuleType]:
    """As kiosk.spec imports it."""
    sys.path.insert(0, str(PACKAGING / "freezing"))
    import systems as found

    yield found
    sys.path.remove(str(PACKAGING / "freezing"))
    del sys.modules["systems"]


# --- Windows ---------------------------------------------------------------------------------------------------------


def test_the_shell_launcher_does_what_the_exit_codes_say() -> None:
    tree = ElementTree.parse(SESSION / "shell.xml")
    actions = {
        int(action.attrib["ReturnCode"]): action.attrib["Action"]
        for action in tree.iterfind(".//shell:ReturnCodeAction", SHELL)
    }
    assert actions == {
        ExitCode.STAFF_LEFT: "DoNothing",
        ExitCode.RESTART_PROGRAM: "RestartShell",
        ExitCode.RESTART_MACHINE: "RestartDevice",
        ExitCode.ROLL_BACK: "RestartShell",
    }
    (default,) = tree.iterfind(".//shell:DefaultAction", SHELL)
    assert default.attrib["Action"] == "RestartShell", "a crash starts it again"
    assert len({profile.attrib["Id"] for profile in tree.iterfind(".//shell:Profile", SHELL)}) == 1


def test_the_shell_is_the_program_without_a_console_unattended() -> None:
    (shell,) = (s for s in ElementTree.parse(SESSION / "shell.xml").iterfind(".//shell:Profile/shell:Shell", SHELL))
    assert shell.attrib["Shell"] == '"PROGRAM" run --unattended'
    assert "kiosk-session.exe" in (SESSION / "apply.ps1").read_text("ascii")
    from kiosk.cli import parser

    assert parser().parse_args(["run", "--unattended"]).unattended


@pytest.mark.parametrize("file", sorted((PACKAGING / "windows").rglob("*.ps1")), ids=lambda file: file.name)
def test_the_scripts_of_windows_hold_together(file: Path) -> None:
    text = file.read_text("ascii")  # Windows PowerShell takes a file without a mark for the machine's old code page
    assert [text.count(left) - text.count(right) for left, right in ("{}", "()", "[]")] == [0, 0, 0]
    assert text.count("@'") == text.count("\n'@")
    for name in re.findall(r"Join-Path \$here '([\w.]+)'", text):
        assert (SESSION / name).is_file(), name
    assert not re.search(r"New-Item -Path (HKLM|\$\w+\.Path)[^\n]*-Force", text), "that empties a key of the registry"


def test_every_script_that_changes_the_machine_is_undone() -> None:
    apply, remove = ((SESSION / name).read_text("ascii") for name in ("apply.ps1", "remove.ps1"))
    for done, undone in (
        ("Set-KioskAccount", "Remove-KioskAccount"),
        ("Set-KeyboardFilter $true", "Set-KeyboardFilter $false"),
        ("-Configuration", "Invoke-AsSystem (Join-Path $here 'shell.ps1') ''"),
        ("Set-AlwaysOn", "Remove-ItemProperty -Path $policy.Path"),
    ):
        assert done in apply
        assert undone in remove


def test_settings_are_where_the_program_looks_for_them() -> None:
    assert f"Join-Path $env:ProgramData '{APPLICATION}'" in (SESSION / "system.ps1").read_text("ascii")
    assert f'!define APPLICATION "{APPLICATION}"' in (PACKAGING / "windows" / "setup.nsi").read_text("ascii")


# --- macOS -----------------------------------------------------------------------------------------------------------


def test_the_launch_agent_starts_it_again_unless_staff_left(systems: ModuleType) -> None:
    agent = plistlib.loads((MACOS / f"{systems.BUNDLE_ID}.plist").read_bytes())
    assert agent["Label"] == systems.BUNDLE_ID
    assert agent["ProgramArguments"] == [
        f"/Applications/{systems.TITLE}.app/Contents/MacOS/kiosk",
        "run",
        "--unattended",
    ]
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert systems.BUNDLE_ID in (MACOS / "session").read_text("ascii")
    assert f"{systems.TITLE}.app" in (MACOS / "build").read_text("ascii")


def test_the_bundle_asks_for_the_microphone_and_may_have_it(systems: ModuleType) -> None:
    info = plistlib.loads(plistlib.dumps(systems.info_plist("1.2.3")))
    assert info["NSMicrophoneUsageDescription"].endswith(".")
    assert "LSUIElement" not in info
    entitlements = plistlib.loads((MACOS / "entitlements.plist").read_bytes())
    assert entitlements["com.apple.security.device.audio-input"] is True
    assert set(entitlements.values()) == {True}


@pytest.mark.parametrize("script", ["build", "session"])
def test_the_scripts_of_macos_can_be_read(script: str) -> None:
    done = subprocess.run(["bash", "-n", str(MACOS / script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_program_for_macos_is_not_built_elsewhere() -> None:
    if sys.platform == "darwin":
        pytest.skip("this is a Mac")
    done = subprocess.run([str(MACOS / "build")], capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.MISSING_PACKAGE
    assert "no Mac" in done.stderr


# --- what is frozen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "same"),
    [
        (r"PySide6\plugins\platforms\qwindows.dll", "PySide6/Qt/plugins/platforms/libqwindows.dll"),
        (r"PySide6\qml\QtQuick\Controls\qmldir", "PySide6/Qt/qml/QtQuick/Controls/qmldir"),
        (r"PySide6\Qt6QuickControls2.dll", "PySide6/Qt/lib/libQt6QuickControls2.dll"),
        (r"PySide6\QtCore.pyd", "PySide6/QtCore.pyd"),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", "PySide6/Qt/plugins/platforms/libqcocoa.dylib"),
        (
            "PySide6/Qt/lib/QtQuickControls2.framework/Versions/A/QtQuickControls2",
            "PySide6/Qt/lib/libQt6QuickControls2.dylib",
        ),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/Qt/plugins/platforms/libqxcb.so"),
        ("numpy/_core/_multiarray_umath.pyd", "numpy/_core/_multiarray_umath.pyd"),
    ],
)
def test_the_same_part_has_one_name(systems: ModuleType, place: str, same: str) -> None:
    assert systems.as_on_linux(place) == same


def test_what_windows_shows_of_the_program(systems: ModuleType) -> None:
    """Read as PyInstaller reads it: an expression of its own classes."""
    seen: dict[str, object] = {}

    class Part:
        def __init__(self, name: str) -> None:
            self.name = name

        def __call__(self, *args: object, **named: object) -> str:
            seen.setdefault(self.name, named or args)
            return self.name

    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct", "VarFileInfo")
    eval(systems.version_resource("1.20.3"), {name: Part(name) for name in (*names, "VarStruct")})
    fixed = seen["FixedFileInfo"]
    assert isinstance(fixed, dict)
    assert fixed["filevers"] == (1, 20, 3, 0)
