"""`kiosk doctor --packaged`: is every part of the program there? Made for the frozen one, true of a checkout too."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from kiosk import __version__
from kiosk.app.checks import libraries, programs, site
from kiosk.app.checks.finding import Examination, Skipped, needs_agent
from kiosk.app.checks.models import models
from kiosk.app.checks.window import broken, bundle, drawn
from kiosk.app.checks.workers import understanding, workers
from kiosk.app.earcons import NAMES, Earcons
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.installed import has_agent
from kiosk.settings.load import load
from kiosk.settings.places import assets
from kiosk.settings.schema import Settings
from kiosk.settings.sound import Sound
from kiosk.wire.dialect import dialect_names, load_dialect

log = logging.getLogger(__name__)

AGENT_GROUPS = ("kiosk.stt", "kiosk.tts", "kiosk.answers")
GROUPS = ("kiosk.audio", *AGENT_GROUPS)
"""Kinds of plug-ins of which the program brings some itself."""
OPTIONAL_GROUPS = ("kiosk.dialects", "kiosk.inputs", "kiosk.lamps")
LICENCES = ("LGPL-3.0.txt", "GPL-3.0.txt", "QT.txt", "VERSIONS.txt", "NOTICE.md", "LICENSE")


def packaged_checks() -> Iterator[Examination]:
    yield "program", program
    yield "plug-ins", plug_ins
    yield "window", drawn
    yield "typeface", site.typeface
    yield "themes", themes
    yield "dialects", dialects
    yield "PortAudio", libraries.portaudio
    yield "hearing", libraries.hearing
    yield "earcons", earcons
    yield "TLS", libraries.tls
    yield "key ring", libraries.key_ring
    yield "gateway", programs.gateway
    yield "knowledge", knowledge
    yield "models", models
    yield "console", console
    yield "understanding", understanding
    yield "engines", workers
    yield "service", programs.service
    yield "settings", example
    yield "rehearsal", rehearsal
    yield "licences", licences


def program() -> str:
    python = ".".join(str(part) for part in sys.version_info[:3])
    if bundle() is None:
        return (
            f"version {__version__} on Python {python}; not a packaged program but a checkout: the same parts are tried"
        )
    return f"version {__version__} on Python {python}, packaged in {Path(sys.executable).parent}"


def plug_ins() -> str:
    """Every registered one loads, whoever brought it."""
    loaded = []
    for group in (*GROUPS, *OPTIONAL_GROUPS):
        if group in AGENT_GROUPS and not has_agent():
            continue  # the next checks say that it is not there
        registered = sorted(entry_points(group=group), key=lambda point: point.name)
        if not registered and group in GROUPS:
            raise broken(f"no plug-in is registered under {group}", Path("the program's metadata"))
        for point in registered:
            try:
                point.load()
            except Exception as error:  # the plug-in boundary
                log.exception("the plug-in %s of %s cannot be loaded", point.name, group)
                raise broken(
                    f"the plug-in {point.name} of {group} cannot be loaded: {error}", Path(point.value)
                ) from None
            loaded.append(f"{group.removeprefix('kiosk.')}/{point.name}")
    return ", ".join(loaded)


def themes() -> str:
    from kiosk.screen.theme import load as load_theme  # noqa: PLC0415 - with the window only

    names = sorted(file.stem for file in (assets() / "themes").glob("*.toml"))
    if Settings().screen.theme not in names:
        raise broken("the themes are missing", assets() / "themes")
    return ", ".join(load_theme(name).name for name in names)


def dialects() -> str:
    names = dialect_names()
    if Settings().agent.dialect not in names:
        raise broken("the dialects are missing", Path("kiosk/wire/dialects"))
    return ", ".join(load_dialect(name).name for name in names)


def earcons() -> str:
    sounds = Earcons(Sound())
    return ", ".join(name for name in NAMES if sounds.get(name))


def knowledge() -> str:
    needs_agent()
    from kiosk.service.embed import TOKENIZER  # noqa: PLC0415
    from kiosk.service.knowledge import read  # noqa: PLC0415

    if not TOKENIZER.is_file():
        raise broken("the tokenizer is missing", TOKENIZER)
    return f"{len(read(assets() / 'knowledge' / 'harbour-museum.md').entries)} entries of the demo agent"


def console() -> str:
    """Every page's template is read and understood, and what pages load is beside them."""
    needs_agent()
    for module in ("anyio._backends._asyncio", "python_multipart", "kiosk.service.console.app"):
        try:
            import_module(module)
        except ImportError as error:
            raise broken(f"the console cannot be served: {error}", Path(module)) from None
    from kiosk.service.console.render import HERE, templates  # noqa: PLC0415 - with the service's packages only

    for part in ("console.css", "console.js", "mark.svg"):
        if not (HERE / "static" / part).is_file():
            raise broken(f"the console's {part} is missing", HERE / "static")
    names = templates()
    if not names:
        raise broken("the console's pages are missing", HERE / "templates")
    return f"{len(names)} pages of the console"


def example() -> str:
    """Read as a site's file would be, without what the environment says."""
    loaded = load(assets() / "sites" / "example.toml", {})
    if loaded.settings != Settings():
        raise broken("the example of a site differs from the defaults", assets() / "sites" / "example.toml")
    return "the example of a site is there and shows the defaults"


def rehearsal() -> str:
    """Every shipped visit can be read."""
    from kiosk.rehearsal import visit  # noqa: PLC0415 - with the check only

    names = sorted(file.stem for file in visit.SHIPPED.glob("*.toml"))
    if "harbour" not in names:
        raise broken("the rehearsal's visit is missing", Path("kiosk/rehearsal/visits"))
    for name in names:
        visit.load(Path(name))
    return f"{len(names)} visits of `kiosk rehearse` can be read"


def licences() -> str:
    """Without these texts beside it, a frozen program must not be passed on (LGPL, among others)."""
    inside = bundle()
    if inside is None:
        raise Skipped("they stand in NOTICE.md, and packaging/freeze collects their texts")
    beside = inside.parent / "Resources" if sys.platform == "darwin" else Path(sys.executable).parent
    folder = beside / "licences"
    missing = [name for name in LICENCES if not (folder / name).is_file()]
    if missing:
        raise Fault(
            f"the licence text {missing[0]} is missing",
            where=str(folder),
            remedy="freeze the program again; without it this folder must not be passed on",
            code=ExitCode.MISSING_PACKAGE,
        )
    texts = sum(1 for file in folder.rglob("*") if file.is_file())
    return f"{texts} texts in {folder.name}/, how to exchange Qt in QT.txt"
