"""The last gate of a support bundle: every text passes it, whoever wrote it.

Logs have passed the program's own gate already. This one also knows what lies in places that are not in force, and
what secrets look like: an endpoint that was rotated away last year is in no place any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from kiosk.core.fault import Fault
from kiosk.journal.log import SecretGate
from kiosk.settings.load import HIDDEN
from kiosk.settings.places import SECRET
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import Credentials, find_credentials, places

TOKEN = "kiosk_"  # how a token of the console begins
SECRET_VARIABLES = (SECRET, "EXEI_CHAT_KEY")  # endpoint, Client ID, the setup link's key; the chat endpoint's
_HERE = r"(?:127\.0\.0\.1|localhost|\[::1\])"
SHAPES = (
    (re.compile(r"(\b(?:https?|wss?)://[^\s?#\"'<>]*[?#])[^\s\"'<>]+"), r"\1..."),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@\"'<>]+@"), r"\1...@"),
    (re.compile(rf"\b(wss?://)(?!{_HERE}[:/])(?=[\w\[])[^\s\"'<>]+"), r"\1..."),
    (re.compile(rf"\b{TOKEN}[\w-]{{20,}}"), "..."),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), "..."),
    (re.compile(r"(?i)\b(authorization\"?\s*[:=]\s*\"?(?:(?:bearer|basic)\s+)?|bearer\s+)[^\s\"',;}]+"), r"\1..."),
    (
        re.compile(r"(?i)\b((?:client[_-]?id|api[_-]?key|password|passwd|token|secret)\"?\s*[:=]\s*\"?)[^\s\"',;}]+"),
        r"\1...",
    ),
)
"""Queries of addresses, users in them, other machines' voice sockets, tokens, private keys, headers, fields."""


class Veil:
    """
    settings          None where they cannot be read
    credentials_file  as named on the command line
    """

    def __init__(self, settings: Settings | None, credentials_file: Path | None, environ: Mapping[str, str]) -> None:
        self.gate = SecretGate(value for name, value in environ.items() if name.startswith(SECRET_VARIABLES))
        self.gate.add(_credentials(credentials_file, environ))
        self.gate.add(_of_the_unit(environ))
        if settings is not None:
            hidden = (_value(settings, key) for key in HIDDEN)
            self.gate.add(value for value in hidden if "://" in value)  # a mere path is none

    def hide(self, text: str) -> str:
        text = self.gate.hide(text)
        for shape, instead in SHAPES:
            text = shape.sub(instead, text)
        return text


def _credentials(file: Path | None, environ: Mapping[str, str]) -> list[str]:
    """Of every place, in force or not."""
    faces: list[str] = []
    looks: list[Callable[[], Credentials | None]] = [*places(environ).values()]
    if file is not None:
        looks.append(lambda: find_credentials(file))
    for look in looks:
        with suppress(Fault):
            found = look()
            faces += () if found is None else (*found.faces, found.client_id)
    return faces


def _of_the_unit(environ: Mapping[str, str]) -> list[str]:
    """Every line of every credential that systemd has decrypted for this process, ours or not."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    lines: list[str] = []
    for file in sorted(Path(folder).glob("*")) if folder else ():
        with suppress(OSError, UnicodeDecodeError):
            lines += file.read_text(encoding="utf-8").split()
    return lines


def _value(settings: Settings, key: str) -> str:
    section, _, name = key.partition(".")
    value = getattr(getattr(settings, section), name)
    return value if isinstance(value, str) else " ".join(value)
