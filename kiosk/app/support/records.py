"""What was written down, in a support bundle: settings, crashes, logs, the units' journal, the room's figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path

from kiosk.app.check import explained
from kiosk.app.checks.finding import Skipped
from kiosk.app.support.part import Part, said, tail
from kiosk.audio import profile
from kiosk.core.fault import Fault
from kiosk.settings import places
from kiosk.settings.load import Loaded
from kiosk.settings.schema import Settings

LOGS = {"kiosk": "kiosk run", "service": "kiosk service", "gateway": "kiosk gateway"}  # name of the file: whose
PACKAGED_LOGS = (Path("/var/log/exei-voice-kiosk"), Path("/var/log/exei-voice-agent"))
LONGEST_LOG = 3_000_000  # bytes of one program's, over its older files: days
UNITS = tuple(
    f"exei-voice-{name}.service" for name in ("kiosk", "kiosk-sound", "kiosk-failed", "kiosk-roll-back", "agent")
)
JOURNAL_LINES = 4000
STATES = (
    "Id,LoadState,ActiveState,SubState,StatusText,Result,NRestarts,ExecMainStatus,ExecMainCode,StateChangeTimestamp,"
    "WatchdogTimestamp"
)


def parts(loaded: Loaded | Fault, settings: Settings) -> Iterator[Part]:
    """`loaded`: or why the settings cannot be read."""
    yield Part(
        "settings.json",
        "every setting and where it comes from, the house's own words too; addresses that ring are hidden",
        lambda: _settings(loaded),
    )
    yield Part("crashes.json", "when the program crashed", lambda: tail(places.state() / "crashes.json"))
    yield Part("healthy.txt", "the version that last ran well", lambda: tail(places.state() / "healthy"))
    for name, command in LOGS.items():
        yield Part(f"logs/{name}.log", f"the end of the log of `{command}`", partial(logs, settings, name))
    yield Part("units.txt", "state of the units", units)
    yield Part("journal.txt", f"the last {JOURNAL_LINES} lines of the units' journal", journal)
    yield Part("room.json", "how the room was measured: numbers", lambda: room(settings))


def _settings(loaded: Loaded | Fault) -> str:
    if isinstance(loaded, Fault):
        raise loaded
    return json.dumps(explained(loaded), indent=2, ensure_ascii=False)


def logs(settings: Settings, name: str) -> str:
    """The newest lines last, over the log's older files, as far as they may be read."""
    folders = dict.fromkeys(folder for folder in (settings.journal.folder, *PACKAGED_LOGS) if folder is not None)
    left, pieces = LONGEST_LOG, list[str]()
    for file in (
        folder / log for folder in folders for log in (f"{name}.log", *(f"{name}.log.{n}" for n in range(1, 20)))
    ):
        with suppress(Skipped):  # there are as many as it has rotated; what is not readable is told when nothing is
            pieces.append(tail(file, left))
            left -= len(pieces[-1].encode())
        if left <= 0:
            break
    if not pieces:
        raise Skipped(f"none that this user may read in {', '.join(map(str, folders))}")
    return "".join(reversed(pieces))


def units() -> str:
    return said("systemctl", "show", f"--property={STATES}", *UNITS)


def journal() -> str:
    """Only the units': what else a machine writes down is nobody's business here."""
    chosen = [f"--unit={unit}" for unit in UNITS]
    text = said("journalctl", "--no-pager", "--output=short-iso", f"--lines={JOURNAL_LINES}", *chosen, within_s=30)
    if len(text.splitlines()) < 2:
        raise Skipped("there is nothing of these units that this user may read: root may")
    return text


def room(settings: Settings) -> str:
    """As it was read: a file that is none of ours is not passed on."""
    kept = profile.read(profile.file_of(settings.sound))
    if not kept:
        raise Skipped("no room was measured yet: `kiosk doctor --sound` does it in half a minute")
    return json.dumps([asdict(one) for one in kept], indent=1, ensure_ascii=False)
