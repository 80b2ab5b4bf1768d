"""Weights of the speech models: found inside installed packages, joined in memory, and checked before use.

Package registries limit the size of a file, so large models come in parts spread over several packages. The packages
belong to other projects and could be replaced; a pinned SHA-256 of the whole file makes sure that what runs is what
was measured. Nothing is written to disk and nothing is downloaded. A path from the settings is the operator's own
choice: it is not hashed, only looked at for the files a model needs.

Everything here raises `Fault` (`ExitCode.MODEL`) that names the package to install or the file that is wrong.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.fault import ExitCode, Fault


@dataclass(frozen=True, slots=True)
class Packaged:
    """One model file inside installed packages.

    name    what a person calls it
    parts   (package to install, importable module, file below the module), in the order they are joined
    sha256  of the joined file
    """

    name: str
    parts: tuple[tuple[str, str, str], ...]
    sha256: str

    def read(self) -> bytes:
        """The joined file. Memory at the peak is its size plus one part."""
        joined = io.BytesIO()
        for package, module, inside in self.parts:
            joined.write(_part(self.name, package, module, inside))
        data = joined.getvalue()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            packages = ", ".join(dict.fromkeys(package for package, _, _ in self.parts))
            raise Fault(
                f"the weights of {self.name} are not the ones this program was made for",
                where=f"package {packages}",
                remedy=f"install again the exact versions that the extra 'service' pins: {packages}",
                code=ExitCode.MODEL,
            )
        return data


def _part(name: str, package: str, module: str, inside: str) -> bytes:
    try:
        return importlib.resources.files(module).joinpath(inside).read_bytes()
    except (ModuleNotFoundError, OSError) as error:
        missing = isinstance(error, ModuleNotFoundError)
        raise Fault(
            f"the weights of {name} are not installed"
            if missing
            else f"the weights of {name} cannot be read: {inside}",
            where=f"package {package}",
            remedy=f"install {package} (it is in the extra 'service')",
            code=ExitCode.MODEL,
        ) from error


def local_folder(path: Path, needed: Sequence[Sequence[str]], setting: str) -> Path:
    """A model folder from the settings. `needed`: for each file the names that will do, such as a .txt or a .json."""
    if not path.is_dir():
        raise _bad("the model folder does not exist", path, f"correct {setting}, or leave it empty")
    for names in needed:
        if not any((path / name).is_file() for name in names):
            raise _bad(f"the model folder has no {' or '.join(names)}", path, f"complete it, or correct {setting}")
    return path


def local_file(path: Path, suffix: str, setting: str) -> Path:
    """A model file from the settings, or one that belongs beside it."""
    if not path.is_file():
        raise _bad("the model file does not exist", path, f"correct {setting}, or leave it empty")
    if not path.name.endswith(suffix):
        raise _bad(f"the model file does not end in {suffix}", path, f"give {setting} another file")
    return path


def _bad(what: str, path: Path, remedy: str) -> Fault:
    return Fault(what, where=str(path), remedy=remedy, code=ExitCode.MODEL)
