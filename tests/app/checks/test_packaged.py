"""`kiosk doctor --packaged` in a checkout, and what it says when a part is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kiosk
from kiosk.app.checks import packaged, programs
from kiosk.app.checks.finding import State, examine
from kiosk.app.checks.models import models
from kiosk.app.checks.workers import understanding, workers
from kiosk.cli import main
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.installed import AGENT_PACKAGE

ROOT = Path(kiosk.__file__).resolve().parents[1]


def test_a_checkout_says_that_it_is_one() -> None:
    assert "not a packaged program" in packaged.program()
    assert examine("licences", packaged.licences).state is State.SKIPPED


def test_the_small_parts_are_there() -> None:
    for name, attempt in packaged.packaged_checks():
        if name not in {"window", "models", "engines", "understanding", "service", "gateway"}:
            found = examine(name, attempt)
            assert found.state is not State.FAIL, found.sentence


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program without its weights, to take parts away from."""
    shutil.copytree(ROOT / "kiosk", tmp_path / "kiosk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "assets", tmp_path / "assets", ignore=shutil.ignore_patterns("pictures", "turn"))
    return tmp_path


def run(place: Path, *names: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Those checks alone: all of them take a minute of processor time."""
    command = [sys.executable, "-m", "kiosk", "doctor", "--packaged", "--json", "--only", ",".join(names)]
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
    names = ("window", "typeface", "themes", "dialects", "models", "engines", "rehearsal")
    code, checks = run(copy, *names)
    assert code == ExitCode.MISSING_PACKAGE
    wrong = {name: str(check["what"]) for name, check in checks.items() if check["state"] == "fail"}
    assert set(wrong) == set(names) - {"themes"}
    assert "Orb" in wrong["window"]
    assert "af_heart" in wrong["models"]


def test_the_gateway_is_started_and_asked() -> None:
    assert "says that it is well" in programs.gateway()


def test_a_program_that_does_not_start_is_told_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "CLIENT_ID_VARIABLE", "NOT_READ_BY_ANYBODY")  # so that it has no Client ID
    with pytest.raises(Fault) as found:
        programs.gateway()
    assert found.value.code == ExitCode.MISSING_PACKAGE
    assert "does not start: kiosk: " in found.value.what


def test_without_the_agent_its_parts_are_skipped_and_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)  # a package's folder without the engines
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for check in (models, understanding, workers, programs.service, packaged.console, packaged.knowledge):
        found = examine("agent", check)
        assert found.state is State.SKIPPED
        assert AGENT_PACKAGE in found.sentence
    for words in (["service"], ["say", "a", "--out", "b"], ["rehearse", "--out", "b"], ["demo"]):
        assert main(words) == ExitCode.MISSING_PACKAGE


def test_a_translation_that_is_damaged_is_named(copy: Path) -> None:
    (copy / "assets/i18n/de.qm").write_bytes(b"nothing")
    _, checks = run(copy, "window")
    assert "translation de" in str(checks["window"]["what"])


def test_a_part_that_cannot_be_loaded_is_said(copy: Path) -> None:
    (copy / "kiosk/audio/vad.py").unlink()
    command = [sys.executable, "-m", "kiosk", "doctor", "--packaged"]
    environment = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "HOME": str(copy)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == ExitCode.MISSING_PACKAGE
    assert "cannot be loaded (No module named 'kiosk.audio.vad'): install" in done.stderr
