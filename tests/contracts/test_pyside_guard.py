"""Qt for Python must not eat references to True and None.

PySide6 6.12.0 on Python 3.11 loses one reference per signal and per call that returns nothing: a kiosk dies within
seconds with `none_dealloc`, while a short test passes. From Python 3.12 on both are immortal and the fault is harmless.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = 200
TOLERANCE = 20  # the interpreter itself holds a few more or fewer from one moment to the next

COUNT_REFERENCES = f"""
import sys
from PySide6 import QtCore

class Sender(QtCore.QObject):
    sent = QtCore.Signal()

app = QtCore.QCoreApplication([])
sender = Sender()
sender.sent.connect(lambda: None)
before = sys.getrefcount(True), sys.getrefcount(None)
for _ in range({SIGNALS}):
    sender.sent.emit()
    sender.setObjectName("x")
print(sys.getrefcount(True) - before[0], sys.getrefcount(None) - before[1])
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="True and None are immortal")
def test_signals_and_calls_lose_no_reference() -> None:
    # In a child: a lost reference would count down for the whole test run.
    done = subprocess.run(
        [sys.executable, "-c", COUNT_REFERENCES], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    lost = [int(number) for number in done.stdout.split()]
    assert all(abs(number) < TOLERANCE for number in lost), f"references to True and None changed by {lost}"


def pyside_requirements(python: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = [Requirement(line) for line in project["dependencies"] if line.startswith("PySide6")]
    return [req for req in found if req.marker is None or req.marker.evaluate({"python_version": python})]


@pytest.mark.parametrize(("python", "allowed"), [("3.11", False), ("3.12", True), ("3.13", True)])
def test_the_project_allows_6_12_only_where_it_is_harmless(python: str, allowed: bool) -> None:
    (requirement,) = pyside_requirements(python)
    assert requirement.specifier.contains("6.12.0") is allowed
    assert requirement.specifier.contains("6.11.3")


@pytest.mark.parametrize("profile", ["kiosk", "service", "dev"])
def test_the_lock_has_no_6_12_for_python_3_11(profile: str) -> None:
    lock = (ROOT / "packaging" / "requirements" / f"{profile}.lock").read_text("utf-8")
    lines = re.findall(r"^((?:pyside6-essentials|shiboken6)==.*?) \\$", lock, re.MULTILINE)
    for_311 = [
        req
        for req in map(Requirement, lines)
        if req.marker is None or req.marker.evaluate({"python_version": "3.11", "python_full_version": "3.11.9"})
    ]
    assert {req.name for req in for_311} == {"pyside6-essentials", "shiboken6"}
    assert not any(req.specifier.contains("6.12.0") for req in for_311)
