"""The import contracts of pyproject.toml hold, and each of them can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]


def lint(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # The tree in `root` must be the one examined, not the one that is installed.
    env = {**os.environ, "PYTHONPATH": str(root)}
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", *options]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=120, check=False)


def offence(contract: dict[str, Any]) -> tuple[str, str]:
    """A module and an import in it that this contract forbids."""
    if contract["type"] == "layers":
        *_, lowest = contract["layers"]
        highest, *_ = contract["layers"]
        return str(lowest), str(highest)
    source, *_ = contract["source_modules"]
    forbidden, *_ = contract["forbidden_modules"]
    return str(source), str(forbidden)


def file_of(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "kiosk", tmp_path / "kiosk", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_layers_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in done.stdout


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_a_planted_import_breaks_its_contract(tree: Path, contract: dict[str, Any]) -> None:
    module, imported = offence(contract)
    with file_of(tree, module).open("a", encoding="utf-8") as source:
        source.write(f"\nimport {imported}  # planted\n")
    done = lint(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract['name']} BROKEN" in " ".join(done.stdout.split())


def test_pairs_of_siblings_are_held_apart(tree: Path) -> None:
    with file_of(tree, "kiosk.wire").open("a", encoding="utf-8") as source:
        source.write("\nimport kiosk.audio  # planted\n")
    assert lint(tree).returncode == 1
