"""Draws the program's icon: the lamp with its rings, as it stands in the window, on the dark of the harbour.

    python packaging/freezing/icons.py FOLDER

kiosk.ico for Windows, kiosk.icns for macOS, kiosk-SIZE.png for whoever shows it on Linux. Drawn anew for each size:
three rings at 16 pixels are a smudge.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QRadialGradient

GROUND, EDGE, RING = "#101923", "#33414F", "#E9955F"
CORE = ((0.0, "#FFFFFF"), (0.38, "#FFF3E2"), (0.72, "#F3B08A"), (1.0, "#DB7A42"))

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
PNG_SIZES = (16, 32, 48, 64, 128, 256, 512)
ICNS = ((b"icp4", 16), (b"icp5", 32), (b"ic11", 32), (b"ic12", 64), (b"ic07", 128), (b"ic13", 256))
ICNS += ((b"ic08", 256), (b"ic14", 512), (b"ic09", 512), (b"ic10", 1024))
"""macOS' names of sizes; ic11 to ic14 and ic10 are those of 16 to 512 points on a fine display."""


def draw(size: int, margin: float = 0.0) -> QImage:
    """`margin`: of the side, empty around it (macOS aligns icons by it)."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = size * (1 - 2 * margin)
    painter.translate(size * margin, size * margin)
    tile = QPainterPath()
    tile.addRoundedRect(QRectF(0, 0, side, side), side * 0.22, side * 0.22)
    painter.fillPath(tile, QColor(GROUND))
    if size >= 32:
        painter.setPen(QPen(QColor(EDGE), max(1.0, side * 0.008)))
        inset = side * 0.004
        painter.drawRoundedRect(QRectF(inset, inset, side - 2 * inset, side - 2 * inset), side * 0.215, side * 0.215)
    _lamp(painter, side, rings=1 if size < 24 else 2 if size < 64 else 3)
    painter.end()
    return image


def _lamp(painter: QPainter, side: float, rings: int) -> None:
    """The fewer rings, the larger everything is."""
    middle = QPointF(side / 2, side / 2)
    core = side * {1: 0.22, 2: 0.18, 3: 0.145}[rings]
    step = side * {1: 0.15, 2: 0.125, 3: 0.095}[rings]
    for number in range(rings):
        radius = core + step * (number + 1)
        pen = QPen(QColor(RING), step * (0.5, 0.42, 0.34)[number])
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setOpacity((1.0, 0.75, 0.5)[number])
        around = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        for begin in (-50, 130):  # degrees; Qt counts sixteenths
            painter.drawArc(around, begin * 16, 100 * 16)
    painter.setOpacity(1.0)
    light = QRadialGradient(middle, core, QPointF(middle.x() - core * 0.15, middle.y() - core * 0.3))
    for place, colour in CORE:
        light.setColorAt(place, QColor(colour))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(light)
    painter.drawEllipse(middle, core, core)


def png(image: QImage) -> bytes:
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(kept.data())


def bitmap(image: QImage) -> bytes:
    """As an icon of Windows holds it: from the lowest row up, with an empty mask behind the colours. (makensis and old
    parts of Windows read no PNG below 256 pixels.)"""
    size = image.width()
    rows = [bytes(image.constScanLine(y))[: 4 * size] for y in reversed(range(size))]
    mask = bytes((size + 31) // 32 * 4) * size
    return struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, 0, 0, 0, 0, 0) + b"".join(rows) + mask


def ico() -> bytes:
    parts = [(size, png(draw(size)) if size == 256 else bitmap(draw(size))) for size in ICO_SIZES]
    place = 6 + 16 * len(parts)
    head = struct.pack("<HHH", 0, 1, len(parts))
    for size, data in parts:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), place)
        place += len(data)
    return head + b"".join(data for _, data in parts)


def icns() -> bytes:
    parts = [(name, png(draw(size, margin=0.09))) for name, size in ICNS]
    body = b"".join(name + struct.pack(">I", 8 + len(data)) + data for name, data in parts)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kiosk.ico").write_bytes(ico())
    (folder / "kiosk.icns").write_bytes(icns())
    for size in PNG_SIZES:
        (folder / f"kiosk-{size}.png").write_bytes(png(draw(size)))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
