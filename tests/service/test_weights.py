"""Weights are found in packages, joined, and refused when they are not the pinned ones."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from kiosk.core.fault import ExitCode, Fault
from kiosk.service.weights import Packaged, local_file, local_folder

PARTS = (b"one half of a model ", b"and the other")


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packaged:
    """A model in two real packages on the import path."""
    names = ("weights_probe_one", "weights_probe_two")
    for name, part in zip(names, PARTS, strict=True):
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "data" / "part.bin").write_bytes(part)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    parts = tuple((name.replace("_", "-"), name, "data/part.bin") for name in names)
    return Packaged("Probe", parts, hashlib.sha256(b"".join(PARTS)).hexdigest())


def test_parts_are_joined_in_order(packaged: Packaged) -> None:
    assert packaged.read() == b"".join(PARTS)


def test_a_corrupted_part_is_refused(packaged: Packaged, tmp_path: Path) -> None:
    part = tmp_path / "weights_probe_two" / "data" / "part.bin"
    part.write_bytes(part.read_bytes()[:-1] + b"!")
    with pytest.raises(Fault) as caught:
        packaged.read()
    assert caught.value.code is ExitCode.MODEL
    assert "weights-probe-two" in caught.value.sentence


def test_a_missing_file_names_its_package(packaged: Packaged, tmp_path: Path) -> None:
    (tmp_path / "weights_probe_two" / "data" / "part.bin").unlink()
    with pytest.raises(Fault, match=r"part\.bin.*weights-probe-two"):
        packaged.read()


def test_a_missing_package_is_named() -> None:
    absent = Packaged("Probe", (("no-such-package", "no_such_package_here", "x.bin"),), "0" * 64)
    with pytest.raises(Fault, match="install no-such-package") as caught:
        absent.read()
    assert caught.value.code is ExitCode.MODEL


def test_a_local_folder_needs_its_files(tmp_path: Path) -> None:
    needed = (("model.bin",), ("vocabulary.txt", "vocabulary.json"))
    with pytest.raises(Fault, match="does not exist"):
        local_folder(tmp_path / "absent", needed, "service.stt_model")
    (tmp_path / "model.bin").touch()
    with pytest.raises(Fault, match=r"has no vocabulary\.txt or vocabulary\.json"):
        local_folder(tmp_path, needed, "service.stt_model")
    (tmp_path / "vocabulary.json").touch()
    assert local_folder(tmp_path, needed, "service.stt_model") == tmp_path


def test_a_local_file_must_exist_and_have_its_ending(tmp_path: Path) -> None:
    model = tmp_path / "voice.onnx"
    with pytest.raises(Fault, match=r"service\.tts_model"):
        local_file(model, ".onnx", "service.tts_model")
    model.touch()
    assert local_file(model, ".onnx", "service.tts_model") == model
    with pytest.raises(Fault, match=r"\.bin"):
        local_file(model, ".bin", "service.tts_model")
