"""What is different about the frozen program on Windows and macOS. Read by `kiosk.spec`; standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

TITLE = "Exei Voice Kiosk"
BUNDLE_ID = "com.exei.voice-kiosk"
LEAST_MACOS = "14.0"  # of the packages

MICROPHONE = "The kiosk listens to visitors while they talk with it, and shows when it does."

# PyInstaller's names of the same part of Qt. Windows: PySide6/plugins/platforms/qwindows.dll, PySide6/Qt6Quick.dll.
# macOS: PySide6/Qt/plugins/platforms/libqcocoa.dylib, PySide6/Qt/lib/QtQuick.framework/Versions/A/QtQuick.
_OF_WINDOWS = re.compile(r"^PySide6/(qml|plugins|translations)/")
_PLUGIN = re.compile(r"(/plugins/[\w-]+/)q")
_LIBRARY = re.compile(r"^PySide6/(Qt6\w+\.dll)$")
_FRAMEWORK = re.compile(r"/lib/Qt(\w+)\.framework/")


def as_on_linux(place: str) -> str:
    """The path that the same part of Qt has in the program for Linux, so that one list tells what is kept."""
    place = _OF_WINDOWS.sub(r"PySide6/Qt/\1/", place.replace("\\", "/"))
    place = _PLUGIN.sub(r"\1libq", place)
    place = _LIBRARY.sub(r"PySide6/Qt/lib/lib\1", place)
    framework = _FRAMEWORK.search(place)
    return f"PySide6/Qt/lib/libQt6{framework[1]}.dylib" if framework else place


def resources(places: Iterable[Path]) -> list[tuple[str, str, str]]:
    """Files and folders, as PyInstaller is told to put them into a bundle for macOS: by their own names, those of
    `packaging/macos` in a folder `macos`."""
    found = []
    for place in places:
        base = place.parent.parent if place.parent.name == "macos" else place.parent
        files = (file for file in sorted(place.rglob("*")) if file.is_file()) if place.is_dir() else (place,)
        found += [(file.relative_to(base).as_posix(), str(file), "DATA") for file in files]
    return found


def info_plist(version: str) -> dict[str, object]:
    """Of the bundle for macOS, beyond what PyInstaller writes. No LSUIElement: a program without a place in the Dock is
    asked for no microphone by some versions of macOS, and gets none."""
    return {
        "CFBundleDisplayName": TITLE,
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "LSMinimumSystemVersion": LEAST_MACOS,
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSMultipleInstancesProhibited": False,  # the local agent is the same program
        "LSUIPresentationMode": 3,  # no menu bar and no Dock while it is in front
        "NSMicrophoneUsageDescription": MICROPHONE,
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticTermination": False,
        "NSSupportsSuddenTermination": False,
    }


def version_resource(version: str) -> str:
    """What Windows shows under Properties, Details; in the format that PyInstaller reads from a file."""
    numbers = [int(part) for part in re.findall(r"\d+", version)]
    quad = tuple([*numbers, 0, 0, 0, 0][:4])
    texts = {
        "CompanyName": "Exei",
        "FileDescription": TITLE,
        "FileVersion": version,
        "InternalName": "kiosk",
        "LegalCopyright": "Apache-2.0; see the folder licences",
        "ProductName": TITLE,
        "ProductVersion": version,
    }
    rows = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in texts.items())
    return f"""VSVersionInfo(
    ffi=FixedFileInfo(
        filevers={quad}, prodvers={quad}, mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0, date=(0, 0)
    ),
    kids=[StringFileInfo([StringTable("040904B0", [{rows}])]), VarFileInfo([VarStruct("Translation", [1033, 1200])])],
)
"""
