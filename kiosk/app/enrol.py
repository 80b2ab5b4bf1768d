"""`kiosk secrets enrol`: a key of this kiosk's own takes the place of endpoint and Client ID, which a gateway keeps.

The key is made here and leaves this machine never; the gateway gets its public half, with a code that a person typed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from kiosk import __version__
from kiosk.app.secrets import To, in_force, store
from kiosk.core.fault import ExitCode, Fault
from kiosk.settings.schema import Settings
from kiosk.wire import credentials as at
from kiosk.wire.credentials import Credentials
from kiosk.wire.doorway import enrol as enrol_at
from kiosk.wire.handshake import Terms
from kiosk.wire.proof import new_key
from kiosk.wire.tls import client_context

LONGEST = 64  # characters of a typed code


def enrol(settings: Settings, gateway: str, file: Path | None, to: To | None) -> int:
    """Raises `Fault`, and has changed nothing on this machine then."""
    at.check_endpoint(gateway, where="--gateway")
    code = _code()
    agent = settings.agent
    terms = Terms(client_context(agent.extra_ca_file), agent.connect_timeout_s, f"exei-voice-kiosk/{__version__}")
    key = new_key()
    device = asyncio.run(enrol_at(gateway, code, key, terms))
    print(f"The gateway knows this kiosk as {device}.")
    given = Credentials(gateway, device, "this enrolment", key)
    print(store(given, file, to))
    result = in_force(given, file, to)
    for place in left_over(given, file):
        print(
            f"An endpoint and a Client ID still stand in {place}: take them out there, this kiosk needs them no more."
        )
        result = ExitCode.CREDENTIALS
    return result


def left_over(given: Credentials, file: Path | None) -> list[str]:
    """Other places of this machine that hold what the gateway is there to keep off it."""
    found = []
    for name, look in ({} if file is not None else at.places(os.environ)).items():
        try:
            held = look()
        except Fault:
            continue  # half of it, or unreadable: `kiosk secrets source` says what is wrong there
        if held is not None and not held.enrolled:
            found.append(name)
    return found


def _code() -> str:
    """From the terminal, or a line of standard input. It is good once, so it may be seen."""
    if sys.stdin is None:
        return ""
    if sys.stdin.isatty():
        print("Code, from `kiosk gateway devices add`: ", end="", flush=True)
    code = sys.stdin.readline(LONGEST + 1).strip()
    if not code or len(code) > LONGEST or not code.isprintable():
        raise Fault(
            "there is no code",
            where="kiosk secrets enrol",
            remedy="type the one that `kiosk gateway devices add` printed",
            code=ExitCode.USAGE,
        )
    return code
