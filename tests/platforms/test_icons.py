"""The icon, in the files that each system wants."""

from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtGui import QImage

ICONS = Path(__file__).resolve().parents[2] / "packaging" / "freezing" / "icons.py"


@pytest.fixture(scope="module")
def icons() -> ModuleType:
    spec = importlib.util.spec_from_file_location("icons", ICONS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_windows_gets_every_size(icons: ModuleType) -> None:
    data = icons.ico()
    zero, kind, count = struct.unpack_from("<HHH", data)
    assert (zero, kind, count) == (0, 1, len(icons.ICO_SIZES))
    for number, size in enumerate(icons.ICO_SIZES):
        width, height, *_, length, place = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        assert (width, height) == (size % 256, size % 256)
        part = data[place : place + length]
        assert len(part) == length
        if size == 256:
            assert QImage.fromData(part).width() == 256
        else:  # colours and mask count as twice the height
            assert struct.unpack_from("<Iii", part) == (40, size, 2 * size)
            assert length == 40 + 4 * size * size + (size + 31) // 32 * 4 * size


def test_macos_gets_every_size(icons: ModuleType) -> None:
    data = icons.icns()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4) == (len(data),)
    place, found = 8, {}
    while place < len(data):
        name, (length,) = data[place : place + 4], struct.unpack_from(">I", data, place + 4)
        found[name] = QImage.fromData(data[place + 8 : place + length]).width()
        place += length
    assert found == dict(icons.ICNS)


@pytest.mark.parametrize("size", [16, 32, 256])
def test_a_lamp_on_the_dark_is_seen(icons: ModuleType, size: int) -> None:
    image = icons.draw(size)
    middle, ground = image.pixelColor(size // 2, size // 2), image.pixelColor(size // 2, round(size * 0.08) + 1)
    assert image.pixelColor(0, 0).alpha() == 0, "the corners are round"
    assert middle.lightness() > 220
    assert ground.lightness() < 60
