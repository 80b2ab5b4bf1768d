"""Collects the licence texts of everything in the frozen program, from the packages' own metadata.

Called by `kiosk.spec` with what it has put together. Whatever states a licence and brings no text of it is listed in
VERSIONS.txt all the same, so that nothing is left out in silence.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import contents

IS_LICENCE = re.compile(r"(^|/)(licen[cs]es?|copying|notice|third.?party.?notices?|authors)[^/]*$|/licenses/", re.I)
OWN = ("LICENSE", "NOTICE.md", "packaging/licences/QT.txt", "packaging/licences/LGPL-3.0.txt")
OWN += ("packaging/licences/GPL-3.0.txt", "assets/fonts/OFL.txt")
DEBIAN = Path("/usr/share/doc")


def collect(folder: Path, binaries: Iterable[str]) -> None:
    """`folder` is made anew. `binaries`: files on this machine that were copied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in OWN:
        shutil.copy(contents.ROOT / name, folder)
    rows = [_of_package(name, folder) for name in sorted(set(_packages()))]
    rows.append(_of_python(folder))
    rows += _of_the_system(folder, binaries)
    head = "What is in this folder's program, its version and licence; the texts stand beside this file.\n\n"
    (folder / "VERSIONS.txt").write_text(head + "\n".join(rows) + "\n", "utf-8")


def _packages() -> Iterable[str]:
    """Those of the locked profile `service` that this system has: what a frozen program is made from."""
    for line in (contents.ROOT / "packaging" / "requirements" / "service.lock").read_text("utf-8").splitlines():
        if match := re.match(r"([\w.-]+)==", line):
            try:
                importlib.metadata.distribution(match[1])
            except importlib.metadata.PackageNotFoundError:
                continue  # for another system
            yield match[1]


def _of_package(name: str, folder: Path) -> str:
    found = importlib.metadata.distribution(name)
    about = found.metadata
    stated = about.get("License-Expression") or about.get("License") or ""
    classifiers = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License")]
    texts = [file for file in found.files or [] if IS_LICENCE.search(str(file)) and file.suffix not in {".py", ".pyc"}]
    own = folder / name
    for number, file in enumerate(sorted(texts, key=str)):
        place = Path(str(found.locate_file(file)))
        if place.is_file():
            own.mkdir(exist_ok=True)
            shutil.copy(place, own / (f"{number}-{file.name}" if (own / file.name).exists() else file.name))
    licence = stated.splitlines()[0] if stated else " AND ".join(classifiers)
    return f"{name} {found.version}: {licence or 'see its text'}" + ("" if texts else "  (brings no text)")


def _of_python(folder: Path) -> str:
    version = sys.version.split()[0]
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if text.is_file():
        (folder / "python").mkdir()
        shutil.copy(text, folder / "python")
    return f"python {version}: PSF-2.0" + ("" if text.is_file() else "  (brings no text)")


def _of_the_system(folder: Path, binaries: Iterable[str]) -> list[str]:
    """Libraries that came from Debian packages of the build machine, such as PortAudio and OpenSSL."""
    found: dict[str, set[str]] = {}
    outside = {str(Path(file).resolve()) for file in binaries if "site-packages" not in file}
    for file in sorted(outside):
        # A library below /usr/lib may be registered below /lib, its place of old.
        for place in (file, file.removeprefix("/usr")):
            said = subprocess.run(["dpkg-query", "-S", place], capture_output=True, text=True, check=False).stdout
            if said:
                found.setdefault(said.split(":")[0], set()).add(Path(file).name)
                break
    for package in found:
        text = DEBIAN / package / "copyright"
        if text.is_file():
            (folder / package).mkdir(exist_ok=True)
            shutil.copy(text, folder / package)
    return [f"{package} (Debian): {', '.join(sorted(files))}" for package, files in sorted(found.items())]
