"""Which checks are made, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from kiosk.app.checks import glass, machine, site, sound
from kiosk.app.checks.finding import Examination, Skipped, examine
from kiosk.app.checks.models import models
from kiosk.app.checks.road import Road
from kiosk.core.ports import Check
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import Credentials


def all_checks(settings: Settings, credentials: Callable[[], Credentials]) -> Iterator[Examination]:
    """Everything that `kiosk doctor` tries, what needs nothing first. The last ones open a conversation."""
    seen = cache(lambda: glass.look(settings.screen.renderer))
    yield from _of_the_site(settings)
    yield "display", lambda: glass.display(seen, settings.screen)
    yield "touch", lambda: glass.touch(seen)
    yield "sound system", lambda: sound.devices(settings)
    yield "loudspeaker", lambda: sound.loudspeaker(settings)
    yield "microphone", lambda: sound.microphone(settings)
    yield from _of_the_machine(settings)
    yield "models", models
    yield "a person", lambda: site.person(settings)
    yield from Road(settings, credentials).steps()


def quiet_checks(settings: Settings, credentials_file: Path | None = None) -> tuple[Check, ...]:
    """Those that disturb nobody: no device is opened, nothing is sent. Some tens of milliseconds, on any thread.

    For the staff panel, while the kiosk runs: levels and the link it shows from the running kiosk.
    """

    def seen() -> glass.Glass:
        found = glass.look_here()
        if found is None:
            raise Skipped("this kiosk runs without a window")
        return found

    examinations: list[Examination] = [
        *_of_the_site(settings),
        ("display", lambda: glass.display(seen, settings.screen)),
        ("touch", lambda: glass.touch(seen)),
        *_of_the_machine(settings),
        ("credentials", lambda: site.credentials(credentials_file)),
    ]
    return tuple(examine(name, attempt).check() for name, attempt in examinations)


def _of_the_site(settings: Settings) -> Iterator[Examination]:
    yield "dialect", lambda: site.dialect(settings)
    yield "theme", lambda: site.theme(settings)
    yield "typeface", site.typeface
    yield "staff PIN", site.staff_pin


def _of_the_machine(settings: Settings) -> Iterator[Examination]:
    yield "disk", lambda: machine.disk(settings)
    yield "clock", machine.clock
    yield "machine", machine.processor
