"""The checks that disturb nobody: for the staff panel, while the kiosk runs.

Loaded with the kiosk itself, so it brings in nothing that only the doctor needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.app.checks import glass, machine, site, sound
from kiosk.app.checks.finding import Examination, Skipped, examine
from kiosk.core.ports import Check, MicrophoneFigures
from kiosk.settings.schema import Settings


def quiet_checks(
    settings: Settings,
    credentials_file: Path | None = None,
    figures: Callable[[], MicrophoneFigures] = MicrophoneFigures,
) -> tuple[Check, ...]:
    """Those that disturb nobody: no device is opened, nothing is sent. Some tens of milliseconds, on any thread.

    For the staff panel, while the kiosk runs: levels and the link it shows from the running kiosk.

    figures     of the microphone that is in use
    """

    def seen() -> glass.Glass:
        found = glass.look_here()
        if found is None:
            raise Skipped("this kiosk runs without a window")
        return found

    examinations: list[Examination] = [
        *of_the_site(settings),
        ("display", lambda: glass.display(seen, settings.screen)),
        ("touch", lambda: glass.touch(seen)),
        ("calibration", lambda: sound.measured_rooms(settings)),
        ("microphone", lambda: sound.overdriven(figures())),
        *of_the_machine(settings),
        ("credentials", lambda: site.credentials(credentials_file)),
    ]
    return tuple(examine(name, attempt).check() for name, attempt in examinations)


def of_the_site(settings: Settings) -> Iterator[Examination]:
    yield "dialect", lambda: site.dialect(settings)
    yield "theme", lambda: site.theme(settings)
    yield "typeface", site.typeface
    yield "opening hours", lambda: site.hours(settings)
    yield "staff PIN", site.staff_pin


def of_the_machine(settings: Settings) -> Iterator[Examination]:
    yield "disk", lambda: machine.disk(settings)
    yield "clock", machine.clock
    yield "machine", machine.processor
