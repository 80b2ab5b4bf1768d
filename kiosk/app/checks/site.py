"""What the site has chosen: dialect, theme, typeface, the way to a person, the credentials' place."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

from kiosk.app.checks.finding import Skipped
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.house import MUSEUM
from kiosk.settings.pin import StaffPin
from kiosk.settings.places import assets
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import find_credentials
from kiosk.wire.dialect import load_dialect

TYPEFACE_STARTS = (b"\0\1\0\0", b"OTTO", b"true")


def dialect(settings: Settings) -> str:
    read = load_dialect(settings.agent.dialect)
    return f"{read.name} is readable: {read.up.encoding} at {read.up.rate} Hz up, {read.down.rate} Hz down"


def theme(settings: Settings) -> str:
    from kiosk.screen.theme import load  # noqa: PLC0415 - a kiosk without a window needs no theme

    read = load(settings.screen.theme)
    return f"{read.name} is readable and every pair of its colours is clear enough"


def typeface() -> str:
    """The files themselves; whether Qt takes them is seen when the window opens."""
    folder = assets() / "fonts"
    files = sorted(folder.glob("*.ttf"))
    for file in files:
        if not file.read_bytes()[:4].startswith(TYPEFACE_STARTS):
            raise _install_again("a font is damaged", file)
    if not files:
        raise _install_again("the typeface is missing", folder)
    return f"{files[0].stem.split('-')[0]} in {len(files)} weights"


def person(settings: Settings) -> str:
    """Nobody is called: a check must not ring. A program that is named must be there."""
    chosen = settings.person
    if chosen.command and shutil.which(chosen.command[0]) is None:
        raise Fault(
            "the program that calls a person is not there or may not be run",
            where="setting person.command",
            remedy="correct its path, or make it executable",
            code=ExitCode.SETTINGS,
        )
    if chosen.command or chosen.webhook:
        how = " and ".join(
            name for name, there in (("a program", chosen.command), ("a webhook", chosen.webhook)) if there
        )
        raise Skipped(f"{how} calls somebody; it is not tried, because it would ring")
    raise Skipped("nobody is named in [person], so the agent is asked for a person")


def hours(settings: Settings) -> str:
    """By this machine's clock: a wrong time zone is seen here before a visitor sees it."""
    now, hours = time.time(), settings.hours.hours
    if hours.week is None and not hours.days:
        return "always open ([hours] names none)"
    changes = hours.changes_after(now)
    then = "" if changes is None else f" until {datetime.fromtimestamp(changes):%A %Y-%m-%d %H:%M}"
    zone = f"by this machine's clock, {datetime.now().astimezone():%H:%M %Z}"
    if not hours.open_at(now) and not then:
        raise Fault(
            f"the house is closed and does not open in sight, {zone}",
            where="table [hours]",
            remedy="name the days and times at which it is open",
            code=ExitCode.SETTINGS,
        )
    return f"{'open' if hours.open_at(now) else 'closed'} now{then}, {zone}"


def promises(settings: Settings) -> str:
    """What the local agent keeps, beside what the screen says of it; nobody can read a house's own sentence here."""
    kept, days = settings.service, settings.service.keep_days
    told = f"; what visitors ask goes to {_CHAT}, so the notice has to say so" if kept.chat_endpoint else ""
    if not days:
        return f"nothing of what is said is kept here{told}"
    if kept.keep_audio and not settings.visit.consent:
        raise _unsaid("visitors' voices are recorded, and no notice is answered first", "service.keep_audio",
                      "set visit.consent = true")  # fmt: skip
    for language, words in sorted(settings.words.items()):
        shipped = MUSEUM.get(language)
        if shipped is not None and words.footer == shipped.footer:
            raise _unsaid(f"the screen says that nothing is kept, and words are kept for {days} days",
                          f"words.{language}.footer", "say what is kept, and in the notice too")  # fmt: skip
        if not words.footer and not (settings.visit.consent and words.notice):
            raise _unsaid(f"words are kept for {days} days, and nothing on the screen says so",
                          f"words.{language}.footer", "say it there, or in a notice with visit.consent")  # fmt: skip
    what = "words and voices" if kept.keep_audio else "words"
    return f"{what} are kept for {days} days; see that footer and notice say so in every language{told}"


def staff_pin() -> str:
    """Its state only. Raises `Fault` for a file that cannot be used: that is never "unlocked"."""
    if StaffPin().chosen:
        return "chosen, and kept as a salted hash"
    return "not chosen yet: the first start of `kiosk run` asks for one"


def credentials(file: Path | None) -> str:
    return f"endpoint and Client ID found in {find_credentials(file).source}"


_CHAT = "service.chat_endpoint"


def _unsaid(what: str, setting: str, remedy: str) -> Fault:
    return Fault(what, where=f"setting {setting}", remedy=remedy, code=ExitCode.SETTINGS)


def _install_again(what: str, path: Path) -> Fault:
    return Fault(what, where=str(path), remedy="install the program again", code=ExitCode.SETTINGS)
