"""What an X server shows, as pixels and as a PNG file. (`xwd` writes the one format that needs no graphics library.)"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(height, width, 3): red, green, blue."""

_HEADER = struct.Struct(">25I")  # XWDFile.h, version 7
_VERSION, _Z_PIXMAP = 7, 2
_COLOUR_SIZE = 12
_MASKS = (0xFF0000, 0xFF00, 0xFF)


def of_window_dump(dump: bytes) -> Pixels:
    """The picture in an `xwd` dump of a true-colour display. Raises `ValueError` for any other dump."""
    if len(dump) < _HEADER.size:
        raise ValueError("the window dump is cut short")
    head = _HEADER.unpack_from(dump)
    size, version, kind, _, width, height, _, little_first = head[0], head[1], head[2], *head[3:8]
    bits, line_bytes, masks, colours = head[11], head[12], head[14:17], head[19]
    if (version, kind, bits, masks) != (_VERSION, _Z_PIXMAP, 32, _MASKS):
        raise ValueError(f"a window dump of version {version}, kind {kind} and {bits} bits is not known here")
    start = size + colours * _COLOUR_SIZE
    if len(dump) < start + height * line_bytes:
        raise ValueError("the window dump is cut short")
    lines = np.frombuffer(dump, np.uint8, height * line_bytes, start).reshape(height, line_bytes)
    four = lines[:, : width * 4].reshape(height, width, 4)
    return four[..., 1:] if little_first else four[..., 2::-1]


def is_blank(pixels: Pixels) -> bool:
    """One colour and nothing else: no window has drawn."""
    return bool((pixels == pixels[0, 0]).all())


def png(pixels: Pixels) -> bytes:
    """The picture as a PNG file: each line as its difference to the one above it, and quick compression."""
    height, width, _ = pixels.shape
    lines = np.empty((height, 1 + width * 3), np.uint8)
    lines[:, 0] = 2  # filter "up"
    flat = np.ascontiguousarray(pixels).reshape(height, width * 3)
    lines[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=lines[1:, 1:])
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
