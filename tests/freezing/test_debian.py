"""The packages themselves, made of a frozen folder of a few files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

FREEZING = Path(__file__).resolve().parents[2] / "packaging" / "freezing"

pytestmark = pytest.mark.skipif(
    not (shutil.which("dpkg-deb") and shutil.which("cc")),
    reason="Debian's packages are made on Debian, with the set `build`",
)


@pytest.fixture(scope="module")
def debian() -> Iterator[ModuleType]:
    sys.path.insert(0, str(FREEZING))
    import debian as found

    yield found
    sys.path.remove(str(FREEZING))
    for name in ("debian", "division", "contents"):
        del sys.modules[name]


def frozen(folder: Path, places: list[str]) -> Path:
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(place, "utf-8")
        (folder / place).chmod(0o777 if place == "kiosk" else 0o600)
    (folder / "_internal/libgomp.so").symlink_to("ctranslate2.libs/libgomp.so")
    return folder


PLACES = ["kiosk", "licences/VERSIONS.txt", "_internal/numpy/core.so", "_internal/ctranslate2.libs/libgomp.so"]


@pytest.fixture(scope="module")
def packages(debian: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("packages")
    made: list[Path] = debian.build(frozen(folder / "frozen", PLACES), "1.2.3", folder, 1_700_000_000)
    return made


def said(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_each_package_has_its_part_below_one_folder(packages: list[Path]) -> None:
    kiosk, service = (said("dpkg-deb", "--contents", package) for package in packages)
    assert "-rwxr-xr-x root/root" in next(
        line for line in kiosk.splitlines() if line.endswith("/exei-voice-kiosk/kiosk")
    )
    assert "./opt/exei-voice-kiosk/_internal/numpy/core.so" in kiosk
    assert "numpy" not in service
    assert "-> ctranslate2.libs/libgomp.so" in service
    assert "ctranslate2" not in kiosk
    assert "./usr/share/doc/exei-voice-kiosk/README.md" in kiosk


def test_the_settings_are_the_technician_s(packages: list[Path]) -> None:
    assert said("dpkg-deb", "--info", packages[0], "conffiles").split() == ["/etc/exei-voice-kiosk/site.toml"]


def test_the_fields_are_filled_in_and_the_agent_needs_its_own_kiosk(packages: list[Path]) -> None:
    for package in packages:
        for part in ("control", "preinst", "postinst"):
            assert "@" not in said("dpkg-deb", "--info", package, part).replace("voice-kiosk@exei.example", "")
    depends = said("dpkg-deb", "--field", packages[1], "Depends")
    assert "exei-voice-kiosk (= 1.2.3)" in depends
    assert int(said("dpkg-deb", "--field", packages[0], "Installed-Size")) > 0


def test_the_same_folder_gives_the_same_bytes(packages: list[Path], debian: ModuleType, tmp_path: Path) -> None:
    """Made in another order, at another time, with other modes."""
    again = frozen(tmp_path / "frozen", PLACES[::-1])
    os.utime(again / "kiosk", (0, 0))
    (again / "licences/VERSIONS.txt").chmod(0o640)
    made: list[Path] = debian.build(again, "1.2.3", tmp_path, 1_700_000_000)
    assert [file.name for file in made] == [file.name for file in packages]
    assert [file.read_bytes() for file in made] == [file.read_bytes() for file in packages]


def test_what_is_no_version_is_refused(debian: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["deb", "--version", "one"])
    assert debian.main() == 2


def test_a_folder_without_the_program_is_refused(
    debian: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["deb", "--from", str(tmp_path)])
    assert debian.main() == 2
    assert "packaging/freeze" in capsys.readouterr().err
