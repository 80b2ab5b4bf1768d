"""The frozen program's papers: whose each file is, its licence text, the bill of materials, the list of files."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
import numpy
import pytest
from license_expression import get_spdx_licensing

ROOT = Path(__file__).resolve().parents[2]
FREEZING = ROOT / "packaging" / "freezing"
BUILT = Path(os.environ.get("KIOSK_FROZEN", ROOT / "dist" / "kiosk")) / "sbom.cdx.json"


@pytest.fixture(scope="module")
def freezing() -> Iterator[dict[str, ModuleType]]:
    """As kiosk.spec imports them."""
    sys.path.insert(0, str(FREEZING))
    names = ("contents", "division", "inventory", "bill", "expected")
    yield {name: importlib.import_module(name) for name in names}
    sys.path.remove(str(FREEZING))
    for name in names:
        del sys.modules[name]


def schema() -> Any:
    """CycloneDX's own, offline."""
    import cyclonedx.schema

    folder = Path(cyclonedx.schema.__file__).parent / "_res"
    read = {file.name: json.loads(file.read_text("utf-8")) for file in folder.glob("*.schema.json")}
    whole = read["bom-1.6.SNAPSHOT.schema.json"]
    # The library writes its own names of files into references.
    by_name = {part["$id"].rsplit("/", 1)[1]: part for part in read.values()} | read

    def retrieve(address: str) -> Any:
        return by_name[address.rsplit("/", 1)[1]]

    return jsonschema_rs.validator_for(whole, retriever=retrieve)


@pytest.fixture
def placed() -> list[tuple[str, str]]:
    """One file of a package, one of the checkout, one of Python, as PyInstaller tells of them."""
    return [
        ("_internal/numpy/multiarray.so", str(Path(numpy.__file__))),
        ("_internal/assets/fonts/OFL.txt", str(ROOT / "assets" / "fonts" / "OFL.txt")),
        ("_internal/assets/turn/model.onnx", str(ROOT / "assets" / "turn" / "LICENSE")),
        ("", json.__file__),
    ]


def test_each_file_has_its_owner(freezing: dict[str, ModuleType], placed: list[tuple[str, str]]) -> None:
    found = {one.name: one for one in freezing["inventory"].components(placed, ["kiosk", "_internal/base_library.zip"])}
    assert next(iter(found)) == "exei-voice-kiosk"
    assert found["numpy"].files == ["_internal/numpy/multiarray.so"]
    assert found["numpy"].version == numpy.__version__
    assert found["Smart Turn"].files == ["_internal/assets/turn/model.onnx"]
    assert found["PyInstaller's starter"].files == ["kiosk"]
    assert "python" in found
    assert "Qt" not in found, "what comes with a package that is not there is not there"


def test_a_file_of_nobody_stops_the_freeze(freezing: dict[str, ModuleType], tmp_path: Path) -> None:
    stray = tmp_path / "stray.bin"
    stray.touch()
    with pytest.raises(SystemExit, match=r"nobody owns _internal/stray\.bin"):
        freezing["inventory"].components([("_internal/stray.bin", str(stray))], [])


def test_the_papers_fit_the_files_and_the_schema(
    freezing: dict[str, ModuleType], placed: list[tuple[str, str]], tmp_path: Path
) -> None:
    generated = ["kiosk", "_internal/base_library.zip"]
    for name in [inside for inside, _ in placed if inside] + generated:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = freezing["inventory"].components(placed, generated)
    freezing["bill"].write(tmp_path, found)
    bill = json.loads((tmp_path / "sbom.cdx.json").read_text("utf-8"))
    check_bill(bill)
    packages = {part["name"]: [told["value"] for told in part["properties"]] for part in bill["components"]}
    assert packages["numpy"] == ["exei-voice-kiosk"]
    assert packages["Smart Turn"] == ["exei-voice-kiosk-service"]
    lines = (tmp_path / "FILES").read_text("utf-8").splitlines()
    assert [line.split("\t")[0] for line in lines] == sorted(
        file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file() and file.name != "FILES"
    )
    first = (tmp_path / "FILES").read_bytes(), (tmp_path / "sbom.cdx.json").read_bytes()
    freezing["bill"].write(tmp_path, found)
    assert ((tmp_path / "FILES").read_bytes(), (tmp_path / "sbom.cdx.json").read_bytes()) == first


def check_bill(bill: Any) -> None:
    """Valid, and every licence is one that SPDX knows, or is named in full."""
    assert [str(error) for error in schema().iter_errors(bill)] == []
    spdx = get_spdx_licensing()
    for part in [bill["metadata"]["component"], *bill["components"]]:
        for licence in part["licenses"]:
            expression = licence.get("expression") or licence["license"].get("id")
            if expression:
                assert spdx.validate(expression).errors == [], part["name"]


@pytest.mark.slow
@pytest.mark.skipif(not BUILT.is_file(), reason="packaging/freeze has not been run")
def test_the_bill_of_the_frozen_program_fits_and_what_is_there_belongs_there(freezing: dict[str, ModuleType]) -> None:
    check_bill(json.loads(BUILT.read_text("utf-8")))
    assert freezing["expected"].main(BUILT.parent, accept=False) == 0


def test_a_wrong_bill_does_not_fit_the_schema() -> None:
    wrong = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [{"type": "spell"}]}
    assert list(schema().iter_errors(wrong))


def test_a_component_without_a_licence_text_stops_the_freeze(freezing: dict[str, ModuleType], tmp_path: Path) -> None:
    nameless = freezing["inventory"].Component("nameless", "1", "MIT", "pkg:generic/nameless@1")
    with pytest.raises(SystemExit, match="no licence text of nameless"):
        freezing["bill"].collect(tmp_path / "licences", [nameless])


def test_every_text_of_the_table_is_there(freezing: dict[str, ModuleType]) -> None:
    table = freezing["inventory"].TABLE
    named = [text for row in table["component"] for text in row["texts"]]
    named += [text for texts in table["texts"].values() for text in texts]
    assert [text for text in named if not (ROOT / text).is_file()] == []


@pytest.mark.parametrize(
    ("place", "listed"),
    [
        ("_internal/numpy.libs/libscipy_openblas64_-32a4b2a6.so", "_internal/numpy.libs/libscipy_openblas64_.so"),
        ("_internal/numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0", "_internal/numpy.libs/libgfortran.so"),
        ("_internal/ctranslate2.libs/libctranslate2-a7a60d30.so.4.8.5", "_internal/ctranslate2.libs/libctranslate2.so"),
        ("_internal/_cffi_backend.cpython-311-x86_64-linux-gnu.so", "_internal/_cffi_backend.so"),
        ("_internal/PySide6/libpyside6.abi3.so.6.11", "_internal/PySide6/libpyside6.so"),
        ("_internal/libpython3.11.so.1.0", "_internal/libpython3.so"),
        ("_internal/keyring-25.7.0.dist-info/METADATA", "_internal/keyring.dist-info/METADATA"),
        ("_internal/python3.11/lib-dynload/math.cpython-311-x86_64-linux-gnu.so", None),
        ("_internal/assets/fonts/OFL.txt", None),
        ("licences/numpy/LICENSE.txt", None),
        ("licences/QT.txt", "licences/QT.txt"),
    ],
)
def test_what_belongs_is_listed_without_versions(
    freezing: dict[str, ModuleType], place: str, listed: str | None
) -> None:
    assert freezing["expected"].listed(place) == listed
