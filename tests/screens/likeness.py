"""How unlike two pictures of the window look: a number that survives the noise of font rendering and little else.

Pictures are kept and compared small, in a palette of 256 colours, and a little blurred, in Oklab, where equal distances
look equally far apart and black to white is 1. The number is the mean difference of the worst tile of 8 pixels a side,
about a letter of a label: a mean over the whole picture would hide a missing letter in the dark around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from kiosk.screen.gallery.ink import LINEAR, pixels

WIDTH = {True: 360, False: 576}  # upright, lying
TILE = 8
COLOURS = 256
FLARE = 0.01  # of the room in the glass: without it black and nearly black would seem far apart
UNLIKE = 0.035
"""Measured: a state drawn twice up to 0.004, fonts drawn without hinting up to 0.017, the palette up to 0.023. Above:
a word in a hue that is clearly another 0.05, a letter of a label missing 0.07, a button moved by 2 mm 0.22."""

CONES = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
OKLAB = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])

Map = NDArray[np.float64]


def small(image: QImage) -> QImage:
    """As large as a reference is kept."""
    width = WIDTH[image.height() > image.width()]
    return _plain(image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation))


def kept(image: QImage) -> QImage:
    """A small picture as it is written: the most frequent colours of it, a fifth of the bytes."""
    colours = pixels(image).reshape(-1, 3)[:, ::-1].astype(int)
    _, group, count = np.unique((colours >> 3) @ [1 << 10, 1 << 5, 1], return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(group, colours[:, channel]) for channel in range(3)], 1) / count[:, None]
    palette = [0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in means[np.argsort(-count)[:COLOURS]]]
    return image.convertToFormat(QImage.Format.Format_Indexed8, palette, Qt.ImageConversionFlag.ThresholdDither)


def difference(one: QImage, other: QImage) -> Map:
    """For each tile of two small pictures of one size, from 0 (alike) to about 1."""
    apart = np.linalg.norm(_blurred(_oklab(one)) - _blurred(_oklab(other)), axis=2)
    rows, columns = (length // TILE for length in apart.shape)
    tiles = apart[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    return np.asarray(tiles.mean(axis=(1, 3)))


def side_by_side(drawn: QImage, reference: QImage) -> QImage:
    """Drawn, reference, and where they differ, for whoever must decide which is right."""
    width, height = drawn.width(), drawn.height()
    hot = np.clip(difference(drawn, reference) / UNLIKE * 255, 0, 255).astype(np.uint8)
    hot = np.repeat(np.repeat(hot, TILE, 0), TILE, 1)
    sheet = np.zeros((height, 3 * width, 4), np.uint8)
    sheet[:, :width, :3], sheet[:, width : 2 * width, :3] = pixels(drawn), pixels(reference)
    sheet[: hot.shape[0], 2 * width : 2 * width + hot.shape[1], :3] = hot[:, :, None]
    return QImage(sheet.tobytes(), 3 * width, height, QImage.Format.Format_RGB32).copy()


def _plain(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_RGB32)


def _oklab(image: QImage) -> Map:
    light = LINEAR[pixels(image)[:, :, ::-1]] + FLARE
    return np.asarray(np.cbrt(light @ CONES.T) @ OKLAB.T)


def _blurred(some: Map) -> Map:
    """Three by three."""
    padded = np.pad(some, ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = some.shape[:2]
    return np.asarray(sum(padded[y : y + height, x : x + width] for y in range(3) for x in range(3)) / 9)
