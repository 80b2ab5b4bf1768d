"""Which checks `kiosk doctor` makes, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from kiosk.app.checks import glass, site, sound
from kiosk.app.checks.finding import Examination
from kiosk.app.checks.models import models
from kiosk.app.checks.quiet import of_the_machine, of_the_site
from kiosk.app.checks.road import Road
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import Credentials


def all_checks(settings: Settings, credentials: Callable[[], Credentials]) -> Iterator[Examination]:
    """Everything that `kiosk doctor` tries, what needs nothing first. The last ones open a conversation."""
    seen = cache(lambda: glass.look(settings.screen.renderer))
    yield from of_the_site(settings)
    yield "promises", lambda: site.promises(settings)
    yield "display", lambda: glass.display(seen, settings.screen)
    yield "touch", lambda: glass.touch(seen)
    yield "sound system", lambda: sound.devices(settings)
    yield "calibration", lambda: sound.calibration(settings)
    yield "loudspeaker", lambda: sound.loudspeaker(settings)
    yield "microphone", lambda: sound.microphone(settings)
    yield from of_the_machine(settings)
    yield "models", models
    yield "a person", lambda: site.person(settings)
    yield from Road(settings, credentials).steps()
