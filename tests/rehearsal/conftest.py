from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from kiosk.rehearsal.soundserver import SoundServer

HAS_SOUND = all(shutil.which(program) for program in ("pulseaudio", "pactl", "parec"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("rig") and not HAS_SOUND:
            item.add_marker(pytest.mark.skip(reason="apt-get install pulseaudio pulseaudio-utils libasound2-plugins"))


@pytest.fixture
def sound() -> Iterator[SoundServer]:
    with SoundServer() as server:
        yield server
