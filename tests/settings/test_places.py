"""Where things are kept, by system."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.settings.places import APPLICATION, Kind, folder

KINDS: tuple[Kind, ...] = ("config", "cache", "state")


def places_of(platform: str, environ: dict[str, str]) -> dict[str, Path]:
    return {kind: folder(kind, environ, platform) for kind in KINDS}


def test_linux_has_the_xdg_folders(tmp_path: Path) -> None:
    assert places_of("linux", {"HOME": str(tmp_path)}) == {
        "config": tmp_path / ".config" / APPLICATION,
        "cache": tmp_path / ".cache" / APPLICATION,
        "state": tmp_path / ".local" / "state" / APPLICATION,
    }


def test_macos_has_the_users_library(tmp_path: Path) -> None:
    library = tmp_path / "Library"
    assert places_of("darwin", {"HOME": str(tmp_path)}) == {
        "config": library / "Application Support" / APPLICATION,
        "cache": library / "Caches" / APPLICATION,
        "state": library / "Application Support" / APPLICATION / "state",
    }


def test_windows_shares_what_setup_has_made_and_else_keeps_to_the_user(tmp_path: Path) -> None:
    environ = {"PROGRAMDATA": str(tmp_path / "machine"), "LOCALAPPDATA": str(tmp_path / "local")}
    own = tmp_path / "local" / APPLICATION
    assert places_of("win32", environ) == {"config": own, "cache": own / "cache", "state": own / "state"}
    installed = tmp_path / "machine" / APPLICATION
    installed.mkdir(parents=True)
    assert places_of("win32", environ) == {
        "config": installed,
        "cache": installed / "cache",
        "state": installed / "state",
    }


def test_windows_without_its_variables(tmp_path: Path) -> None:
    environ = {"PROGRAMDATA": str(tmp_path / "none"), "USERPROFILE": str(tmp_path)}
    assert folder("config", environ, "win32") == tmp_path / "AppData" / "Local" / APPLICATION


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_an_xdg_variable_wins_everywhere(platform: str, tmp_path: Path) -> None:
    environ = {f"XDG_{kind.upper()}_HOME": str(tmp_path / kind) for kind in KINDS}
    assert places_of(platform, environ) == {kind: tmp_path / kind / APPLICATION for kind in KINDS}


def test_no_two_kinds_share_a_folder(tmp_path: Path) -> None:
    for platform in ("linux", "darwin", "win32"):
        found = places_of(platform, {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PROGRAMDATA": "/none"})
        assert len(set(found.values())) == len(KINDS)
