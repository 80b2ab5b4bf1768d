"""What is said of a display: none, one that lies about its size, one that is turned."""

from __future__ import annotations

import os

import pytest

from kiosk.app.checks import glass
from kiosk.app.checks.finding import Skipped, State, examine
from kiosk.app.checks.glass import Glass
from kiosk.core.fault import ExitCode, Fault
from kiosk.rehearsal.display import Display
from kiosk.settings.schema import Screen

TALL = Glass("xcb", 1080, 1920, 268, 476, "the GPU", ("ELO touch",))


def showing(seen: Glass, **screen: float) -> str:
    return glass.display(lambda: seen, Screen(**screen))


def nothing() -> Glass:
    return glass.look("auto", {"PATH": os.environ["PATH"]})


def test_no_display_is_nothing_wrong_unless_the_site_has_measured_one() -> None:
    found = examine("display", lambda: glass.display(nothing, Screen()))
    assert found.state is State.SKIPPED
    assert "no display here" in found.sentence
    found = examine("display", lambda: glass.display(nothing, Screen(diagonal_in=21.5)))
    assert found.state is State.FAIL
    assert found.code == ExitCode.NO_DEVICE
    assert "screen.diagonal_in is set" in found.what


def test_a_display_that_is_named_and_not_there() -> None:
    """Qt ends its process; the doctor goes on."""
    with pytest.raises(Fault, match="cannot be opened") as fault:
        glass.look("auto", {**os.environ, "DISPLAY": ":4711", "QT_QPA_PLATFORM": "xcb"})
    assert fault.value.code is ExitCode.NO_DEVICE


def test_a_real_look_from_a_process_of_its_own() -> None:
    seen = glass.look("auto", {**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    assert (seen.width, seen.height) > (0, 0)
    assert seen.drawn_by == "Qt's software renderer"
    assert "which nobody sees" in glass.display(lambda: seen, Screen())


def test_size_and_turn() -> None:
    assert showing(TALL) == "portrait, 1080 x 1920 pixels, 21.5 inches, drawn by the GPU"
    assert "landscape" in showing(Glass("xcb", 1920, 1080, 476, 268))
    assert "32 inches by the settings, 21.5 by the display" in showing(TALL, diagonal_in=32)


def test_a_size_that_cannot_be() -> None:
    for width_mm, height_mm in ((0, 0), (16, 9), (16000, 9000)):
        lying = Glass("xcb", 1920, 1080, width_mm, height_mm)
        with pytest.raises(Fault, match="which cannot be") as fault:
            showing(lying)
        assert "screen.diagonal_in" in fault.value.remedy
        assert showing(lying, diagonal_in=32)


def test_too_few_pixels() -> None:
    with pytest.raises(Fault, match="640 x 480"):
        showing(Glass("xcb", 640, 480, 160, 120))


def test_touch_is_named_or_its_cable_is() -> None:
    assert glass.touch(lambda: TALL) == "ELO touch"
    with pytest.raises(Skipped, match="USB cable"):
        glass.touch(lambda: Glass("xcb", 1080, 1920, 268, 476))


def test_what_follows_from_the_size() -> None:
    rows = dict(glass.derived(TALL, Screen()))
    assert rows["pixels for a millimetre"] == "4.03"
    assert "capitals" in rows["text body"]
    assert all("px" in value for name, value in rows.items() if name.startswith(("text", "control")))
    ((name, said),) = glass.derived(None, Screen())
    assert name == "sizes"
    assert "diagonal_in" in said


@pytest.mark.rig
def test_a_real_display_with_a_touch_screen() -> None:
    with Display(1080, 1920) as display:
        seen = glass.look("auto", display.env())
    assert (seen.platform, seen.width, seen.height) == ("xcb", 1080, 1920)
    assert seen.drawn_by == "Qt's software renderer"
    assert glass.touch(lambda: seen) == "kiosk-touch"
    assert "portrait, 1080 x 1920 pixels, 21.5 inches" in glass.display(lambda: seen, Screen(diagonal_in=21.5))
