from __future__ import annotations

import struct

import numpy as np
import pytest
from PySide6.QtGui import QImage

from kiosk.rehearsal.picture import is_blank, of_window_dump, png

COLOURS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[1, 2, 3], [4, 5, 6], [250, 251, 252]]], np.uint8)


def dump(pixels: np.ndarray, *, little: bool, masks: tuple[int, ...] = (0xFF0000, 0xFF00, 0xFF)) -> bytes:
    height, width, _ = pixels.shape
    line = width * 4 + 8  # padded, as some servers do
    name, colours = b"root\0", 2
    order = 0 if little else 1
    head = (100 + len(name), 7, 2, 24, width, height, 0, order, 32, order, 32, 32, line, 4, *masks, 8, 256, colours)
    body = np.zeros((height, line), np.uint8)
    four = body[:, : width * 4].reshape(height, width, 4)
    if little:
        four[..., :3] = pixels[..., ::-1]
    else:
        four[..., 1:] = pixels
    body[:, : width * 4] = four.reshape(height, -1)
    return struct.pack(">25I", *head, width, height, 0, 0, 0) + name + bytes(12 * colours) + body.tobytes()


@pytest.mark.parametrize("little", [True, False])
def test_a_window_dump_of_either_byte_order_is_read(little: bool) -> None:
    assert of_window_dump(dump(COLOURS, little=little)).tolist() == COLOURS.tolist()


def test_a_dump_of_another_kind_or_cut_short_is_refused() -> None:
    whole = dump(COLOURS, little=True)
    for bad in (b"", whole[:50], whole[:-1], dump(COLOURS, little=True, masks=(0xFF, 0xFF00, 0xFF0000))):
        with pytest.raises(ValueError, match="window dump"):
            of_window_dump(bad)


def test_the_png_is_the_picture_to_another_reader() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 31, 3), np.uint8)
    image = QImage.fromData(png(pixels), "PNG").convertToFormat(QImage.Format.Format_RGB888)
    assert (image.width(), image.height()) == (31, 40)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(40, image.bytesPerLine())
    assert (lines[:, : 31 * 3].reshape(40, 31, 3) == pixels).all()


def test_blank_is_one_colour_and_nothing_else() -> None:
    plain = np.full((20, 30, 3), 7, np.uint8)
    assert is_blank(plain)
    plain[19, 29, 2] = 8
    assert not is_blank(plain)
