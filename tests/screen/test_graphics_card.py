"""What draws the window is decided without asking OpenGL where there is no graphics card to ask about."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.screen.window import has_gpu


@pytest.mark.parametrize(
    ("device", "there"),
    [
        ("dri/renderD128", True),  # Mesa's drivers, also those of a virtual machine with 3D
        ("nvidia0", True),
        ("nvidiactl", False),  # the driver alone
        ("mali0", True),
        ("dri/card0", False),  # a screen that something else draws for: a server's, or a virtual machine's plain one
        ("fb0", False),
    ],
)
def test_a_graphics_card_is_told_by_its_device(tmp_path: Path, device: str, there: bool) -> None:
    (tmp_path / device).parent.mkdir(exist_ok=True)
    (tmp_path / device).touch()
    assert has_gpu(tmp_path) is there


def test_a_machine_without_devices_has_none(tmp_path: Path) -> None:
    assert not has_gpu(tmp_path / "nowhere")
