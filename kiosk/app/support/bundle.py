"""`kiosk doctor --bundle FILE.zip`: what whoever helps from afar needs to know, in one file.

A list of parts, and nothing that is not on it: no database, no recording, no PIN, no credentials file is ever opened
for it. Each part may be missing, and then says why; on a half broken machine that is what it is for. Text only, and
each text passes the veil.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from kiosk import __version__
from kiosk.app.checks.finding import State, examine
from kiosk.app.support import machine, records
from kiosk.app.support.findings import findings
from kiosk.app.support.part import Part
from kiosk.app.support.veil import Veil
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.load import Loaded, load
from kiosk.settings.schema import Settings

STANDARD_OUTPUT = "-"
ABOUT = "ABOUT.txt"
HOLDS = (
    "Text only. It holds no visitor's word, no sound, no endpoint, Client ID, key or password, and nothing of the "
    "staff PIN. It names this machine's devices, the house's settings and the house's own words."
)
DO = (
    "Look into it if you like, send it to whoever helps you with this kiosk, say what happened and when, and delete it."
)


def bundle(out: str, *, site_file: Path | None, credentials_file: Path | None) -> int:
    """Makes it and prints what is in it. 0, whatever is broken. Raises `Fault` where the file cannot be written.

    out  a file that does not exist yet, or "-" for standard output, where a file would belong to the wrong user
    """
    if out == STANDARD_OUTPUT:
        data, listed = _made(site_file, credentials_file)
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        print(listed, file=sys.stderr)
        return 0
    target = Path(out)
    with _new(target) as file:  # before anything is looked at: half a minute later is late for a slip of the pen
        data, listed = _made(site_file, credentials_file)
        file.write(data)
    print(listed)
    print(f"{target}: {len(data) / 1000:.0f} kB, readable by its owner alone.")
    return 0


def _made(site_file: Path | None, credentials_file: Path | None) -> tuple[bytes, str]:
    loaded = _load(site_file)
    settings = loaded.settings if isinstance(loaded, Loaded) else Settings()
    veil = Veil(settings if isinstance(loaded, Loaded) else None, credentials_file, os.environ)
    _say_through(veil)
    return packed(all_parts(loaded, settings, site_file, credentials_file), veil)


def all_parts(
    loaded: Loaded | Fault, settings: Settings, site_file: Path | None, credentials_file: Path | None
) -> Iterator[Part]:
    """What looks at the machine first, what plays and listens last."""
    yield from machine.parts(settings)
    yield from records.parts(loaded, settings)
    with_site = site_file if isinstance(loaded, Loaded) else Path(os.devnull)  # the defaults, to try the rest by
    yield Part("checks.json", "what every check of `kiosk doctor` found", lambda: findings(with_site, credentials_file))


def packed(chosen: Iterable[Part], veil: Veil) -> tuple[bytes, str]:
    """The zip, and the list of what is in it and what is not."""
    lines = [
        f"Support bundle of Exei Voice Kiosk {__version__}, {datetime.now().astimezone():%Y-%m-%d %H:%M %z}", "",
    ]  # fmt: skip
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in chosen:
            found = examine(part.name, part.make)
            if found.state is State.OK:
                text = veil.hide(found.sentence)
                archive.writestr(part.name, text)
                lines.append(f"  {part.name:<20} {len(text) / 1000:7.1f} kB  {part.what}")
            else:
                lines.append(f"  {part.name:<20} missing: {veil.hide(found.sentence)}")
        listed = "\n".join([*lines, "", HOLDS, DO])
        archive.writestr(ABOUT, listed + "\n")
    return memory.getvalue(), listed


def _load(site_file: Path | None) -> Loaded | Fault:
    try:
        return load(site_file)
    except Fault as fault:
        return fault


@contextmanager
def _new(target: Path) -> Iterator[BinaryIO]:
    """0600 from the first byte, never over another file, whole or not at all. Raises `Fault`."""
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                target.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise Fault(
            "there is such a file already",
            where=str(target),
            remedy="name another one, or delete it",
            code=ExitCode.USAGE,
        ) from None
    except OSError as error:
        raise Fault(
            f"the support bundle cannot be written: {error.strerror or type(error).__name__}",
            where=str(target),
            remedy="name a file in a folder that this user may write into, with some MB free, such as a USB stick",
            code=ExitCode.MACHINE,
        ) from None


def _say_through(veil: Veil) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(veil.gate)
    logging.basicConfig(level="WARNING", handlers=[handler])
