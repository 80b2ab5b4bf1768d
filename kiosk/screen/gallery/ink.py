"""The ink: contrast measured on the pixels of a grabbed window, against what is really behind each word and control.

A theme's tokens are compared when it is loaded (`screen.theme`), but a word may stand on a picture, a glow or a dimmed
control. So the window is grabbed twice, the second time without its words and icons, and what is then in their place is
what they are read against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem

from kiosk.core import legible
from kiosk.core.legible import OUTLINE_CONTRAST, TEXT_CONTRAST, Box
from kiosk.screen.gallery.geometry import LINES, Standing, Thing, ancestors, is_icon, look
from kiosk.screen.window import Window

Light = NDArray[np.float64]  # luminance of each pixel, 0 to 1
LINEAR = np.array([legible.linear(channel) for channel in range(256)])
WORST = 2.0  # percent of the pixels behind a word that may be worse: the edge of a stroke in a picture
USUAL = 50.0  # behind an icon: the corners of its square may stick out of its disc
SEEN = 0.02  # luminance by which a pixel changes where there is ink
OUTLINE_PX = 4  # inside of a control's edge, where its outline is looked for
BEYOND_PX = range(2, 13)  # outside of it, where its ground is: the median, because a live pill has rings around it


def faint(window: Window) -> list[str]:
    """What cannot be told from its ground in the window as it stands now."""
    standing = look(window)
    drawn = pixels(window.quick.grabWindow())
    inked = (*standing.texts, *standing.icons)
    bare = _without([thing.item for thing in inked], window)
    found = [_faint(thing, drawn, bare, TEXT_CONTRAST) for thing in standing.texts]
    found += [_faint(thing, drawn, bare, OUTLINE_CONTRAST) for thing in standing.icons]
    return [fault for fault in found if fault] + list(_outlines(standing, bare))


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Rows, columns, and blue, green, red."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine() // 4, 4)
    return rows.copy()[:, : plain.width(), :3]  # the rows in one piece: six times as fast as their thirds


def light(some: NDArray[np.uint8]) -> Light:
    red, green, blue = legible.LIGHT_SHARES
    return np.asarray(LINEAR[some] @ np.array([blue, green, red]))


def _without(items: list[QQuickItem], window: Window) -> NDArray[np.uint8]:
    before = [item.opacity() for item in items]
    for item in items:
        item.setOpacity(0)
    QGuiApplication.processEvents()
    bare = pixels(window.quick.grabWindow())
    for item, opacity in zip(items, before, strict=True):
        item.setOpacity(opacity)
    QGuiApplication.processEvents()
    return bare


def _faint(thing: Thing, drawn: NDArray[np.uint8], bare: NDArray[np.uint8], needed: float) -> str:
    place, icon = _cut(thing.place), is_icon(thing.item)
    ground, seen = light(bare[place]), light(drawn[place])
    if not ground.size:
        return ""
    if np.abs(seen - ground).max() < SEEN:
        return f"{thing.said()} cannot be seen"
    colour = thing.item.property("tint" if icon else "color")
    covers = colour.alphaF() * _opacity(thing.item)
    blended = bare[place] * (1 - covers) + np.array([colour.blue(), colour.green(), colour.red()]) * covers
    worst = float(np.percentile(_ratio(light(blended.round().astype(np.uint8)), ground), USUAL if icon else WORST))
    if worst < needed:
        return f"{thing.said()} in {QColor(colour).name()} has a contrast of {worst:.2f}:1, and {needed:g}:1 is needed"
    return ""


def _outlines(standing: Standing, bare: NDArray[np.uint8]) -> Iterator[str]:
    """Of a control, its outline or its face must stand out, on every side."""
    for control in standing.controls:
        face = _face_of(control.item)
        if face is None or control.item.objectName() in LINES:
            continue
        worst = min(_sides(face, bare), default=OUTLINE_CONTRAST)
        if worst < OUTLINE_CONTRAST:
            yield (
                f"the outline of {control.said()} has a contrast of {worst:.2f}:1, and {OUTLINE_CONTRAST:g}:1 is needed"
            )


def _sides(face: Box, bare: NDArray[np.uint8]) -> Iterator[float]:
    """The contrast at the middle of each side, from inside to outside."""
    rows, columns = bare.shape[:2]
    x, y = (round(middle) for middle in face.middle)
    left, top, right, bottom = (round(side) for side in face)
    for inside_x, inside_y, step_x, step_y in (
        (left, y, 1, 0),
        (right - 1, y, -1, 0),
        (x, top, 0, 1),
        (x, bottom - 1, 0, -1),
    ):
        way = [(inside_y - n * step_y, inside_x - n * step_x) for n in BEYOND_PX]
        ground = [bare[row, column] for row, column in way if 0 <= row < rows and 0 <= column < columns]
        if not ground:
            continue
        inside = light(np.array([bare[inside_y + n * step_y, inside_x + n * step_x] for n in range(-1, OUTLINE_PX)]))
        beyond = float(np.median(light(np.array(ground))))
        yield max(legible.ratio(float(one), beyond) for one in inside)


def _face_of(control: QQuickItem) -> Box | None:
    """The rectangle that shows where the control is: the largest inside of it."""
    place = control.mapRectToScene(control.boundingRect())
    found = [
        child.mapRectToScene(child.boundingRect())
        for child in control.childItems()
        if child.inherits("QQuickRectangle") and child.isVisible()
    ]
    inside = [one for one in found if place.adjusted(-1, -1, 1, 1).contains(one)]
    if not inside:
        return None
    largest = max(inside, key=lambda one: one.width() * one.height())
    return Box(largest.left(), largest.top(), largest.right(), largest.bottom())


def _opacity(item: QQuickItem) -> float:
    return math.prod(one.opacity() for one in (item, *ancestors(item)))


def _ratio(one: Light, other: Light) -> Light:
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def _cut(place: Box) -> tuple[slice, slice]:
    return slice(max(0, round(place.top)), round(place.bottom)), slice(max(0, round(place.left)), round(place.right))
