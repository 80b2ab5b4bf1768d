"""The one recipe, followed for Windows and macOS up to what PyInstaller is asked for. Something stands in for that: it
freezes for the system that it runs on and for no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, os, sys, types
from pathlib import Path
import PySide6.QtGui, subprocess, importlib.metadata, sysconfig  # before this seems to be another system

platform, folder = sys.argv[1], Path(sys.argv[2])
root = Path.cwd()
asked = []

class Asked:
    def __init__(self, *args, **named):
        self.name = str(folder / "dist" / (named.get("name") or "kiosk"))
        self.pure = [("kiosk", str(root / "kiosk" / "__init__.py"), "PYMODULE")]
        self.scripts, self.binaries, self.datas = [], [], []
        listed = [entry for arg in args if isinstance(arg, list) for entry in arg]
        asked.append([type(self).__name__, named, listed])

hooks = types.ModuleType("PyInstaller.utils.hooks")
for name in ("collect_data_files", "collect_dynamic_libs", "collect_submodules", "copy_metadata"):
    setattr(hooks, name, lambda package: [])
sys.modules["PyInstaller.utils.hooks"] = hooks
(folder / "dist" / "kiosk" / "_internal").mkdir(parents=True)
(folder / "work").mkdir()
kinds = {name: type(name, (Asked,), {}) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
places = {"SPECPATH": str(root / "packaging"), "DISTPATH": str(folder / "dist"), "workpath": str(folder / "work")}
sys.platform = platform
sys.path.insert(0, str(root / "packaging" / "freezing"))
import bill, inventory
bill.write = lambda folder, components: None  # it reads what PyInstaller would have made
inventory.components = lambda placed, made: None
spec = root / "packaging" / "kiosk.spec"
exec(compile(spec.read_text("utf-8"), str(spec), "exec"), {**kinds, **places})
print(json.dumps(asked, default=str))
"""


def followed(platform: str, tmp_path: Path, **environ: str) -> list[tuple[str, dict[str, Any], list[list[str]]]]:
    """What PyInstaller was asked for: the kind, the named arguments, and the files that were listed."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, platform, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=290,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(kind, named, listed) for kind, named, listed in json.loads(done.stdout)]


def test_windows_gets_a_program_with_a_console_and_one_without(tmp_path: Path) -> None:
    asked = followed("win32", tmp_path)
    programs = {named["name"]: named for kind, named, _ in asked if kind == "EXE"}
    assert {name: named["console"] for name, named in programs.items()} == {"kiosk": True, "kiosk-session": False}
    for named in programs.values():
        assert Path(named["icon"]).read_bytes()[:4] == b"\0\0\1\0"
        assert "ProductVersion" in Path(named["version"]).read_text("utf-8")
    assert all(["X utf8_mode=1", None, "OPTION"] in listed for kind, _, listed in asked if kind == "EXE")
    assert not [kind for kind, _, _ in asked if kind == "BUNDLE"]


def test_macos_gets_a_bundle_that_may_be_signed(tmp_path: Path) -> None:
    asked = followed("darwin", tmp_path, KIOSK_SIGN_AS="Somebody")
    ((_, program, _),) = [entry for entry in asked if entry[0] == "EXE"]
    assert (program["name"], program["console"], program["codesign_identity"]) == ("kiosk", False, "Somebody")
    assert Path(program["entitlements_file"]).is_file()
    ((_, bundle, files),) = [entry for entry in asked if entry[0] == "BUNDLE"]
    assert bundle["name"] == "Exei Voice Kiosk.app"
    assert bundle["info_plist"]["NSMicrophoneUsageDescription"]
    assert Path(bundle["icon"]).read_bytes()[:4] == b"icns"
    assert {"macos/session", "macos/com.exei.voice-kiosk.plist"} <= {inside for inside, _, _ in files}
