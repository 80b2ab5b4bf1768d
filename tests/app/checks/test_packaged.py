"""`kiosk doctor --packaged` in a checkout, and what it says when a part is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kiosk
from kiosk.app.checks import packaged
from kiosk.app.checks.finding import State, examine
from kiosk.core.fault import ExitCode

ROOT = Path(kiosk.__file__).resolve().parents[1]


def test_a_checkout_says_that_it_is_one() -> None:
    assert "not a packaged program" in packaged.program()
    assert examine("licences", packaged.licences).state is State.SKIPPED


def test_the_small_parts_are_there() -> None:
    for name, attempt in packaged.packaged_checks():
        if name not in {"window", "models", "engines"}:
            found = examine(name, attempt)
            assert found.state is not State.FAIL, found.sentence


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program without its weights, to take parts away from."""
    shutil.copytree(ROOT / "kiosk", tmp_path / "kiosk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "assets", tmp_path / "assets", ignore=shutil.ignore_patterns("pictures", "turn"))
    return tmp_path


def run(place: Path) -> tuple[int, dict[str, dict[str, object]]]:
    command = [sys.executable, "-m", "kiosk", "doctor", "--packaged", "--json"]
    environment = {"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin", "HOME": str(place)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=60, check=False)
    checks = json.loads(done.stdout)["checks"]
    return done.returncode, {check["name"]: check for check in checks}


@pytest.mark.models
def test_each_missing_part_has_its_sentence(copy: Path) -> None:
    (copy / "kiosk/screen/qml/Orb.qml").unlink()
    (copy / "assets/fonts/ReadexPro-Light.ttf").write_bytes(b"nothing")
    (copy / "kiosk/wire/dialects/exei-voice.toml").unlink()
    (copy / "assets/voices/af_heart.bin").write_bytes(b"short")
    (copy / "kiosk/rehearsal/visits/harbour.toml").unlink()
    code, checks = run(copy)
    assert code == ExitCode.MISSING_PACKAGE
    wrong = {name: str(check["what"]) for name, check in checks.items() if check["state"] == "fail"}
    assert set(wrong) == {"window", "typeface", "dialects", "models", "engines", "rehearsal"}
    assert "Orb" in wrong["window"]
    assert "af_heart" in wrong["models"]


def test_a_translation_that_is_damaged_is_named(copy: Path) -> None:
    (copy / "assets/i18n/de.qm").write_bytes(b"nothing")
    _, checks = run(copy)
    assert "translation de" in str(checks["window"]["what"])
