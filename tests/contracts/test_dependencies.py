"""Every dependency has a range and a reason, is locked with hashes, is named in the notice and may be used."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "pyproject.toml").read_text("utf-8")
PROJECT = tomllib.loads(TEXT)["project"]
EXTRAS = PROJECT["optional-dependencies"]
PROFILES = {"kiosk": [], "service": ["service"], "dev": ["service", "gateway", "dev"]}
UPPER = {"<", "<=", "==", "~="}
LOWER = {">", ">=", "==", "~="}


@dataclass
class Locked:
    requirement: Requirement
    hashes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (pin,) = self.requirement.specifier
        assert pin.operator == "=="
        return pin.version


def lock_text(profile: str) -> str:
    return (ROOT / "packaging" / "requirements" / f"{profile}.lock").read_text("utf-8")


def locked(profile: str) -> list[Locked]:
    entries: list[Locked] = []
    for line in lock_text(profile).splitlines():
        words = line.removesuffix("\\").strip()
        if words.startswith("--hash=sha256:"):
            entries[-1].hashes.append(words)
        elif words and not words.startswith("#"):
            entries.append(Locked(Requirement(words)))
    return entries


def declared(profile: str) -> list[Requirement]:
    lines = [*PROJECT["dependencies"], *(line for extra in PROFILES[profile] for line in EXTRAS[extra])]
    return [Requirement(line) for line in lines]


def requirement_lines() -> Iterator[tuple[str, str]]:
    """(requirement, reason): the reason stands behind it, or on the comment line above its block."""
    above = ""
    for line in TEXT.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            above = stripped
        elif match := re.fullmatch(r'"([^"]+)",?\s*(#.*)?', stripped):
            yield match[1], match[2] or above
        else:
            above = ""


def test_every_dependency_has_a_reason() -> None:
    reasons = dict(requirement_lines())
    everything = {*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)}
    assert everything <= set(reasons)
    assert [line for line in sorted(everything) if not reasons[line].strip("# ")] == []


def test_every_dependency_has_a_range() -> None:
    for requirement in declared("dev"):
        operators = {clause.operator for clause in requirement.specifier}
        assert operators & UPPER, f"{requirement} has no upper bound"
        assert operators & LOWER, f"{requirement} has no lower bound"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_lock_satisfies_the_project(profile: str) -> None:
    versions: dict[str, list[Locked]] = {}
    for entry in locked(profile):
        versions.setdefault(entry.name, []).append(entry)
    for requirement in declared(profile):
        entries = versions.get(canonicalize_name(requirement.name), [])
        fitting = [entry for entry in entries if requirement.specifier.contains(entry.version)]
        assert fitting, f"{requirement} is not in {profile}.lock: run packaging/lock"


@pytest.mark.parametrize("profile", PROFILES)
def test_everything_locked_has_hashes_and_no_address(profile: str) -> None:
    entries = locked(profile)
    assert len(entries) > len(declared(profile))
    assert [entry.name for entry in entries if not entry.hashes] == []
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|\s@\s", lock_text(profile)) == []


def test_the_locks_agree() -> None:
    """So one environment can serve a smaller profile than it was made for."""
    largest = {(entry.name, entry.version) for entry in locked("dev")}
    for smaller in ("kiosk", "service"):
        assert {(entry.name, entry.version) for entry in locked(smaller)} - largest == set(), smaller


def test_what_runs_here_is_what_is_locked() -> None:
    """Else the tests would speak for other versions than the ones that are shipped."""
    for entry in locked("dev"):
        if entry.requirement.marker is None or entry.requirement.marker.evaluate():
            assert importlib.metadata.version(entry.name) == entry.version, entry.name


def licence(name: str) -> str:
    """What a package's metadata says, in whichever of the three fields it says it."""
    metadata = importlib.metadata.metadata(name)
    stated = (metadata.get_all("License-Expression") or metadata.get_all("License") or [])[:1]
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    return " AND ".join([*stated, *classifiers])


def asks_for_gpl(words: str) -> bool:
    """True when no other choice is left. The LGPL is another choice."""
    return any(
        all(re.search(r"(?<!L)GPL|GNU General Public|Affero", choice) for choice in re.split(r"\bOR\b", part))
        for part in re.split(r"\bAND\b", words)
    )


def test_the_licence_check_tells_them_apart() -> None:
    assert asks_for_gpl("GPL-3.0-or-later")
    assert asks_for_gpl("MIT AND GPL-3.0-only")
    assert asks_for_gpl("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert not asks_for_gpl("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only")
    assert not asks_for_gpl("MIT")


def test_nothing_that_runs_is_gpl_or_a_training_framework() -> None:
    entries = [
        entry for entry in locked("service") if entry.requirement.marker is None or entry.requirement.marker.evaluate()
    ]
    unstated = [entry.name for entry in entries if not licence(entry.name).strip()]
    assert unstated == []
    assert [entry.name for entry in entries if asks_for_gpl(licence(entry.name))] == []
    heavy = {
        "torch",
        "tensorflow",
        "jax",
        "faster-whisper",
        "phonemizer-fork",
        "phonemizer",
        "espeakng-loader",
        "piper-tts",
    }
    assert heavy & {entry.name for entry in locked("dev")} == set()


def test_the_notice_names_everything() -> None:
    notice = (ROOT / "NOTICE.md").read_text("utf-8")
    named = {canonicalize_name(word) for word in re.findall(r"[\w.-]+", notice)}
    assert sorted({entry.name for entry in locked("dev")} - named) == []


def test_the_notice_names_every_data_file() -> None:
    notice = (ROOT / "NOTICE.md").read_text("utf-8")
    patterns = [word for word in re.findall(r"`([^`]+)`", notice) if word.startswith("assets/")]
    covered = {path for pattern in patterns for path in ROOT.glob(pattern)}
    own_words = {".md", ".toml", ""}
    data = {path for path in (ROOT / "assets").rglob("*") if path.is_file() and path.suffix not in own_words}
    assert data
    assert sorted(str(path.relative_to(ROOT)) for path in data - covered) == []


def test_the_developers_note_names_every_debian_package() -> None:
    packages = ROOT / "packaging" / "system-packages.txt"
    lines = [line.split(maxsplit=2) for line in packages.read_text("utf-8").splitlines() if line and line[0] != "#"]
    others = {"bench", "build", "installers", "proof"}
    assert {group for _, group, _reason in lines} == {"kiosk", "rehearsal", "display", "browser", *others}
    note = (ROOT / "packaging" / "developing.md").read_text("utf-8").replace("\\\n", " ")
    (command,) = re.findall(r"^apt-get update && apt-get install --no-install-recommends (.*)$", note, re.MULTILINE)
    assert command.split() == [name for name, group, _ in lines if group not in others]
