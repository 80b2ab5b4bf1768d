"""Contact sheets: pictures laid side by side with a word under each, so that eyes can judge a whole face at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

ACROSS = {True: 8, False: 5}  # upright, lying
WIDTH = {True: 360, False: 576}
GAP, LINE = 20, 34
MOST = 40  # pictures on a sheet
TABLE, INK = QColor("#3A3A3C"), QColor("#E6E6E8")


@dataclass(frozen=True, slots=True)
class Print:
    """A picture, already as small as it is shown."""

    image: QImage
    caption: str


def print_of(image: QImage, caption: str) -> Print:
    width = WIDTH[image.height() > image.width()]
    return Print(image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation), caption)


def sheets(prints: Sequence[Print]) -> list[QImage]:
    """In the order given, at most `MOST` on each; rows are as high as their highest picture."""
    return [_sheet(prints[first : first + MOST]) for first in range(0, len(prints), MOST)]


def _sheet(prints: Sequence[Print]) -> QImage:
    across = ACROSS[prints[0].image.height() > prints[0].image.width()]
    rows = [prints[first : first + across] for first in range(0, len(prints), across)]
    width = max(one.image.width() for one in prints)
    heights = [max(one.image.height() for one in row) + LINE + GAP for row in rows]
    sheet = QImage((width + GAP) * across + GAP, sum(heights) + GAP, QImage.Format.Format_RGB32)
    sheet.fill(TABLE)
    painter = QPainter(sheet)
    font = QFont("Readex Pro")
    font.setPixelSize(18)
    painter.setFont(font)
    painter.setPen(INK)
    top = GAP
    for row, height in zip(rows, heights, strict=True):
        for column, one in enumerate(row):
            left = GAP + column * (width + GAP)
            painter.drawImage(left, top, one.image)
            place = QRect(left, top + one.image.height(), width, LINE)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, one.caption)
        top += height
    painter.end()
    return sheet
