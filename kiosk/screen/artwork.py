"""A house's own pictures, named by its theme file: they are looked at before the first visitor does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QImageReader

from kiosk.core.fault import ExitCode, Fault
from kiosk.core.legible import OUTLINE_CONTRAST, contrast

LOOKED_AT_PX = 64  # the longer side of what is examined of a mark
OPAQUE = 128  # of 255
SEEN_SHARE = 0.2  # of a mark's opaque pixels that must stand out from the ground


@dataclass(frozen=True, slots=True)
class Kind:
    """What a picture may be. `side_px` is the longest side: more is memory that shows nothing."""

    key: str
    what: str
    suffixes: tuple[str, ...]
    megabytes: int
    side_px: int


MARK = Kind("mark", "the house's mark", (".svg", ".png"), 2, 2048)
ATTRACT = Kind("attract", "the picture of the first screen", (".png", ".jpg", ".jpeg", ".webp"), 12, 7680)


def picture(value: object, kind: Kind, theme_file: Path) -> Path | None:
    """The file that a theme names, relative to the theme's own; None where it names none.

    Raises `Fault` (`ExitCode.SETTINGS`) when it is missing, broken, of another kind, or huge.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise _fault(f"{kind.key} in the theme is not the name of a file", theme_file, 'write it as "picture.png"')
    path = (theme_file.parent / value).resolve()
    if path.suffix.casefold() not in kind.suffixes:
        raise _fault(f"{kind.what} is not one of {', '.join(kind.suffixes)}", path, "save it in one of these formats")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _fault(
            f"{kind.what} cannot be read: {error.strerror}", path, f"correct {kind.key} in {theme_file.name}"
        ) from error
    if size > kind.megabytes * 1_000_000:
        raise _fault(
            f"{kind.what} has {size / 1e6:.1f} MB, and {kind.megabytes} MB are the most",
            path,
            "save it smaller",
        )
    reader = QImageReader(str(path))
    drawn = reader.size()
    if max(drawn.width(), drawn.height()) > kind.side_px:
        raise _fault(
            f"{kind.what} is {drawn.width()} x {drawn.height()} pixels, and {kind.side_px} a side are the most",
            path,
            "save it smaller",
        )
    if _read(reader, drawn).isNull():
        raise _fault(f"{kind.what} is broken: {reader.errorString()}", path, "save it again, or leave it out")
    return path


def check_mark(path: Path, ground: str) -> None:
    """Raises `Fault` when the mark cannot be told from the colour that it stands on: a black logo on a dark screen."""
    reader = QImageReader(str(path))
    image = _read(reader, reader.size()).convertToFormat(QImage.Format.Format_ARGB32)
    rows: NDArray[np.uint8] = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)
    opaque = rows[rows[:, 3] >= OPAQUE][:, :3]
    if not len(opaque):
        raise _fault("the house's mark is transparent all over", path, "save it again with its shapes filled")
    seen = sum(contrast(f"#{r:02x}{g:02x}{b:02x}", ground) >= OUTLINE_CONTRAST for b, g, r in opaque) / len(opaque)
    if seen < SEEN_SHARE:
        raise _fault(
            f"only {seen:.0%} of the house's mark stand out from the ground {ground}",
            path,
            "use the mark's light version on a dark theme, and its dark one on a light theme",
        )


def _read(reader: QImageReader, size: QSize) -> QImage:
    """As small as is enough to see that it can be drawn."""
    if size.isValid() and max(size.width(), size.height()) > LOOKED_AT_PX:
        scale = LOOKED_AT_PX / max(size.width(), size.height())
        reader.setScaledSize(QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale))))
    return reader.read()


def _fault(what: str, where: Path, remedy: str) -> Fault:
    return Fault(what, where=str(where), remedy=remedy, code=ExitCode.SETTINGS)
