"""The frozen program's papers: FILES, licences/ and the bill of materials (CycloneDX 1.6), written beside it.

Nothing in them tells when or by whom they were written, beside the day of the commit: two freezes can be compared.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import contents
import division
from inventory import Component

FILES, BILL = "FILES", "sbom.cdx.json"
OWN_TEXTS = ("LICENSE", "NOTICE.md", "packaging/licences/QT.txt", "packaging/licences/LGPL-3.0.txt")
OWN_TEXTS += ("packaging/licences/GPL-3.0.txt", "assets/fonts/OFL.txt")
SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
SPACE = uuid.UUID("6f4c6b9a-0d5e-4c4e-9a44-3f6d5f3a2b10")  # of our serial numbers
_ONE_LICENCE = re.compile(r"[\w.+-]+")


def write(folder: Path, components: Sequence[Component]) -> None:
    """`folder`: the frozen program. The first component is the program itself. Licences first: FILES lists all."""
    collect(folder / "licences", components)
    hashes = {place: digest for place, _, digest in listing(folder)}
    bill = bill_of(components, hashes)
    (folder / BILL).write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", "utf-8")
    lines = [f"{place}\t{size}\t{digest}\n" for place, size, digest in listing(folder)]
    (folder / FILES).write_text("".join(lines), "utf-8")


def listing(folder: Path) -> Iterable[tuple[str, int, str]]:
    """(path, size in bytes, SHA-256) of every file but FILES, sorted; of a link, 0 and where it points."""
    for file in sorted(folder.rglob("*"), key=lambda file: file.relative_to(folder).as_posix()):
        place = file.relative_to(folder).as_posix()
        if file.is_symlink():
            yield place, 0, f"-> {os.readlink(file)}"
        elif file.is_file() and place != FILES:
            with file.open("rb") as opened:
                yield place, file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest()


def collect(folder: Path, components: Sequence[Component]) -> None:
    """The licence texts of every component in a folder of its name. Raises `SystemExit` for one without."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in OWN_TEXTS:
        shutil.copy(contents.ROOT / name, folder)
    rows = []
    for component in components:
        texts = [text for text in component.texts if text.is_file()]
        if not texts:
            raise SystemExit(
                f"packaging/freeze: there is no licence text of {component.name}: put one into packaging/licences and "
                "name it in packaging/freezing/components.toml."
            )
        own = folder / folder_of(component.name)
        own.mkdir()
        for number, text in enumerate(texts):
            shutil.copy(text, own / (f"{number}-{text.name}" if (own / text.name).exists() else text.name))
        rows.append(f"{component.name} {component.version}: {component.licence or 'see its text'}")
    head = "What is in this folder's program, its version and licence; the texts stand beside this file.\n\n"
    (folder / "VERSIONS.txt").write_text(head + "\n".join(rows) + "\n", "utf-8")


def folder_of(name: str) -> str:
    """The folder of a component's licence texts."""
    return re.sub(r"[^\w.+-]+", "-", name)


def bill_of(components: Sequence[Component], hashes: dict[str, str]) -> dict[str, Any]:
    """As CycloneDX has it. `hashes`: path in the frozen folder -> SHA-256."""
    by_name = {component.name: component for component in components}
    described = [_described(one, hashes, _packages(one, by_name)) for one in components]
    told = json.dumps(described, sort_keys=True)
    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(SPACE, told)}",
        "version": 1,
        "metadata": {"timestamp": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "component": described[0]},
        "components": described[1:],
        "dependencies": [{"ref": described[0]["bom-ref"], "dependsOn": [part["bom-ref"] for part in described[1:]]}],
    }


def _packages(component: Component, by_name: dict[str, Component]) -> list[str]:
    """The Debian packages that it is in. Python's modules are all in the kiosk's one archive."""
    files = component.files or getattr(by_name.get(component.within), "files", [])
    return sorted({division.package_of(file) for file in files}) or [division.KIOSK]


def _described(component: Component, hashes: dict[str, str], packages: list[str]) -> dict[str, Any]:
    files = [
        {"type": "file", "name": file, "hashes": [{"alg": "SHA-256", "content": hashes[file]}]}
        for file in sorted(component.files)
        if not hashes[file].startswith("->")
    ]
    return {
        "type": component.kind,
        "bom-ref": f"{folder_of(component.name)}@{component.version}",
        "name": component.name,
        "version": component.version,
        "licenses": [_licence(component.licence)],
        "purl": component.purl,
        "properties": [{"name": "exei:debian-package", "value": package} for package in packages],
        **({"components": files} if files else {}),
    }


def _licence(expression: str) -> dict[str, Any]:
    if expression.startswith("LicenseRef-"):
        return {"license": {"name": expression.removeprefix("LicenseRef-").replace("-", " ")}}
    if _ONE_LICENCE.fullmatch(expression):
        return {"license": {"id": expression}}
    return {"expression": expression}
